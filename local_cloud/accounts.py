"""The pair of accounts: opened from a generation of the state folder, in the region that the stack names."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_cloud.aws_account.regions import DEFAULT_REGION, is_region
from local_cloud.errors import FailedRunError, InputError
from local_cloud.snowflake_account import Account, SnowflakeError

if TYPE_CHECKING:
    from local_cloud.aws_account.account import AwsAccount


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
    with contextlib.ExitStack() as opened:
        aws = _open_aws(opened, generation, region, role_takes_effect_after)
        yield Accounts(aws, _open_snowflake(opened, generation, aws))


@contextlib.contextmanager
def open_snowflake(generation: Path, *, region: str) -> Iterator[Account]:
    """Open the Snowflake account for the time of a with block, and AWS when a statement asks for something of it.

    Most ask for nothing, and AWS would take as long to open as the rest.
    """
    with contextlib.ExitStack() as opened:
        yield _open_snowflake(opened, generation, _AwsWhenAsked(opened, generation, region))


@contextlib.contextmanager
def or_say_the_way_out(generation: Path) -> Iterator[None]:
    """Make whatever comes of opening what is no state, or one that is damaged, one error that says what to do.

    Raises:
        FailedRunError: it cannot be opened.
    """
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError, sqlite3.Error, SnowflakeError) as error:
        raise FailedRunError(
            f"{generation} cannot be opened ({type(error).__name__}: {error}): begin anew with "
            "`python -m local_cloud up`, or remove the folder"
        ) from error


def region_of(config: Mapping[str, str]) -> str:
    """Return the region that a stack's config names, or the default one.

    Raises:
        InputError: the embedded AWS has no endpoints of it.
    """
    region = config.get("aws:region", DEFAULT_REGION)
    if not is_region(region):
        raise InputError(
            f"aws:region is {region!r}; the embedded cloud has the regions of AWS outside China and GovCloud, "
            f"like {DEFAULT_REGION}"
        )
    return region


class _AwsWhenAsked:
    """What the Snowflake account uses of AWS, opened for its first client."""

    def __init__(self, opened: contextlib.ExitStack, generation: Path, region: str) -> None:
        self._opened = opened
        self._generation = generation
        self._region = region
        self._aws: AwsAccount | None = None
        self._lock = threading.Lock()

    @property
    def region(self) -> str:
        """The region that the account is in."""
        return self._region

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service."""
        return self._account().client(service)

    def assume_role_attempt(self, role_arn: str) -> bool:
        """Tell whether AWS lets the role be assumed now, as far as its propagation goes."""
        return self._account().assume_role_attempt(role_arn)

    def _account(self) -> AwsAccount:
        with self._lock:
            if self._aws is None:
                with or_say_the_way_out(self._generation):
                    self._aws = _open_aws(self._opened, self._generation, self._region, 0)
            return self._aws


def _open_aws(opened: contextlib.ExitStack, generation: Path, region: str, role_takes_effect_after: int) -> AwsAccount:
    from local_cloud.aws_account.account import AwsAccount

    account = AwsAccount(_folder(generation, "aws"), region=region, role_takes_effect_after=role_takes_effect_after)
    return opened.enter_context(account)


def _open_snowflake(opened: contextlib.ExitStack, generation: Path, aws: AwsAccount | _AwsWhenAsked) -> Account:
    account = Account(_folder(generation, "snowflake"), aws)
    opened.callback(account.close)
    return account


def _folder(generation: Path, name: str) -> Path:
    folder = generation / name
    folder.mkdir(exist_ok=True)
    return folder
