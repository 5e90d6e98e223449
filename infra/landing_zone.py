"""LandingZone: the bucket that files are delivered to, and its protections."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
from pulumi_aws import kms, s3

from infra import policies
from infra.encryption_settings import EncryptionSettings
from infra.naming import Names

INCOMPLETE_UPLOAD_DAYS = 7
OLD_VERSION_DAYS = 30
KEY_DELETION_DAYS = 30
"""How long a key that was deleted can be taken back, and with it what it has encrypted; AWS allows no longer."""


@dataclass(frozen=True)
class LandingZoneArgs:
    """What the landing zone is made of.

    Attributes:
        names: the stack's names.
        bucket: the bucket's name, which the stack's config may choose.
        force_destroy: whether destroying the bucket deletes the files in it.
        encryption: how it encrypts what lies in it.
        account_arn: the account's own principal, which decides who uses a key of the stack's.
        access_log_bucket: where its access log goes; None for no log.
    """

    names: Names
    bucket: str
    force_destroy: bool
    encryption: EncryptionSettings
    account_arn: str
    access_log_bucket: str | None


class LandingZone(pulumi.ComponentResource):
    """The landing bucket: owner enforced, private, encrypted, versioned, reached over TLS only.

    Attributes:
        bucket: the bucket.
        key_arn: the key of KMS that it encrypts by; None where S3 has its own.
        protections: what has to be in force before the first file lands.
    """

    bucket: s3.Bucket
    key_arn: pulumi.Output[str] | None
    protections: list[pulumi.Resource]

    def __init__(self, name: str, args: LandingZoneArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:storage:LandingZone", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = s3.Bucket(
            "landing", bucket=args.bucket, force_destroy=args.force_destroy, tags=args.names.tags, opts=child
        )
        block = s3.BucketPublicAccessBlock(
            "landing-public-access",
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        ownership = s3.BucketOwnershipControls(
            "landing-ownership",
            bucket=self.bucket.bucket,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=child,
        )
        policy = s3.BucketPolicy(
            "landing-policy",
            bucket=self.bucket.bucket,
            policy=self.bucket.arn.apply(lambda arn: json.dumps(policies.bucket_policy(arn))),
            # Two changes of a bucket's access at once answer "conflicting conditional operation".
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )
        self.key_arn = self._key(args) if args.encryption.by_kms else None
        encryption = self._encryption(child)
        versioning = s3.BucketVersioning(
            "landing-versioning",
            bucket=self.bucket.bucket,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=child,
        )
        self._lifecycle(versioning)
        if args.access_log_bucket:
            s3.BucketLogging(
                "landing-access-log",
                bucket=self.bucket.bucket,
                target_bucket=args.access_log_bucket,
                target_prefix=f"{args.bucket}/",
                opts=child,
            )
        self.protections = [block, ownership, policy, encryption, versioning]
        self.register_outputs({"bucket": self.bucket.bucket})

    def _key(self, args: LandingZoneArgs) -> pulumi.Output[str]:
        if args.encryption.key_arn:
            return pulumi.Output.from_input(args.encryption.key_arn)
        key = kms.Key(
            "landing-key",
            description=f"Encrypts what lands in {args.bucket}",
            policy=json.dumps(policies.key_policy(args.account_arn)),
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DELETION_DAYS,
            tags=args.names.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key.arn

    def _encryption(self, opts: pulumi.ResourceOptions) -> s3.BucketServerSideEncryptionConfiguration:
        by_default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms" if self.key_arn else "AES256", kms_master_key_id=self.key_arn
        )
        rule = s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=by_default,
            # One key of the bucket's for many files, so that KMS is not asked, and paid, for each of them.
            bucket_key_enabled=True if self.key_arn else None,
        )
        return s3.BucketServerSideEncryptionConfiguration(
            "landing-encryption", bucket=self.bucket.bucket, rules=[rule], opts=opts
        )

    def _lifecycle(self, versioning: s3.BucketVersioning) -> s3.BucketLifecycleConfiguration:
        return s3.BucketLifecycleConfiguration(
            "landing-lifecycle",
            bucket=self.bucket.bucket,
            rules=[
                s3.BucketLifecycleConfigurationRuleArgs(
                    id="end-incomplete-uploads",
                    status="Enabled",
                    filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=INCOMPLETE_UPLOAD_DAYS
                    ),
                ),
                s3.BucketLifecycleConfigurationRuleArgs(
                    id="end-old-versions",
                    status="Enabled",
                    filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=OLD_VERSION_DAYS
                    ),
                ),
            ],
            # A rule about versions means nothing until the bucket keeps some.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
