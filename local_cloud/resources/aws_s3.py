"""The AWS provider's part: buckets, their settings and their objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from pulumi import FileAsset

from local_cloud.aws_account.account import AwsAccount
from local_cloud.errors import CallError, ResourceError
from local_cloud.resources.aws_api import AwsKind, api_names, pascal, required, tag_list
from local_cloud.resources.kind import Inputs, Outputs

_BATCH = 1000
"""The most keys that S3 removes in one request."""


class Bucket(AwsKind):
    """A bucket. Removing one that holds objects needs ``forceDestroy``, as in S3."""

    inputs = frozenset({"bucket", "forceDestroy", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreateBucket, then its tags."""
        name, region = required(inputs, "bucket"), self._aws.region
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else elsewhere))
        if inputs.get("tags"):
            self._s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(inputs["tags"])})
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


class _BucketSetting(AwsKind):
    """A setting of a bucket, which has one of it and whose name is its id."""

    put: str
    remove: str

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the API parameters that the inputs ask for, without the bucket."""
        raise NotImplementedError

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Put the setting."""
        bucket = required(inputs, "bucket")
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
        block = {pascal(name): inputs.get(name, False) for name in sorted(self.inputs - {"bucket"})}
        return {"PublicAccessBlockConfiguration": block}


class BucketOwnershipControls(_BucketSetting):
    """Who owns the objects in the bucket."""

    inputs = frozenset({"bucket", "rule"})
    put, remove = "put_bucket_ownership_controls", "delete_bucket_ownership_controls"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketOwnershipControls parameters."""
        return {"OwnershipControls": {"Rules": [api_names(required(inputs, "rule"))]}}


class BucketPolicy(_BucketSetting):
    """The bucket's policy document."""

    inputs = frozenset({"bucket", "policy"})
    put, remove = "put_bucket_policy", "delete_bucket_policy"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketPolicy parameters."""
        return {"Policy": required(inputs, "policy")}


class BucketVersioning(_BucketSetting):
    """Whether the bucket keeps versions. Versioning cannot be removed, only suspended."""

    inputs = frozenset({"bucket", "versioningConfiguration"})
    put = "put_bucket_versioning"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketVersioning parameters."""
        return {"VersioningConfiguration": api_names(required(inputs, "versioningConfiguration"))}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Suspend versioning."""
        self._s3.put_bucket_versioning(Bucket=id_, VersioningConfiguration={"Status": "Suspended"})


class BucketEncryption(_BucketSetting):
    """How the bucket encrypts by default."""

    inputs = frozenset({"bucket", "rules"})
    put, remove = "put_bucket_encryption", "delete_bucket_encryption"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketEncryption parameters."""
        rules = [api_names(rule) for rule in required(inputs, "rules")]
        for rule in rules:
            default = rule.get("ApplyServerSideEncryptionByDefault", {})
            default["SSEAlgorithm"] = default.pop("SseAlgorithm")
            if "KmsMasterKeyId" in default:
                default["KMSMasterKeyID"] = default.pop("KmsMasterKeyId")
        return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


class BucketLogging(_BucketSetting):
    """Where the bucket's access log goes. Removing it is putting an empty one."""

    inputs = frozenset({"bucket", "targetBucket", "targetPrefix"})
    put = "put_bucket_logging"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketLogging parameters."""
        target = {pascal(name): required(inputs, name) for name in ("targetBucket", "targetPrefix")}
        return {"BucketLoggingStatus": {"LoggingEnabled": target}}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Put an empty status."""
        self._s3.put_bucket_logging(Bucket=id_, BucketLoggingStatus={})


class BucketLifecycle(_BucketSetting):
    """What the bucket removes by itself."""

    inputs = frozenset({"bucket", "rules"})
    put, remove = "put_bucket_lifecycle_configuration", "delete_bucket_lifecycle"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketLifecycleConfiguration parameters."""
        return {"LifecycleConfiguration": {"Rules": [api_names(rule) for rule in required(inputs, "rules")]}}


class BucketNotification(_BucketSetting):
    """The bucket's one notification configuration. Removing it is putting an empty one."""

    inputs = frozenset({"bucket", "queues", "topics", "eventbridge"})
    put = "put_bucket_notification_configuration"

    def parameters(self, inputs: Inputs) -> dict[str, Any]:
        """Return the PutBucketNotificationConfiguration parameters."""
        configuration: dict[str, Any] = {
            "QueueConfigurations": [_notification(entry, "queueArn") for entry in inputs.get("queues", [])],
            "TopicConfigurations": [_notification(entry, "topicArn") for entry in inputs.get("topics", [])],
        }
        if inputs.get("eventbridge"):
            configuration["EventBridgeConfiguration"] = {}
        return {"NotificationConfiguration": configuration}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Put an empty configuration."""
        self._s3.put_bucket_notification_configuration(Bucket=id_, NotificationConfiguration={})


def _notification(entry: Mapping[str, Any], arn: str) -> dict[str, Any]:
    rules = [
        {"Name": name, "Value": entry[key]}
        for name, key in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if entry.get(key)
    ]
    configuration: dict[str, Any] = {pascal(arn): entry[arn], "Events": list(entry["events"])}
    if entry.get("id"):
        configuration["Id"] = entry["id"]
    if rules:
        configuration["Filter"] = {"Key": {"FilterRules": rules}}
    return configuration


class BucketObject(AwsKind):
    """An object of the bucket: a file of this machine, or a text."""

    inputs = frozenset({"bucket", "key", "source", "content", "contentType", "sourceHash", "etag", "forceDestroy"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """PutObject."""
        bucket, key = required(inputs, "bucket"), required(inputs, "key")
        more = {"ContentType": inputs["contentType"]} if "contentType" in inputs else {}
        answer = self._s3.put_object(Bucket=bucket, Key=key, Body=_content(inputs), **more)
        etag = answer["ETag"].strip('"')
        version = answer.get("VersionId", "")
        return f"{bucket}/{key}", {"arn": f"arn:aws:s3:::{bucket}/{key}", "etag": etag, "versionId": version}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Remove all versions of the object, as the real provider does."""
        _delete_versions(self._s3, outputs["bucket"], outputs["key"], only=True)


def bucket_function(aws: AwsAccount, arguments: Inputs) -> Outputs:
    """Answer getBucket: a bucket that is there, whoever made it.

    Raises:
        CallError: it is not there, or may not be asked for.
    """
    name = required(arguments, "bucket")
    try:
        region = aws.client("s3").head_bucket(Bucket=name)["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"]
    except ClientError as error:
        raise CallError(f"reading S3 Bucket ({name}): {error.response['Error']['Message']}") from error
    return {
        "bucket": name,
        "id": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucketRegion": region,
        "region": aws.region,
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
    }


def _content(inputs: Inputs) -> bytes:
    source = inputs.get("source")
    if isinstance(source, FileAsset):
        return Path(source.path).read_bytes()
    if "content" in inputs:
        return inputs["content"].encode()
    raise ResourceError("a bucket object needs a source that is a FileAsset, or content")


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
