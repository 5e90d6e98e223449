"""One question to the served account, in Snowflake's SQL."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import snowflake.connector


def arguments(cloud: Mapping[str, str]) -> dict[str, Any]:
    """Return what the connector's `connect` takes to reach the served account and its database."""
    return {
        "account": cloud["SNOWFLAKE_ACCOUNT"],
        "host": cloud["SNOWFLAKE_HOST"],
        "port": int(cloud["SNOWFLAKE_PORT"]),
        "protocol": cloud["SNOWFLAKE_PROTOCOL"],
        "user": cloud["SNOWFLAKE_USER"],
        "password": cloud["SNOWFLAKE_PASSWORD"],
        "database": cloud["SNOWFLAKE_DATABASE"],
    }


def ask(cloud: Mapping[str, str], sql: str) -> list[Any]:
    """Return the rows of a statement."""
    with snowflake.connector.connect(**arguments(cloud)) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()


def ask_until(cloud: Mapping[str, str], sql: str, rows: list[Any], seconds: float = 20) -> list[Any]:
    """Ask again until the answer is `rows`, and return the last answer."""
    until = time.monotonic() + seconds
    while (answer := ask(cloud, sql)) != rows and time.monotonic() < until:
        time.sleep(0.05)
    return answer
