"""The policy documents, action by action: a right that is not listed here is a right too many."""

from __future__ import annotations

import pytest

from infra.policies import access_policy, bucket_policy, publish_policy, topic_policy, trust_policy
from tests.infra.policy_evaluation import Request, allowed

ARN = "arn:aws:s3:::landing"


def test_only_the_integrations_user_with_its_external_id_may_assume_the_role():
    assert trust_policy("arn:aws:iam::1:user/x", "id=1")["Statement"] == [
        {
            "Sid": "SnowflakeIntegration",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::1:user/x"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "id=1"}},
        }
    ]


def test_the_role_reads_and_lists_its_prefixes_and_may_nothing_else():
    assert access_policy(ARN, ["customers/", "products/"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadLandedFiles",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                "Resource": [f"{ARN}/customers/*", f"{ARN}/products/*"],
            },
            {
                "Sid": "ListLandedFiles",
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": ARN,
                "Condition": {"StringLike": {"s3:prefix": ["customers/*", "products/*"]}},
            },
            {"Sid": "LocateBucket", "Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": ARN},
        ],
    }


def test_the_bucket_refuses_everybody_without_tls_and_allows_nobody_anything():
    assert bucket_policy(ARN)["Statement"] == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [ARN, f"{ARN}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_the_alerts_role_publishes_to_its_topic_and_may_nothing_else():
    assert publish_policy("arn:aws:sns:eu-west-1:1:t")["Statement"] == [
        {"Sid": "PublishAlerts", "Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:1:t"}
    ]


def test_the_topic_refuses_all_but_snowflakes_role_and_everybody_without_tls():
    statements = topic_policy("arn:topic", "arn:role")["Statement"]
    assert {(s["Effect"], s["Principal"], s["Action"], s["Resource"]) for s in statements} == {
        ("Deny", "*", "sns:Publish", "arn:topic")
    }
    assert [s["Condition"] for s in statements] == [
        {"ArnNotEquals": {"aws:PrincipalArn": "arn:role"}},
        {"Bool": {"aws:SecureTransport": "false"}},
    ]


# ------------------------------------------------------------------------------------------------- as AWS decides

BUCKET, ROLE = "arn:aws:s3:::landing", "arn:aws:iam::123456789012:role/retail-snowpipe-dev"
TLS = {"aws:SecureTransport": "true"}
READ = [access_policy(BUCKET, ["customers/", "products/"])]
OF_BUCKET = [bucket_policy(BUCKET)]


def reads(action: str, resource: str, **context: str) -> bool:
    """Tell whether Snowflake's role may do this over TLS, unless the context says otherwise."""
    given = TLS | {key.replace("__", ":"): value for key, value in context.items()}
    return allowed(Request(action, resource, ROLE, given), identity=READ, resource=OF_BUCKET)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:GetObject", f"{BUCKET}/customers/a.csv", {}),
        ("s3:GetObject", f"{BUCKET}/products/d=2026-01-01/a b+c.csv", {}),
        ("s3:GetObjectVersion", f"{BUCKET}/customers/a.csv", {}),
        ("s3:ListBucket", BUCKET, {"s3__prefix": "customers/"}),
        ("s3:ListBucket", BUCKET, {"s3__prefix": "products/d=2026"}),
        ("s3:GetBucketLocation", BUCKET, {}),
    ],
)
def test_snowflakes_role_is_allowed_what_loading_takes(action: str, resource: str, context: dict[str, str]):
    assert reads(action, resource, **context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        pytest.param("s3:GetObject", f"{BUCKET}/private/a.csv", {}, id="another prefix"),
        pytest.param("s3:GetObject", f"{BUCKET}/customers.csv", {}, id="beside the prefix"),
        pytest.param("s3:GetObject", f"{BUCKET}/a/customers/a.csv", {}, id="below another prefix"),
        pytest.param("s3:GetObject", "arn:aws:s3:::landing-2/customers/a.csv", {}, id="another bucket"),
        pytest.param("s3:ListBucket", BUCKET, {"s3__prefix": "private/"}, id="a list of another prefix"),
        pytest.param("s3:ListBucket", BUCKET, {"s3__prefix": ""}, id="a list of everything"),
        pytest.param("s3:ListBucket", BUCKET, {}, id="a list without a prefix"),
        pytest.param("s3:ListBucket", "arn:aws:s3:::landing-2", {"s3__prefix": "customers/"}, id="another's list"),
        pytest.param("s3:PutObject", f"{BUCKET}/customers/a.csv", {}, id="a write"),
        pytest.param("s3:DeleteObject", f"{BUCKET}/customers/a.csv", {}, id="a removal"),
        pytest.param("s3:DeleteObjectVersion", f"{BUCKET}/customers/a.csv", {}, id="a removal of a version"),
        pytest.param("s3:PutBucketPolicy", BUCKET, {}, id="another policy of the bucket"),
        pytest.param("s3:GetObject", f"{BUCKET}/customers/a.csv", {"aws__SecureTransport": "false"}, id="plain http"),
        pytest.param("s3:ListAllMyBuckets", "*", {}, id="a list of all buckets"),
        pytest.param("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:t", {}, id="an alert"),
    ],
)
def test_snowflakes_role_is_denied_everything_else(action: str, resource: str, context: dict[str, str]):
    assert not reads(action, resource, **context)


def test_not_even_an_administrator_reads_over_plain_http():
    anything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for protocol, answer in (("true", True), ("false", False)):
        request = Request("s3:GetObject", f"{BUCKET}/customers/a.csv", context={"aws:SecureTransport": protocol})
        assert allowed(request, identity=[anything], resource=OF_BUCKET) is answer


USER, EXTERNAL_ID = "arn:aws:iam::210987654321:user/abcd1234-s", "MYORG_SFCRole=2_abc="


@pytest.mark.parametrize(
    ("principal", "context", "answer"),
    [
        pytest.param(USER, {"sts:ExternalId": EXTERNAL_ID}, True, id="the integration"),
        pytest.param(USER, {"sts:ExternalId": "MYORG_SFCRole=2_xyz="}, False, id="a wrong external id"),
        pytest.param(USER, {}, False, id="no external id"),
        pytest.param(USER + "2", {"sts:ExternalId": EXTERNAL_ID}, False, id="another principal"),
        pytest.param("arn:aws:iam::210987654321:root", {"sts:ExternalId": EXTERNAL_ID}, False, id="its account"),
    ],
)
def test_the_role_is_assumed_by_the_integration_alone(principal: str, context: dict[str, str], answer: bool):
    trust = [trust_policy(USER, EXTERNAL_ID)]
    assert allowed(Request("sts:AssumeRole", ROLE, principal, context), resource=trust) is answer
    assert not allowed(Request("sts:TagSession", ROLE, principal, context), resource=trust)


TOPIC, ALERTS = "arn:aws:sns:eu-west-1:123456789012:retail-alerts", f"{ROLE}-alerts"


@pytest.mark.parametrize(
    ("action", "topic", "principal", "protocol", "answer"),
    [
        pytest.param("sns:Publish", TOPIC, ALERTS, "true", True, id="the alerts' role"),
        pytest.param("sns:Publish", TOPIC, ALERTS, "false", False, id="plain http"),
        pytest.param("sns:Publish", TOPIC, ROLE, "true", False, id="another role with the same policy"),
        pytest.param("sns:Publish", f"{TOPIC}-2", ALERTS, "true", False, id="another topic"),
        pytest.param("sns:Subscribe", TOPIC, ALERTS, "true", False, id="a subscription"),
        pytest.param("sns:SetTopicAttributes", TOPIC, ALERTS, "true", False, id="another policy of the topic"),
    ],
)
def test_alerts_are_published_by_their_role_alone(action: str, topic: str, principal: str, protocol: str, answer: bool):
    context = {"aws:PrincipalArn": principal, "aws:SecureTransport": protocol}
    request, own, topics = (
        Request(action, topic, principal, context),
        publish_policy(TOPIC),
        topic_policy(TOPIC, ALERTS),
    )
    assert allowed(request, identity=[own], resource=[topics]) is answer
