"""The AWS provider's part: resource inputs as calls of the AWS API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi import FileAsset

from local_cloud.aws_account import AwsAccount
from local_cloud.errors import ResourceError

Inputs = dict[str, Any]
Outputs = dict[str, Any]

_BATCH = 1000
"""The most keys that S3 removes in one request."""


def aws_kinds(aws: AwsAccount) -> dict[str, Any]:
    """Return the kinds of the AWS provider by type token."""
    return {
        "aws:s3/bucket:Bucket": Bucket(aws),
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BucketPublicAccessBlock(aws),
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BucketOwnershipControls(aws),
        "aws:s3/bucketPolicy:BucketPolicy": BucketPolicy(aws),
        "aws:s3/bucketVersioning:BucketVersioning": BucketVersioning(aws),
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": BucketEncryption(aws),
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BucketLifecycle(aws),
        "aws:s3/bucketNotification:BucketNotification": BucketNotification(aws),
        "aws:s3/bucketObjectv2:BucketObjectv2": BucketObject(aws),
        "aws:iam/role:Role": Role(aws),
        "aws:iam/rolePolicy:RolePolicy": RolePolicy(aws),
    }


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
    }


class _AwsKind:
    inputs: frozenset[str]

    def __init__(self, aws: AwsAccount) -> None:
        self._aws = aws

    @property
    def _s3(self) -> Any:
        return self._aws.client("s3")

    @property
    def _iam(self) -> Any:
        return self._aws.client("iam")


class Bucket(_AwsKind):
    """A bucket. Removing one that holds objects needs ``forceDestroy``, as in S3."""

    inputs = frozenset({"bucket", "forceDestroy", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreateBucket, then its tags."""
        name, region = _required(inputs, "bucket"), self._aws.region
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else elsewhere))
        if inputs.get("tags"):
            self._s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": _tags(inputs["tags"])})
        return name, {
            "arn": f"arn:aws:s3:::{name}",
            "region": region,
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
        }

    def delete(self, id_: str, outputs: Outputs) -> None:
        """DeleteBucket; with ``forceDestroy`` after every version and marker in it."""
        if outputs.get("forceDestroy"):
            _delete_versions(self._s3, id_, "")
        self._s3.delete_bucket(Bucket=id_)


