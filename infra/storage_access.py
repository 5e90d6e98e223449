"""StorageAccess: Snowflake's way into the bucket, a storage integration and the role that it assumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.integration_role import IntegrationRoleArgs, integration_role
from infra.landing_place import LandingPlace
from infra.naming import landing_url
from infra.policies import Document, Key, access_policy
from infra.settings import Settings
from infra.surroundings import Surroundings


@dataclass(frozen=True)
class StorageAccessArgs:
    """What the access is made of.

    Attributes:
        settings: the names, below which prefixes files are read, and the integration if it is there already.
        place: the landing bucket.
        around: the AWS account, and the role of an integration that is there.
    """

    settings: Settings
    place: LandingPlace
    around: Surroundings


class StorageAccess(pulumi.ComponentResource):
    """The storage integration and the role that it assumes, or those that are there.

    Attributes:
        integration: the storage integration; it allows the bucket's root, which is where the stage stands.
        own: the same, where the stack makes it.
        role_arn: the IAM role; only the integration's user may assume it.
        ready: the role's policy, where the stack makes it; whoever reads the bucket by Snowflake comes after it.
        url: the landing url that the integration allows.
    """

    integration: pulumi.Output[str]
    own: snowflake.StorageIntegrationAws | None
    role_arn: pulumi.Output[str]
    ready: list[pulumi.Resource]
    url: pulumi.Output[str]

    def __init__(self, name: str, args: StorageAccessArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:storage:StorageAccess", name, None, opts)
        self.url = args.place.bucket.apply(landing_url)
        self.ready = []
        if existing := args.settings.landing.integration:
            self.own, self.integration = None, pulumi.Output.from_input(existing)
            self.role_arn = pulumi.Output.from_input(args.around.integration_role or "")
        else:
            self.own, self.role_arn = self._integration(args)
            self.integration = self.own.name
        self.register_outputs({"integration": self.integration, "roleArn": self.role_arn})

    def _integration(self, args: StorageAccessArgs) -> tuple[snowflake.StorageIntegrationAws, pulumi.Output[str]]:
        child, names = pulumi.ResourceOptions(parent=self), args.settings.names
        integration = snowflake.StorageIntegrationAws(
            "storage-integration",
            name=names.integration,
            comment="Lets the landing stage and the pipes read the landing bucket by an IAM role",
            enabled=True,
            storage_provider="S3",
            storage_aws_role_arn=args.around.role_arn(names.role),
            storage_allowed_locations=[self.url],
            opts=child,
        )
        described = integration.describe_outputs[0]
        role, read_policy = integration_role(
            "snowflake-role",
            IntegrationRoleArgs(
                name=names.role,
                description=f"Snowflake's storage integration {names.integration} reads the landing bucket",
                user_arn=described.iam_user_arn,
                external_id=described.external_id,
                access_name="read-landing-prefixes",
                access=reading(args.place, args.settings.prefixes, args.around.region),
                tags=names.tags,
            ),
            child,
        )
        self.ready.append(read_policy)
        return integration, role.arn


def reading(place: LandingPlace, prefixes: Sequence[str], region: str) -> pulumi.Output[Document]:
    """Return what a role has to be allowed so that it reads what lies below these prefixes."""
    return pulumi.Output.all(place.arn, place.key_arn).apply(
        lambda arns: access_policy(arns[0], prefixes, Key(arns[1], region) if arns[1] else None)
    )
