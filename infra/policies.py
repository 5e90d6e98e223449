"""The policy documents of the stack: who may be Snowflake, what Snowflake may do, how bucket and topic are reached.

Pure: identifiers in, documents out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]

_VERSION = "2012-10-17"


def trust_policy(user_arn: str, external_id: str) -> Document:
    """Return who may assume the role: the storage integration's own IAM user, and only with its external id.

    Args:
        user_arn: STORAGE_AWS_IAM_USER_ARN of the integration.
        external_id: STORAGE_AWS_EXTERNAL_ID of the integration.
    """
    return _document(
        {
            "Sid": "SnowflakeIntegration",
            "Effect": "Allow",
            "Principal": {"AWS": user_arn},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
        }
    )


def access_policy(bucket_arn: str, prefixes: Iterable[str]) -> Document:
    """Return what the role may do: read and list the feeds' prefixes, nothing else.

    The location of a bucket is not a property of a prefix, so that statement carries no prefix condition: a
    request for it has no ``s3:prefix``, and the condition would refuse it.

    Args:
        bucket_arn: the landing bucket's ARN.
        prefixes: the feeds' prefixes, each with its trailing slash.
    """
    below = [f"{prefix}*" for prefix in prefixes]
    return _document(
        {
            "Sid": "ReadLandedFiles",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": [f"{bucket_arn}/{pattern}" for pattern in below],
        },
        {
            "Sid": "ListLandedFiles",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": bucket_arn,
            "Condition": {"StringLike": {"s3:prefix": below}},
        },
        {
            "Sid": "LocateBucket",
            "Effect": "Allow",
            "Action": "s3:GetBucketLocation",
            "Resource": bucket_arn,
        },
    )


def bucket_policy(bucket_arn: str) -> Document:
    """Return the landing bucket's own policy: nobody reaches it without TLS."""
    return _document(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def publish_policy(topic_arn: str) -> Document:
    """Return what the alerts' role may do: publish to one topic.

    https://docs.snowflake.com/en/user-guide/notifications/creating-notification-integration-amazon-sns
    """
    return _document({"Sid": "PublishAlerts", "Effect": "Allow", "Action": "sns:Publish", "Resource": topic_arn})


def topic_policy(topic_arn: str, role_arn: str) -> Document:
    """Return the topic's own policy: the alerts' role alone publishes, and nobody without TLS.

    The role is named by a condition, not as the principal: AWS refuses a principal that is not there yet.

    Args:
        topic_arn: the topic.
        role_arn: the alerts' role.
    """
    return _document(
        {
            "Sid": "OnlySnowflakePublishes",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role_arn}},
        },
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def _document(*statements: dict[str, Any]) -> Document:
    return {"Version": _VERSION, "Statement": list(statements)}
