"""SNS: what is published reaches the queues that are subscribed, and comes back with the account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.aws_account import restoration
from local_cloud.aws_account.account import JOURNAL, AwsAccount


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def aws(folder: Path) -> Iterator[AwsAccount]:
    with AwsAccount(folder) as account:
        yield account


def subscribed(aws: AwsAccount, **attributes: str) -> tuple[str, str]:
    """Make a topic and a queue that is subscribed to it."""
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="alerts", Tags=[{"Key": "stack", "Value": "dev"}])["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return topic, queue


def bodies(aws: AwsAccount, queue: str) -> list[str]:
    answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def test_a_subscribed_queue_gets_the_message_in_snss_envelope(aws: AwsAccount) -> None:
    topic, queue = subscribed(aws)
    sent = aws.client("sns").publish(TopicArn=topic, Subject="a file", Message='{"a": 1}')
    (body,) = bodies(aws, queue)
    envelope = json.loads(body)
    assert (envelope["Type"], envelope["MessageId"]) == ("Notification", sent["MessageId"])
    assert (envelope["TopicArn"], envelope["Subject"], envelope["Message"]) == (topic, "a file", '{"a": 1}')


def test_with_raw_delivery_it_gets_the_text_alone(aws: AwsAccount) -> None:
    topic, queue = subscribed(aws, RawMessageDelivery="true")
    aws.client("sns").publish(TopicArn=topic, Message="bare")
    assert bodies(aws, queue) == ["bare"]


def test_publishing_succeeds_when_the_queue_is_gone_or_only_mail_is_subscribed(aws: AwsAccount) -> None:
    topic, queue = subscribed(aws)
    aws.client("sqs").delete_queue(QueueUrl=queue)
    aws.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.test")
    assert aws.client("sns").publish(TopicArn=topic, Message="x")["MessageId"]


@pytest.mark.parametrize("protocol", ["http", "https", "lambda", "sms"])
def test_what_would_leave_this_machine_is_not_subscribed(aws: AwsAccount, protocol: str) -> None:
    topic, _ = subscribed(aws)
    with pytest.raises(ClientError, match=f"subscribes sqs and email, not {protocol}"):
        aws.client("sns").subscribe(TopicArn=topic, Protocol=protocol, Endpoint="http://127.0.0.1:9/")


def test_topics_subscriptions_and_waiting_messages_come_back_and_ended_ones_do_not(folder: Path) -> None:
    with AwsAccount(folder) as aws:
        topic, queue = subscribed(aws, RawMessageDelivery="true")
        sns, sqs = aws.client("sns"), aws.client("sqs")
        sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns")
        for text in ("ended", "waits"):
            sns.publish(TopicArn=topic, Message=text)
        (first,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)["Messages"]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])
        left = {"ended": "waits", "waits": "ended"}[first["Body"]]
    with AwsAccount(folder) as aws:
        sns = aws.client("sns")
        assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"] == "alias/aws/sns"
        assert [one["Protocol"] for one in sns.list_subscriptions()["Subscriptions"]] == ["sqs"]
        assert bodies(aws, queue) == [left]


def entries(folder: Path) -> int:
    return (folder / JOURNAL).read_bytes().count(b'"method"')


def test_a_compacted_journal_forgets_what_was_published_and_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoration, "is_worth_it", lambda dropped, kept: dropped > kept)
    with AwsAccount(folder) as aws:
        topic, queue = subscribed(aws)
        sns, sqs = aws.client("sns"), aws.client("sqs")
        gone = sns.create_topic(Name="gone")["TopicArn"]
        subscription = sns.subscribe(TopicArn=gone, Protocol="email", Endpoint="a@example.test")["SubscriptionArn"]
        sns.unsubscribe(SubscriptionArn=subscription)
        sns.delete_topic(TopicArn=gone)
        for number in range(5):
            sns.publish(TopicArn=topic, Message=str(number))
        received: list[Any] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=4)["Messages"]
        for message in received:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    before = entries(folder)
    with AwsAccount(folder) as aws:
        aws.restore()
    assert entries(folder) == 4 < before
    with AwsAccount(folder) as aws:
        (body,) = bodies(aws, queue)
        assert json.loads(body)["Message"] not in {json.loads(message["Body"])["Message"] for message in received}
        assert [one["TopicArn"] for one in aws.client("sns").list_topics()["Topics"]] == [topic]
