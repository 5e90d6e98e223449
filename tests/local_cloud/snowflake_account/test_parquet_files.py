"""Parquet: https://docs.snowflake.com/en/user-guide/script-data-load-transform-parquet."""

from __future__ import annotations

import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

COPY = (
    f"copy into {SCHEMA}.T from (select $1:id::varchar, $1:price::number(10, 2), $1, metadata$file_row_number"
    f" from @{SCHEMA}.LANDING/p/) file_format = (type = parquet)"
)


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def test_a_parquet_file_is_rows_of_one_variant_each(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (ID varchar, PRICE number(10, 2), RECORD variant, N number)")
    columns = {
        "price": pa.array([Decimal("5.00"), Decimal("1.25")], pa.decimal128(10, 2)),
        "id": ["P1", None],
        "raw": pa.array([b"text", None], pa.binary()),
        "tags": [["a", "b"], []],
    }
    landing.put("p/one.parquet", parquet(pa.table(columns)))

    landing.execute(COPY)

    assert landing.rows(f"select * from {SCHEMA}.T order by N") == [
        ("P1", Decimal("5.00"), '{"id":"P1","price":5,"raw":"text","tags":["a","b"]}', 1),
        (None, Decimal("1.25"), '{"id":null,"price":1.25,"raw":null,"tags":[]}', 2),
    ]


def test_what_is_no_parquet_file_is_rejected_and_the_others_load(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (ID varchar, PRICE number(10, 2), RECORD variant, N number)")
    landing.put("p/a.parquet", b"PAR1 no")
    landing.put("p/b.parquet", parquet(pa.table({"id": ["P1"], "price": [5]})))

    bad, good = landing.execute(f"{COPY} on_error = skip_file")

    assert (bad["status"], bad["errors_seen"], good["status"], good["rows_loaded"]) == ("LOAD_FAILED", 1, "LOADED", 1)
    assert "Error parsing the file as Parquet" in bad["first_error"]
