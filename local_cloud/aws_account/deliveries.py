"""How messages reach queues: S3's events and what is published to SNS's topics, in place of moto's own ways.

moto counts all messages of a queue for each event of S3. It signs each message of SNS with a key of its own making,
so that the same journal would give other messages each time, and keeps every message that was ever published.
Signatures are not verified here, and a message that nobody is subscribed to is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.moto_api._internal import mock_random
from moto.sns.models import Subscription, Topic
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Message, sqs_backends

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
