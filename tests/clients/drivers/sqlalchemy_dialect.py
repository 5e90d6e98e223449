"""Snowflake's dialect of SQLAlchemy."""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa  # pyright: ignore[reportMissingImports]
from reporting import CONNECTION, PLACE, ROWS, VALUES, refused, report, same, try_files
from snowflake.sqlalchemy import TIMESTAMP_LTZ, TIMESTAMP_NTZ, TIMESTAMP_TZ, URL, VARIANT  # pyright: ignore[reportMissingImports]

METADATA = sa.MetaData()
EVERY_TYPE = sa.Table(
    "every_type",
    METADATA,
    sa.Column("whole", sa.BigInteger),
    sa.Column("price", sa.Numeric(10, 2)),
    sa.Column("real", sa.Float),
    sa.Column("truth", sa.Boolean),
    sa.Column("text", sa.String),
    sa.Column("bytes", sa.LargeBinary),
    sa.Column("day", sa.Date),
    sa.Column("clock", sa.Time),
    sa.Column("moment", TIMESTAMP_NTZ),
    sa.Column("instant", TIMESTAMP_LTZ),
    sa.Column("zoned", TIMESTAMP_TZ),
    sa.Column("document", VARIANT),
)
BATCH = sa.Table("batch", METADATA, sa.Column("n", sa.Integer), sa.Column("t", sa.String))
KNOWN = sa.Table("known", METADATA, sa.Column("id", sa.Integer, nullable=False), sa.Column("name", sa.String(20)))
SAVED = sa.Table("saved", METADATA, sa.Column("n", sa.Integer))
ROW = (1234567890123456789, *VALUES[1:4], "it's ü€ \\ ? %", *VALUES[5:])
"""As the others', but for a number that BIGINT of a database holds, and a sign of the dialect's own binds."""


def engine_of(*, arguments: dict[str, Any] | None = None, **more: Any) -> sa.Engine:
    """Make an engine as the documentation says."""
    place = {name: value for name, value in CONNECTION.items() if name != "protocol"}
    return sa.create_engine(
        URL(**place, **more), connect_args={"protocol": CONNECTION["protocol"], **(arguments or {})}
    )


engine = engine_of(password=PLACE["SNOWFLAKE_PASSWORD"])


def rows(sql: str, **binds: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql), binds)]


def renewed(table: sa.Table) -> sa.Table:
    """Make a table anew."""
    table.drop(engine, checkfirst=True)
    table.create(engine)
    return table


def password() -> None:
    same(rows("select 1"), [(1,)])
    wrong = engine_of(password="wrong", arguments={"login_timeout": 5})
    refused(wrong.connect, "incorrect username or password")


def key_pair() -> None:
    own = engine_of(arguments={"authenticator": "SNOWFLAKE_JWT", "private_key_file": PLACE["CLIENT_KEY_FILE"]})
    with own.connect() as connection:
        same(connection.execute(sa.text("select 1")).scalar(), 1)
    own.dispose()


def types() -> None:
    renewed(EVERY_TYPE)
    names = [column.name for column in EVERY_TYPE.columns]
    with engine.begin() as connection:
        for row in (dict(zip(names, ROW, strict=True)), dict.fromkeys(names)):
            given = [sa.bindparam(name, row[name], EVERY_TYPE.c[name].type) for name in names[:-1]]
            document = sa.func.parse_json(sa.bindparam("document", row["document"], sa.String))
            connection.execute(EVERY_TYPE.insert().from_select(names, sa.select(*given, document)))
    with engine.connect() as connection:
        found = connection.execute(sa.select(EVERY_TYPE).order_by(EVERY_TYPE.c.whole)).fetchall()
    *values, document = found[0]
    # the dialect of connector 5 reads a VARIANT
    written = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    same([(*values, written), tuple(found[1])], [ROW, (None,) * len(ROW)])


def binds() -> None:
    same(rows("select :a as A, :b + 1 as B, '\\:c' as C", a="it's", b=2), [("it's", 3, ":c")])


def batch() -> None:
    renewed(BATCH)
    started = time.monotonic()
    with engine.begin() as connection:
        connection.execute(BATCH.insert(), [{"n": n, "t": f"t{n}"} for n in range(10_000)])
    same(time.monotonic() - started < 60, True)
    same(rows("select count(*), sum(N), max(T) from BATCH"), [(10_000, 49_995_000, "t9999")])


def many() -> None:
    same(rows(ROWS), [(n, f"row {n}", None) for n in range(100_000)])


def transaction() -> None:
    renewed(SAVED)
    with engine.begin() as connection:
        connection.execute(SAVED.insert(), {"n": 1})
        refused(lambda: connection.execute(sa.text("insert into NOWHERE values (1)")), "does not exist")
        connection.execute(SAVED.insert(), {"n": 2})
    with engine.connect() as connection:
        connection.execute(SAVED.insert(), {"n": 3})
        connection.rollback()
    same(rows("select N from SAVED order by N"), [(1,), (2,)])


def metadata() -> None:
    renewed(KNOWN)
    found = sa.inspect(engine)
    same(found.has_table("known"), True)
    columns = [(column["name"], column["nullable"]) for column in found.get_columns("known")]
    same(columns, [("id", False), ("name", True)])
    reflected = sa.Table("known", sa.MetaData(), autoload_with=engine)
    same([str(column.type) for column in reflected.columns], ["DECIMAL(38, 0)", "VARCHAR(20)"])


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
        "metadata": metadata,
        "files": files,
    }
)
engine.dispose()
