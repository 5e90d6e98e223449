"""Snowpark: its own SQL behind data frames, written and read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

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
    try_transaction,
)
from snowflake.snowpark import Session  # pyright: ignore[reportMissingImports]
from snowflake.snowpark.functions import col, lit  # pyright: ignore[reportMissingImports]
from snowflake.snowpark.types import IntegerType, StringType, StructField, StructType  # pyright: ignore[reportMissingImports]


def connect(**more: Any) -> Session:
    """Connect as the documentation says."""
    return Session.builder.configs({**CONNECTION, **more}).create()


session = connect(password=PLACE["SNOWFLAKE_PASSWORD"])


def rows(sql: str, *binds: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    return [tuple(row) for row in session.sql(sql, params=list(binds) or None).collect()]


def password() -> None:
    own = connect(password=PLACE["SNOWFLAKE_PASSWORD"])
    same([tuple(row) for row in own.sql("select 1").collect()], [(1,)])
    own.close()
    refused(lambda: connect(password="wrong", login_timeout=5), "incorrect username or password")


def key_pair() -> None:
    own = connect(authenticator="SNOWFLAKE_JWT", private_key_file=PLACE["CLIENT_KEY_FILE"])
    same(own.sql("select 1").collect()[0][0], 1)
    own.close()


def types() -> None:
    rows(TYPES)
    rows(INSERT, *VALUES)
    rows(INSERT, *[None] * len(VALUES))
    same(
        [tuple(row) for row in session.table("TYPES").order_by(col("WHOLE").asc_nulls_last()).collect()],
        [VALUES, (None,) * len(VALUES)],
    )


def binds() -> None:
    same(rows("select ? as A, ?::number + 1 as B, '?' as C", "it's", 2), [("it's", 3, "?")])


def batch() -> None:
    schema = StructType([StructField("N", IntegerType()), StructField("T", StringType())])
    frame = session.create_dataframe([(n, f"t{n}") for n in range(10_000)], schema)
    frame.write.mode("overwrite").save_as_table("BATCH")
    same(session.table("BATCH").filter(col("N") < lit(5_000)).count(), 5_000)
    kept = session.table("BATCH").filter(col("N") % 2 == 0).cache_result()
    same(kept.count(), 5_000)
    kept.drop_table()
    same(
        [tuple(row) for row in session.create_dataframe([[1, "a"], [2, None]], ["X", "Y"]).collect()],
        [(1, "a"), (2, None)],
    )


def many() -> None:
    same([tuple(row) for row in session.sql(ROWS).collect()], [(n, f"row {n}", None) for n in range(100_000)])
    same(sorted(row[0] for row in session.range(0, 1_000, 10).collect()), list(range(0, 1_000, 10)))


def asynchronous() -> None:
    job = session.sql("select seq4() as N from table(generator(rowcount => 20000))").collect_nowait()
    same([row[0] for row in job.result()], list(range(20_000)))


def transaction() -> None:
    try_transaction(rows)


def cancel() -> None:
    job = session.sql(LONG).collect_nowait()
    job.cancel()
    refused(job.result, "cancel")
    same(rows("select 1"), [(1,)])


def describe() -> None:
    found = session.sql("select 1::number(10,2) as PRICE, 'x' as NAME, true as OK").schema
    same(
        [(field.name, type(field.datatype).__name__) for field in found.fields],
        [
            ("PRICE", "DecimalType"),
            ("NAME", "StringType"),
            ("OK", "BooleanType"),
        ],
    )


def metadata() -> None:
    rows("create or replace table KNOWN (ID number not null, NAME varchar(20))")
    same([row["name"] for row in session.sql("show tables like 'KNOWN' in schema").collect()], ["KNOWN"])
    same([field.name for field in session.table("KNOWN").schema.fields], ["ID", "NAME"])


def files() -> None:
    try_files(rows)
    session.sql("create or replace stage READ").collect()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"a.csv": "ID,NAME\n1,x\n", "b.json": '{"ID": 2, "NAME": "y"}\n'}.items():
            Path(folder, name).write_text(text)
            same([put.status for put in session.file.put(f"{folder}/{name}", "@READ")], ["UPLOADED"])
        with Path(folder, "a.csv").open("rb") as stream:
            same(session.file.put_stream(stream, "@READ/stream.csv").status, "UPLOADED")
    csv = session.read.option("infer_schema", True).option("parse_header", True)
    same([tuple(row) for row in csv.csv("@READ/a.csv").collect()], [(1, "x")])
    json = session.read.option("infer_schema", True)
    same([tuple(row) for row in json.json("@READ/b.json").collect()], [(2, "y")])
    session.table("LOADED").write.parquet("@READ/out/", header=True)
    session.create_dataframe([(3, "z")], ["ID", "NAME"]).write.parquet("@READ/out/", header=True, overwrite=True)
    same([tuple(row) for row in session.read.parquet("@READ/out/").collect()], [(3, "z")])
    same(session.file.get_stream("@READ/stream.csv.gz", decompress=True).read(), b"ID,NAME\n1,x\n")


def data_frame() -> None:
    try_data_frame(session.write_pandas, rows)


report(
    {
        "password": password,
        "key pair": key_pair,
        "types": types,
        "binds": binds,
        "batch": batch,
        "100,000 rows": many,
        "asynchronous": asynchronous,
        "transaction": transaction,
        "cancel": cancel,
        "describe": describe,
        "metadata": metadata,
        "files": files,
        "data frame": data_frame,
    }
)
session.close()
