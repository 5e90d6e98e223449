"""A bucket, topic and integration that are there: they are used, and nothing of them is declared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra import feeds
from tests.infra.policy_evaluation import Request, allowed
from tests.program.recording import (
    ACCOUNT,
    ROOT,
    SNOWFLAKE_USER,
    THEIR_ROLE,
    Recording,
    run_program,
    stack_config,
)
from tests.program.sdk_schema import faults

FEEDS = [feed.name for feed in feeds.FEEDS]
THEIRS = "210987654321"
OURS = f"arn:aws:sns:eu-west-1:{ACCOUNT}:retail-snowpipe-dev-files"
THEIR_TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:files-of-all"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/retail-snowpipe-dev"


def run(**config: str) -> Recording:
    given = {"existingBucket": "deliveries", "dataDir": ""} | config
    return run_program(config=stack_config(ROOT, "dev", **given))


@pytest.fixture(scope="module")
def by_sns() -> Recording:
    return run(notifications="sns")


@pytest.fixture(scope="module")
def by_eventbridge() -> Recording:
    return run(notifications="eventbridge")


@pytest.fixture(scope="module")
def of_others() -> Recording:
    """Bucket in another account, topic and integration all made elsewhere."""
    return run(notifications="sns", bucketAccount=THEIRS, notificationTopicArn=THEIR_TOPIC, existingIntegration="LAKE")


@pytest.fixture(scope="module")
def across_accounts() -> Recording:
    return run(notifications="sns", bucketAccount=THEIRS)


WAYS = ["by_sns", "by_eventbridge", "of_others", "across_accounts"]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_the_bucket_is_declared(way: str, request: pytest.FixtureRequest):
    program: Recording = request.getfixturevalue(way)
    assert [r.name for r in program.resources if r.type.startswith("aws:s3/")] == []
    assert program["landing-stage"].inputs["url"] == program.stack_outputs["landingUrl"] == "s3://deliveries/"
    assert [fault for r in program.resources for fault in faults(r.type, r.inputs)] == []


@pytest.mark.parametrize("way", WAYS)
def test_every_pipe_hears_by_the_topic_once_that_lets_snowflake_subscribe(way: str, request: pytest.FixtureRequest):
    program: Recording = request.getfixturevalue(way)
    topic = THEIR_TOPIC if way == "of_others" else OURS
    assert program.stack_outputs["notificationTopicArn"] == topic
    for feed in FEEDS:
        assert program[f"{feed}-pipe"].inputs["awsSnsTopicArn"] == topic
        if way != "of_others":
            assert "events-topic-policy" in program[f"{feed}-pipe"].dependencies


def statements(program: Recording) -> dict[str, dict[str, Any]]:
    return {s["Sid"]: s for s in json.loads(program["events-topic-policy"].inputs["policy"])["Statement"]}


def may_publish(program: Recording, service: str, source: str, account: str) -> bool:
    context = {"aws:SourceArn": source, "aws:SourceAccount": account, "aws:SecureTransport": "true"}
    policy = json.loads(program["events-topic-policy"].inputs["policy"])
    return allowed(Request("sns:Publish", OURS, service, context), resource=[policy])


BUCKET, RULE = "arn:aws:s3:::deliveries", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/retail-snowpipe-dev-files"


@pytest.mark.parametrize(
    ("way", "service", "source", "account", "answer"),
    [
        ("by_sns", "s3.amazonaws.com", BUCKET, ACCOUNT, True),
        ("by_sns", "s3.amazonaws.com", f"{BUCKET}-2", ACCOUNT, False),
        ("by_sns", "s3.amazonaws.com", BUCKET, THEIRS, False),
        ("by_sns", "events.amazonaws.com", BUCKET, ACCOUNT, False),
        ("across_accounts", "s3.amazonaws.com", BUCKET, THEIRS, True),
        ("across_accounts", "s3.amazonaws.com", BUCKET, ACCOUNT, False),
        ("by_eventbridge", "events.amazonaws.com", RULE, ACCOUNT, True),
        ("by_eventbridge", "events.amazonaws.com", f"{RULE}-2", ACCOUNT, False),
        ("by_eventbridge", "s3.amazonaws.com", BUCKET, ACCOUNT, False),
    ],
)
def test_this_buckets_files_alone_are_published(
    way: str, service: str, source: str, account: str, answer: bool, request: pytest.FixtureRequest
):
    assert may_publish(request.getfixturevalue(way), service, source, account) is answer


def test_snowflake_alone_subscribes(by_sns: Recording):
    policy = json.loads(by_sns["events-topic-policy"].inputs["policy"])
    for user, answer in ((SNOWFLAKE_USER, True), (f"{SNOWFLAKE_USER}2", False)):
        assert allowed(Request("sns:Subscribe", OURS, user), resource=[policy]) is answer
    assert not allowed(Request("sns:Publish", OURS, SNOWFLAKE_USER), resource=[policy])
    assert by_sns["events-topic-policy"].property_dependencies["policy"] >= {"events-subscription", "events-topic"}


def test_the_rule_sends_the_feeds_files_of_the_bucket_to_the_topic(by_eventbridge: Recording):
    assert json.loads(by_eventbridge["events-rule"].inputs["eventPattern"]) == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["deliveries"]},
            "object": {"key": [{"prefix": f"{feed}/"} for feed in FEEDS]},
        },
    }
    target = by_eventbridge["events-target"]
    assert target.inputs["arn"] == OURS
    assert target.property_dependencies["rule"] == {"events-rule"}
    assert "events-topic-policy" in target.dependencies


def test_a_rule_sends_to_a_topic_that_is_there_as_well():
    program = run(notifications="eventbridge", notificationTopicArn=THEIR_TOPIC)
    assert program["events-target"].inputs["arn"] == THEIR_TOPIC
    assert not program.of_type("aws:sns/topic:Topic")
    (statement,) = program.stack_outputs["toBeAllowed"]["topicPolicy"]
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": RULE}


def test_of_a_topic_and_an_integration_that_are_there_nothing_is_declared(of_others: Recording):
    kinds = {resource.type for resource in of_others.resources}
    assert not [kind for kind in kinds if kind.startswith("aws:")]
    assert "snowflake:index/storageIntegrationAws:StorageIntegrationAws" not in kinds
    assert of_others["landing-stage"].inputs["storageIntegration"] == "LAKE"
    assert of_others.stack_outputs["roleArn"] == THEIR_ROLE


def test_what_owners_have_to_allow_is_an_output_and_nothing_where_all_is_the_stacks(
    of_others: Recording, across_accounts: Recording, by_sns: Recording, program: Recording
):
    assert set(of_others.stack_outputs["toBeAllowed"]) == {"bucketPolicy", "rolePolicy", "topicPolicy"}
    assert set(across_accounts.stack_outputs["toBeAllowed"]) == {"bucketPolicy"}
    assert "toBeAllowed" not in by_sns.stack_outputs.keys() | program.stack_outputs.keys()
    (statement,) = of_others.stack_outputs["toBeAllowed"]["topicPolicy"]
    assert (statement["Resource"], statement["Principal"]) == (THEIR_TOPIC, {"Service": "s3.amazonaws.com"})


def reads_across(program: Recording, action: str, resource: str, principal: str = ROLE, **context: str) -> bool:
    """Tell what AWS decides across accounts, where both the role's policy and the bucket's have to allow a request."""
    own = json.loads(program["snowflake-role-access"].inputs["policy"])
    added = {"Version": "2012-10-17", "Statement": program.stack_outputs["toBeAllowed"]["bucketPolicy"]}
    given = {"aws:PrincipalArn": principal} | {key.replace("__", ":"): value for key, value in context.items()}
    return allowed(Request(action, resource, principal, given), identity=[own], resource=[added], both=True)


@pytest.mark.parametrize(
    ("action", "resource", "context", "answer"),
    [
        pytest.param("s3:GetObject", f"{BUCKET}/customers/a.csv", {}, True, id="a feed's file"),
        pytest.param("s3:GetObjectVersion", f"{BUCKET}/products/a.csv", {}, True, id="a version of it"),
        pytest.param("s3:ListBucket", BUCKET, {"s3__prefix": "customers/"}, True, id="a feed's list"),
        pytest.param("s3:GetBucketLocation", BUCKET, {}, True, id="the bucket's region"),
        pytest.param("s3:GetObject", f"{BUCKET}/private/a.csv", {}, False, id="another file"),
        pytest.param("s3:ListBucket", BUCKET, {"s3__prefix": ""}, False, id="a list of everything"),
        pytest.param("s3:PutObject", f"{BUCKET}/customers/a.csv", {}, False, id="a write"),
        pytest.param("s3:GetObject", f"{BUCKET}/customers/a.csv", {"principal": f"{ROLE}-2"}, False, id="another role"),
    ],
)
def test_the_role_reads_a_bucket_of_another_account_once_its_owner_allows_it(
    across_accounts: Recording, action: str, resource: str, context: dict[str, str], answer: bool
):
    assert reads_across(across_accounts, action, resource, **context) is answer


def test_without_the_owners_statements_nothing_is_read_across_accounts(across_accounts: Recording):
    own = json.loads(across_accounts["snowflake-role-access"].inputs["policy"])
    request = Request("s3:GetObject", f"{BUCKET}/customers/a.csv", ROLE)
    assert allowed(request, identity=[own])
    assert not allowed(request, identity=[own], both=True)


@pytest.mark.parametrize("way", ["sns", "eventbridge"])
def test_a_bucket_of_the_stacks_own_can_tell_a_topic_too(way: str):
    program = run_program(config=stack_config(dataDir="", notifications=way))
    notification = program["landing-notification"]
    assert "queues" not in notification.inputs
    if way == "sns":
        assert {entry["topicArn"] for entry in notification.inputs["topics"]} == {OURS}
        assert [entry["filterPrefix"] for entry in notification.inputs["topics"]] == [f"{feed}/" for feed in FEEDS]
    else:
        assert notification.inputs["eventbridge"] is True
    assert "events-topic-policy" in notification.dependencies
    assert statements(program)["FilesAreTold"]["Resource"] == OURS


def test_files_of_ones_own_land_after_everything_that_tells_of_them(data_folder: Any):
    program = run(notifications="eventbridge", dataDir=str(data_folder))
    landed = program.of_type("aws:s3/bucketObjectv2:BucketObjectv2")
    assert len(landed) == 3
    for file in landed:
        assert file.inputs["bucket"] == "deliveries"
        assert program.comes_after(file.name) >= {"events-target", *(f"{feed}-refresh" for feed in FEEDS)}
