"""Staged files of every format, in one account for all tests that only look at them."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

RECORDS = ({"a": {"b": 5}, "items": [{"x": 1}, {"x": 2}]}, {"a": {"b": "z"}, "items": []})


def stage_files(landing: Landing) -> None:
    """Put files under csv/, named/, json/ and parquet/, and make the formats PIPED, NAMED, J and P."""
    landing.put("csv/a.csv", "a,1,2026-01-01\nb,2,2026-01-02\n")
    landing.put("csv/b.csv", "c,3\nd,4,5,6\n")
    landing.put("piped/a.txt", "a|b\nc|d\n")
    landing.put("named/a.csv", "name,ID,note\nabc,7,z\nd,8,y\n")
    landing.put("named/b.csv", "id,Name\n9,e\n")
    landing.put("json/a.json", "\n".join(map(json.dumps, RECORDS)))
    landing.put("parquet/a.parquet", parquet({"Id": [1, 2], "name": ["x", None]}))
    landing.put("broken/a.json", '{"a": 1}\n{"a": \n')
    landing.execute(f"use schema {SCHEMA}")
    landing.execute("create file format PIPED type = csv field_delimiter = '|'")
    landing.execute("create file format NAMED type = csv parse_header = true error_on_column_count_mismatch = false")
    landing.execute("create file format J type = json")
    landing.execute("create file format P type = parquet")


def parquet(columns: dict[str, list[Any]] | pa.Table) -> bytes:
    """Return a Parquet file's bytes."""
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, buffer := BytesIO())
    return buffer.getvalue()
