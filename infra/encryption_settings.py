"""The config of how the landing bucket encrypts what lies in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi

from infra.config_values import refused, text
from infra.landing_settings import LandingSettings

SSE_S3, SSE_KMS = "sse-s3", "sse-kms"
"""With keys that S3 keeps to itself, or with one of KMS, whose use is allowed and logged by itself."""

_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]{1,64}")


@dataclass(frozen=True)
class EncryptionSettings:
    """How the landing bucket encrypts.

    Attributes:
        by_kms: whether with a key of KMS.
        key_arn: an existing key; None for one of the stack's own, if there is to be one.
    """

    by_kms: bool
    key_arn: str | None


def read_encryption(config: pulumi.Config, landing: LandingSettings) -> EncryptionSettings:
    """Return how the landing bucket encrypts.

    Raises:
        SettingsError: a value is not allowed, or not for this bucket.
    """
    word = text(config, "encryption", SSE_S3)
    if word not in (SSE_S3, SSE_KMS):
        raise refused(config, "encryption", word, f"{SSE_S3} or {SSE_KMS}")
    key_arn = text(config, "kmsKeyArn", "")
    if key_arn and not _KEY_ARN.fullmatch(key_arn):
        allowed = (
            "the ARN of a key (an alias is none: a role's policy names keys), like "
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab, or '' for none"
        )
        raise refused(config, "kmsKeyArn", key_arn, allowed)
    if key_arn and word != SSE_KMS:
        raise refused(config, "kmsKeyArn", key_arn, f"'' where encryption is {word}; set encryption to {SSE_KMS}")
    if word == SSE_KMS and landing.existing_bucket and not key_arn:
        allowed = f"{SSE_S3} beside an existingBucket, or {SSE_KMS} with the key that it encrypts by in kmsKeyArn"
        raise refused(config, "encryption", word, allowed)
    region = pulumi.Config("aws").get("region")
    if key_arn and region and key_arn.split(":")[3] != region:
        raise refused(config, "kmsKeyArn", key_arn, f"a key in {region}, the bucket's region")
    return EncryptionSettings(word == SSE_KMS, key_arn or None)
