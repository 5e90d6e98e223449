"""Writes the deployer's AWS policy, and a bucket's, into ``docs/deploy.md``: ``python docs/deployer_policy.py``.

What each resource type takes is what the AWS provider calls to make, read, change and remove it; the read of a bucket
asks for every one of its settings. It follows the provider's source (terraform-provider-aws, ``internal/service``) and
the service authorization reference, and was not tried on an account.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from infra.naming import Names  # noqa: E402  (the repository's root is on the path only now)
from infra.policies import reader_statements  # noqa: E402

DOCUMENT = HERE / "deploy.md"
STACK, ACCOUNT = "trial", "123456789012"
"""The stack of the document, and the account that it is in."""

PREFIXES = "customers/", "products/", "transactions/"
"""Of the feeds that the document shows; it is an example, which another feed leaves as it is."""

BUCKET, FILES, ROLES, TOPICS, ANYTHING = "LandingBucket", "LandedFiles", "Roles", "Topics", "Subscriptions"
RULE, NEW_KEY, ITS_TAGS, KEY = "EventsRule", "NewKey", "TagsOfNewKey", "LandingKey"
"""What is acted on, by the id of the policy's statement about it."""


def _s3(*words: str) -> tuple[str, ...]:
    return tuple(f"s3:{word}" for word in words)


def _iam(*words: str) -> tuple[str, ...]:
    return tuple(f"iam:{word}" for word in words)


def _sns(*words: str) -> tuple[str, ...]:
    return tuple(f"sns:{word}" for word in words)


def _kms(*words: str) -> tuple[str, ...]:
    return tuple(f"kms:{word}" for word in words)


def _events(*words: str) -> tuple[str, ...]:
    return tuple(f"events:{word}" for word in words)


NEEDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "aws:s3/bucket:Bucket": {
        BUCKET: (
            *_s3("CreateBucket", "DeleteBucket", "ListBucket", "GetBucketLocation", "GetBucketAcl", "GetBucketCORS"),
            *_s3("GetBucketWebsite", "GetBucketVersioning", "GetAccelerateConfiguration", "GetBucketRequestPayment"),
            *_s3("GetBucketLogging", "GetLifecycleConfiguration", "GetReplicationConfiguration", "GetBucketPolicy"),
            *_s3("GetEncryptionConfiguration", "GetBucketObjectLockConfiguration", "GetBucketTagging"),
            *_s3("PutBucketTagging", "ListTagsForResource", "TagResource", "UntagResource", "ListBucketVersions"),
        ),
        FILES: _s3("DeleteObject", "DeleteObjectVersion"),
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        BUCKET: _s3("GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock")
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        BUCKET: _s3("GetBucketOwnershipControls", "PutBucketOwnershipControls")
    },
    "aws:s3/bucketPolicy:BucketPolicy": {BUCKET: _s3("GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy")},
    "aws:s3/bucketVersioning:BucketVersioning": {BUCKET: _s3("GetBucketVersioning", "PutBucketVersioning")},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        BUCKET: _s3("GetEncryptionConfiguration", "PutEncryptionConfiguration")
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        BUCKET: _s3("GetLifecycleConfiguration", "PutLifecycleConfiguration")
    },
    "aws:s3/bucketNotification:BucketNotification": {BUCKET: _s3("GetBucketNotification", "PutBucketNotification")},
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        BUCKET: _s3("ListBucket", "ListBucketVersions"),
        FILES: _s3("PutObject", "GetObject", "GetObjectTagging", "DeleteObject", "DeleteObjectVersion"),
    },
    "aws:iam/role:Role": {
        ROLES: (
            *_iam("CreateRole", "GetRole", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy"),
            *_iam("DeleteRole", "TagRole", "UntagRole", "ListRolePolicies", "ListAttachedRolePolicies"),
            *_iam("ListInstanceProfilesForRole"),
        )
    },
    "aws:iam/rolePolicy:RolePolicy": {ROLES: _iam("GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy")},
    "aws:sns/topic:Topic": {
        TOPICS: (
            *_sns("CreateTopic", "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", "TagResource"),
            *_sns("UntagResource", "ListTagsForResource"),
        )
    },
    "aws:sns/topicPolicy:TopicPolicy": {TOPICS: _sns("GetTopicAttributes", "SetTopicAttributes")},
    # The last two are asked for on a subscription, which SNS knows no ARN of in a policy.
    "aws:sns/topicSubscription:TopicSubscription": {
        TOPICS: _sns("Subscribe"),
        ANYTHING: _sns("GetSubscriptionAttributes", "Unsubscribe"),
    },
    "aws:s3/bucketLogging:BucketLogging": {BUCKET: _s3("GetBucketLogging", "PutBucketLogging")},
    # A key's ARN is not known before it is there: its tags say whose it is. The last two are for files that are landed.
    "aws:kms/key:Key": {
        NEW_KEY: _kms("CreateKey"),
        ITS_TAGS: _kms("TagResource"),
        KEY: (
            *_kms("DescribeKey", "GetKeyPolicy", "PutKeyPolicy", "GetKeyRotationStatus", "EnableKeyRotation"),
            *_kms("DisableKeyRotation", "UpdateKeyDescription", "EnableKey", "DisableKey", "ScheduleKeyDeletion"),
            *_kms("ListResourceTags", "TagResource", "UntagResource", "Decrypt", "GenerateDataKey"),
        ),
    },
    "aws:cloudwatch/eventRule:EventRule": {
        RULE: (
            *_events("PutRule", "DescribeRule", "DeleteRule", "EnableRule", "DisableRule"),
            *_events("TagResource", "UntagResource", "ListTagsForResource"),
        )
    },
    "aws:cloudwatch/eventTarget:EventTarget": {RULE: _events("PutTargets", "RemoveTargets", "ListTargetsByRule")},
}
"""By resource type, the actions on each thing that is acted on."""


