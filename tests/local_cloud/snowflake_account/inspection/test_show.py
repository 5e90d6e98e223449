"""SHOW, DESCRIBE and INFORMATION_SCHEMA: which objects are listed, where, and nothing of the account's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from local_cloud.snowflake_account import Account, Session, SnowflakeError
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing


@pytest.fixture
def retail(account: Account) -> Session:
    """Database R with schemas S and U, tables of both, a view, a dynamic table; a session in none of them."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create schema R.U",
        "create warehouse W",
        "create table R.S.T1 (A number(38,0) not null comment 'first', B varchar(10) default 'x', C timestamp_ntz(9),"
        " D variant, E float, F boolean, G date, H binary, I time)",
        "insert into R.S.T1 (A) values (1), (2)",
        "create transient table R.S.T2 cluster by (A) as select 1 as A",
        "create table R.U.T3 (A number)",
        "create view R.S.V as select A, B from R.S.T1",
        "create dynamic table R.S.DT TARGET_LAG = DOWNSTREAM WAREHOUSE = W as select A from R.S.T1",
        "create database OTHER",
        "create table OTHER.PUBLIC.T1 (A number)",
    ):
        account.execute(sql)
    return account.connect()


def names(session: Session, sql: str) -> list[str]:
    return [row["name"] for row in session.execute(sql).dicts()]


def code_of(session: Session, sql: str) -> int:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    return caught.value.code


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("", ["T1", "T1", "T2", "T3"]),
        ("in account", ["T1", "T1", "T2", "T3"]),
        ("in database R", ["T1", "T2", "T3"]),
        ("in R", ["T1", "T2", "T3"]),
        ("in schema R.S", ["T1", "T2"]),
        ("in R.S", ["T1", "T2"]),
        ("like 't1'", ["T1", "T1"]),
        ("like 'T_' in R.U", ["T3"]),
        ("like '%3'", ["T3"]),
        ("like 'T.'", []),
        ("in R starts with 'T'", ["T1", "T2", "T3"]),
        ("in R starts with 't'", []),
        ("in R limit 2", ["T1", "T2"]),
        ("in R limit 2 from 'T1'", ["T2", "T3"]),
        ("like '%' in R starts with 'T' limit 1 from 'T2'", ["T3"]),
    ],
)
def test_show_lists_what_its_clauses_say(retail: Session, clauses: str, expected: list[str]) -> None:
    assert names(retail, f"show tables {clauses}") == expected


def test_show_without_in_looks_in_the_current_database(retail: Session) -> None:
    retail.execute("use database R")
    assert names(retail, "show tables") == ["T1", "T2", "T3"]
    assert names(retail, "show tables in database") == ["T1", "T2", "T3"]
    retail.execute("use schema S")
    assert names(retail, "show tables in schema") == ["T1", "T2"]
    assert names(retail, "show tables in schema U") == ["T3"]
    assert names(retail, "show warehouses") == ["W"]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("show tables in database NONE", 2003),
        ("show tables in schema R.NONE", 2003),
        ("show columns in table R.S.NONE", 2003),
        ("show tables in database", 90105),
        ("show tables in schema", 90105),
        ("show tables in schema S", 90105),
        ("show tables in database R.S", 1003),
        ("show tables limit x", 1003),
        ("show tables frobnicate", 1003),
        ("show functions", 2),
        ("show", 1003),
    ],
)
def test_a_show_that_cannot_be_answered_is_refused(retail: Session, sql: str, code: int) -> None:
    assert code_of(retail, sql) == code


def test_rows_are_counted(retail: Session) -> None:
    counted = {row["name"]: row["rows"] for row in retail.execute("show tables in R").dicts()}
    assert counted == {"T1": 2, "T2": 1, "T3": 0}
    assert retail.execute("show dynamic tables").dicts()[0]["rows"] == 2


def test_a_table_says_what_it_is(retail: Session) -> None:
    table = retail.execute("show tables like 'T2'").dicts()[0]
    assert (table["kind"], table["cluster_by"]) == ("TRANSIENT", "LINEAR(A)")


def test_terse_answers_have_five_columns(retail: Session) -> None:
    result = retail.execute("show terse tables like 'T3'")
    assert [column.name for column in result.columns] == ["created_on", "name", "kind", "database_name", "schema_name"]
    assert result.rows[0][1:] == ("T3", "TABLE", "R", "U")


def test_objects_are_tables_and_views_together(retail: Session) -> None:
    found = {row["name"]: (row["kind"], row["is_dynamic"]) for row in retail.execute("show objects in R.S").dicts()}
    assert found == {"T1": ("TABLE", "N"), "T2": ("TABLE", "N"), "V": ("VIEW", "N"), "DT": ("TABLE", "Y")}


def test_the_current_database_and_schema_are_marked(retail: Session) -> None:
    retail.execute("use schema R.U")
    marked = {row["name"]: row["is_current"] for row in retail.execute("show schemas").dicts()}
    assert marked == {"PUBLIC": "N", "S": "N", "U": "Y"}
    assert retail.execute("show databases like 'R'").dicts()[0]["is_current"] == "Y"


