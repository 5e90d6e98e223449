"""S3's event messages: which objects of which buckets they say were created, and which topic they came by.

S3 sends them itself, or EventBridge does, which has a form of its own; a topic of SNS puts either into an envelope.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

_CREATED = "ObjectCreated:"
"""Put, Post, Copy and CompleteMultipartUpload."""

_CREATED_BY_EVENTBRIDGE = "Object Created"


@dataclass(frozen=True)
class S3Events:
    """What a message tells of.

    Attributes:
        objects: bucket and key of each created object. A test event, which S3 sends when a notification is set up,
            tells of none; nor does a removed object.
        readable: whether all of it could be read.
        topic: the topic that it came by; None for a message that came straight into the queue.
    """

    objects: list[tuple[str, str]]
    readable: bool
    topic: str | None = None


def read_events(message: Any) -> S3Events:
    """Return what a message of the queue tells of."""
    if not isinstance(message, Mapping):
        return S3Events([], readable=False)
    if message.get("Type") == "Notification":
        found = _events(_content(message.get("Message")))
        return S3Events(found.objects, found.readable, str(message.get("TopicArn")))
    return _events(message)


def _content(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def _events(message: Any) -> S3Events:
    if not isinstance(message, Mapping):
        return S3Events([], readable=False)
    if message.get("Event") == "s3:TestEvent":
        return S3Events([], readable=True)
    records, read = message.get("Records"), _created_object
    if "detail-type" in message:
        records, read = [message], _object_created
    if not isinstance(records, list):
        return S3Events([], readable=False)
    return _read(records, read)


def _read(records: list[Any], read: Callable[[Any], tuple[str, str] | None]) -> S3Events:
    objects, readable = list[tuple[str, str]](), True
    for record in records:
        try:
            found = read(record)
            "".join(found or ()).encode()  # half a surrogate pair is text to JSON, and to nobody else
        except (KeyError, TypeError, AttributeError, UnicodeError):
            readable = False
        else:
            objects += [found] if found else []
    return S3Events(objects, readable)


def _created_object(record: Any) -> tuple[str, str] | None:
    """Return bucket and key of a record of S3's own, None for one of another event."""
    if not record["eventName"].startswith(_CREATED):
        return None
    return str(record["s3"]["bucket"]["name"]), unquote_plus(record["s3"]["object"]["key"], errors="strict")


def _object_created(event: Any) -> tuple[str, str] | None:
    """Return bucket and key of an event of EventBridge, which has the key as it is, None for another event."""
    if event["detail-type"] != _CREATED_BY_EVENTBRIDGE:
        return None
    return str(event["detail"]["bucket"]["name"]), event["detail"]["object"]["key"]
