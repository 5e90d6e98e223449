from __future__ import annotations

import pytest

from local_cloud.aws_account.requests import ApiRequest, Notification, notifications, overlapping_pairs

S3, SQS, IAM = (
    "https://b.s3.eu-west-1.amazonaws.com/k",
    "https://sqs.eu-west-1.amazonaws.com/",
    "https://iam.amazonaws.com/",
)


def sqs(action: str) -> ApiRequest:
    return ApiRequest("POST", SQS, {"X-Amz-Target": f"AmazonSQS.{action}"}, b"{}")


def iam(action: str) -> ApiRequest:
    return ApiRequest("POST", IAM, {}, f"Action={action}&RoleName=r".encode())


@pytest.mark.parametrize(
    ("request_", "changes"),
    [
        (ApiRequest("GET", S3, {}, b""), False),
        (ApiRequest("HEAD", S3, {}, b""), False),
        (ApiRequest("PUT", S3, {}, b""), True),
        (ApiRequest("DELETE", S3, {}, b""), True),
        (ApiRequest("POST", f"{S3}?delete", {}, b""), True),
        (ApiRequest("POST", f"{S3}?select&select-type=2", {}, b""), False),
        (sqs("SendMessage"), True),
        (sqs("DeleteMessage"), True),
        (sqs("ReceiveMessage"), False),
        (sqs("GetQueueAttributes"), False),
        (sqs("ChangeMessageVisibility"), False),
        (iam("CreateRole"), True),
        (iam("GetRole"), False),
        (iam("ListRoles"), False),
    ],
    ids=lambda value: f"{value.method} {value.action}" if isinstance(value, ApiRequest) else "",
)
def test_what_changes_something_is_told_from_what_only_reads(request_: ApiRequest, changes: bool) -> None:
    assert request_.changes_something is changes


@pytest.mark.parametrize(
    ("url", "service"),
    [
        (S3, "s3"),
        ("https://s3.amazonaws.com/bucket/key", "s3"),
        (SQS, "sqs"),
        (IAM, "iam"),
        ("https://sts.eu-west-1.amazonaws.com/", "sts"),
        ("https://sqs.s3.amazonaws.com/key", "s3"),
        ("https://sqs.s3.eu-west-1.amazonaws.com/key", "s3"),
        ("http://127.0.0.1:4566/bucket", "s3"),
    ],
)
def test_the_service_is_read_from_the_host(url: str, service: str) -> None:
    assert ApiRequest("GET", url, {}, b"").service == service


@pytest.mark.parametrize("body", [b"Action=SendMessage&x=1", b"[]", b""])
def test_a_body_in_another_protocol_has_no_queue_parameters(body: bytes) -> None:
    assert ApiRequest("POST", SQS, {}, body).parameters() == {}


def entry(prefix: str = "", suffix: str = "", event: str = "s3:ObjectCreated:*") -> Notification:
    return Notification("arn", frozenset({event}), prefix, suffix)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (entry("a/"), entry("b/"), False),
        (entry("a/"), entry("a/b/"), True),
        (entry(), entry("a/"), True),
        (entry("a/", ".csv"), entry("a/", ".json"), False),
        (entry("a/", ".csv"), entry("a/", "x.csv"), True),
        (entry("a/", event="s3:ObjectCreated:Put"), entry("a/"), True),
        (entry("a/", event="s3:ObjectCreated:Put"), entry("a/", event="s3:ObjectCreated:Copy"), False),
        (entry("a/", event="s3:ObjectRemoved:*"), entry("a/"), False),
    ],
)
def test_entries_overlap_when_one_event_could_belong_to_both(
    one: Notification, other: Notification, overlap: bool
) -> None:
    assert bool(list(overlapping_pairs([one, other]))) is overlap
    assert bool(list(overlapping_pairs([other, one]))) is overlap


def test_entries_for_queues_and_topics_are_read_from_the_configuration() -> None:
    body = b"""<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
    <QueueConfiguration><Id>x</Id><Queue>arn:q</Queue><Event>s3:ObjectCreated:*</Event><Filter><S3Key>
    <FilterRule><Name>Prefix</Name><Value>a/</Value></FilterRule></S3Key></Filter></QueueConfiguration>
    <TopicConfiguration><Topic>arn:t</Topic><Event>s3:ObjectRemoved:*</Event></TopicConfiguration>
    </NotificationConfiguration>"""
    assert notifications(body) == [
        Notification("arn:q", frozenset({"s3:ObjectCreated:*"}), "a/", ""),
        Notification("arn:t", frozenset({"s3:ObjectRemoved:*"}), "", ""),
    ]


def test_a_configuration_that_is_no_xml_is_left_to_the_service_to_refuse() -> None:
    assert notifications(b"<not xml") == []
