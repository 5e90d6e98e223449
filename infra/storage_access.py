"""StorageAccess: Snowflake's way into the bucket, a storage integration and the role that it assumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake
from pulumi_aws import iam, s3

from infra.feeds import Feed
from infra.integration_role import IntegrationRoleArgs, integration_role
from infra.naming import Names, landing_url
from infra.policies import access_policy


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
        described = self.integration.describe_outputs[0]
        self.role, self.read_policy = integration_role(
            "snowflake-role",
            IntegrationRoleArgs(
                name=args.names.role,
                description=f"Snowflake's storage integration {args.names.integration} reads the landing bucket",
                user_arn=described.iam_user_arn,
                external_id=described.external_id,
                access_name="read-landing-prefixes",
                access=args.bucket.arn.apply(lambda arn: access_policy(arn, prefixes)),
                tags=args.names.tags,
            ),
            child,
        )
        self.register_outputs({"integration": self.integration.name, "roleArn": self.role.arn})