@pytest.mark.parametrize("what", ["primary keys", "unique keys", "imported keys"])
def test_there_are_no_keys(retail: Session, what: str) -> None:
    result = retail.execute(f"show {what} in schema R.S")
    assert result.rows == []
    assert len(result.columns) > 5


def test_columns_are_shown_with_their_types(retail: Session) -> None:
    found = {row["column_name"]: row for row in retail.execute("show columns in table R.S.T1").dicts()}
    types = {name: json.loads(row["data_type"]) for name, row in found.items()}
    assert {name: type_["type"] for name, type_ in types.items()} == {
        "A": "FIXED",
        "B": "TEXT",
        "C": "TIMESTAMP_NTZ",
        "D": "VARIANT",
        "E": "REAL",
        "F": "BOOLEAN",
        "G": "DATE",
        "H": "BINARY",
        "I": "TIME",
    }
    assert (types["A"]["precision"], types["A"]["nullable"], types["B"]["length"]) == (38, False, 10)
    assert (found["A"]["null?"], found["A"]["comment"], found["B"]["default"]) == ("NOT_NULL", "first", "'x'")
    assert [row["column_name"] for row in retail.execute("show columns like 'a' in schema R.S").dicts()] == ["A"] * 4


def test_a_relation_is_described_by_its_columns(retail: Session) -> None:
    described = retail.execute("describe table R.S.T1").dicts()
    assert [row["type"] for row in described] == [
        *("NUMBER(38,0)", "VARCHAR(10)", "TIMESTAMP_NTZ(9)", "VARIANT", "FLOAT", "BOOLEAN", "DATE"),
        *("BINARY(8388608)", "TIME(9)"),
    ]
    assert [(row["name"], row["type"]) for row in retail.execute("desc view R.S.V").dicts()] == [
        ("A", "NUMBER(38,0)"),
        ("B", "VARCHAR(16777216)"),
    ]
    assert names(retail, "describe dynamic table R.S.DT") == ["A"]


def test_containers_are_described_by_what_they_hold(retail: Session) -> None:
    found = {(row["name"], row["kind"]) for row in retail.execute("describe schema R.S").dicts()}
    assert found == {("T1", "TABLE"), ("T2", "TABLE"), ("DT", "TABLE"), ("V", "VIEW")}
    assert {row["name"] for row in retail.execute("describe database R").dicts()} == {"PUBLIC", "S", "U"}
    assert names(retail, "describe warehouse W") == ["W"]
    assert code_of(retail, "describe role PUBLIC") == 2


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return session.execute(sql).rows


def test_the_information_schema_lists_tables_and_views_and_nothing_of_the_accounts_own(retail: Session) -> None:
    sql = "select TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ROW_COUNT, IS_DYNAMIC from R.INFORMATION_SCHEMA.TABLES"
    assert rows(retail, f"{sql} order by 2") == [
        ("S", "DT", "BASE TABLE", 2, "YES"),
        ("S", "T1", "BASE TABLE", 2, "NO"),
        ("S", "T2", "BASE TABLE", 1, "NO"),
        ("U", "T3", "BASE TABLE", 0, "NO"),
        ("S", "V", "VIEW", None, "NO"),
    ]
    assert rows(retail, "select SCHEMA_NAME from R.INFORMATION_SCHEMA.SCHEMATA order by 1") == [
        ("PUBLIC",),
        ("S",),
        ("U",),
    ]
    assert rows(retail, "select DATABASE_NAME from R.INFORMATION_SCHEMA.DATABASES order by 1") == [("OTHER",), ("R",)]
    ((definition,),) = rows(retail, "select VIEW_DEFINITION from R.INFORMATION_SCHEMA.VIEWS where TABLE_NAME = 'V'")
    assert definition == 'CREATE VIEW "R"."S"."V" COMMENT = \'\' AS select A, B from R.S.T1'


def test_the_information_schema_describes_columns(retail: Session) -> None:
    retail.execute("use database R")
    sql = (
        "select COLUMN_NAME, ORDINAL_POSITION, DATA_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, "
        "NUMERIC_SCALE, DATETIME_PRECISION, COMMENT from information_schema.columns where TABLE_NAME = 'T1' "
        "and ORDINAL_POSITION <= 3 order by 2"
    )
    assert rows(retail, sql) == [
        ("A", 1, "NUMBER", "NO", None, 38, 0, None, "first"),
        ("B", 2, "TEXT", "YES", 10, None, None, None, None),
        ("C", 3, "TIMESTAMP_NTZ", "YES", None, None, None, 9, None),
    ]


