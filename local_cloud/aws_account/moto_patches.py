"""What the embedded cloud changes in moto while an account is open, and undoes when it is closed.

Most are a matter of speed, of time, of memory (`moto_memory`) or of this machine. One is a matter of S3's rules: a
bucket policy's condition decides whether a statement applies, while moto takes a condition that is not met for a
refusal.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import moto.backends
import moto.core.utils as moto_time
import moto.iam.models as moto_iam
import moto.s3.models as moto_s3
import moto.s3.notifications as moto_notifications
from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import normalize_request
from moto.events.models import Rule
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeBucket, FakeMultipart
from moto.s3.responses import S3Response
from moto.sns.models import Topic
from moto.sqs.models import SQSBackend
from werkzeug.exceptions import HTTPException

from local_cloud.aws_account import deliveries
from local_cloud.aws_account.moto_memory import BOUNDS

_PROFILES = "AWS_PROFILE", "AWS_DEFAULT_PROFILE"
_MILLISECONDS = 1000
_UPLOAD_ID_DIGITS = 64


def adapt_moto() -> Callable[[], None]:
    """Adapt moto to an account of thousands of files; return how to undo it.

    moto counts all messages of a queue for each one that is received, which makes a few thousand files a matter of
    minutes. And it asks boto3 for the regions of AWS, which fails where the environment names a
    profile that does not exist, so nothing of this machine's profiles is visible to it.
    """
    replaced: list[tuple[Any, str, Any]] = [
        (moto_notifications, "_send_sqs_message", deliveries.deliver_event),
        (moto_notifications, "_send_sns_message", deliveries.deliver_event_to_topic),
        (Rule, "send_to_targets", deliveries.send_to_targets),
        (Topic, "publish", deliveries.publish),
        (S3Response, "get_bucket_notification", _bucket_notification),
        (SQSBackend, "is_message_valid_based_on_retention_period", _is_within_retention),
        (FakeBucket, "get_permission", _bucket_permission),
        (FakeMultipart, "__init__", _begin_multipart),
        *BOUNDS,
    ]
    originals = [(owner, name, vars(owner).get(name)) for owner, name, _ in replaced]
    profiles = {name: os.environ.pop(name) for name in _PROFILES if name in os.environ}
    for owner, name, replacement in replaced:
        setattr(owner, name, replacement)

    def undo() -> None:
        for owner, name, original in originals:
            if original is None:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        os.environ.update(profiles)

    return undo


_init_multipart = FakeMultipart.__init__


def _begin_multipart(upload: FakeMultipart, *arguments: Any, **named: Any) -> None:
    """Draw an upload's id as all other ids are drawn: it must come back when the journal is carried out again."""
    _init_multipart(upload, *arguments, **named)
    upload.id = mock_random.get_random_hex(_UPLOAD_ID_DIGITS)


_END_OF_NOTIFICATION = re.compile(r"(<NotificationConfiguration[^>]*?)/>\Z|></NotificationConfiguration>\Z")
"""Of an empty configuration, and of one with entries."""

_get_bucket_notification = S3Response.get_bucket_notification


def _bucket_notification(response: S3Response) -> Any:
    """Answer the whole of a bucket's notification: moto leaves out that EventBridge is told."""
    status, headers, body = _get_bucket_notification(response)
    configuration: Any = response.backend.get_bucket_notification_configuration(response.bucket_name)
    if configuration and configuration.event_bridge is not None:
        body = _END_OF_NOTIFICATION.sub(r"\1><EventBridgeConfiguration/></NotificationConfiguration>", str(body))
    return status, headers, body


def _is_within_retention(backend: SQSBackend, queue_name: str, message: Any) -> bool:
    seconds: int = backend.get_queue(queue_name).message_retention_period  # pyright: ignore[reportAttributeAccessIssue]
    return message.sent_timestamp + seconds * _MILLISECONDS > moto_time.unix_time_millis()


def _bucket_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    return _policy_in_force(bucket.policy).is_action_permitted(action, resource)


@lru_cache(maxsize=16)
def _policy_in_force(document: bytes) -> IAMPolicy:
    """Return a bucket policy's statements that apply to requests of this machine, which count as sent over TLS."""
    policy = json.loads(document)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    in_force = []
    for statement in statements:
        conditions = {test: dict(keys) for test, keys in statement.get("Condition", {}).items()}
        secure = conditions.get("Bool", {}).pop("aws:SecureTransport", "true")
        if str(secure).lower() == "true":
            remaining = {test: keys for test, keys in conditions.items() if keys}
            others = {name: value for name, value in statement.items() if name != "Condition"}
            in_force.append({**others, "Condition": remaining} if remaining else others)
    return IAMPolicy(json.dumps({**policy, "Statement": in_force}))


class MotoDoor:
    """Finds the handler of a request as moto does, but looks for the services and their URLs only once."""

    def __init__(self) -> None:
        """Know no service yet."""
        self._handlers: dict[str, list[tuple[re.Pattern[str], Callable[..., Any]]]] = {}

    def answer(self, service: str, request: AWSPreparedRequest) -> tuple[int, Any, Any] | None:
        """Carry out a request; return status, headers and body, or None where no URL of the service fits."""
        address = request.url.partition("?")[0]
        for pattern, handler in self._handlers_of(service):
            if pattern.match(address):
                normal = normalize_request(request)
                try:
                    return handler(normal, normal.raw_url, normal.headers)
                except HTTPException as error:
                    return error.code or 500, error.get_headers(), error.get_body()
                finally:
                    # Its environment knows the request, which would keep the body until garbage is collected.
                    normal.environ.clear()
        return None

    def _handlers_of(self, service: str) -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
        if service not in self._handlers:
            find_backend: Any = moto.backends.get_backend
            regions = find_backend(service)[DEFAULT_ACCOUNT_ID]
            backend = regions["us-east-1"] if "us-east-1" in regions else regions["aws"]
            self._handlers[service] = [(re.compile(url), handler) for url, handler in backend.urls.items()]
        return self._handlers[service]


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let moto believe that it is this moment (UTC, naive): what it makes carries the time of its first making."""
    modules: tuple[Any, ...] = (moto_time, moto_s3, moto_iam)
    real: Callable[[], datetime] = moto_time.utcnow
    for module in modules:
        module.utcnow = lambda: moment
    try:
        yield
    finally:
        for module in modules:
            module.utcnow = real
