"""What a client program tells the test: one line of JSON for each thing that it has tried."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

PLACE = os.environ
"""Where the served account is, as a user's own programs find it."""

ROWS = "select seq4() as N, 'row ' || seq4() as T, null as E from table(generator(rowcount => 100000))"
"""100,000 rows."""

LONG = """
    select count(*) from (select seq8() as N from table(generator(rowcount => 1000000))) as A
    join (select seq8() as N from table(generator(rowcount => 1000000))) as B on A.N * B.N % 7 = 3
"""
"""What runs for minutes."""

TYPES = """
    create or replace table TYPES (
        WHOLE number(38,0), PRICE number(10,2), REAL float, TRUTH boolean, TEXT varchar, BYTES binary, DAY date,
        CLOCK time, MOMENT timestamp_ntz, INSTANT timestamp_ltz, ZONED timestamp_tz, DOCUMENT variant
    )
"""
"""A table with a column of each type."""

VALUES = (
    12345678901234567890,
    Decimal("-1.50"),
    0.1,
    True,
    "it's ü€ \\ ?",
    b"\x00\xff",
    dt.date(1969, 12, 31),
    dt.time(10, 11, 12, 500_000),
    dt.datetime(2026, 1, 2, 3, 4, 5, 678_901),  # noqa: DTZ001  # TIMESTAMP_NTZ has no zone
    dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    '{"a":[1,null],"b":"ü"}',
)
"""A row of it."""

MARKS = ", ".join(["?"] * (len(VALUES) - 1))
INSERT = f"insert into TYPES select {MARKS}, parse_json(?)"
"""What puts such a row into it by bound values."""

CONNECTION: dict[str, Any] = {
    "account": PLACE["SNOWFLAKE_ACCOUNT"],
    "user": PLACE["SNOWFLAKE_USER"],
    "host": PLACE["SNOWFLAKE_HOST"],
    "port": int(PLACE["SNOWFLAKE_PORT"]),
    "protocol": PLACE["SNOWFLAKE_PROTOCOL"],
    "database": PLACE["SNOWFLAKE_DATABASE"],
    "schema": PLACE["CLIENT_SCHEMA"],
}
"""What Snowflake's connector for Python, and what stands on it, connects with, beside the proof of who one is."""


def report(abilities: Mapping[str, Callable[[], Any]]) -> None:
    """Try everything, and tell of each whether it worked, or what was wrong."""
    for ability, attempt in abilities.items():
        try:
            attempt()
            error = None
        except Exception as problem:  # the next is tried all the same
            traceback.print_exc(file=sys.stderr)
            error = f"{type(problem).__name__}: {problem}"[:500]
        print(json.dumps({"ability": ability, "error": error}), flush=True)


def try_transaction(rows: Callable[[str], Any]) -> None:
    """Try whether a transaction of statements goes on after an error.

    Args:
        rows: executes a statement and returns its rows.
    """
    rows("create or replace table SAVED (N number)")
    rows("begin")
    rows("insert into SAVED values (1)")
    refused(lambda: rows("insert into NOWHERE values (1)"), "does not exist")
    rows("insert into SAVED values (2)")
    rows("commit")
    same(rows("select N from SAVED order by N"), [(1,), (2,)])


def try_files(rows: Callable[[str], Any]) -> None:
    """Try to put files into a stage, to load them and to get them again.

    Args:
        rows: executes a statement and returns its rows.
    """
    rows("create or replace table LOADED (N number, T varchar)")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a", "b"):
            Path(folder, f"{name}.csv").write_text(f"1,{name}\n")
        rows(f"put file://{folder}/*.csv @%LOADED/in")
        same([row[0] for row in rows("list @%LOADED")], ["in/a.csv.gz", "in/b.csv.gz"])
        rows("copy into LOADED from @%LOADED/in/")
        same([tuple(row) for row in rows("select T from LOADED order by 1")], [("a",), ("b",)])
        got = Path(folder, "got")
        got.mkdir()
        rows(f"get @%LOADED/in/b.csv.gz file://{got}")
        same({file.name: gzip.decompress(file.read_bytes()) for file in got.iterdir()}, {"b.csv.gz": b"1,b\n"})
        rows(f"put file://{folder}/a.csv @%LOADED/plain auto_compress = false overwrite = true")
    same([row[:2] for row in rows("list @%LOADED/plain")], [("plain/a.csv", 4)])
    rows("remove @%LOADED")
    same(list(rows("list @%LOADED")), [])


def try_data_frame(write: Callable[..., Any], rows: Callable[[str], Any]) -> None:
    """Try to write a pandas data frame into a table that is there, that is not, and in the place of one.

    Args:
        write: writes a data frame into the table of a name, with the options of write_pandas.
        rows: executes a statement and returns its rows.
    """
    import pandas as pd  # pyright: ignore[reportMissingImports]  # only where it is

    day, moment = dt.date(2026, 1, 2), pd.Timestamp("2026-01-02 03:04:05.678901")
    values = [(1, "it's", 1.5, True, day, moment), (2, None, None, False, day, moment)]
    frame = pd.DataFrame(values, columns=["ID", "Text", "REAL", "TRUTH", "DAY", "MOMENT"])
    kept = [(*row[:5], moment.to_pydatetime()) for row in values]
    asked = 'select * from FRAME order by ID, "Text"'
    rows("drop table if exists FRAME")
    write(frame, "FRAME", auto_create_table=True)
    same([tuple(row) for row in rows(asked)], kept)
    write(frame, "FRAME", chunk_size=1)
    same(len(rows(asked)), 4)
    write(frame.head(1), "FRAME", overwrite=True)
    same([tuple(row) for row in rows(asked)], kept[:1])
    write(frame, "FRAME", auto_create_table=True, overwrite=True)
    same([tuple(row) for row in rows(asked)], kept)
    rows("drop table if exists PLAIN_FRAME")
    write(frame.rename(columns=str.lower), "plain_frame", auto_create_table=True, quote_identifiers=False)
    same([tuple(row) for row in rows("select ID, TEXT from PLAIN_FRAME order by ID")], [row[:2] for row in kept])


def same(found: Any, expected: Any) -> None:
    """Refuse what is not as expected."""
    if found != expected:
        raise AssertionError(f"{found!r} instead of {expected!r}")


def refused(attempt: Callable[[], Any], words: str) -> None:
    """Refuse what is not refused with these words."""
    try:
        attempt()
    except Exception as error:
        if words.lower() not in str(error).lower():
            raise AssertionError(f"{error} does not say {words}") from error
    else:
        raise AssertionError(f"it was not refused with {words}")
