"""Snowflake's connector for Python."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import snowflake.connector
from reporting import (
    CONNECTION,
    INSERT,
    LONG,
    PLACE,
    ROWS,
    TYPES,
    VALUES,
    refused,
    report,
    same,
    try_data_frame,
    try_files,
)
from snowflake.connector.pandas_tools import write_pandas

snowflake.connector.paramstyle = "qmark"


def connect(**more: Any) -> Any:
    """Connect as the documentation says."""
    return snowflake.connector.connect(**CONNECTION, **more)


connection = connect(password=PLACE["SNOWFLAKE_PASSWORD"], session_parameters={"AUTOCOMMIT": True, "QUERY_TAG": "x"})


def rows(sql: str, *binds: Any) -> list[Any]:
    """Return the rows of a statement."""
    return connection.cursor().execute(sql, binds or None).fetchall()


def password() -> None:
    same(connect(password=PLACE["SNOWFLAKE_PASSWORD"]).cursor().execute("select 1").fetchall(), [(1,)])
    refused(lambda: connect(password="wrong", login_timeout=5), "incorrect username or password")


def key_pair() -> None:
    with connect(authenticator="SNOWFLAKE_JWT", private_key_file=PLACE["CLIENT_KEY_FILE"]) as own:
        same(own.cursor().execute("select 1").fetchall(), [(1,)])


def types() -> None:
    rows(TYPES)
    rows(INSERT, *VALUES)
    rows(INSERT, *[None] * len(VALUES))
    same(rows("select * from TYPES order by WHOLE"), [VALUES, (None,) * len(VALUES)])


def binds() -> None:
    same(rows("select ? as A, ?::number + 1 as B, '?' as C", "it's", 2), [("it's", 3, "?")])


def batch() -> None:
    rows("create or replace table BATCH (N number, T varchar)")
    started = time.monotonic()
    cursor = connection.cursor()
    cursor.executemany("insert into BATCH values (?, ?)", [(n, f"t{n}") for n in range(10_000)])
    same(cursor.rowcount, 10_000)
    same(time.monotonic() - started < 60, True)
    same(rows("select count(*), sum(N), max(T) from BATCH"), [(10_000, 49_995_000, "t9999")])


def many() -> None:
    same(rows(ROWS), [(n, f"row {n}", None) for n in range(100_000)])


def asynchronous() -> None:
    cursor = connection.cursor()
    cursor.execute_async("select seq4() as N from table(generator(rowcount => 20000))")
    query_id = cursor.sfqid
    while connection.is_still_running(connection.get_query_status_throw_if_error(query_id)):
        time.sleep(0.01)
    cursor.get_results_from_sfqid(query_id)
    same(cursor.fetchall(), [(n,) for n in range(20_000)])


def several() -> None:
    cursor = connection.cursor()
    cursor.execute("select 1; select 'a;b' as T; create or replace table M (N number); select 4", num_statements=4)
    found = [cursor.fetchall()]
    while cursor.nextset():
        found.append(cursor.fetchall())
    same([found[0], found[1], found[3]], [[(1,)], [("a;b",)], [(4,)]])


def transaction() -> None:
    rows("create or replace table SAVED (N number)")
    connection.autocommit(False)
    rows("insert into SAVED values (1)")
    refused(lambda: rows("insert into NOWHERE values (1)"), "does not exist")
    rows("insert into SAVED values (2)")
    connection.commit()
    rows("insert into SAVED values (3)")
    connection.rollback()
    connection.autocommit(True)
    same(rows("select N from SAVED order by N"), [(1,), (2,)])


def cancel() -> None:
    cursor = connection.cursor()
    cursor.execute_async(LONG)
    query_id = cursor.sfqid
    same(cursor.abort_query(query_id), True)
    refused(lambda: connection.get_query_status_throw_if_error(query_id), "cancel")
    same(rows("select 1"), [(1,)])


def describe() -> None:
    found = connection.cursor().describe("select 1::number(10,2) as PRICE, 'x' as NAME, true as OK")
    same([(column.name, column.type_code) for column in found], [("PRICE", 0), ("NAME", 2), ("OK", 13)])


def metadata() -> None:
    rows("create or replace table KNOWN (ID number not null, NAME varchar(20))")
    (row,) = rows("show tables like 'KNOWN' in schema")
    same(row[1], "KNOWN")
    found = rows(
        "select COLUMN_NAME, DATA_TYPE, IS_NULLABLE from INFORMATION_SCHEMA.COLUMNS"
        " where TABLE_NAME = 'KNOWN' and TABLE_SCHEMA = current_schema() order by ORDINAL_POSITION"
    )
    same(found, [("ID", "NUMBER", "NO"), ("NAME", "TEXT", "YES")])


def files() -> None:
    try_files(rows)


def data_frame() -> None:
    try_data_frame(partial(write_pandas, connection), rows)


report(
    {
        "password": password,
        "key pair": key_pair,
        "types": types,
        "binds": binds,
        "batch": batch,
        "100,000 rows": many,
        "asynchronous": asynchronous,
        "several": several,
        "transaction": transaction,
        "cancel": cancel,
        "describe": describe,
        "metadata": metadata,
        "files": files,
        "data frame": data_frame,
    }
)
connection.close()