class _BucketSetting(_AwsKind):
    """A setting of a bucket, which has one of it and whose name is its id."""

    put: str
    remove: str

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the API parameters that the inputs ask for, without the bucket."""
        raise NotImplementedError

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Put the setting."""
        bucket = _required(inputs, "bucket")
        getattr(self._s3, self.put)(Bucket=bucket, **self.parameters(inputs))
        return bucket, {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Remove the setting."""
        getattr(self._s3, self.remove)(Bucket=id_)


class BucketPublicAccessBlock(_BucketSetting):
    """What of public access the bucket refuses."""

    inputs = frozenset({"bucket", "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"})
    put, remove = "put_public_access_block", "delete_public_access_block"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutPublicAccessBlock parameters; what is not given is off."""
        block = {_pascal(name): inputs.get(name, False) for name in sorted(self.inputs - {"bucket"})}
        return {"PublicAccessBlockConfiguration": block}


class BucketOwnershipControls(_BucketSetting):
    """Who owns the objects in the bucket."""

    inputs = frozenset({"bucket", "rule"})
    put, remove = "put_bucket_ownership_controls", "delete_bucket_ownership_controls"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketOwnershipControls parameters."""
        return {"OwnershipControls": {"Rules": [_api(_required(inputs, "rule"))]}}


class BucketPolicy(_BucketSetting):
    """The bucket's policy document."""

    inputs = frozenset({"bucket", "policy"})
    put, remove = "put_bucket_policy", "delete_bucket_policy"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketPolicy parameters."""
        return {"Policy": _required(inputs, "policy")}


class BucketVersioning(_BucketSetting):
    """Whether the bucket keeps versions. Versioning cannot be removed, only suspended."""

    inputs = frozenset({"bucket", "versioningConfiguration"})
    put = "put_bucket_versioning"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketVersioning parameters."""
        return {"VersioningConfiguration": _api(_required(inputs, "versioningConfiguration"))}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Suspend versioning."""
        self._s3.put_bucket_versioning(Bucket=id_, VersioningConfiguration={"Status": "Suspended"})


class BucketEncryption(_BucketSetting):
    """How the bucket encrypts by default."""

    inputs = frozenset({"bucket", "rules"})
    put, remove = "put_bucket_encryption", "delete_bucket_encryption"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketEncryption parameters."""
        rules = [_api(rule) for rule in _required(inputs, "rules")]
        for rule in rules:
            default = rule.get("ApplyServerSideEncryptionByDefault", {})
            default["SSEAlgorithm"] = default.pop("SseAlgorithm")
            if "KmsMasterKeyId" in default:
                default["KMSMasterKeyID"] = default.pop("KmsMasterKeyId")
        return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


class BucketLifecycle(_BucketSetting):
    """What the bucket removes by itself."""

    inputs = frozenset({"bucket", "rules"})
    put, remove = "put_bucket_lifecycle_configuration", "delete_bucket_lifecycle"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketLifecycleConfiguration parameters."""
        return {"LifecycleConfiguration": {"Rules": [_api(rule) for rule in _required(inputs, "rules")]}}


class BucketNotification(_BucketSetting):
    """The bucket's one notification configuration. Removing it is putting an empty one."""

    inputs = frozenset({"bucket", "queues"})
    put = "put_bucket_notification_configuration"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketNotificationConfiguration parameters."""
        return {"NotificationConfiguration": {"QueueConfigurations": [_queue(q) for q in inputs.get("queues", [])]}}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Put an empty configuration."""
        self._s3.put_bucket_notification_configuration(Bucket=id_, NotificationConfiguration={})


def _queue(entry: Mapping[str, Any]) -> dict[str, Any]:
    rules = [
        {"Name": name, "Value": entry[key]}
        for name, key in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if entry.get(key)
    ]
    configuration: dict[str, Any] = {"QueueArn": entry["queueArn"], "Events": list(entry["events"])}
    if entry.get("id"):
        configuration["Id"] = entry["id"]
    if rules:
        configuration["Filter"] = {"Key": {"FilterRules": rules}}
    return configuration


class BucketObject(_AwsKind):
    """An object of the bucket: a file of this machine, or a text."""

    inputs = frozenset({"bucket", "key", "source", "content", "contentType", "sourceHash", "etag", "forceDestroy"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """PutObject."""
        bucket, key = _required(inputs, "bucket"), _required(inputs, "key")
        more = {"ContentType": inputs["contentType"]} if "contentType" in inputs else {}
        answer = self._s3.put_object(Bucket=bucket, Key=key, Body=_content(inputs), **more)
        etag = answer["ETag"].strip('"')
        version = answer.get("VersionId", "")
        return f"{bucket}/{key}", {"arn": f"arn:aws:s3:::{bucket}/{key}", "etag": etag, "versionId": version}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Remove all versions of the object, as the real provider does."""
        _delete_versions(self._s3, outputs["bucket"], outputs["key"], only=True)


def _content(inputs: Inputs) -> bytes:
    source = inputs.get("source")
    if isinstance(source, FileAsset):
        return Path(source.path).read_bytes()
    if "content" in inputs:
        return inputs["content"].encode()
    raise ResourceError("a bucket object needs a source that is a FileAsset, or content")


class Role(_AwsKind):
    """An IAM role."""

    inputs = frozenset({"name", "assumeRolePolicy", "description", "maxSessionDuration", "path", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreateRole."""
        name = _required(inputs, "name")
        more = {_pascal(key): inputs[key] for key in ("description", "maxSessionDuration", "path") if key in inputs}
        role = self._iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=_required(inputs, "assumeRolePolicy"),
            Tags=_tags(inputs.get("tags", {})),
            **more,
        )["Role"]
        return name, {"arn": role["Arn"], "uniqueId": role["RoleId"], "createDate": role["CreateDate"].isoformat()}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeleteRole."""
        self._iam.delete_role(RoleName=id_)


class RolePolicy(_AwsKind):
    """A policy that is part of a role."""

    inputs = frozenset({"role", "name", "policy"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """PutRolePolicy."""
        role, name = _required(inputs, "role"), _required(inputs, "name")
        self._iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=_required(inputs, "policy"))
        return f"{role}:{name}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeleteRolePolicy."""
        role, _, name = id_.partition(":")
        self._iam.delete_role_policy(RoleName=role, PolicyName=name)


def _required(inputs: Inputs, name: str) -> Any:
    if name not in inputs:
        raise ResourceError(f"input {name} is missing; the embedded cloud invents no names")
    return inputs[name]


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def _api(value: Any) -> Any:
    """Return a nested input with the names that the API has: the provider's, capitalised."""
    if isinstance(value, dict):
        return {"ID" if key == "id" else _pascal(key): _api(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_api(item) for item in value]
    return value


def _delete_versions(s3: Any, bucket: str, prefix: str, *, only: bool = False) -> None:
    """Remove every version and delete marker under a prefix, or with ``only`` of the key that it is."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    doomed = [
        {"Key": entry["Key"], "VersionId": entry["VersionId"]}
        for page in pages
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        if not only or entry["Key"] == prefix
    ]
    for start in range(0, len(doomed), _BATCH):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed[start : start + _BATCH], "Quiet": True})
