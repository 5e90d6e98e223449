"""ADBC's driver: Arrow tables in and out, on Snowflake's driver for Go."""

from __future__ import annotations

import threading
import time
from typing import Any

import adbc_driver_snowflake.dbapi as adbc  # pyright: ignore[reportMissingImports]
import pyarrow as pa
from reporting import LONG, PLACE, ROWS, TYPES, VALUES, refused, report, same, try_files, try_transaction


def connect(**more: str) -> Any:
    """Connect as the documentation says."""
    options = {
        "username": PLACE["SNOWFLAKE_USER"],
        "adbc.snowflake.sql.account": PLACE["SNOWFLAKE_ACCOUNT"],
        "adbc.snowflake.sql.uri.host": PLACE["SNOWFLAKE_HOST"],
        "adbc.snowflake.sql.uri.port": PLACE["SNOWFLAKE_PORT"],
        "adbc.snowflake.sql.uri.protocol": PLACE["SNOWFLAKE_PROTOCOL"],
        "adbc.snowflake.sql.db": PLACE["SNOWFLAKE_DATABASE"],
        "adbc.snowflake.sql.schema": PLACE["CLIENT_SCHEMA"],
        "adbc.snowflake.sql.client_option.login_timeout": "5s",
    }
    return adbc.connect(db_kwargs={**options, **more}, autocommit=True)


connection = connect(password=PLACE["SNOWFLAKE_PASSWORD"])


def rows(sql: str, *binds: Any) -> list[Any]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, binds or None)
        return cursor.fetchall()


def password() -> None:
    with connect(password=PLACE["SNOWFLAKE_PASSWORD"]) as own, own.cursor() as cursor:
        cursor.execute("select 1")
        same(cursor.fetchall(), [(1,)])
    refused(lambda: connect(password="wrong"), "incorrect username or password")


def key_pair() -> None:
    key = {
        "adbc.snowflake.sql.auth_type": "auth_jwt",
        "adbc.snowflake.sql.client_option.jwt_private_key": PLACE["CLIENT_KEY_FILE"],
    }
    with connect(**key) as own, own.cursor() as cursor:
        cursor.execute("select 1")
        same(cursor.fetchall(), [(1,)])


def types() -> None:
    rows(TYPES)
    rows(
        "insert into TYPES select 12345678901234567890, -1.50, 0.1, true, 'it''s ü€ \\\\ ?', to_binary('00FF', 'HEX'),"
        " '1969-12-31'::date, '10:11:12.5'::time, '2026-01-02 03:04:05.678901'::timestamp_ntz,"
        " '2026-01-02 03:04:05 +0000'::timestamp_ltz, '2026-01-02 03:04:05 +0100'::timestamp_tz,"
        ' parse_json(\'{"a": [1, null], "b": "ü"}\')'
    )
    rows(f"insert into TYPES select {', '.join(['null'] * len(VALUES))}")
    found, empty = rows("select * from TYPES order by WHOLE nulls last")
    same(tuple(value.to_pydatetime() if hasattr(value, "to_pydatetime") else value for value in found), VALUES)
    same(empty, (None,) * len(VALUES))


def binds() -> None:
    same(rows("select ? as A, ?::number + 1 as B, '?' as C", "it's", 2), [("it's", 3, "?")])


def batch() -> None:
    table = pa.table({"N": range(10_000), "T": [f"t{n}" for n in range(10_000)]})
    started = time.monotonic()
    with connection.cursor() as cursor:
        same(cursor.adbc_ingest("BATCH", table, mode="replace"), 10_000)
    same(time.monotonic() - started < 60, True)
    same(rows("select count(*), sum(N), max(T) from BATCH"), [(10_000, 49_995_000, "t9999")])
    rows("create or replace table FEW (N number, T varchar)")
    with connection.cursor() as cursor:
        cursor.executemany("insert into FEW values (?, ?)", [(n, f"t{n}") for n in range(100)])
    same(rows("select count(*), sum(N) from FEW"), [(100, 4_950)])


def many() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        table = cursor.fetch_arrow_table()
    same(table.column("N").to_pylist(), list(range(100_000)))
    same(table.column("T").to_pylist(), [f"row {n}" for n in range(100_000)])
    same(table.column("E").null_count, 100_000)


def transaction() -> None:
    try_transaction(rows)


def cancel() -> None:
    with connection.cursor() as cursor:
        timer = threading.Timer(0.5, cursor.adbc_cancel)
        timer.start()
        refused(lambda: cursor.execute(LONG), "cancel")
    same(rows("select 1"), [(1,)])


def describe() -> None:
    with connection.cursor() as cursor:
        schema = cursor.adbc_execute_schema("select 1::number(10,2) as PRICE, 'x' as NAME, true as OK")
    same(schema.names, ["PRICE", "NAME", "OK"])
    same([schema.field("NAME").type, schema.field("OK").type], [pa.string(), pa.bool_()])


def metadata() -> None:
    rows("create or replace table KNOWN (ID number not null, NAME varchar(20))")
    schema = connection.adbc_get_table_schema("KNOWN", db_schema_filter=PLACE["CLIENT_SCHEMA"])
    same(schema.names, ["ID", "NAME"])
    same([row[1] for row in rows("show tables like 'KNOWN' in schema")], ["KNOWN"])
    place = {"catalog_filter": PLACE["SNOWFLAKE_DATABASE"], "db_schema_filter": PLACE["CLIENT_SCHEMA"]}
    (catalog,) = connection.adbc_get_objects(**place, table_name_filter="KNOWN").read_all().to_pylist()
    (schema,) = catalog["catalog_db_schemas"]
    (table,) = schema["db_schema_tables"]
    columns = [(column["column_name"], column["xdbc_is_nullable"]) for column in table["table_columns"]]
    same((table["table_name"], columns), ("KNOWN", [("ID", "NO"), ("NAME", "YES")]))


def files() -> None:
    try_files(rows)


report(
    {
        "password": password,
        "key pair": key_pair,
        "types": types,
        "binds": binds,
        "batch": batch,
        "100,000 rows": many,
        "transaction": transaction,
        "cancel": cancel,
        "describe": describe,
        "metadata": metadata,
        "files": files,
    }
)
connection.close()
