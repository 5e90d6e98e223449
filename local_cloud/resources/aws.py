"""The AWS provider's part: its resource types and functions as calls of the AWS API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_cloud.aws_account.account import AwsAccount
from local_cloud.resources import aws_events, aws_kms, aws_s3, aws_sns
from local_cloud.resources.aws_api import AwsKind, pascal, required, tag_list
from local_cloud.resources.kind import Inputs, Outputs


def aws_kinds(aws: AwsAccount) -> dict[str, Any]:
    """Return the kinds of the AWS provider by type token."""
    kinds = {
        "s3/bucket:Bucket": aws_s3.Bucket,
        "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": aws_s3.BucketPublicAccessBlock,
        "s3/bucketOwnershipControls:BucketOwnershipControls": aws_s3.BucketOwnershipControls,
        "s3/bucketPolicy:BucketPolicy": aws_s3.BucketPolicy,
        "s3/bucketVersioning:BucketVersioning": aws_s3.BucketVersioning,
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": aws_s3.BucketEncryption,
        "s3/bucketLogging:BucketLogging": aws_s3.BucketLogging,
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": aws_s3.BucketLifecycle,
        "s3/bucketNotification:BucketNotification": aws_s3.BucketNotification,
        "s3/bucketObjectv2:BucketObjectv2": aws_s3.BucketObject,
        "sns/topic:Topic": aws_sns.Topic,
        "sns/topicPolicy:TopicPolicy": aws_sns.TopicPolicy,
        "sns/topicSubscription:TopicSubscription": aws_sns.TopicSubscription,
        "cloudwatch/eventRule:EventRule": aws_events.EventRule,
        "cloudwatch/eventTarget:EventTarget": aws_events.EventTarget,
        "kms/key:Key": aws_kms.Key,
        "iam/role:Role": Role,
        "iam/rolePolicy:RolePolicy": RolePolicy,
        "iam/policy:Policy": Policy,
        "iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachment,
    }
    return {f"aws:{token}": kind(aws) for token, kind in kinds.items()}


def aws_functions(aws: AwsAccount) -> dict[str, Callable[[Inputs], Outputs]]:
    """Return the provider functions by token."""

    def caller_identity(_: Inputs) -> Outputs:
        caller = aws.client("sts").get_caller_identity()
        account, arn, user = caller["Account"], caller["Arn"], caller["UserId"]
        return {"accountId": account, "arn": arn, "userId": user, "id": account}

    def partition(_: Inputs) -> Outputs:
        suffix = "amazonaws.com"
        return {"partition": "aws", "dnsSuffix": suffix, "reverseDnsPrefix": "com.amazonaws", "id": "aws"}

    def region(_: Inputs) -> Outputs:
        return {"region": aws.region, "name": aws.region, "id": aws.region}

    return {
        "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
        "aws:index/getPartition:getPartition": partition,
        "aws:index/getRegion:getRegion": region,
        "aws:s3/getBucket:getBucket": lambda arguments: aws_s3.bucket_function(aws, arguments),
    }


class Role(AwsKind):
    """An IAM role."""

    inputs = frozenset({"name", "assumeRolePolicy", "description", "maxSessionDuration", "path", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreateRole."""
        name = required(inputs, "name")
        more = {pascal(key): inputs[key] for key in ("description", "maxSessionDuration", "path") if key in inputs}
        role = self._iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=required(inputs, "assumeRolePolicy"),
            Tags=tag_list(inputs.get("tags", {})),
            **more,
        )["Role"]
        return name, {"arn": role["Arn"], "uniqueId": role["RoleId"], "createDate": role["CreateDate"].isoformat()}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeleteRole."""
        self._iam.delete_role(RoleName=id_)


class RolePolicy(AwsKind):
    """A policy that is part of a role."""

    inputs = frozenset({"role", "name", "policy"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """PutRolePolicy."""
        role, name = required(inputs, "role"), required(inputs, "name")
        self._iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=required(inputs, "policy"))
        return f"{role}:{name}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeleteRolePolicy."""
        role, _, name = id_.partition(":")
        self._iam.delete_role_policy(RoleName=role, PolicyName=name)


class Policy(AwsKind):
    """A policy that stands by itself."""

    inputs = frozenset({"name", "policy", "description", "path", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreatePolicy."""
        more = {pascal(key): inputs[key] for key in ("description", "path") if key in inputs}
        policy = self._iam.create_policy(
            PolicyName=required(inputs, "name"),
            PolicyDocument=required(inputs, "policy"),
            Tags=tag_list(inputs.get("tags", {})),
            **more,
        )["Policy"]
        return policy["Arn"], {"arn": policy["Arn"], "policyId": policy["PolicyId"]}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeletePolicy."""
        self._iam.delete_policy(PolicyArn=id_)


class RolePolicyAttachment(AwsKind):
    """A policy's attachment to a role."""

    inputs = frozenset({"role", "policyArn"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """AttachRolePolicy."""
        role, policy = required(inputs, "role"), required(inputs, "policyArn")
        self._iam.attach_role_policy(RoleName=role, PolicyArn=policy)
        return f"{role}/{policy}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DetachRolePolicy."""
        self._iam.detach_role_policy(RoleName=outputs["role"], PolicyArn=outputs["policyArn"])
