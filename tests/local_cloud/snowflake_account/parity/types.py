"""Types of columns: what goes in comes out.

https://docs.snowflake.com/en/sql-reference/intro-summary-data-types
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.local_cloud.snowflake_account.parity.case import Case, fails, gives, moment

KIND = "Types"


def _kept(name: str, type_: str, value: str, back: Any) -> Case:
    """Return a case of a column that keeps a value and NULL."""
    table = f"create or replace temporary table X (I int, A {type_})"
    return gives(
        name,
        (table, f"insert into X select 1, {value} union all select 2, null", "select A from X order by I"),
        (back,),
        (None,),
    )


_MOMENT = moment("2026-01-02T03:04:05.678000")

CASES: tuple[Case, ...] = (
    _kept("NUMBER, DECIMAL, NUMERIC", "number(10, 2)", "1.25", Decimal("1.25")),
    _kept("NUMBER(38, 0), INT, BIGINT", "int", "'99999999999999999999999999999999999999'", Decimal("9" * 38)),
    _kept("FLOAT, DOUBLE, REAL", "float", "1.5e300", 1.5e300),
    _kept("VARCHAR, STRING, TEXT", "string", "'ä€'", "ä€"),
    _kept("BOOLEAN", "boolean", "true", True),
    _kept("DATE", "date", "'2026-01-02'", dt.date(2026, 1, 2)),
    _kept("TIME", "time", "'03:04:05'", dt.time(3, 4, 5)),
    _kept("TIMESTAMP, TIMESTAMP_NTZ, DATETIME", "timestamp_ntz", "'2026-01-02 03:04:05.678'", _MOMENT),
    _kept(
        "TIMESTAMP_LTZ, TIMESTAMP_TZ",
        "timestamp_tz",
        "'2026-01-02 03:04:05.678 +0000'::timestamp_tz",
        _MOMENT.replace(tzinfo=dt.UTC),
    ),
    _kept("BINARY, VARBINARY", "binary", "to_binary('6162', 'HEX')", b"ab"),
    _kept("VARIANT", "variant", """parse_json('{"a":[1,null]}')""", '{"a":[1,null]}'),
    _kept("OBJECT", "object", "object_construct('a', 1)", '{"a":1}'),
    _kept("ARRAY", "array", "array_construct(1, 'x')", '[1,"x"]'),
    fails("GEOGRAPHY", "create table X (A geography)", 2040, "GEOGRAPHY"),
    fails("VECTOR", "create table X (A vector(float, 3))", 2040, "VECTOR"),
    fails("MAP", "create table X (A map(varchar, int))", 2040, "MAP"),
)