def deployer_policy(types: Iterable[str], stack: str, account: str, region: str) -> dict[str, Any]:
    """Return what whoever deploys a stack needs on AWS for resources of these types.

    Args:
        types: the types of the AWS resources that the program registers.
        stack: the stack's name.
        account: the account's 12 digits.
        region: the region of the stack.
    """
    names = Names("retail-snowpipe", stack)
    bucket = f"arn:aws:s3:::{names.bucket(account)}"
    resources: Mapping[str, str | list[str]] = {
        BUCKET: bucket,
        FILES: f"{bucket}/*",
        ROLES: [f"arn:aws:iam::{account}:role/{name}" for name in (names.role, names.alerts)],
        TOPICS: [f"arn:aws:sns:{region}:{account}:{name}" for name in (names.alerts, names.events)],
        RULE: f"arn:aws:events:{region}:{account}:rule/{names.events}",
        NEW_KEY: "*",
        ITS_TAGS: f"arn:aws:kms:{region}:{account}:key/*",
        KEY: f"arn:aws:kms:{region}:{account}:key/*",
        ANYTHING: "*",
    }
    own = {"project": names.project, "stack": names.stack}
    asked = {"StringEquals": {f"aws:RequestTag/{key}": value for key, value in own.items()}}
    conditions = {
        NEW_KEY: asked,
        ITS_TAGS: asked,
        KEY: {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in own.items()}},
    }
    needed = [NEEDED[token] for token in types]
    actions = {place: sorted({action for of in needed for action in of.get(place, ())}) for place in resources}
    statements = [
        {
            "Sid": place,
            "Effect": "Allow",
            "Action": actions[place],
            "Resource": resource,
            **({"Condition": conditions[place]} if place in conditions else {}),
        }
        for place, resource in resources.items()
        if actions[place]
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def written(document: str) -> str:
    """Return the document with the policies of the stack ``trial``, which has every part."""
    policy = deployer_policy(NEEDED, STACK, ACCOUNT, "eu-west-1")
    role = f"arn:aws:iam::{ACCOUNT}:role/{Names('retail-snowpipe', STACK).role}"
    statements = reader_statements("arn:aws:s3:::deliveries", PREFIXES, role)
    return _replaced(_replaced(document, "deployer policy", policy), "reader statements", statements)


def _replaced(document: str, place: str, content: Any) -> str:
    text = f"```json\n{json.dumps(content, indent=2)}\n```\n"
    pattern = re.compile(f"<!-- {place} -->\n.*?<!-- /{place} -->", re.DOTALL)
    if not pattern.search(document):
        raise ValueError(f"{DOCUMENT.name} has no place <!-- {place} --> … <!-- /{place} -->")
    return pattern.sub(lambda _: f"<!-- {place} -->\n{text}<!-- /{place} -->", document)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), encoding="utf-8")
