"""What moto has of an account in memory: what is alive, and what a request is about. The one who looks inside moto."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_cloud.aws_account.requests import ApiRequest

Place = tuple[str, str]
"""Bucket and key."""


def container_of(request: ApiRequest) -> Any:
    """Return the bucket, role, queue, topic or subscription that a request is about, if it is there."""
    if request.service == "s3":
        return bucket_named(place_of(request)[0])
    if request.service == "sqs":
        parameters = request.parameters()
        name = str(parameters.get("QueueName") or parameters.get("QueueUrl", "")).rpartition("/")[2]
        region = urlsplit(request.url).netloc.split(".")[1]
        return sqs_backends[DEFAULT_ACCOUNT_ID][region].queues.get(name)
    if request.service == "sns":
        return _topic_or_subscription(request.form())
    if request.service == "iam":
        name = request.form().get("RoleName", "")
        roles = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].roles.values()
        return next((role for role in roles if role.name == name), None)
    return None


def _topic_or_subscription(form: Mapping[str, str]) -> Any:
    if arn := form.get("SubscriptionArn"):
        return next((found for found in _subscriptions() if found.arn == arn), None)
    arn, name = form.get("TopicArn") or form.get("ResourceArn"), form.get("Name")
    return next((topic for topic in _topics() if arn == topic.arn or (arn is None and name == topic.name)), None)


def subscription_of(topic_arn: str, endpoint: str) -> Any:
    """Return a topic's subscription with this endpoint, if it is there."""
    found = (found for found in _subscriptions() if (found.topic_arn, found.endpoint) == (topic_arn, endpoint))
    return next(found, None)


def place_of(request: ApiRequest) -> Place:
    """Return the bucket and key that an S3 request names."""
    url = urlsplit(request.url)
    host, path = url.netloc, unquote(url.path).lstrip("/")
    if not host.startswith("s3."):
        return host.partition(".s3.")[0], path
    bucket, _, key = path.partition("/")
    return bucket, key


def bucket_named(name: str) -> Any:
    """Return a bucket, whichever account it is of, or None."""
    _, account = s3_backends.bucket_accounts.get(name, ("", DEFAULT_ACCOUNT_ID))
    return s3_backends[account]["aws"].buckets.get(name)


def versions_of(bucket: str, key: str) -> list[Any]:
    """Return all versions of an object, and its delete markers, the oldest first."""
    found = bucket_named(bucket)
    return list(found.keys.getlist(key, []) or []) if found else []


def alive_things() -> set[int]:
    """Return the identities of all that is there: objects with their buckets, roles, queues, topics, subscriptions."""
    found: set[int] = set()
    for bucket in map(bucket_named, s3_backends.bucket_accounts):
        found.add(id(bucket))
        for key in bucket.keys:
            found.update(id(version) for version in bucket.keys.getlist(key))
    found.update(id(role) for role in iam_backends[DEFAULT_ACCOUNT_ID]["aws"].roles.values())
    for things in (_queues(), _topics(), _subscriptions()):
        found.update(map(id, things))
    return found


def end_messages(queue_name: str, ids: set[str]) -> None:
    """Take messages out of a queue."""
    for queue in _queues():
        if queue.name == queue_name:
            queue._messages = [message for message in queue._messages if message.id not in ids]


def withdraw_messages(ids: set[str]) -> None:
    """Take back messages that were sent just now."""
    if ids:
        for queue in _queues():
            while queue._messages and queue._messages[-1].id in ids:
                queue._messages.pop()


def alive_messages() -> set[str]:
    """Return the ids of the messages that are in any queue."""
    return {message.id for queue in _queues() for message in queue._messages}


def _queues() -> Iterator[Any]:
    for backend in sqs_backends[DEFAULT_ACCOUNT_ID].values():
        yield from backend.queues.values()


def _topics() -> Iterator[Any]:
    for backend in sns_backends[DEFAULT_ACCOUNT_ID].values():
        yield from backend.topics.values()


def topic_named(arn: str) -> Any:
    """Return a topic, or None."""
    return next((topic for topic in _topics() if topic.arn == arn), None)


def _rules() -> Iterator[Any]:
    for backend in events_backends[DEFAULT_ACCOUNT_ID].values():
        for bus in backend.event_buses.values():
            yield from bus.rules.values()


def _subscriptions() -> Iterator[Any]:
    for backend in sns_backends[DEFAULT_ACCOUNT_ID].values():
        yield from backend.subscriptions.values()


def contents() -> list[Any]:
    """Return what an account holds, to compare: buckets, queues with messages, topics, rules, roles."""
    found: list[Any] = []
    for name, bucket in sorted((name, bucket_named(name)) for name in s3_backends.bucket_accounts):
        found.append((name, bucket.account_id, bucket.versioning_status, bucket.policy))
        for key in sorted(bucket.keys):
            for version in bucket.keys.getlist(key):
                etag = getattr(version, "etag", None)
                found.append((name, key, type(version).__name__, str(version.version_id), etag, version.last_modified))
    found += [(queue.name, [(message.id, message.body) for message in queue._messages]) for queue in _queues()]
    found += [(topic.arn, topic._policy_json, sorted(topic._tags.items())) for topic in _topics()]
    found += [(one.arn, one.topic_arn, one.protocol, one.endpoint, one.attributes) for one in _subscriptions()]
    found += [(rule.arn, rule.state, rule.event_pattern.dump(), rule.targets) for rule in _rules()]
    found += [
        (role.name, role.id, sorted(role.policies.items()), sorted(role.managed_policies))
        for role in iam_backends[DEFAULT_ACCOUNT_ID]["aws"].roles.values()
    ]
    return found
