"""LandingPlace: where files land, whoever the bucket belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.landing_zone import LandingZone, LandingZoneArgs
from infra.settings import Settings
from infra.surroundings import Surroundings


@dataclass(frozen=True)
class LandingPlace:
    """The bucket that the stage stands on.

    Attributes:
        bucket: its name.
        arn: its ARN.
        account_id: the AWS account that it belongs to.
        key_arn: the key of KMS by which it encrypts; None where S3 has its own.
        zone: the bucket with its protections, of a stack that makes its own.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]
    account_id: str
    key_arn: pulumi.Output[str] | None
    zone: LandingZone | None = None

    @property
    def protections(self) -> Sequence[pulumi.Resource]:
        """What of the stack's has to be in force before the first file lands."""
        return self.zone.protections if self.zone else ()


def landing_place(settings: Settings, around: Surroundings) -> LandingPlace:
    """Return the bucket that is there, of which the stack declares nothing, or make one."""
    names, landing, encryption = settings.names, settings.landing, settings.encryption
    if existing := landing.existing_bucket:
        arn = pulumi.Output.from_input(around.bucket_arn(existing))
        key_arn = pulumi.Output.from_input(encryption.key_arn) if encryption.key_arn else None
        owner = landing.bucket_account or around.account_id
        return LandingPlace(pulumi.Output.from_input(existing), arn, owner, key_arn)
    args = LandingZoneArgs(
        names,
        names.bucket(around.account_id),
        settings.force_destroy,
        encryption,
        around.account_arn,
        landing.access_log_bucket,
    )
    zone = LandingZone("landing-zone", args)
    return LandingPlace(zone.bucket.bucket, zone.bucket.arn, around.account_id, zone.key_arn, zone)
