"""Which requests of the AWS side's journal still matter: without the others the account is the same.

While the journal is carried out, each request is watched: what it made, which messages it sent. Afterwards a
request is dropped when all of that is gone again: objects that were overwritten or removed, in buckets that are
still there or not, messages that were received and deleted, requests that were refused. What is not understood is
kept. A message that was deleted is noted with the request that sent it, so that it is not sent again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from moto.s3.models import FakeDeleteMarker

from local_cloud.aws_account.contents import (
    Place,
    alive_messages,
    alive_things,
    container_of,
    place_of,
    subscription_of,
    versions_of,
)
from local_cloud.aws_account.requests import Answer, ApiRequest

_DEAD = ()
"""What stands for a thing that a request made and that is gone: nothing that is alive is this."""

_HARMLESS = "x-id"
"""A parameter that clients add and S3 passes over."""


@dataclass
class _Watched:
    """One request of the journal.

    Attributes:
        is_refused: whether it was answered with an error.
        makes: the things that it made; one without any is kept as long as its container.
        container: the bucket, role or queue that it is about.
        puts: the object that it put.
        removes: the objects that it removed.
        copied_from: the object whose content it copied.
        messages: the ids of the messages that it sent.
        without_effect: whether it made again what was there already.
        upload: the multipart upload that it belongs to.
    """

    is_refused: bool = False
    makes: list[Any] = field(default_factory=list)
    container: Any = None
    puts: Place | None = None
    removes: tuple[Place, ...] = ()
    copied_from: Place | None = None
    messages: list[str] = field(default_factory=list)
    without_effect: bool = False
    upload: str | None = None


class Watch:
    """Watches requests while they are carried out.

    Attributes:
        sent: the ids of the messages that the request at hand has sent; the one who delivers adds to it.
    """

    def __init__(self) -> None:
        self.sent: list[str] = []
        self._watched: list[_Watched | None] = []

    @property
    def count(self) -> int:
        """How many entries were seen."""
        return len(self._watched)

    def skip(self) -> None:
        """Pass over an entry that only ends messages."""
        self._watched.append(None)

    def before(self, request: ApiRequest) -> Any:
        """Return what the request is about, as far as it is there before it."""
        self.sent.clear()
        return container_of(request)

    def after(self, request: ApiRequest, there_before: Any, answer: Answer) -> None:
        """Note what a request has done."""
        watched = _Watched(is_refused=answer[0] >= 400, messages=list(self.sent))
        watched.container = there_before if there_before is not None else container_of(request)
        if request.service == "s3":
            _watch_object(watched, request, answer)
        elif request.service == "sqs":
            watched.without_effect = request.action == "CreateQueue" and there_before is not None
            watched.messages += _message_ids(request, answer)
            watched.makes = [_DEAD] if request.action.startswith("SendMessage") else []
        elif request.service == "sns":
            _watch_topic(watched, request, there_before)
        self._watched.append(watched)

    def kept(self) -> dict[int, list[str]]:
        """Return the numbers of the entries that matter, each with the ids of its messages that are gone."""
        alive, messages = alive_things(), alive_messages()
        needed = {
            number for number, watched in enumerate(self._watched) if watched and _is_needed(watched, alive, messages)
        }
        needed = self._with_sources_and_removals(needed | self._parts_of_uploads(needed, alive), alive)
        return {
            number: [message for message in watched.messages if message not in messages]
            for number, watched in enumerate(self._watched)
            if watched and number in needed
        }

    def _parts_of_uploads(self, needed: set[int], alive: set[int]) -> set[int]:
        """An upload's parts matter as long as its object does, or while it can be completed."""
        completed: dict[str, int] = {}
        ended: set[str] = set()
        for number, watched in enumerate(self._watched):
            if watched and watched.upload and not watched.is_refused:
                if watched.puts:
                    completed[watched.upload] = number
                elif watched.without_effect or id(watched.container) not in alive:
                    ended.add(watched.upload)
        return {
            number
            for number, watched in enumerate(self._watched)
            if watched
            and (upload := watched.upload)
            and not watched.is_refused
            and (completed[upload] in needed if upload in completed else upload not in ended)
        }

    def _with_sources_and_removals(self, needed: set[int], alive: set[int]) -> set[int]:
        """What is copied from must be there at the time; and a dead object that is kept must be removed again."""
        found = set(needed)
        while True:
            entries = [entry for number in found if (entry := self._watched[number])]
            sources = {entry.copied_from for entry in entries if entry.copied_from}
            dead = {entry.puts for entry in entries if entry.puts and not any(id(m) in alive for m in entry.makes)}
            more = {
                number
                for number, watched in enumerate(self._watched)
                if watched
                and not watched.is_refused
                and number not in found
                and (watched.puts in sources or not (sources | dead).isdisjoint(watched.removes))
            }
            found |= more | self._parts_of_uploads(found | more, alive)
            if not more:
                return found


