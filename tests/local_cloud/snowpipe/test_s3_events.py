"""S3's event messages, of its own and by EventBridge, straight and in an envelope of SNS.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_cloud.snowpipe.s3_events import S3Events, read_events


def record(key: Any = "a.json", name: Any = "ObjectCreated:Put", bucket: Any = "landing") -> dict[str, Any]:
    return {"eventName": name, "s3": {"bucket": {"name": bucket}, "object": {"key": key}}}


def object_created(key: Any = "a.json", kind: str = "Object Created") -> dict[str, Any]:
    detail = {"bucket": {"name": "landing"}, "object": {"key": key}, "reason": "PutObject"}
    return {"version": "0", "detail-type": kind, "source": "aws.s3", "detail": detail}


TOPIC = "arn:aws:sns:eu-west-1:123456789012:files"


def enveloped(message: Any) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": TOPIC, "Message": message}


CREATED: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "a put": ({"Records": [record()]}, [("landing", "a.json")]),
    **{
        f"a {how}": ({"Records": [record(name=f"ObjectCreated:{how}")]}, [("landing", "a.json")])
        for how in ("Post", "Copy", "CompleteMultipartUpload")
    },
    "several records": (
        {"Records": [record("a"), record("b", bucket="other"), record("a")]},
        [("landing", "a"), ("other", "b"), ("landing", "a")],
    ),
    "a space is a plus": ({"Records": [record("a+b.json")]}, [("landing", "a b.json")]),
    "a plus, a percent sign and a space": ({"Records": [record("a%2Bb%25%20c")]}, [("landing", "a+b% c")]),
    "other than ASCII": ({"Records": [record("%C3%BC/%F0%9F%98%80")]}, [("landing", "ü/😀")]),
    "a removal": ({"Records": [record(name="ObjectRemoved:Delete")]}, []),
    "a test event": ({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "landing"}, []),
    "no record": ({"Records": []}, []),
    "an event of EventBridge": (object_created(), [("landing", "a.json")]),
    "a key of EventBridge, which is as it is": (object_created("a+b%20c ü.json"), [("landing", "a+b%20c ü.json")]),
    "a removal that EventBridge tells of": (object_created(kind="Object Deleted"), []),
}


@pytest.mark.parametrize(("message", "objects"), CREATED.values(), ids=CREATED.keys())
def test_a_message_tells_of_the_objects_that_were_created(message: Any, objects: list[tuple[str, str]]) -> None:
    assert read_events(message) == S3Events(objects, readable=True)
    assert read_events(enveloped(json.dumps(message))) == S3Events(objects, True, TOPIC)


UNREADABLE: dict[str, Any] = {
    "no object": [],
    "text": "text",
    "null": None,
    "no records": {"Message": "x"},
    "records that are none": {"Records": "x"},
    "a record that is none": {"Records": [5]},
    "a record without a name": {"Records": [{"s3": {}}]},
    "a record without an object": {"Records": [{"eventName": "ObjectCreated:Put"}]},
    "a key that is no text": {"Records": [record(5)]},
    "a key that is not UTF-8": {"Records": [record("%FF")]},
    "a key with half a surrogate pair": {"Records": [record("\ud83d.json")]},
    "an event of EventBridge without an object": {**object_created(), "detail": {}},
    "an event of EventBridge whose key is no text": object_created(5),
    "an envelope with half a surrogate pair": enveloped(json.dumps({"Records": [record("\ud83d.json")]})),
    "an envelope with other words": enveloped("hello"),
    "an envelope with nothing in it": {"Type": "Notification"},
}


@pytest.mark.parametrize("message", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_event_is_told_apart(message: Any) -> None:
    found = read_events(message)
    assert (found.objects, found.readable) == ([], False)


def test_what_can_be_read_of_a_damaged_message_is_read() -> None:
    read = read_events({"Records": [record("a"), {}, record("b")]})
    assert read == S3Events([("landing", "a"), ("landing", "b")], readable=False)
