"""Pure: what a request to the AWS API asks for, as far as the account must know it.

The journal keeps requests that change something; the rules of S3 that moto does not know are checked on the
request before moto sees it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

_READING = re.compile(
    r"(Get|List|Describe|Receive|Simulate|AssumeRole|ChangeMessageVisibility|Decode"
    r"|Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateMac|GenerateRandom|Sign$|Verify)"
)
_SERVICE = re.compile(r"(?:^|\.)(s3|sqs|sns|iam|sts|kms|events)(?:\.[a-z]+(?:-[a-z]+)+-\d)?\.amazonaws\.com$")

Answer = tuple[int, Mapping[str, Any], str | bytes]
"""Status, headers, body."""


@dataclass(frozen=True)
class ApiRequest:
    """One request to the AWS API.

    Attributes:
        method: HTTP method.
        url: full URL, encoded as it was sent.
        headers: as sent.
        body: whole body.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def service(self) -> str:
        """The service that the host names; S3 where it names none (a bucket's own host)."""
        found = _SERVICE.search(urlsplit(self.url).netloc)
        return found[1] if found else "s3"

    @property
    def action(self) -> str:
        """The action's name (``CreateRole``), or for S3 the HTTP method."""
        if self.service == "s3":
            return self.method
        if target := self.headers.get("X-Amz-Target", ""):
            return target.rpartition(".")[2]
        return self.form().get("Action", "")

    @property
    def changes_something(self) -> bool:
        """Whether the account is another one afterwards. What is received from a queue is only lent."""
        if self.service == "s3":
            return self.method not in ("GET", "HEAD", "OPTIONS") and "select" not in self._query()
        return not _READING.match(self.action)

    def _query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.url).query, keep_blank_values=True)

    @property
    def sets_bucket_notification(self) -> bool:
        """Whether this is PutBucketNotificationConfiguration."""
        return self.service == "s3" and self.method == "PUT" and "notification" in self._query()

    def form(self) -> dict[str, str]:
        """The parameters of an action in the query protocol, which SNS and IAM speak."""
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}

    def parameters(self) -> dict[str, Any]:
        """The parameters of an action in the JSON protocol, which SQS, KMS and EventBridge speak; empty for others."""
        try:
            parameters = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return parameters if isinstance(parameters, dict) else {}


@dataclass(frozen=True)
class Notification:
    """One entry of a bucket's notification configuration.

    Attributes:
        destination: the ARN of the queue or topic.
        events: the kinds of events.
        prefix: what the keys begin with.
        suffix: what they end with.
    """

    destination: str
    events: frozenset[str]
    prefix: str
    suffix: str

    def overlaps(self, other: Notification) -> bool:
        """Whether one object's event could belong to both, which S3 refuses."""
        prefixes = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        suffixes = self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix)
        return prefixes and suffixes and any(_same_event(a, b) for a in self.events for b in other.events)


def _same_event(one: str, other: str) -> bool:
    return (
        one == other or one.rstrip("*").startswith(other.rstrip("*")) or other.rstrip("*").startswith(one.rstrip("*"))
    )


_DESTINATIONS = {"QueueConfiguration": "Queue", "TopicConfiguration": "Topic"}
"""Of each sort of entry, where it says whom it tells."""


def notifications(body: bytes) -> list[Notification]:
    """Return the entries for queues and topics of a configuration's XML (none where it is not well-formed)."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - from a client of this machine, and expat resolves no entities
    except ElementTree.ParseError:
        return []
    return [_notification(entry, _DESTINATIONS[_tag(entry)]) for entry in root.iter() if _tag(entry) in _DESTINATIONS]


def _notification(entry: ElementTree.Element, destination: str) -> Notification:
    rules = {_text(rule, "Name").lower(): _text(rule, "Value") for rule in entry.iter() if _tag(rule) == "FilterRule"}
    events = frozenset(child.text or "" for child in entry if _tag(child) == "Event")
    return Notification(_text(entry, destination), events, rules.get("prefix", ""), rules.get("suffix", ""))


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element, tag: str) -> str:
    return next((child.text or "" for child in element if _tag(child) == tag), "")


def overlapping_pairs(entries: list[Notification]) -> Iterator[tuple[Notification, Notification]]:
    """Yield the pairs of entries that S3 refuses to have side by side."""
    for number, entry in enumerate(entries):
        for other in entries[number + 1 :]:
            if entry.overlaps(other):
                yield entry, other


def sns_error(code: str, message: str) -> Answer:
    """Return SNS's answer to a request that it refuses with status 400."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        "</ErrorResponse>"
    )
    return 400, {"Content-Type": "text/xml"}, body


def json_error(code: str, message: str) -> Answer:
    """Return the answer of a service of the JSON protocol to a request that it refuses."""
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"__type": code, "message": message})


def s3_error(code: str, message: str, status: int = 400) -> Answer:
    """Return S3's answer to a request that it refuses."""
    body = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    return status, {"Content-Type": "application/xml"}, body
