"""S3's event messages: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.snowpipe.s3_events import created_objects


def record(key: Any = "a.json", name: Any = "ObjectCreated:Put", bucket: Any = "landing") -> dict[str, Any]:
    return {"eventName": name, "s3": {"bucket": {"name": bucket}, "object": {"key": key}}}


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
}


@pytest.mark.parametrize(("message", "objects"), CREATED.values(), ids=CREATED.keys())
def test_a_message_tells_of_the_objects_that_were_created(message: Any, objects: list[tuple[str, str]]) -> None:
    assert created_objects(message) == (objects, True)


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
}


@pytest.mark.parametrize("message", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_event_is_told_apart(message: Any) -> None:
    assert created_objects(message) == ([], False)


def test_what_can_be_read_of_a_damaged_message_is_read() -> None:
    assert created_objects({"Records": [record("a"), {}, record("b")]}) == ([("landing", "a"), ("landing", "b")], False)
