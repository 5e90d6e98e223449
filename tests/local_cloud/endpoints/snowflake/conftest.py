"""A fresh account behind an endpoint on a free port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from snowflake.connector import SnowflakeConnection

from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from tests.local_cloud.endpoints.snowflake.driver import Door, connect, open_endpoint


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[SnowflakeEndpoint]:
    """An endpoint that serves an empty account."""
    with open_endpoint(tmp_path / "snowflake") as opened:
        yield opened


@pytest.fixture
def door(endpoint: SnowflakeEndpoint) -> Door:
    """Bare HTTP to the endpoint."""
    return Door(endpoint)


@pytest.fixture
def connection(endpoint: SnowflakeEndpoint) -> Iterator[SnowflakeConnection]:
    """A connection of Snowflake's connector to the endpoint, in database SHOP and schema SHOP.PUBLIC."""
    with connect(endpoint) as opened:
        opened.cursor().execute("create database SHOP")
        opened.cursor().execute("use schema SHOP.PUBLIC")
        yield opened
