"""A pipeline of dlt, in its own environment: `load_with_dlt.py FOLDER DATASET DISPOSITION`; says how its load ended."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import dlt  # pyright: ignore[reportMissingImports]
from dlt.destinations import snowflake  # pyright: ignore[reportMissingImports]

PLACE = os.environ


def things() -> Iterator[dict[str, Any]]:
    """Yield a hundred records with what JSON has no type of its own for, a list and an object inside."""
    at = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    for n in range(100):
        yield {"id": n, "name": f"it's {n}", "at": at, "price": Decimal("1.50"), "tags": ["a", "b"], "inner": {"x": n}}


def main() -> None:
    """Load them."""
    folder, dataset, disposition = sys.argv[1:]
    credentials = {
        "database": PLACE["SNOWFLAKE_DATABASE"],
        "username": PLACE["SNOWFLAKE_USER"],
        "password": PLACE["SNOWFLAKE_PASSWORD"],
        "host": PLACE["SNOWFLAKE_ACCOUNT"],
        "warehouse": PLACE["SNOWFLAKE_WAREHOUSE"],
        "query": {
            "host": PLACE["SNOWFLAKE_HOST"],
            "port": PLACE["SNOWFLAKE_PORT"],
            "protocol": PLACE["SNOWFLAKE_PROTOCOL"],
        },
    }
    pipeline = dlt.pipeline(
        dataset, destination=snowflake(credentials=credentials), dataset_name=dataset, pipelines_dir=folder
    )
    loaded = pipeline.run(things(), table_name="things", write_disposition=disposition, primary_key="id")
    loaded.raise_on_failed_jobs()
    print(loaded.load_packages[0].state)


main()