def _is_needed(watched: _Watched, alive: set[int], messages: set[str]) -> bool:
    if watched.is_refused or watched.without_effect or watched.upload:
        return bool(watched.puts and not watched.is_refused and _lives(watched, alive, messages))
    return _lives(watched, alive, messages)


def _lives(watched: _Watched, alive: set[int], messages: set[str]) -> bool:
    if not messages.isdisjoint(watched.messages):
        return True
    if watched.container is not None and id(watched.container) not in alive:
        return False
    return not watched.makes or any(id(thing) in alive for thing in watched.makes)


def _watch_object(watched: _Watched, request: ApiRequest, answer: Answer) -> None:
    parameters = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
    about = parameters.keys() - {_HARMLESS}
    bucket, key = place_of(request)
    watched.upload = parameters.get("uploadId", [None])[0]
    if request.method == "POST" and about == {"uploads"}:
        watched.upload = _text_of(answer, "UploadId")
    elif request.method == "DELETE" and watched.upload:
        watched.without_effect = True
    elif request.method == "PUT" and watched.upload:
        watched.copied_from = _source(request)
    elif (key and request.method == "PUT" and not about) or (request.method == "POST" and watched.upload):
        watched.puts, watched.copied_from = (bucket, key), _source(request)
        watched.makes = _last_version(bucket, key)
    elif request.method == "DELETE" and key and about <= {"versionId"}:
        watched.removes = ((bucket, key),)
        watched.makes = _markers(bucket, (key,))
    elif request.method == "POST" and about == {"delete"}:
        keys = tuple(_texts(request.body, "Key"))
        watched.removes = tuple((bucket, key) for key in keys)
        watched.makes = _markers(bucket, keys)
    elif key and about <= {"tagging", "acl", "versionId", "retention", "legal-hold"}:
        watched.makes = versions_of(bucket, key) or [_DEAD]


def _watch_topic(watched: _Watched, request: ApiRequest, there_before: Any) -> None:
    form = request.form()
    if request.action.startswith("Publish"):
        watched.makes = [_DEAD]
    elif request.action == "CreateTopic":
        watched.without_effect = there_before is not None
    elif request.action == "Subscribe":
        watched.makes = [subscription_of(form.get("TopicArn", ""), form.get("Endpoint", ""))]


def _source(request: ApiRequest) -> Place | None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if source := headers.get("x-amz-copy-source"):
        bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
        return bucket, key
    return None


def _last_version(bucket: str, key: str) -> list[Any]:
    return versions_of(bucket, key)[-1:] or [_DEAD]


def _markers(bucket: str, keys: tuple[str, ...]) -> list[Any]:
    """Return the delete markers that keys have got; something dead where they have none."""
    latest = [version for key in keys for version in versions_of(bucket, key)[-1:]]
    return [version for version in latest if isinstance(version, FakeDeleteMarker)] or [_DEAD]


def _texts(body: str | bytes, tag: str) -> Iterator[str]:
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - carried out before, and expat resolves no entities
    except ElementTree.ParseError:
        return
    for element in root.iter():
        if element.tag.rpartition("}")[2] == tag:
            yield element.text or ""


def _text_of(answer: Answer, tag: str) -> str | None:
    return next(_texts(answer[2], tag), None)


def _message_ids(request: ApiRequest, answer: Answer) -> list[str]:
    if not request.action.startswith("SendMessage") or answer[0] >= 400:
        return []
    content = json.loads(answer[2])
    return [sent["MessageId"] for sent in content.get("Successful", [content])]
