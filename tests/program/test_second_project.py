"""A second team's stacks in the same accounts share no name with the first's."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.program.recording import PROJECT, ROOT, Recording, run_program, stack_config

STACKS = [(PROJECT, "dev"), (PROJECT, "team-b"), ("retail", "dev"), ("retail", "snowpipe-dev")]
EVERYTHING: dict[str, str | None] = {
    "alertEmails": '["a@example.com"]',
    "monthlyCreditQuota": "5",
    "notifications": "eventbridge",
    "encryption": "sse-kms",
    "tags": '{"team": "lake"}',
    "readers": '["ANALYST"]',
    "operators": '["ONCALL"]',
    "dataDir": "",
}


def run(project: str, stack: str) -> Recording:
    own, others = f"{PROJECT}:", stack_config(ROOT, "dev", **EVERYTHING)
    config = {f"{project}:{key.removeprefix(own)}" if key.startswith(own) else key: v for key, v in others.items()}
    return run_program(project=project, stack=stack, config=config)


def physical_names(recording: Recording) -> set[tuple[str, ...]]:
    """Return the name of everything that has one: within an account in AWS and Snowflake, below its database there."""
    return {
        (
            resource.type,
            *(
                str(resource.inputs[part])
                for part in ("database", "schema", "bucket", "role", "name")
                if part in resource.inputs
            ),
        )
        for resource in recording.resources
        if resource.inputs.keys() & {"name", "bucket"}
    }


@pytest.fixture(scope="module")
def recordings() -> dict[tuple[str, str], Recording]:
    return {stack: run(*stack) for stack in STACKS}


def test_everything_that_has_a_name_has_one_of_its_own(recordings: dict[tuple[str, str], Recording]) -> None:
    named = {stack: physical_names(recording) for stack, recording in recordings.items()}
    kinds = {kind for kind, *_ in named[STACKS[0]]}
    assert kinds >= {"aws:s3/bucket:Bucket", "aws:iam/role:Role", "aws:sns/topic:Topic"}
    assert kinds >= {f"snowflake:index/{kind}" for kind in ("database:Database", "warehouse:Warehouse")}
    for one, other in combinations(STACKS, 2):
        assert named[one] & named[other] == set()


def test_the_first_projects_stack_keeps_the_names_that_it_has_deployed(
    recordings: dict[tuple[str, str], Recording],
) -> None:
    first = recordings[STACKS[0]]
    assert first["landing"].inputs["bucket"] == "retail-snowpipe-dev-123456789012"
    assert first["snowflake-role"].inputs["name"] == "retail-snowpipe-dev"
    assert {first[name].inputs["name"] for name in ("database", "warehouse", "storage-integration")} == {"RETAIL_DEV"}


def test_every_tag_names_the_team_and_its_stack(recordings: dict[tuple[str, str], Recording]) -> None:
    for (project, stack), recording in recordings.items():
        tags = recording["landing"].inputs["tags"]
        assert (tags["project"], tags["stack"]) == (project, stack)
