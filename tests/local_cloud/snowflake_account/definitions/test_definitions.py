"""CREATE and DROP: all of it or nothing, with Snowflake's codes; found again when the account is opened again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing


@pytest.fixture
def retail(account: Account) -> Account:
    """Database R with schema S, table S.T with one row, view S.V on it, warehouse W."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table R.S.T (A number(38,0), B varchar)",
        "insert into R.S.T values (1, 'x')",
        "create view R.S.V as select A from T",
        "use schema R.S",
    ):
        account.execute(sql)
    return account


def names(account: Account, show: str) -> list[str]:
    return [row["name"] for row in account.execute(show).dicts()]


def refusal(account: Account, sql: str) -> tuple[int, str, str]:
    with pytest.raises(SnowflakeError) as caught:
        account.execute(sql)
    return caught.value.code, caught.value.sqlstate, caught.value.message


def value(account: Account, sql: str) -> Any:
    ((found,),) = account.execute(sql).rows
    return found


@pytest.mark.parametrize(
    ("sql", "code", "sqlstate", "words"),
    [
        ("create table R.S.T (A number)", 2002, "42710", "Object 'R.S.T' already exists."),
        ("create table R.S.V (A number)", 2002, "42710", "Object 'R.S.V' already exists."),
        ("create schema R.S", 2002, "42710", "Object 'R.S' already exists."),
        ("create database R", 2002, "42710", "Object 'R' already exists."),
        ("create table R.NONE.T (A number)", 2003, "02000", "Schema 'R.NONE' does not exist or not authorized."),
        ("create schema NONE.S", 2003, "02000", "Database 'NONE' does not exist or not authorized."),
        ("drop table R.S.NONE", 2003, "02000", "Table 'R.S.NONE' does not exist or not authorized."),
        ("describe table R.S.NONE", 2003, "02000", "Table 'R.S.NONE' does not exist or not authorized."),
        ("alter table R.S.NONE set comment = ''", 2003, "02000", "Table 'R.S.NONE' does not exist"),
        ("create tabel R.S.X (A number)", 2, "0A000", "Unsupported feature 'TABEL'."),
        ("create table R.S.X", 1003, "42000", "has no columns"),
        ("create table R.S.X (A number", 1003, "42000", "unexpected '<EOF>'"),
        ("create table R.S.X (A foo)", 2040, "42601", "Unsupported data type 'FOO'."),
        ("create table R.S.X (A number, A number)", 2025, "42S21", "duplicate column name 'A'"),
        ("create table R.S.X (A varchar collate 'de')", 2, "0A000", "COLLATE 'de'"),
        ("create table R.S.X.Y (A number)", 1003, "42000", "too many parts"),
        ("create transient view X as select 1", 2, "0A000", "TRANSIENT VIEW"),
        ("create warehouse X FOO = 1", 1420, "22023", "invalid property 'FOO' for 'WAREHOUSE'"),
        ("create warehouse X WAREHOUSE_SIZE = 'HUGE'", 1008, "22023", "invalid value [HUGE]"),
        ("create warehouse X AUTO_RESUME = 'maybe'", 1008, "22023", "invalid value [maybe]"),
        ("create warehouse X RESOURCE_MONITOR = NONE", 2003, "02000", "Resource monitor 'NONE' does not exist"),
        ("create warehouse X as select 1", 2, "0A000", "CREATE WAREHOUSE … AS"),
        ("create dynamic table X as select 1 as A", 2029, "42601", "[TARGET_LAG, WAREHOUSE]"),
        ("create dynamic table X TARGET_LAG = 'soon' WAREHOUSE = W as select 1", 1008, "22023", "soon"),
        ("create dynamic table X TARGET_LAG = '59 seconds' WAREHOUSE = W as select 1", 1008, "22023", "59 seconds"),
        ("create dynamic table X TARGET_LAG = '1 minute' WAREHOUSE = NONE as select 1", 2003, "02000", "NONE"),
        ("create dynamic table X TARGET_LAG = '1 minute' WAREHOUSE = W", 1003, "42000", "<EOF>"),
        ("create view X as insert into T values (1, 'x')", 2, "0A000", "CREATE VIEW AS INSERT"),
        ("create view X as select NOPE from T", 904, "42000", "invalid identifier 'NOPE'"),
        ("create view X as select * from NONE", 2003, "42S02", "does not exist or not authorized"),
        ("create view X as select 1; select 2", 1003, "42000", "one statement"),
        ("create view X (A, B) as select 1", 2057, "0A000", "Invalid column definition list"),
        ("create view X (A) as select 1, 2", 2057, "0A000", "Invalid column definition list"),
        ("create view X (A, A) as select 1, 2", 2025, "42S21", "duplicate column name 'A'"),
        ("create storage integration X TYPE = EXTERNAL_STAGE", 2029, "42601", "STORAGE_PROVIDER"),
        ("create stage X STORAGE_INTEGRATION = SI", 1420, "22023", "internal stage"),
        ("create stage X URL = 's3://b/'", 2, "0A000", "STORAGE_INTEGRATION"),
        ("create stage X URL = 's3://b/' STORAGE_INTEGRATION = NONE", 2003, "02000", "NONE"),
        ("create file format X TYPE = AVRO", 2, "0A000", "AVRO"),
        ("create task X SCHEDULE = 'often' as select 1", 1008, "22023", "often"),
        ("create task X WAREHOUSE = NONE as select 1", 2003, "02000", "NONE"),
        ("create task X AFTER NONE as select 1", 2003, "02000", "Task 'R.S.NONE'"),
        ("create schema R.MAIN", 2, "0A000", "a schema of the name MAIN"),
        ("create schema R._ACCOUNT", 2, "0A000", "_ACCOUNT"),
        ("create database SYSTEM", 2, "0A000", "a database of the name SYSTEM"),
        ("create share X", 2, "0A000", "SHARE"),
        ("create stream X on table T", 2, "0A000", "STREAM"),
        ("create or replace stream X on view V append_only = true", 2, "0A000", "STREAM"),
        ("show streams", 2, "0A000", "SHOW STREAMS"),
    ],
)
def test_a_wrong_definition_is_refused_as_snowflake_does_and_leaves_nothing(
    retail: Account, sql: str, code: int, sqlstate: str, words: str
) -> None:
    before = list(retail.shared.catalog.read("select kind, name from objects"))
    found = refusal(retail, sql)
    assert (found[:2], words in found[2]) == ((code, sqlstate), True), found
    assert list(retail.shared.catalog.read("select kind, name from objects")) == before
    assert value(retail, "select A from V") == 1


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        ("table", "T (A number)", "T (A foo)"),
        ("table", "T as select 1 as A", "T as select NOPE as A"),
        ("view", "V as select 1 as A", "V as select NOPE from T"),
        ("dynamic table", "X TARGET_LAG = '1 minute' WAREHOUSE = W as select 1 as A", "X TARGET_LAG = '1 minute' "
         "WAREHOUSE = W as select NOPE from T"),
        ("warehouse", "W", "W WAREHOUSE_SIZE = 'HUGE'"),
        ("file format", "F TYPE = CSV", "F TYPE = CSV SKIP_HEADER = x"),
        ("task", "TA as select 1", "TA AFTER NONE as select 1"),
        ("database", "R", "R FOO = 1"),
    ],
)  # fmt: skip
def test_create_or_replace_keeps_the_old_object_where_the_new_definition_is_wrong(
    retail: Account, kind: str, good: str, wrong: str
) -> None:
    retail.execute(f"create or replace {kind} {good}") if kind not in ("database", "view", "table") else None
    before = retail.execute(f"show {kind}s").rows
    refusal(retail, f"create or replace {kind} {wrong}")
    assert retail.execute(f"show {kind}s").rows == before
    assert value(retail, "select A from R.S.V") == 1


