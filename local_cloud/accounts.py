"""Opens the pair of accounts that a generation of the state folder keeps."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_cloud.aws_account import DEFAULT_REGION, AwsAccount
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
