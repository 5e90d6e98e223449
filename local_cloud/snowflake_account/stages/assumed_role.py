"""Being a role in somebody's AWS account: what every integration that reaches AWS does.

The role's trust policy must name the integration's user and external id, and the role must have taken effect; what
it may do then is what its policies allow (`role_access`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from local_cloud.snowflake_account.errors import AssumeRoleError
from local_cloud.snowflake_account.stages.role_access import Document, may_assume

SNOWFLAKE_USER = "arn:aws:iam::210987654321:user/snowflake-local"
"""The AWS user of the embedded Snowflake account, the same for every integration, as in Snowflake."""


class Aws(Protocol):
    """What the Snowflake account uses of AWS: clients, and whether a role has taken effect."""

    @property
    def region(self) -> str:
        """The region that the account is in."""
        ...

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service."""
        ...

    def assume_role_attempt(self, role_arn: str) -> bool:
        """Tell whether AWS lets the role be assumed now, as far as its propagation goes."""
        ...


@dataclass(frozen=True)
class Trust:
    """What an integration shows to be let in as a role.

    Attributes:
        user_arn: the AWS user that Snowflake acts as.
        role_arn: the role.
        external_id: the integration's external id.
    """

    user_arn: str
    role_arn: str
    external_id: str


def assume(aws: Aws, trust: Trust) -> None:
    """Assume a role.

    Raises:
        AssumeRoleError: it is not there, does not trust the integration, or has not taken effect.
    """
    try:
        role = aws.client("iam").get_role(RoleName=trust.role_arn.rpartition("/")[2])["Role"]
    except ClientError as error:
        raise AssumeRoleError(trust.user_arn, trust.role_arn) from error
    trusted = role["Arn"] == trust.role_arn and may_assume(
        _document(role["AssumeRolePolicyDocument"]), trust.user_arn, trust.external_id
    )
    if not trusted or not aws.assume_role_attempt(trust.role_arn):
        raise AssumeRoleError(trust.user_arn, trust.role_arn)


def policies_of(aws: Aws, role_arn: str) -> list[Document]:
    """Return the policies of a role, its own and those attached to it."""
    iam, role = aws.client("iam"), role_arn.rpartition("/")[2]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policies = [_document(iam.get_role_policy(RoleName=role, PolicyName=n)["PolicyDocument"]) for n in names]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        policies.append(_document(document))
    return policies


def _document(document: Any) -> Document:
    return json.loads(document) if isinstance(document, str) else document
