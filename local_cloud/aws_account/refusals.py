"""What S3, SNS and EventBridge refuse and moto takes, and what would leave this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.sqs.models import sqs_backends

from local_cloud.aws_account.contents import bucket_named, place_of, topic_named
from local_cloud.aws_account.deliveries import PROTOCOLS, s3_may_publish
from local_cloud.aws_account.requests import (
    Answer,
    ApiRequest,
    Notification,
    json_error,
    notifications,
    overlapping_pairs,
    s3_error,
    sns_error,
)

TARGETS = "sns", "sqs"
"""What a rule of EventBridge can send to here."""

_EXPECTED_OWNER = "x-amz-expected-bucket-owner"
_CHANGED_ON_THE_WAY = "Input", "InputPath", "InputTransformer"


def refusal(request: ApiRequest) -> Answer | None:
    """Return the refusal of a request, None for one that is carried out."""
    if request.service == "sns":
        return _of_sns(request)
    if request.service == "events":
        return _of_events(request)
    if request.service == "s3" and (refused := _of_another_owner(request)):
        return refused
    return _of_notifications(request) if request.sets_bucket_notification else None


def _of_another_owner(request: ApiRequest) -> Answer | None:
    """Refuse what is for a bucket of one account, and would be done with another's.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    expected = {name.lower(): value for name, value in request.headers.items()}.get(_EXPECTED_OWNER)
    bucket = bucket_named(place_of(request)[0]) if expected else None
    if bucket is None or bucket.account_id == expected:
        return None
    return s3_error("AccessDenied", "Access Denied", 403)


def _of_notifications(request: ApiRequest) -> Answer | None:
    entries = notifications(request.body)
    bucket = place_of(request)[0]
    for entry in entries:
        if (reason := next(_what_is_wrong(entry, bucket), None)) is not None:
            return s3_error(
                "InvalidArgument",
                f"Unable to validate the following destination configurations: {entry.destination}{reason}",
            )
    for one, other in overlapping_pairs(entries):
        return s3_error(
            "InvalidArgument",
            "Configurations overlap. Configurations on the same bucket cannot share a common event type: "
            f"prefixes {one.prefix!r} and {other.prefix!r}",
        )
    return None


def _what_is_wrong(entry: Notification, bucket: str) -> Iterator[str]:
    """S3 looks at every destination before it takes a configuration: whether it is there, and may be sent to."""
    _, _, service, region, account, name = entry.destination.split(":", 5)
    if service == "sqs":
        if sqs_backends[account][region].queues.get(name) is None:
            yield ""
        return
    topic, owner = topic_named(entry.destination), bucket_named(bucket)
    if topic is None:
        yield ""
    elif owner and not s3_may_publish(topic, owner):
        yield ", Permission denied on the topic"


def _of_sns(request: ApiRequest) -> Answer | None:
    form = request.form()
    if request.action == "Subscribe" and form.get("Protocol") not in PROTOCOLS:
        return sns_error(
            "InvalidParameter",
            f"the embedded cloud subscribes {' and '.join(PROTOCOLS)}, not {form.get('Protocol')}: it sends nothing "
            "beyond this machine",
        )
    if form.get("MessageStructure"):
        return sns_error(
            "InvalidParameter", "the embedded cloud publishes one text for all protocols: no MessageStructure"
        )
    return None


def _of_events(request: ApiRequest) -> Answer | None:
    if request.action == "PutTargets":
        for target in request.parameters().get("Targets", ()):
            if changed := [word for word in _CHANGED_ON_THE_WAY if word in target]:
                return json_error(
                    "ValidationException", f"the embedded cloud sends events as they are: no {changed[0]}"
                )
            if _service_of(target) not in TARGETS:
                return json_error(
                    "ValidationException",
                    f"the embedded cloud's rules send to {' and '.join(TARGETS)}, not to {target.get('Arn')}",
                )
    if request.action == "PutRule" and "ScheduleExpression" in request.parameters():
        return json_error("ValidationException", "the embedded cloud's rules have a pattern: no ScheduleExpression")
    return None


def _service_of(target: dict[str, Any]) -> str:
    parts = str(target.get("Arn", "")).split(":")
    return parts[2] if len(parts) > 2 else ""
