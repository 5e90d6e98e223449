"""StorageAccess: Snowflake's way into the bucket, storage integration ⇄ IAM role.

This is the program's only cycle: the integration wants the role's ARN, and the role's trust policy wants the
integration's IAM user and external id. It is cut at the ARN, which is a pure function of the account and of
the role's name, so the integration is made first, with the ARN of a role to come, and the role second, with
the integration's real outputs. One ``pulumi up`` is enough, and when the integration is replaced the trust
policy follows its new external id in the same run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_snowflake as snowflake
from pulumi_aws import iam, s3
from pulumi_snowflake.outputs import StorageIntegrationAwsDescribeOutput

from infra import policies
from infra.feeds import Feed
from infra.naming import Names, landing_url


@dataclass(frozen=True)
class StorageAccessArgs:
    """What the access is made of.

    Attributes:
        feeds: whose files may be read.
        names: the stack's names.
        bucket: the landing bucket.
        role_arn: the ARN that the role will have.
    """

    feeds: Sequence[Feed]
    names: Names
    bucket: s3.Bucket
    role_arn: str


class StorageAccess(pulumi.ComponentResource):
    """The storage integration and the role that it assumes.

    Attributes:
        integration: the storage integration; it allows the bucket's root, which is where the stage stands.
        role: the IAM role; only the integration's user may assume it.
        read_policy: the role's policy; whoever reads the bucket through Snowflake comes after it.
        url: the landing url that the integration allows.
    """

    integration: snowflake.StorageIntegrationAws
    role: iam.Role
    read_policy: iam.RolePolicy
    url: pulumi.Output[str]

    def __init__(self, name: str, args: StorageAccessArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:storage:StorageAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        prefixes = [feed.prefix for feed in args.feeds]
        self.url = args.bucket.bucket.apply(landing_url)
        self.integration = snowflake.StorageIntegrationAws(
            "storage-integration",
            name=args.names.integration,
            comment="Lets the landing stage and the pipes read the landing bucket by an IAM role",
            enabled=True,
            storage_provider="S3",
            storage_aws_role_arn=args.role_arn,
            storage_allowed_locations=[self.url],
            opts=child,
        )
        self.role = iam.Role(
            "snowflake-role",
            name=args.names.role,
            description=f"Snowflake's storage integration {args.names.integration} reads the landing bucket",
            assume_role_policy=self.integration.describe_outputs.apply(lambda described: _trust(described[0])),
            tags=args.names.tags,
            opts=child,
        )
        self.read_policy = iam.RolePolicy(
            "snowflake-role-access",
            name="read-landing-prefixes",
            role=self.role.name,
            policy=args.bucket.arn.apply(lambda arn: json.dumps(policies.access_policy(arn, prefixes))),
            opts=child,
        )
        self.register_outputs({"integration": self.integration.name, "roleArn": self.role.arn})


def _trust(described: StorageIntegrationAwsDescribeOutput) -> str:
    # The SDK types every output as optional; DESCRIBE answers both from the integration's creation on.
    user_arn, external_id = cast("str", described.iam_user_arn), cast("str", described.external_id)
    return json.dumps(policies.trust_policy(user_arn, external_id))
