"""Reads a query with one of Snowflake's drivers and prints the seconds of each time; run where the driver is."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

PLACE = os.environ
ROUNDS = 3


def connector() -> Any:
    """Return a connection of Snowflake's connector."""
    import snowflake.connector

    return snowflake.connector.connect(
        account=PLACE["SNOWFLAKE_ACCOUNT"],
        user=PLACE["SNOWFLAKE_USER"],
        password=PLACE["SNOWFLAKE_PASSWORD"],
        host=PLACE["SNOWFLAKE_HOST"],
        port=int(PLACE["SNOWFLAKE_PORT"]),
        protocol=PLACE["SNOWFLAKE_PROTOCOL"],
        database=PLACE["SNOWFLAKE_DATABASE"],
    )


def adbc() -> Any:
    """Return a connection of ADBC's driver."""
    import adbc_driver_snowflake.dbapi  # pyright: ignore[reportMissingImports]

    options = {
        "username": PLACE["SNOWFLAKE_USER"],
        "password": PLACE["SNOWFLAKE_PASSWORD"],
        "adbc.snowflake.sql.account": PLACE["SNOWFLAKE_ACCOUNT"],
        "adbc.snowflake.sql.uri.host": PLACE["SNOWFLAKE_HOST"],
        "adbc.snowflake.sql.uri.port": PLACE["SNOWFLAKE_PORT"],
        "adbc.snowflake.sql.uri.protocol": PLACE["SNOWFLAKE_PROTOCOL"],
        "adbc.snowflake.sql.db": PLACE["SNOWFLAKE_DATABASE"],
        "adbc.snowflake.sql.client_option.login_timeout": "5s",
    }
    return adbc_driver_snowflake.dbapi.connect(db_kwargs=options, autocommit=True)


READ = {
    "rows": (connector, lambda cursor: len(cursor.fetchall())),
    "arrow": (connector, lambda cursor: cursor.fetch_arrow_all().num_rows),
    "pandas": (connector, lambda cursor: len(cursor.fetch_pandas_all())),
    "adbc": (adbc, lambda cursor: cursor.fetch_arrow_table().num_rows),
}
"""By name: what connects, and what fetches all rows."""


def main(way: str, sql: str) -> None:
    """Read some times."""
    connect, fetch = READ[way]
    seconds: list[float] = []
    rows = 0
    with connect() as connection:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(sql)
                rows = fetch(cursor)
            seconds.append(time.perf_counter() - began)
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