def test_views_of_the_information_schema_can_be_joined_and_aliased(retail: Session) -> None:
    sql = (
        "select t.TABLE_NAME, count(*) from R.INFORMATION_SCHEMA.TABLES t join R.INFORMATION_SCHEMA.COLUMNS as c "
        "on c.TABLE_NAME = t.TABLE_NAME where TABLES_ONLY.A is not null group by 1 order by 1"
    ).replace("where", "cross join (select 1 as A) as TABLES_ONLY where")
    assert rows(retail, sql)[0] == ("DT", 1)
    retail.execute("use schema R.U")
    assert rows(retail, "select count(*) from information_schema.tables where tables.table_name = 'V'") == [(1,)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("select * from INFORMATION_SCHEMA.TABLES", 90105),
        ("select * from NONE.INFORMATION_SCHEMA.TABLES", 2003),
        ("select * from R.INFORMATION_SCHEMA.FUNCTIONS", 2),
        ("select * from R._ACCOUNT.LOAD_HISTORY", 2003),
        ("select * from R._FS_INFORMATION_SCHEMA._FS_COLUMNS", 2003),
        ("select * from MEMORY.X.Y", 2003),
        ("select * from TEMP.INFORMATION_SCHEMA.TABLES", 2003),
        ("select * from @R.S.STAGE", 2003),
        ("select * from read_text('/etc/hostname')", None),
        ("select * from '/etc/hostname'", None),
        ("attach '/tmp/x.db' as X", 1003),
        ("pragma version", 2),
        ("call foo()", 2),
        ("copy into @R.S.X from R.S.T1", None),
        ("create view R.S.V2 as select * from R.INFORMATION_SCHEMA.TABLES", None),
    ],
)
def test_what_is_the_accounts_own_or_the_machines_cannot_be_reached(
    retail: Session, sql: str, code: int | None
) -> None:
    found = code_of(retail, sql)
    assert found != 603
    assert code in (None, found)


def test_duckdb_itself_may_open_no_file_outside_the_accounts_folder(account: Account, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("1\n")
    for sql in ("select * from read_csv('{}')", "attach '{}' as X", "copy (select 1) to '{}'"):
        with pytest.raises(duckdb.PermissionException):
            account.shared.databases.duck.execute(sql.format(tmp_path / "secret.csv"))


def test_a_python_variable_is_no_table(account: Account) -> None:
    rows = pa.table({"A": [1]})
    with pytest.raises(duckdb.CatalogException):
        account.shared.databases.duck.execute("select * from rows")
    assert rows.num_rows == 1


def test_loads_are_listed_by_the_information_schema(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar)")
    landing.execute(f"create pipe {SCHEMA}.P auto_ingest = true as copy into {SCHEMA}.T from @{SCHEMA}.LANDING/p/")
    landing.put("c/a.csv", "1\n2\n")
    landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/c/")
    view = f"{DATABASE}.INFORMATION_SCHEMA"
    assert landing.rows(f"select TABLE_NAME, ROW_COUNT, STATUS from {view}.LOAD_HISTORY") == [("T", 2, "LOADED")]
    assert landing.rows(f"select h.FILE_NAME is not null from {view}.LOAD_HISTORY as h") == [(True,)]
    assert landing.rows(f"select PIPE_NAME, IS_AUTOINGEST_ENABLED from {view}.PIPES") == [("P", "YES")]
    assert landing.rows(f"select STAGE_NAME, STAGE_URL from {view}.STAGES") == [("LANDING", "s3://landing/")]
    landing.execute(f"create file format {SCHEMA}.F type = json")
    assert landing.rows(f"select FILE_FORMAT_NAME, FILE_FORMAT_TYPE from {view}.FILE_FORMATS") == [("F", "JSON")]
    status = json.loads(landing.value(f"select system$pipe_status('{SCHEMA}.P')"))
    assert status["executionState"] == "RUNNING"
    assert landing.execute(f"describe pipe {SCHEMA}.P")[0]["name"] == "P"


def test_a_call_without_an_alias_is_named_as_it_was_written(retail: Session) -> None:
    result = retail.execute("select count(*), max(A), A::varchar, A from R.S.T1 group by A order by A limit 1")
    assert [column.name for column in result.columns][:2] == ["COUNT(*)", "MAX(A)"]


def test_a_querys_answer_is_an_arrow_table_whose_rows_are_made_when_asked_for(retail: Session) -> None:
    result = retail.execute("select A, parse_json('[1]') as V, A > 1 as B, 'x' as L from R.S.T1 order by A")
    assert result.arrow is not None
    assert result.arrow.num_rows == 2
    assert result._rows is None
    assert result.dicts()[0] == {"A": 1, "V": "[1]", "B": False, "L": "x"}
    assert [column.type for column in result.columns] == ["FIXED", "VARIANT", "BOOLEAN", "TEXT"]
    assert result.rows is result.rows


def test_a_million_rows_are_held_once(retail: Session) -> None:
    retail.execute("create table R.U.MANY as select seq4() as N from table(generator(rowcount => 1000000))")
    result = retail.execute("select N from R.U.MANY")
    assert result.arrow is not None
    assert (result.arrow.num_rows, result._rows) == (1_000_000, None)
