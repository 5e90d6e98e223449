"""The deployer's AWS policy: what the registered resources take, and nothing else; as the document shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docs.deployer_policy import DOCUMENT, NEEDED, PREFIXES, deployer_policy, written
from infra.policies import reader_statements
from tests.infra.policy_evaluation import Request, allowed
from tests.program.recording import ACCOUNT, ROOT, Recording, run_program, stack_config

REGION = "eu-west-1"


@pytest.fixture(scope="module")
def everything(data_folder: Path) -> Recording:
    """The program of a stack that has every part in AWS."""
    parts = {"alertEmails": '["oncall@example.com"]', "notifications": "eventbridge"}
    parts |= {"encryption": "sse-kms", "accessLogBucket": "logs-of-all"}
    return run_program(config=stack_config(ROOT, "dev", dataDir=str(data_folder), **parts))


def of_aws(program: Recording) -> set[str]:
    return {resource.type for resource in program.resources if resource.type.startswith("aws:")}


def may(action: str, resource: str, types: set[str] | None = None) -> bool:
    policy = deployer_policy(NEEDED.keys() if types is None else types, "dev", ACCOUNT, REGION)
    return allowed(Request(action, resource), identity=[policy])


def test_the_policy_knows_the_types_that_are_registered_and_no_others(everything: Recording):
    assert of_aws(everything) == NEEDED.keys()


def test_the_document_shows_the_policy():
    assert DOCUMENT.read_text("utf-8") == written(DOCUMENT.read_text("utf-8"))
    (shown,) = re.findall(r"<!-- deployer policy -->\n```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert json.loads(shown) == deployer_policy(NEEDED, "trial", ACCOUNT, REGION)


def test_the_document_shows_what_the_owner_of_another_accounts_bucket_adds():
    (shown,) = re.findall(r"<!-- reader statements -->\n```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    theirs = {"existingBucket": "deliveries", "notifications": "sns", "bucketAccount": "210987654321"}
    program = run_program(stack="trial", config=stack_config(ROOT, None, dataDir="", **theirs))
    asked = program.stack_outputs["toBeAllowed"]["bucketPolicy"]
    assert [{**statement, "Resource": 0, "Condition": 0} for statement in json.loads(shown)] == [
        {**statement, "Resource": 0, "Condition": 0} for statement in asked
    ]
    assert json.loads(shown) == reader_statements(asked[-1]["Resource"], PREFIXES, program.stack_outputs["roleArn"])


def test_every_action_is_one_and_none_is_said_twice():
    for statement in deployer_policy(NEEDED, "dev", ACCOUNT, REGION)["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        assert len(set(statement["Action"])) == len(statement["Action"])


def test_what_each_registered_resource_takes_is_allowed_on_that_resource(everything: Recording):
    places = {
        "aws:s3/bucket:Bucket": ("s3:CreateBucket", lambda r: f"arn:aws:s3:::{r.inputs['bucket']}"),
        "aws:s3/bucketPolicy:BucketPolicy": ("s3:PutBucketPolicy", lambda r: f"arn:aws:s3:::{r.inputs['bucket']}"),
        "aws:s3/bucketNotification:BucketNotification": (
            "s3:PutBucketNotification",
            lambda r: f"arn:aws:s3:::{r.inputs['bucket']}",
        ),
        "aws:s3/bucketObjectv2:BucketObjectv2": (
            "s3:PutObject",
            lambda r: f"arn:aws:s3:::{r.inputs['bucket']}/{r.inputs['key']}",
        ),
        "aws:iam/role:Role": ("iam:CreateRole", lambda r: f"arn:aws:iam::{ACCOUNT}:role/{r.inputs['name']}"),
        "aws:iam/rolePolicy:RolePolicy": (
            "iam:PutRolePolicy",
            lambda r: f"arn:aws:iam::{ACCOUNT}:role/{r.inputs['role']}",
        ),
        "aws:sns/topic:Topic": ("sns:CreateTopic", lambda r: f"arn:aws:sns:{REGION}:{ACCOUNT}:{r.inputs['name']}"),
        "aws:cloudwatch/eventRule:EventRule": (
            "events:PutRule",
            lambda r: f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{r.inputs['name']}",
        ),
    }
    asked = [(resource, *places[resource.type]) for resource in everything.resources if resource.type in places]
    assert len({resource.type for resource, *_ in asked}) == len(places)
    for resource, action, place in asked:
        assert may(action, place(resource)), resource.name


BUCKET = f"arn:aws:s3:::retail-snowpipe-dev-{ACCOUNT}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/retail-snowpipe-dev"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:retail-snowpipe-dev-alerts"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        pytest.param("s3:CreateBucket", f"{BUCKET}-2", id="another bucket"),
        pytest.param("s3:PutBucketPolicy", f"arn:aws:s3:::retail-snowpipe-prod-{ACCOUNT}", id="another stack's bucket"),
        pytest.param("s3:PutObject", f"{BUCKET}-2/customers/a.csv", id="another bucket's file"),
        pytest.param("s3:PutBucketAcl", BUCKET, id="an access list of the bucket"),
        pytest.param("s3:PutObjectAcl", f"{BUCKET}/customers/a.csv", id="an access list of a file"),
        pytest.param("s3:BypassGovernanceRetention", f"{BUCKET}/customers/a.csv", id="what is retained"),
        pytest.param("s3:ListAllMyBuckets", "*", id="a list of all buckets"),
        pytest.param("iam:CreateRole", f"{ROLE}-2", id="another role"),
        pytest.param("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/admin", id="an existing role"),
        pytest.param("iam:AttachRolePolicy", ROLE, id="a managed policy"),
        pytest.param("iam:PassRole", ROLE, id="the role for a service"),
        pytest.param("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x", id="a user"),
        pytest.param("sts:AssumeRole", ROLE, id="the role itself"),
        pytest.param("sns:CreateTopic", f"{TOPIC}-2", id="another topic"),
        pytest.param("sns:Publish", TOPIC, id="an alert of its own"),
        pytest.param("sns:Subscribe", f"arn:aws:sns:{REGION}:{ACCOUNT}:others", id="another's topic"),
        pytest.param("events:PutRule", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly", id="another rule"),
        pytest.param(
            "events:PutEvents", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default", id="events of its own"
        ),
        pytest.param("sqs:CreateQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", id="a queue"),
        pytest.param("kms:CreateKey", "*", id="a key without the stack's tags"),
        pytest.param("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/another", id="another's key"),
    ],
)
def test_everything_else_is_denied(action: str, resource: str):
    assert not may(action, resource)


@pytest.mark.parametrize("token", NEEDED)
def test_a_stack_without_a_type_does_not_get_what_only_that_takes(token: str):
    others = {kind: needed for kind, needed in NEEDED.items() if kind != token}
    policy = deployer_policy(others, "dev", ACCOUNT, REGION)
    given = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert given == {action for needed in others.values() for actions in needed.values() for action in actions}


@pytest.mark.parametrize(
    ("action", "tagged", "stack", "answer"),
    [
        ("kms:CreateKey", "RequestTag", "dev", True),
        ("kms:CreateKey", "RequestTag", "prod", False),
        ("kms:TagResource", "RequestTag", "dev", True),
        ("kms:TagResource", "RequestTag", "prod", False),
        ("kms:ScheduleKeyDeletion", "ResourceTag", "dev", True),
        ("kms:ScheduleKeyDeletion", "ResourceTag", "prod", False),
        ("kms:GenerateDataKey", "ResourceTag", "dev", True),
        ("kms:TagResource", "ResourceTag", "prod", False),
        ("kms:CreateGrant", "ResourceTag", "dev", False),
    ],
)
def test_a_key_is_the_stacks_by_its_tags(action: str, tagged: str, stack: str, answer: bool):
    context = {f"aws:{tagged}/project": "retail-snowpipe", f"aws:{tagged}/stack": stack}
    request = Request(action, f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd", context=context)
    assert allowed(request, identity=[deployer_policy(NEEDED.keys(), "dev", ACCOUNT, REGION)]) is answer
