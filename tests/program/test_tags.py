"""The config's tags: on everything of AWS that takes some, and in Snowflake on what all else inherits from."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pulumi_aws
import pytest

from tests.program.recording import ROOT, Recording, run_program, stack_config
from tests.program.sdk_schema import faults

TAGS = {"cost-center": "4711", "team": "lake"}
OWN = {"project": "retail-snowpipe", "stack": "dev", "managed-by": "pulumi"}
EVERYTHING = {
    "notifications": "eventbridge",
    "encryption": "sse-kms",
    "alertEmails": '["oncall@example.com"]',
    "readers": '["ANALYST"]',
}
FILES = "aws:s3/bucketObjectv2:BucketObjectv2"
"""They take tags, and have none: their tags would be theirs to pay for, ten at the most."""


@pytest.fixture(scope="module")
def tagged(data_folder: Any) -> Recording:
    config = {"dataDir": str(data_folder), "tags": json.dumps(TAGS), **EVERYTHING}
    return run_program(config=stack_config(ROOT, "dev", **config))


def takes_tags(token: str) -> bool:
    """Tell whether the SDK knows tags of a resource of this type."""
    module, kind = token.removeprefix("aws:").split("/")[0], token.split(":")[-1]
    resource = getattr(getattr(pulumi_aws, module), kind)
    return "tags" in inspect.signature(resource._internal_init).parameters


def test_everything_of_aws_that_takes_tags_has_them_beside_the_stacks_own(tagged: Recording):
    of_aws = [r for r in tagged.resources if r.type.startswith("aws:") and r.type != FILES and takes_tags(r.type)]
    assert len({resource.type for resource in of_aws}) == 5
    assert [resource.name for resource in of_aws if resource.inputs.get("tags") != {**TAGS, **OWN}] == []


def test_every_input_is_one_that_the_sdk_knows(tagged: Recording):
    assert [fault for resource in tagged.resources for fault in faults(resource.type, resource.inputs)] == []


def test_each_tag_is_one_of_snowflakes_with_its_value_on_all_that_the_rest_inherits_from(tagged: Recording):
    tags = {tag.inputs["name"]: tag for tag in tagged.of_type("snowflake:index/tag:Tag")}
    assert {name: (tag.inputs["schema"], tag.name) for name, tag in tags.items()} == {
        "COST_CENTER": ("OPS", "tag-cost-center"),
        "TEAM": ("OPS", "tag-team"),
    }
    found = {
        (each.inputs["tagId"], each.inputs["objectType"]): (each.inputs["tagValue"], each.inputs["objectIdentifiers"])
        for each in tagged.of_type("snowflake:index/tagAssociation:TagAssociation")
    }
    on = {
        "DATABASE": ['"RETAIL_DEV"'],
        "WAREHOUSE": ['"RETAIL_DEV"', '"RETAIL_DEV_READERS"'],
        "INTEGRATION": ['"RETAIL_DEV"', '"RETAIL_DEV_ALERTS"'],
    }
    assert found == {
        (f'"RETAIL_DEV"."OPS"."{name}"', kind): (value, objects)
        for name, value in (("COST_CENTER", "4711"), ("TEAM", "lake"))
        for kind, objects in on.items()
    }


def test_an_integration_that_is_there_is_not_the_stacks_to_tag():
    theirs = {"existingBucket": "deliveries", "notifications": "sns", "existingIntegration": "LAKE"}
    program = run_program(config=stack_config(ROOT, "dev", dataDir="", tags=json.dumps(TAGS), **theirs))
    kinds = {each.inputs["objectType"] for each in program.of_type("snowflake:index/tagAssociation:TagAssociation")}
    assert kinds == {"DATABASE", "WAREHOUSE"}


def test_a_value_is_set_after_its_tag_and_taken_away_before_it_is_set_anew(tagged: Recording):
    for each in tagged.of_type("snowflake:index/tagAssociation:TagAssociation"):
        assert each.property_dependencies["tagId"] == {each.name.partition("-on-")[0]}
        assert each.options["delete_before_replace"]


def test_a_number_of_the_config_is_a_text_of_the_tag():
    program = run_program(config=stack_config(dataDir="", tags='{"cost-center": 4711}'))
    assert program["landing"].inputs["tags"]["cost-center"] == "4711"
