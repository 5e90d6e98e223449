"""Every IAM document that the program writes, or asks others to add, as parliament reads it.

parliament knows the actions, resource types and condition keys of each service, so a right that does not exist, or that
is asked for on a resource that it cannot be on, is found here and not in an account.
https://github.com/duo-labs/parliament
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from docs.deployer_policy import NEEDED, deployer_policy
from tests.program.recording import ACCOUNT, ROOT, Recording, run_program, stack_config

parliament = pytest.importorskip("parliament", reason="pip install -r requirements-dev.txt")

EVERYTHING = {"alertEmails": '["a@example.com"]', "encryption": "sse-kms", "accessLogBucket": "logs"}
OF_OTHERS = {
    "existingBucket": "deliveries",
    "bucketAccount": "210987654321",
    "existingIntegration": "LAKE",
    "notificationTopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:files",
    "encryption": "sse-kms",
    "kmsKeyArn": "arn:aws:kms:eu-west-1:210987654321:key/5678efab-12ab-34cd-56ef-1234567890ab",
}
DOCUMENTS = ("policy", "assumeRolePolicy")
OF_A_KEY = {"landing-key", "keyPolicy of others"}
"""In a key's own policy a star is this key."""


def run(**config: str) -> Recording:
    return run_program(config=stack_config(ROOT, "dev", dataDir="", **config))


def documents() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for way in ("bucket", "sns", "eventbridge"):
        for resource in run(notifications=way, **EVERYTHING).resources:
            for key in DOCUMENTS:
                if key in resource.inputs and resource.type.startswith("aws:"):
                    yield f"{resource.name} with {way}", json.loads(resource.inputs[key])
    for owner, statements in run(notifications="sns", **OF_OTHERS).stack_outputs["toBeAllowed"].items():
        yield f"{owner} of others", {"Version": "2012-10-17", "Statement": statements}
    yield "deployer", deployer_policy(NEEDED, "trial", ACCOUNT, "eu-west-1")


@pytest.fixture(scope="module")
def written() -> dict[str, Mapping[str, Any]]:
    return dict(documents())


def findings(document: Mapping[str, Any]) -> list[Any]:
    """Return what is found; a trust policy is about the role that it belongs to, which it does not name."""
    role = {"Resource": f"arn:aws:iam::{ACCOUNT}:role/r"}
    whole = {**document, "Statement": [{**role, **statement} for statement in document["Statement"]]}
    return parliament.analyze_policy_string(json.dumps(whole), ignore_private_auditors=True).findings


def test_parliament_finds_nothing(written: Mapping[str, Mapping[str, Any]]):
    found = {}
    for name, document in written.items():
        meant = {"RESOURCE_STAR"} if name.partition(" with ")[0] in OF_A_KEY else set()
        found[name] = [str(finding) for finding in findings(document) if finding.issue not in meant]
    assert {name: told for name, told in found.items() if told} == {}


def test_every_sort_of_document_is_read(written: Mapping[str, Mapping[str, Any]]):
    kinds = {name.partition(" with ")[0] for name in written}
    assert kinds >= {"landing-policy", "snowflake-role", "snowflake-role-access", "events-topic-policy", "landing-key"}
    assert kinds >= {"alerts-role-access", "bucketPolicy of others", "keyPolicy of others", "topicPolicy of others"}


def test_a_right_that_does_not_exist_is_found():
    statement = {"Effect": "Allow", "Action": "s3:ReadObject", "Resource": "arn:aws:s3:::b/*"}
    assert findings({"Version": "2012-10-17", "Statement": [statement]})
