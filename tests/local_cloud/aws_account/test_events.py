"""A bucket's events reach a queue behind a topic, by S3 or by EventBridge, as the topic's policy allows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.aws_account.account import AwsAccount

BUCKET, ACCOUNT = "landing", "123456789012"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:files"
PATTERN = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"bucket": {"name": [BUCKET]}, "object": {"key": [{"prefix": "in/"}]}},
}


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[AwsAccount]:
    with AwsAccount(tmp_path) as account:
        account.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": account.region}
        )
        account.client("sns").create_topic(Name="files")
        account.client("sqs").create_queue(QueueName="inbox")
        account.client("sns").subscribe(
            TopicArn=TOPIC, Protocol="sqs", Endpoint=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:inbox"
        )
        yield account


def allow(aws: AwsAccount, service: str, **condition: Any) -> None:
    """Let a service publish to the topic."""
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "SNS:Publish", "Resource": TOPIC}
    policy = {"Version": "2012-10-17", "Statement": [{**allowed, "Condition": condition}]}
    aws.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=json.dumps(policy))


def notify(aws: AwsAccount, **configuration: Any) -> None:
    aws.client("s3").put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)


def tell_topic(aws: AwsAccount) -> None:
    notify(aws, TopicConfigurations=[{"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}])


def tell_eventbridge(aws: AwsAccount) -> None:
    events = aws.client("events")
    events.put_rule(Name="files", EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule="files", Targets=[{"Id": "1", "Arn": TOPIC}])
    notify(aws, EventBridgeConfiguration={})


def received(aws: AwsAccount) -> list[Any]:
    answer = aws.client("sqs").receive_message(QueueUrl=f"https://sqs/{ACCOUNT}/inbox", MaxNumberOfMessages=10)
    envelopes = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
    assert {envelope["TopicArn"] for envelope in envelopes} <= {TOPIC}
    return [json.loads(envelope["Message"]) for envelope in envelopes]


def test_s3_tells_a_topic_of_a_file(aws: AwsAccount) -> None:
    allow(aws, "s3.amazonaws.com", ArnLike={"aws:SourceArn": f"arn:aws:s3:::{BUCKET}"})
    tell_topic(aws)
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/a b.csv", Body=b"x")
    tested, put = received(aws)
    assert tested["Event"] == "s3:TestEvent"
    assert [record["s3"]["object"]["key"] for record in put["Records"]] == ["in%2Fa+b.csv"]


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        pytest.param("events.amazonaws.com", {}, id="another service"),
        pytest.param("s3.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::other"}}, id="another bucket"),
        pytest.param(
            "s3.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "210987654321"}}, id="another account's bucket"
        ),
        pytest.param("s3.amazonaws.com", {"DateLessThan": {"aws:CurrentTime": "2100"}}, id="a condition not known"),
    ],
)
def test_a_topic_that_does_not_let_the_bucket_publish_is_refused(
    aws: AwsAccount, service: str, condition: dict[str, Any]
) -> None:
    allow(aws, service, **condition)
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        tell_topic(aws)
    assert "TopicConfigurations" not in aws.client("s3").get_bucket_notification_configuration(Bucket=BUCKET)


def test_a_topic_that_is_not_there_is_refused(aws: AwsAccount) -> None:
    allow(aws, "s3.amazonaws.com")
    aws.client("sns").delete_topic(TopicArn=TOPIC)
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        tell_topic(aws)


def test_a_topic_whose_policy_changes_hears_of_no_more_files(aws: AwsAccount) -> None:
    allow(aws, "s3.amazonaws.com")
    tell_topic(aws)
    received(aws)
    allow(aws, "events.amazonaws.com")
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/a.csv", Body=b"x")
    assert received(aws) == []


def test_a_rule_of_eventbridge_tells_a_topic_of_the_files_that_fit(aws: AwsAccount) -> None:
    allow(aws, "events.amazonaws.com")
    tell_eventbridge(aws)
    for key in ("in/a b.csv", "out/a.csv"):
        aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")
    (event,) = received(aws)
    assert (event["source"], event["detail-type"]) == ("aws.s3", "Object Created")
    assert (event["detail"]["bucket"]["name"], event["detail"]["object"]["key"]) == (BUCKET, "in/a b.csv")


def test_a_rule_tells_nobody_who_does_not_let_it_and_nothing_while_it_is_disabled(aws: AwsAccount) -> None:
    tell_eventbridge(aws)
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/a.csv", Body=b"x")
    allow(aws, "events.amazonaws.com")
    aws.client("events").disable_rule(Name="files")
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/b.csv", Body=b"x")
    assert received(aws) == []
    aws.client("events").enable_rule(Name="files")
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/c.csv", Body=b"x")
    assert [event["detail"]["object"]["key"] for event in received(aws)] == ["in/c.csv"]


def test_a_rule_can_tell_a_queue_itself(aws: AwsAccount) -> None:
    tell_eventbridge(aws)
    queue = {"Id": "2", "Arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:inbox"}
    aws.client("events").put_targets(Rule="files", Targets=[queue])
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/a.csv", Body=b"x")
    answer = aws.client("sqs").receive_message(QueueUrl=f"https://sqs/{ACCOUNT}/inbox")
    assert json.loads(answer["Messages"][0]["Body"])["detail"]["object"]["key"] == "in/a.csv"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"Arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"}, "rules send to sns and sqs, not to arn:aws:lambda"),
        ({"Arn": "nobody"}, "not to nobody"),
        ({"Arn": TOPIC, "InputPath": "$.detail"}, "as they are: no InputPath"),
    ],
)
def test_a_target_that_is_not_here_is_refused_by_name(aws: AwsAccount, target: dict[str, str], message: str) -> None:
    tell_eventbridge(aws)
    with pytest.raises(ClientError, match=message):
        aws.client("events").put_targets(Rule="files", Targets=[{"Id": "2", **target}])


def test_a_rule_with_a_schedule_is_refused_by_name(aws: AwsAccount) -> None:
    with pytest.raises(ClientError, match="no ScheduleExpression"):
        aws.client("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)")


def test_rules_and_what_they_sent_come_back_with_the_account(aws: AwsAccount, tmp_path: Path) -> None:
    allow(aws, "events.amazonaws.com")
    tell_eventbridge(aws)
    aws.client("s3").put_object(Bucket=BUCKET, Key="in/a.csv", Body=b"x")
    aws.close()
    with AwsAccount(tmp_path) as again:
        again.client("s3").put_object(Bucket=BUCKET, Key="in/b.csv", Body=b"x")
        assert [event["detail"]["object"]["key"] for event in received(again)] == ["in/a.csv", "in/b.csv"]


def test_a_request_that_expects_another_owner_of_the_bucket_is_refused(aws: AwsAccount) -> None:
    s3 = aws.client("s3")
    assert s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner=ACCOUNT)
    for ask in (s3.head_bucket, s3.get_bucket_tagging):
        with pytest.raises(ClientError) as error:
            ask(Bucket=BUCKET, ExpectedBucketOwner="210987654321")
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
