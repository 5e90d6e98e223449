"""Fresh accounts: AWS in this process, Snowflake in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.snowflake_account import Account
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws
from tests.local_cloud.snowflake_account.landing import Landing, open_aws, open_landing


@pytest.fixture
def aws() -> Iterator[FaultyAws]:
    """An empty AWS account."""
    with open_aws() as opened:
        yield opened


@pytest.fixture
def account(tmp_path: Path, aws: FaultyAws) -> Iterator[Account]:
    """An empty Snowflake account beside the empty AWS account."""
    opened = Account(tmp_path / "snowflake", aws)
    yield opened
    opened.close()


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    """A Snowflake account with a landing bucket, an integration that may read it, and stage RAW.LANDING."""
    with open_landing(tmp_path / "snowflake") as opened:
        yield opened
