"""Who is told of a rejected file: nobody, people behind a topic of the stack's own, or a topic that is there."""

from __future__ import annotations

import json

import pytest

from infra import feeds
from infra.errors import SettingsError
from infra.settings import PREVIEW_FEATURES
from tests.program.recording import (
    ACCOUNT,
    ALERTS_EXTERNAL_ID,
    SNOWFLAKE_USER,
    Recording,
    run_program,
    stack_config,
)
from tests.program.sdk_schema import faults

FEEDS = tuple(feed.name for feed in feeds.FEEDS)
OURS = f"arn:aws:sns:eu-west-1:{ACCOUNT}:retail-snowpipe-dev-alerts"
THEIRS = "arn:aws:sns:eu-west-1:210987654321:on-call"


@pytest.fixture(scope="module")
def told() -> Recording:
    """A stack that tells two people."""
    return run_program(config=stack_config(dataDir="", alertEmails='["a@example.com", "b@example.com"]'))


@pytest.fixture(scope="module")
def elsewhere() -> Recording:
    """A stack that tells a topic that is there."""
    return run_program(config=stack_config(dataDir="", alertTopicArn=THEIRS))


def test_a_stack_that_tells_nobody_has_no_topic_and_no_notification_integration(program: Recording):
    assert not [r.name for r in program.resources if r.name.startswith("alerts-") or ":sns/" in r.type]
    assert not [r.name for r in program.resources if "errorIntegration" in r.inputs]


def test_every_input_is_one_that_the_sdk_knows(told: Recording):
    assert [fault for resource in told.resources for fault in faults(resource.type, resource.inputs)] == []


def test_the_topic_is_encrypted_and_only_snowflakes_role_publishes_to_it(told: Recording):
    assert told["alerts-topic"].inputs["kmsMasterKeyId"] == "alias/aws/sns"
    denied, _ = json.loads(told["alerts-topic-policy"].inputs["policy"])["Statement"]
    assert denied["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": told["alerts-role"].outputs["arn"]}}
    assert denied["Resource"] == OURS


def test_everybody_who_is_named_is_subscribed(told: Recording):
    subscriptions = told.of_type("aws:sns/topicSubscription:TopicSubscription")
    assert [(s.inputs["topic"], s.inputs["protocol"], s.inputs["endpoint"]) for s in subscriptions] == [
        (OURS, "email", "a@example.com"),
        (OURS, "email", "b@example.com"),
    ]


def test_the_integration_names_the_role_that_is_made_after_it_with_what_it_answers(told: Recording):
    integration, role = told["alerts-integration"], told["alerts-role"]
    assert integration.inputs["awsSnsRoleArn"] == role.outputs["arn"]
    assert integration.inputs["awsSnsTopicArn"] == OURS
    assert role.property_dependencies["assumeRolePolicy"] == {"alerts-integration"}
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"AWS": SNOWFLAKE_USER}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": ALERTS_EXTERNAL_ID}}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_pipe_tells_through_the_integration_once_its_role_may_publish(told: Recording, feed: str):
    pipe = told[f"{feed}-pipe"]
    assert pipe.inputs["errorIntegration"] == told["alerts-integration"].inputs["name"] == "RETAIL_DEV_ALERTS"
    assert pipe.property_dependencies["errorIntegration"] == {"alerts-integration"}
    assert "alerts-role-access" in pipe.dependencies


def test_a_topic_that_is_there_is_used_and_left_as_it_is(elsewhere: Recording):
    assert not [r.name for r in elsewhere.resources if ":sns/" in r.type]
    assert elsewhere["alerts-integration"].inputs["awsSnsTopicArn"] == THEIRS
    (statement,) = json.loads(elsewhere["alerts-role-access"].inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("sns:Publish", THEIRS)


def test_people_are_subscribed_to_a_topic_that_is_there_too():
    both = run_program(config=stack_config(dataDir="", alertTopicArn=THEIRS, alertEmails='["a@example.com"]'))
    (subscription,) = both.of_type("aws:sns/topicSubscription:TopicSubscription")
    assert subscription.inputs["topic"] == THEIRS


def test_alerts_need_their_own_preview_feature_and_without_alerts_it_is_not_asked_for():
    before = json.dumps(PREVIEW_FEATURES)
    without = stack_config(dataDir="", snowflake__previewFeaturesEnabled=before)
    assert run_program(config=without)["customers-pipe"]
    with pytest.raises(SettingsError, match="it has to list snowflake_notification_integration_resource too"):
        run_program(config=without | {"retail-snowpipe:alertEmails": '["a@example.com"]'})
