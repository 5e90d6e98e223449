"""The pair of accounts: opened from a generation of the state folder, in the region that the stack names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import botocore.session

from local_cloud.aws_account.account import DEFAULT_REGION, AwsAccount
from local_cloud.errors import InputError
from local_cloud.snowflake_account import Account


@dataclass(frozen=True)
class Accounts:
    """An AWS account and the Snowflake account beside it."""

    aws: AwsAccount
    snowflake: Account


@contextlib.contextmanager
def open_accounts(
    generation: Path, *, region: str = DEFAULT_REGION, role_takes_effect_after: int = 0
) -> Iterator[Accounts]:
    """Open both accounts for the time of a with block.

    Args:
        generation: where they last.
        region: the AWS region.
        role_takes_effect_after: how many attempts to assume an IAM role fail before it takes effect.
    """
    folders = generation / "aws", generation / "snowflake"
    for folder in folders:
        folder.mkdir(exist_ok=True)
    with AwsAccount(folders[0], region=region, role_takes_effect_after=role_takes_effect_after) as aws:
        snowflake = Account(folders[1], aws)
        try:
            yield Accounts(aws, snowflake)
        finally:
            snowflake.close()


def region_of(config: Mapping[str, str]) -> str:
    """Return the region that a stack's config names, or the default one.

    Raises:
        InputError: the embedded AWS has no endpoints of it.
    """
    region = config.get("aws:region", DEFAULT_REGION)
    if region not in botocore.session.get_session().get_available_regions("s3"):
        raise InputError(
            f"aws:region is {region!r}; the embedded cloud has the regions of AWS outside China and GovCloud, "
            f"like {DEFAULT_REGION}"
        )
    return region
