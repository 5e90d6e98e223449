"""The policy documents, action by action: a right that is not listed here is a right too many."""

from __future__ import annotations

from infra.policies import access_policy, bucket_policy, publish_policy, topic_policy, trust_policy

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
