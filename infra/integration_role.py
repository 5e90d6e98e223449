"""The IAM role behind a Snowflake integration.

An integration wants its role's ARN, and the role's trust policy wants the integration's IAM user and external id:
the program's only kind of cycle. It is cut at the ARN, which is a pure function of the account and of the role's
name, so the integration is made first, with the ARN of a role to come, and the role second, with the integration's
real outputs. One ``pulumi up`` is enough, and when the integration is replaced the trust policy follows its new
external id in the same run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi_aws import iam

from infra.policies import Document, trust_policy


@dataclass(frozen=True)
class IntegrationRoleArgs:
    """What such a role is made of.

    Attributes:
        name: the role's name.
        description: what it is for.
        user_arn: the AWS user that the integration acts as.
        external_id: the integration's external id.
        access_name: the name of the policy that says what it may do.
        access: that policy.
        tags: the role's tags.
    """

    name: str
    description: str
    user_arn: pulumi.Output[str | None]
    external_id: pulumi.Output[str | None]
    access_name: str
    access: pulumi.Output[Document]
    tags: Mapping[str, str]


def integration_role(
    name: str, args: IntegrationRoleArgs, opts: pulumi.ResourceOptions
) -> tuple[iam.Role, iam.RolePolicy]:
    """Register an integration's role and what it may do; whoever uses it through Snowflake comes after the second."""
    role = iam.Role(
        name,
        name=args.name,
        description=args.description,
        assume_role_policy=pulumi.Output.all(args.user_arn, args.external_id).apply(_trust),
        tags=args.tags,
        opts=opts,
    )
    access = iam.RolePolicy(
        f"{name}-access", name=args.access_name, role=role.name, policy=args.access.apply(json.dumps), opts=opts
    )
    return role, access


def _trust(shown: list[str | None]) -> str:
    # The SDK types every output as optional; DESCRIBE answers both from the integration's creation on.
    user_arn, external_id = cast("list[str]", shown)
    return json.dumps(trust_policy(user_arn, external_id))
