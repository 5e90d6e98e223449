"""How messages reach queues: events of S3 and EventBridge, and what is published to SNS's topics.

This stands in place of moto's own ways. moto counts all messages of a queue for each event of S3, lets no rule of
EventBridge send to a topic, and asks no topic's policy. It signs each message of SNS with a key of its own making, so
that the same journal would give other messages each time, and keeps every message that was ever published. Signatures
are not verified here, and a message that nobody is subscribed to is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.events.models import Rule
from moto.moto_api._internal import mock_random
from moto.sns.models import Subscription, Topic, sns_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Message, sqs_backends

from local_cloud.aws_account.contents import bucket_named
from local_cloud.aws_account.resource_policies import service_may

PROTOCOLS = "sqs", "email"
"""What can be subscribed: a queue gets the message, a mail address stays unconfirmed, as until somebody clicks."""

_UNSIGNED = "dW5zaWduZWQ="
"""Base64, as clients decode a signature before they look at it."""

_noted: list[list[str]] = []


@contextmanager
def deliveries_noted_in(ids: list[str]) -> Iterator[None]:
    """Let the ids of the messages that S3 and SNS send be appended to a list."""
    _noted.append(ids)
    try:
        yield
    finally:
        _noted.remove(ids)


def _note(message: Message) -> None:
    for noted in _noted:
        noted.append(message.id)


def deliver_event(account_id: str, event_body: Any, queue_name: str, region_name: str) -> None:
    """Put an event of S3 into a queue; one that is gone gets none."""
    queue = sqs_backends[account_id][region_name].queues.get(queue_name)
    if queue is not None:
        message: Any = Message(str(mock_random.uuid4()), json.dumps(event_body))
        message.mark_sent()
        queue.add_message(message)
        _note(message)


def s3_may_publish(topic: Topic, bucket: Any) -> bool:
    """Tell whether a topic's policy lets S3 send a bucket's events to it."""
    context = {"aws:SourceArn": bucket.arn, "aws:SourceAccount": bucket.account_id}
    return service_may(topic._policy_json, "s3.amazonaws.com", "sns:Publish", context)


def deliver_event_to_topic(account_id: str, event_body: Any, topic_arn: str, region_name: str) -> None:  # noqa: ARG001
    """Publish an event of S3; a topic that is gone, or has another policy by now, gets none."""
    topic = sns_backends[topic_arn.split(":")[4]][region_name].topics.get(topic_arn)
    bucket = event_body["Records"][0]["s3"]["bucket"] if "Records" in event_body else {"name": event_body["Bucket"]}
    if topic is not None and s3_may_publish(topic, bucket_named(bucket["name"])):
        topic.publish(json.dumps(event_body))


def send_to_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:  # noqa: ARG001
    """Send an event that fits a rule to its topics and queues, as it is."""
    if rule.state != "ENABLED" or not rule.event_pattern.matches_event(original_event):
        return
    context = {"aws:SourceArn": rule.arn, "aws:SourceAccount": rule.account_id}
    for target in rule.targets:
        _, _, service, region, account, name = target["Arn"].split(":", 5)
        if service == "sqs":
            deliver_event(account, original_event, name, region)
            continue
        topic = sns_backends[account][region].topics.get(target["Arn"])
        if topic and service_may(topic._policy_json, "events.amazonaws.com", "sns:Publish", context):
            topic.publish(json.dumps(original_event))


def publish(
    topic: Topic,
    message: str,
    subject: str | None = None,
    message_attributes: dict[str, Any] | None = None,
    group_id: str | None = None,
    deduplication_id: str | None = None,
    message_structure: str | None = None,  # noqa: ARG001 - one text for every protocol; `json` is refused before
) -> str:
    """Send a message to the queues that are subscribed to a topic, and return its id."""
    message_id = str(mock_random.uuid4())
    subscriptions, _ = topic.sns_backend.list_subscriptions_by_topic(topic_arn=topic.arn)
    for subscription in subscriptions:
        matcher = subscription._filter_policy_matcher
        if subscription.protocol != "sqs" or not (matcher is None or matcher.matches(message_attributes, message)):
            continue
        body = _body(subscription, message, message_id, subject, message_attributes)
        *_, region, _, name = subscription.endpoint.split(":")
        with suppress(QueueDoesNotExist):  # the publisher hears nothing of it
            _note(
                sqs_backends[subscription.account_id][region].send_message(
                    name, body, group_id=group_id, deduplication_id=deduplication_id, validate_group_id=False
                )
            )
    return message_id


def _body(
    subscription: Subscription, message: str, message_id: str, subject: str | None, attributes: dict[str, Any] | None
) -> str:
    """Return what a queue gets: the text itself with raw delivery, else SNS's envelope.

    https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
    """
    if str(subscription.attributes.get("RawMessageDelivery")).lower() == "true":
        return message
    sns = f"https://sns.{subscription.topic.sns_backend.region_name}.amazonaws.com/"
    envelope = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": subscription.topic.arn,
        "Subject": subject,
        "Message": message,
        "Timestamp": iso_8601_datetime_with_milliseconds(),
        "SignatureVersion": "1",
        "Signature": _UNSIGNED,
        "SigningCertURL": f"{sns}SimpleNotificationService.pem",
        "UnsubscribeURL": f"{sns}?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
        "MessageAttributes": attributes,
    }
    return json.dumps({name: value for name, value in envelope.items() if value})
