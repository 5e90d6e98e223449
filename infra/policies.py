"""The policy documents of the stack: who may be Snowflake, what Snowflake may do, how bucket and topics are reached.

Pure: identifiers in, documents out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Key:
    """A key of KMS by which a bucket encrypts.

    Attributes:
        arn: the key.
        region: the region of key and bucket.
    """

    arn: str
    region: str


def access_policy(bucket_arn: str, prefixes: Iterable[str], key: Key | None = None) -> Document:
    """Return what the role may do: read and list the feeds' prefixes, nothing else.

    The location of a bucket is not a property of a prefix, so that statement carries no prefix condition: a
    request for it has no ``s3:prefix``, and the condition would refuse it.

    Args:
        bucket_arn: the landing bucket's ARN.
        prefixes: the feeds' prefixes, each with its trailing slash.
        key: the key by which the bucket encrypts, if it is one of KMS.
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
        *([decryption_statement(key)] if key else []),
    )


def decryption_statement(key: Key) -> dict[str, Any]:
    """Return the statement that decrypts what a bucket encrypts by a key, and only when S3 asks for it.

    https://docs.snowflake.com/en/user-guide/data-load-s3-encrypt
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return {
        "Sid": "DecryptLandedFiles",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": key.arn,
        "Condition": {"StringEquals": {"kms:ViaService": f"s3.{key.region}.amazonaws.com"}},
    }


def key_policy(account_arn: str) -> Document:
    """Return the policy of the stack's own key: it leaves to the account's IAM policies who may use it.

    Without this statement nobody could change the key any more if its administrator went.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html

    Args:
        account_arn: the account's own principal.
    """
    return _document(
        {
            "Sid": "TheAccountDecides",
            "Effect": "Allow",
            "Principal": {"AWS": account_arn},
            "Action": "kms:*",
            "Resource": "*",
        }
    )


def reader_statements(bucket_arn: str, prefixes: Iterable[str], role_arn: str) -> list[dict[str, Any]]:
    """Return what the owner of a bucket in another account adds to its policy, so that the role may read there.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html

    Args:
        bucket_arn: the bucket.
        prefixes: the feeds' prefixes, each with its trailing slash.
        role_arn: the role that Snowflake assumes.
    """
    return [_for_role(statement, role_arn) for statement in access_policy(bucket_arn, prefixes)["Statement"]]


def decrypter_statements(key: Key, role_arn: str) -> list[dict[str, Any]]:
    """Return what the owner of a key adds to its policy, so that the role may decrypt by it."""
    return [_for_role({**decryption_statement(key), "Resource": "*"}, role_arn)]


def _for_role(statement: dict[str, Any], role_arn: str) -> dict[str, Any]:
    """Return a role's statement as one of the resource's own policy.

    The role is named by a condition under its account, not as the principal: AWS refuses a principal that is not there
    yet, and others have to let the role in before the stack's first refresh.
    """
    partition, account_id = role_arn.split(":")[1], role_arn.split(":")[4]
    condition = {**statement.get("Condition", {}), "ArnEquals": {"aws:PrincipalArn": role_arn}}
    return {**statement, "Principal": {"AWS": f"arn:{partition}:iam::{account_id}:root"}, "Condition": condition}


def bucket_policy(bucket_arn: str) -> Document:
    """Return the landing bucket's own policy: nobody reaches it without TLS."""
    return _document(_tls_only([bucket_arn, f"{bucket_arn}/*"], "s3:*"))


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
        _tls_only(topic_arn, "sns:Publish"),
    )


def publisher_statement(topic_arn: str, service: str, source_arn: str, account_id: str) -> dict[str, Any]:
    """Return the statement by which one bucket's or rule's events come to a topic.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html

    Args:
        topic_arn: the topic.
        service: who publishes: S3 or EventBridge.
        source_arn: the bucket or rule in whose name it does.
        account_id: the AWS account of that bucket or rule.
    """
    return {
        "Sid": "FilesAreTold",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}, "StringEquals": {"aws:SourceAccount": account_id}},
    }


def events_topic_policy(
    topic_arn: str, service: str, source_arn: str, account_id: str, subscribers: Sequence[dict[str, Any]]
) -> Document:
    """Return the policy of the topic of files: one bucket's or rule's events come in, and Snowflake subscribes.

    https://docs.snowflake.com/en/user-guide/data-load-snowpipe-auto-s3#step-1-subscribe-the-snowflake-sqs-queue-to-the-sns-topic

    Args:
        topic_arn: the topic.
        service: who publishes, as in `publisher_statement`, also what follows.
        source_arn: in whose name.
        account_id: of which AWS account.
        subscribers: the statements that Snowflake answers for this topic.
    """
    publisher = publisher_statement(topic_arn, service, source_arn, account_id)
    return _document(publisher, *subscribers, _tls_only(topic_arn, "sns:Publish"))


def _tls_only(resources: str | list[str], action: str) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _document(*statements: dict[str, Any]) -> Document:
    return {"Version": _VERSION, "Statement": list(statements)}