def test_create_or_replace_puts_the_new_object_in_place_of_the_old(retail: Account) -> None:
    retail.execute("create or replace table T as select 2 as A, 'y' as B")
    assert value(retail, "select A from V") == 2
    assert names(retail, "show tables like 'T'") == ["T"]


def test_a_table_keeps_its_rows_where_the_query_that_is_to_replace_it_fails(retail: Account) -> None:
    before = retail.execute("select * from T").rows
    refusal(retail, "create or replace table T as select column1::number as A from values ('1'), ('no number')")
    assert retail.execute("select * from T").rows == before


def test_a_table_like_a_query_is_empty_whatever_the_query_ends_with(retail: Account) -> None:
    retail.execute(
        "create dynamic table LATER TARGET_LAG = '1 day' WAREHOUSE = W INITIALIZE = ON_SCHEDULE "
        "as select A from T order by A limit 1 -- the first"
    )
    assert retail.execute("select * from LATER").rows == []


def test_a_database_that_cannot_be_replaced_keeps_its_rows(retail: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise SnowflakeError("no room")

    monkeypatch.setattr(retail.shared.databases, "create_schema", fail)
    assert refusal(retail, "create or replace database R")[2] == "no room"
    monkeypatch.undo()
    assert value(retail, "select A from R.S.T") == 1


def test_a_replaced_database_is_empty(retail: Account) -> None:
    retail.execute("create or replace database R")
    assert names(retail, "show schemas in database R") == ["PUBLIC"]
    assert refusal(retail, "select * from R.S.T")[0] == 2003


def test_if_not_exists_and_if_exists_change_nothing(retail: Account) -> None:
    assert "already exists" in value(retail, "create table if not exists T (Z number)")
    assert "already dropped" in value(retail, "drop table if exists NONE")
    retail.execute("alter table if exists NONE set comment = 'x'")
    retail.execute("alter dynamic table if exists NONE refresh")
    assert value(retail, "select A from T") == 1


def test_a_schema_goes_with_all_that_it_holds(retail: Account) -> None:
    retail.execute("create task TA as select 1")
    retail.execute("create database role R.ROLE")
    retail.execute("drop schema R.S")
    assert retail.execute("show tasks in account").rows == retail.execute("show views in account").rows == []
    assert names(retail, "show database roles in database R") == ["ROLE"]
    retail.execute("create schema R.S")
    assert retail.execute("show tables in schema R.S").rows == []


def test_a_database_goes_with_its_file_while_others_use_it(retail: Account, tmp_path: Path) -> None:
    other = retail.connect("R", "S")
    other.execute("begin")
    other.execute("insert into T values (2, 'y')")
    retail.execute("drop database R")
    assert list((tmp_path / "snowflake").glob("R*")) == []
    with pytest.raises(SnowflakeError):
        other.execute("commit; select 1")
    other.execute("rollback")
    retail.execute("create database R")
    assert names(retail, "show schemas in database R") == ["PUBLIC"]


@pytest.mark.parametrize("name", ['"../outside"', '"a/b"', '"with blank"', '"it\'s"', '"lower"', '"d.o.t"', '"ü"'])
def test_a_database_may_have_any_name_and_stays_in_the_accounts_folder(
    account: Account, tmp_path: Path, aws: FaultyAws, name: str
) -> None:
    for sql in (f"create database {name}", f"create table {name}.PUBLIC.T as select 1 as A", f"use database {name}"):
        account.execute(sql)
    assert value(account, "select A from T") == 1
    assert value(account, "select count(*) from information_schema.tables") == 1
    assert {path.parent for path in tmp_path.rglob("*.db")} == {tmp_path / "snowflake"}
    account.close()
    again = Account(tmp_path / "snowflake", aws)
    assert value(again, f"select A from {name}.PUBLIC.T") == 1
    again.execute(f"drop database {name}")
    again.close()


def test_everything_is_found_again(retail: Account, tmp_path: Path, aws: FaultyAws) -> None:
    retail.execute("create role X")
    retail.execute("grant select on table T to role X")
    retail.close()
    again = Account(tmp_path / "snowflake", aws)
    again.execute("use schema R.S")
    assert value(again, "select A from V") == 1
    assert [row["grantee_name"] for row in again.execute("show grants on table T").dicts()] == ["ACCOUNTADMIN", "X"]
    again.close()


def test_what_a_killed_process_left_in_duckdb_does_not_get_in_the_way(retail: Account, tmp_path: Path) -> None:
    retail.shared.databases.duck.execute('create table "R"."S"."LEFT" (Z int); create schema "R"."GONE"')
    retail.execute("create table LEFT (A number)")
    retail.execute("create schema R.GONE")
    assert retail.execute("select A from R.S.LEFT").rows == []
    duckdb.connect(tmp_path / "snowflake" / "HALF.db").close()
    retail.execute("create database HALF")
    assert names(retail, "show schemas in database HALF") == ["PUBLIC"]


def test_a_definition_that_fails_in_the_catalog_changes_nothing_in_duckdb(
    retail: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(retail.shared.catalog, "update", fail)
    assert refusal(retail, "create or replace table T (Z number)")[0] == 603
    assert refusal(retail, "alter table T add column C number")[0] == 603
    monkeypatch.undo()
    assert retail.execute("select * from T").rows == [(1, "x")]
    assert retail.shared.catalog.find(Kind.TABLE, Name(("R", "S", "T"))) is not None


def test_a_table_from_a_query_is_made_in_the_sessions_schema_of_names(retail: Account) -> None:
    retail.execute("create table R.PUBLIC.COPY as select A from T")
    assert value(retail, "select A from R.PUBLIC.COPY") == 1


def test_a_view_is_read_by_names_of_its_own_schema(retail: Account) -> None:
    retail.execute("use schema R.PUBLIC")
    assert value(retail, "select A from R.S.V") == 1


def test_a_views_column_list_names_and_describes_its_columns_also_after_it_was_renamed(retail: Account) -> None:
    """https://docs.snowflake.com/en/sql-reference/sql/create-view#optional-parameters: the column list."""
    retail.execute("create view W (\"ID\" comment 'the id', N) comment = 'view' as select A, 2 from T")
    for name in ("W", "W2"):
        described = retail.execute(f"describe view {name}").dicts()
        assert [(row["name"], row["comment"]) for row in described] == [("ID", "the id"), ("N", None)]
        assert retail.execute(f"select N, ID from {name}").rows == [(2, 1)]
        if name == "W":
            retail.execute("alter view W rename to W2")
    retail.execute("create or replace view W2 as select A from T")
    assert [row["comment"] for row in retail.execute("describe view W2").dicts()] == [None]


def test_a_dropped_pipe_forgets_what_it_loaded_also_with_its_schema(landing: Landing) -> None:
    landing.execute(f"create file format {SCHEMA}.F type = csv")
    make = (
        f"create table {SCHEMA}.T (A varchar)",
        f"create pipe {SCHEMA}.P auto_ingest = true as copy into {SCHEMA}.T from @{SCHEMA}.LANDING "
        f"file_format = (format_name = '{SCHEMA}.F')",
    )
    landing.put("a.csv", "1\n")
    for end in (f"drop pipe {SCHEMA}.P", f"drop schema {SCHEMA}"):
        for sql in make:
            landing.execute(sql.replace("create table", "create or replace table"))
        landing.account.load_files(Name((*SCHEMA.split("."), "P")), ["a.csv"])
        assert landing.value(f"select count(*) from {SCHEMA}.T") == 1
        landing.execute(end)
    landing.execute(f"create schema {SCHEMA}")
    landing.execute(f"create file format {SCHEMA}.F type = csv")
    landing.execute(f"create stage {SCHEMA}.LANDING url = 's3://landing/' storage_integration = SI")
    for sql in make:
        landing.execute(sql)
    landing.account.load_files(Name((*SCHEMA.split("."), "P")), ["a.csv"])
    assert landing.value(f"select count(*) from {SCHEMA}.T") == 1
