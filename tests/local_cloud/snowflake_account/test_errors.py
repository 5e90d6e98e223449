"""What DuckDB and fakesnow refuse is told in Snowflake's codes; types in Snowflake's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest
import snowflake.connector.errors
from sqlglot.errors import ParseError

from local_cloud.snowflake_account import Account, Session, SnowflakeError
from local_cloud.snowflake_account.data.duckdb_errors import snowflake_error
from local_cloud.snowflake_account.language.column_types import duck_type, full_type, snowflake_type


@pytest.fixture
def session(account: Account) -> Iterator[Session]:
    account.execute("create database R")
    account.execute("create table T (A number(38,0) not null, B varchar)")
    account.execute("insert into T values (1, 'x')")
    opened = account.connect("R", "PUBLIC")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("sql", "code", "sqlstate", "words"),
    [
        ("select NOPE from T", 904, "42000", "invalid identifier 'NOPE'"),
        ("select T.NOPE from T", 904, "42000", "invalid identifier 'NOPE'"),
        ("insert into T (NOPE) values (1)", 904, "42000", "NOPE"),
        ("select * from NONE", 2003, "42S02", "Object 'R.PUBLIC.NONE' does not exist or not authorized."),
        ("select * from R.NONE.T", 2003, "42S02", "does not exist or not authorized"),
        ("select * from NONE.S.T", 2003, "42S02", "does not exist or not authorized"),
        ("select frobnicate(A) from T", 2140, "42601", "Unknown function FROBNICATE"),
        ("select A +", 1003, "42000", "syntax error"),
        ("frobnicate it", 1003, "42000", "unexpected 'frobnicate'"),
        ("select sqrt(current_date)", 1044, "42P13", "Invalid argument types for function 'SQRT': (DATE)"),
        ("select 1 + current_timestamp() + 'x'", 1044, "42P13", "Invalid argument types for function '+': (NUMBER"),
        (
            "select 5 = current_timestamp()",
            1007,
            "22023",
            "invalid type [NUMBER(38,0)] for parameter 'TO_TIMESTAMP_LTZ'",
        ),
        ("select case when true then 5 else current_date() end", 1044, "42P13", "into expected type"),
        ("select sum(A), B from T", 979, "42601", "[B] is not a valid group by expression"),
        ("select A from T where sum(A) > 1", 2035, "42000", "Invalid aggregate function in where clause"),
        ("select A from T order by 7", 1003, "42000", "ORDER BY position"),
        ("insert into T values (1)", 2057, "21S01", "expecting 2 but got 1"),
        ("select corr(A) from T", 938, "22023", "not enough arguments for function [CORR]"),
        ("select to_time('x')", 100108, "22007", "Time 'x' is not recognized"),
        ("select '2026-01-01 00:00:00 Nowhere'::timestamp_tz", 100035, "22007", "Nowhere"),
        ("select B::number from T", 100038, "22018", "not recognized"),
        ("select B::timestamp_ntz from T", 100035, "22007", "Timestamp"),
        ("select B::date from T", 100040, "22007", "Date"),
        ("insert into T values (null, 'x')", 100072, "22000", "NULL result in a non-nullable column"),
        ("create stream S on table T", 2, "0A000", "STREAM"),
        ("select system$frobnicate()", 2, "0A000", "SYSTEM$FROBNICATE"),
        ("select system$get_tag('a')", 939, "42000", "needs a tag"),
        ("select $NONE", None, None, "NONE"),
    ],
)
def test_a_refused_query_has_snowflakes_code(
    session: Session, sql: str, code: int | None, sqlstate: str | None, words: str
) -> None:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    assert words in caught.value.message, caught.value.message
    if code:
        assert (caught.value.code, caught.value.sqlstate) == (code, sqlstate)


VALUES = ("'x'", "5", "'2026-01-01'::date", "current_timestamp()", "parse_json('{}')", "true", "to_binary('00')")
FUNCTIONS = (
    *("sum", "avg", "round", "sqrt", "upper", "length", "year", "trim", "ln", "mod", "replace", "lower", "to_date"),
    *("to_number", "to_boolean", "last_day", "listagg", "median", "booland_agg", "left", "date_trunc", "split_part"),
)
OPERATORS = ("+", "*", "=", "<", "||", "like", "in (1, ")
OF_DUCKDB = re.compile(
    r"No function matches|explicit|[Cc]andidate|_LITERAL|STRUCT|INT\d|BIGINT|[Mm]acro|_SF_|_FS_|Binder|Unimplemented"
    r"|WITH TIME ZONE|DOUBLE|\bJSON\b(?!:)|VARCHAR\[\]|sqlglot|DuckDB"
)


@pytest.mark.parametrize("value", VALUES)
def test_no_message_about_types_is_one_of_duckdbs(session: Session, value: str) -> None:
    statements = [f"select {name}({value})" for name in FUNCTIONS]
    statements += [f"select {name}(c) from (select {value} as c)" for name in FUNCTIONS]
    for other in VALUES:
        for operator in OPERATORS:
            statements.append(f"select {value} {operator} {other}{')' if '(' in operator else ''}")
        statements.append(f"select case when true then {value} else {other} end")
        statements.append(f"select {value}::{('int', 'boolean', 'time', 'timestamp_tz', 'float')[len(other) % 5]}")
    told = set[str]()
    for sql in statements:
        try:
            session.execute(sql)
        except SnowflakeError as error:
            told.add(error.message)
    assert told
    assert [message for message in told if OF_DUCKDB.search(message)] == []


def test_a_transaction_writes_to_one_database_only(account: Account, session: Session) -> None:
    account.execute("create database OTHER")
    account.execute("create table OTHER.PUBLIC.T (A number)")
    session.execute("begin")
    session.execute("insert into T values (2, 'y')")
    with pytest.raises(SnowflakeError, match="a transaction that writes to two databases"):
        session.execute("insert into OTHER.PUBLIC.T values (1)")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SnowflakeError("mine", code=5), 5, "mine"),
        (snowflake.connector.errors.ProgrammingError(msg="theirs", errno=9999, sqlstate="99999"), 2, "theirs"),
        (snowflake.connector.errors.ProgrammingError(msg="theirs", errno=709, sqlstate="02000"), 709, "theirs"),
        (snowflake.connector.errors.ProgrammingError(msg="theirs"), 1003, "theirs"),
        (duckdb.CatalogException('Catalog Error: Table "x" already exists!'), 2002, "already exists"),
        (duckdb.CatalogException("Catalog Error: strange"), 1003, "strange"),
        (duckdb.BinderException('Binder Error: Catalog "X" does not exist!'), 2003, "'X'"),
        (duckdb.ParserException("Parser Error: bad"), 1003, "bad"),
        (duckdb.InterruptException("INTERRUPT Error: Interrupted!"), 604, "canceled"),
        (duckdb.OutOfRangeException("Out of Range Error: too big"), 100038, "too big"),
        (duckdb.TransactionException("TransactionContext Error: other"), 100038, "other"),
        (RecursionError(), 1003, "nested too deeply"),
        (ParseError("line one\nline two"), 2, "line one"),
        (AssertionError(), 2, "AssertionError"),
    ],
    ids=repr,
)
def test_every_error_has_a_form_of_snowflakes(error: Exception, code: int, words: str) -> None:
    found = snowflake_error(error)
    assert (found.code, words in found.message) == (code, True)
    assert "\n" not in found.message.removeprefix("SQL compilation error:\n")


@pytest.mark.parametrize(
    ("declared", "full", "in_duckdb"),
    [
        ("INTEGER", "NUMBER(38,0)", "DECIMAL(38,0)"),
        ("NUMBER", "NUMBER(38,0)", "DECIMAL(38,0)"),
        ("DECIMAL(10)", "NUMBER(10,0)", "DECIMAL(10,0)"),
        ("NUMBER(10,2)", "NUMBER(10,2)", "DECIMAL(10,2)"),
        ("STRING", "VARCHAR(16777216)", "VARCHAR"),
        ("VARCHAR(5)", "VARCHAR(5)", "VARCHAR"),
        ("CHAR", "VARCHAR(1)", "VARCHAR"),
        ("DATETIME", "TIMESTAMP_NTZ(9)", "TIMESTAMP"),
        ("TIMESTAMP_NTZ(3)", "TIMESTAMP_NTZ(3)", "TIMESTAMP"),
        ("TIMESTAMP_LTZ", "TIMESTAMP_LTZ(9)", "TIMESTAMPTZ"),
        ("TIMESTAMP_TZ", "TIMESTAMP_TZ(9)", "TIMESTAMPTZ"),
        ("TIME", "TIME(9)", "TIME"),
        ("DATE", "DATE", "DATE"),
        ("BOOLEAN", "BOOLEAN", "BOOLEAN"),
        ("FLOAT", "FLOAT", "DOUBLE"),
        ("DOUBLE PRECISION", "FLOAT", "DOUBLE"),
        ("BINARY", "BINARY(8388608)", "BLOB"),
        ("VARIANT", "VARIANT", "JSON"),
        ("OBJECT", "OBJECT", "JSON"),
        ("ARRAY", "ARRAY", "JSON"),
    ],
)
def test_a_type_is_spelled_out_as_snowflake_does(declared: str, full: str, in_duckdb: str) -> None:
    assert (full_type(declared), duck_type(declared)) == (full, in_duckdb)


@pytest.mark.parametrize("declared", ["FOO", "NUMBER(99)", "NUMBER(5,6)", "GEOGRAPHY", "ARRAY(NUMBER)", "NUMBER(("])
def test_a_type_that_is_none_is_refused(declared: str) -> None:
    with pytest.raises(SnowflakeError, match="Unsupported data type") as caught:
        full_type(declared)
    assert caught.value.code == 2040


@pytest.mark.parametrize(
    ("duckdb_type", "expected"),
    [("BIGINT", "NUMBER(38,0)"), ("DECIMAL(5,1)", "NUMBER(5,1)"), ("JSON", "VARIANT"), ("UUID", "UUID")],
)
def test_duckdbs_types_have_names_of_snowflakes(duckdb_type: str, expected: str) -> None:
    assert snowflake_type(duckdb_type) == expected
