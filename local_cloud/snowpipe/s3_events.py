"""S3's event messages: which objects of which buckets they say were created.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

_CREATED = "ObjectCreated:"
"""Put, Post, Copy and CompleteMultipartUpload."""


def created_objects(message: Any) -> tuple[list[tuple[str, str]], bool]:
    """Return bucket and key of each created object that a message tells of, and whether all of it could be read.

    A test event, which S3 sends when a notification is set up, tells of none; nor does a removed object.
    """
    if not isinstance(message, Mapping):
        return [], False
    if message.get("Event") == "s3:TestEvent":
        return [], True
    records = message.get("Records")
    if not isinstance(records, list):
        return [], False
    read = [_created_object(record) for record in records]
    return [found for found in read if isinstance(found, tuple)], False not in read


def _created_object(record: Any) -> tuple[str, str] | bool:
    """Return bucket and key, True for a record of another event, False for what is no record."""
    try:
        if not record["eventName"].startswith(_CREATED):
            return True
        key = unquote_plus(record["s3"]["object"]["key"], errors="strict")
        key.encode()  # half a surrogate pair is text to JSON, and to nobody else
        return str(record["s3"]["bucket"]["name"]), key
    except (KeyError, TypeError, AttributeError, UnicodeError):
        return False
