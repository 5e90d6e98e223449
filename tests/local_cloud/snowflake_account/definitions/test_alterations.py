"""ALTER: what may be changed, what is refused, and new names with everything that follows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.pipes.queue import PipeQueue
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing


@pytest.fixture
def retail(account: Account) -> Account:
    """Database R with schema S, a table with a row, a view, a dynamic table, a task, a tag, warehouse W."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table T (A number(38,0) not null, B varchar default 'b')",
        "insert into T values (1, 'x')",
        "create view V as select A from R.S.T",
        "create dynamic table DT TARGET_LAG = '1 minute' WAREHOUSE = W as select A from R.S.T",
        "create task TA WAREHOUSE = W as select 1",
        "create tag G ALLOWED_VALUES 'a', 'b'",
        "create file format F TYPE = CSV",
    ):
        account.execute(sql)
    return account


def shown(account: Account, show: str) -> dict[str, Any]:
    (row,) = account.execute(show).dicts()
    return row


def rows(account: Account, sql: str) -> list[tuple[Any, ...]]:
    return account.execute(sql).rows


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("alter table T set FOO = 1", 1420, "invalid property 'FOO' for 'TABLE'"),
        ("alter table T unset FOO", 1420, "invalid property 'FOO' for 'TABLE'"),
        ("alter table T set CHANGE_TRACKING = maybe", 1008, "invalid value [MAYBE]"),
        ("alter table T set TRANSIENT = true", 2, "ALTER TABLE SET TRANSIENT"),
        ("alter dynamic table DT set REFRESH_MODE = FULL", 2, "ALTER DYNAMIC TABLE SET REFRESH_MODE"),
        ("alter dynamic table DT set WAREHOUSE = NONE", 2003, "Warehouse 'NONE'"),
        ("alter warehouse W set RESOURCE_MONITOR = NONE", 2003, "Resource monitor 'NONE'"),
        ("alter warehouse W set WAREHOUSE_SIZE = 'HUGE'", 1008, "HUGE"),
        ("alter file format F set SKIP_HEADER = x", 1003, "SKIP_HEADER"),
        ("alter table T set", 1003, "<EOF>"),
        ("alter table T frobnicate", 1003, "frobnicate"),
        ("alter table T suspend", 2, "ALTER TABLE SUSPEND"),
        ("alter view V add column C number", 2, "ALTER VIEW ADD COLUMN"),
        ("alter table T refresh", 2, "ALTER TABLE REFRESH"),
        ("alter table T drop column NONE", 904, "invalid identifier 'NONE'"),
        ("alter table T drop column A, B", 1003, "Cannot drop the only column"),
        ("alter table T add column A number", 2028, "column 'A' already exists"),
        ("alter table T add column C foo", 2040, "FOO"),
        ("alter table T alter column NONE comment 'x'", 904, "NONE"),
        ("alter table T alter column B set data type number(38,0)", 100038, "not recognized"),
        ("alter table T alter column B frobnicate", 1003, "frobnicate"),
        ("alter task TA modify as", 1003, "<EOF>"),
        ("alter task TA add after NONE", 2003, "Task 'R.S.NONE'"),
        ("alter table T set tag NONE = 'x'", 2003, "Tag 'R.S.NONE'"),
        ("alter table T set tag G = 'c'", 1008, "allowed values of tag 'R.S.G': a, b"),
        ("alter table T rename to V", 2002, "Object 'R.S.V' already exists."),
        ("alter schema R.S rename to R.PUBLIC", 2002, "Object 'R.PUBLIC' already exists."),
        ("alter table T rename to R.NONE.T", 2003, "Schema 'R.NONE'"),
        ("alter table T rename to X.S.T", 2, "RENAME TO X.S.T"),
        ("alter table T rename to A.B.C.D", 1003, "too many parts"),
        ("alter task TA rename to TB", 2, "ALTER TASK"),
        ("alter database R rename to SYSTEM", 2, "SYSTEM"),
        ("alter pipe NONE refresh", 2003, "Pipe 'R.S.NONE'"),
    ],
)
def test_a_wrong_change_is_refused_and_changes_nothing(retail: Account, sql: str, code: int, words: str) -> None:
    before = retail.shared.catalog.read("select kind, name, attributes from objects")
    with pytest.raises(SnowflakeError) as caught:
        retail.execute(sql)
    assert (caught.value.code, words in caught.value.message) == (code, True), caught.value.message
    assert retail.shared.catalog.read("select kind, name, attributes from objects") == before
    assert rows(retail, "select A, B from R.S.T") == [(1, "x")]


def test_columns_are_added_dropped_and_changed_with_their_rows(retail: Account) -> None:
    for sql in (
        "alter table T add column C varchar, D number(10,2) default 1.5 not null",
        "alter table T alter column A set data type number(38,2)",
        "alter table T modify column A drop not null",
        "alter table T alter column B comment 'named'",
        "alter table T drop column C",
    ):
        retail.execute(sql)
    assert [str(value) for value in rows(retail, "select * from T")[0]] == ["1.00", "x", "1.50"]
    described = retail.execute("describe table T").dicts()
    assert [(row["name"], row["type"], row["null?"], row["comment"], row["default"]) for row in described] == [
        ("A", "NUMBER(38,2)", "Y", None, None),
        ("B", "VARCHAR(16777216)", "Y", "named", "'b'"),
        ("D", "NUMBER(10,2)", "N", None, "1.5"),
    ]
    retail.execute("alter table T alter column B unset comment")
    with pytest.raises(SnowflakeError, match="NULL result in a non-nullable column") as caught:
        retail.execute("insert into T (A, D) values (1, null)")
    assert caught.value.code == 100072


def test_columns_of_a_table_made_by_a_query_can_be_changed_too(retail: Account) -> None:
    retail.execute("create table Q as select 1 as A, 'x' as B")
    retail.execute("alter table Q drop column B")
    retail.execute("alter table Q add column C boolean default true")
    assert rows(retail, "select * from Q") == [(1, True)]
    assert [row["type"] for row in retail.execute("describe table Q").dicts()] == ["NUMBER(38,0)", "BOOLEAN"]


def test_dynamic_tables_tasks_and_warehouses_are_suspended_and_resumed(retail: Account) -> None:
    for kind, name, column in (("dynamic table", "DT", "scheduling_state"), ("warehouse", "W", "state")):
        retail.execute(f"alter {kind} {name} suspend")
        assert shown(retail, f"show {kind}s")[column] == "SUSPENDED"
        retail.execute(f"alter {kind} {name} resume if suspended")
        assert shown(retail, f"show {kind}s")[column] in ("ACTIVE", "STARTED")
    assert shown(retail, "show dynamic tables")["last_suspended_on"] is not None
    retail.execute("alter task TA resume")
    assert shown(retail, "show tasks")["state"] == "started"


def test_tasks_change_what_they_follow_and_wait_for(retail: Account) -> None:
    retail.execute("create task TB AFTER TA WHEN system$stream_has_data('ST') as select 2")
    task = shown(retail, "show tasks like 'TB'")
    assert (task["predecessors"], task["condition"]) == ('["\\"R\\".\\"S\\".\\"TA\\""]', "system$stream_has_data('ST')")
    for sql in ("remove after TA", "modify when 1 = 1", "modify as select 3"):
        retail.execute(f"alter task TB {sql}")
    task = shown(retail, "show tasks like 'TB'")
    assert (task["predecessors"], task["condition"], task["definition"]) == ("[]", "1 = 1", "select 3")
    retail.execute("alter task TB add after R.S.TA, TA")
    retail.execute("alter task TB remove when")
    task = shown(retail, "show tasks like 'TB'")
    assert (task["predecessors"].count("TA"), task["condition"]) == (1, None)


def test_tags_are_set_on_objects_and_taken_away(retail: Account) -> None:
    tag = "select system$get_tag('G', 'R.S.T', 'table')"
    retail.execute("alter table T set tag R.S.G = 'a'")
    with pytest.raises(SnowflakeError):
        retail.execute(tag)
    full = tag.replace("'G'", "'R.S.G'")
    assert rows(retail, full) == [("a",)]
    retail.execute("alter table T unset tag G")
    assert rows(retail, full) == [(None,)]
    with pytest.raises(SnowflakeError, match="FOO"):
        retail.execute(full.replace("'table'", "'foo'"))


def test_a_renamed_table_keeps_its_rows(retail: Account) -> None:
    retail.execute("alter table T rename to N")
    assert rows(retail, "select A from R.S.N") == [(1,)]


def test_a_table_or_view_can_move_to_another_schema(retail: Account) -> None:
    retail.execute("alter table T rename to R.PUBLIC.T")
    retail.execute("alter view V rename to PUBLIC.V")
    assert rows(retail, "select A, B from R.PUBLIC.T") == [(1, "x")]
    assert retail.execute("describe table R.PUBLIC.T").dicts()[0]["null?"] == "N"
    assert retail.execute("show tables in schema R.S").rows == []
    assert shown(retail, "show views")["schema_name"] == "PUBLIC"
    with pytest.raises(SnowflakeError):  # its text names the table where it was
        retail.execute("select * from R.PUBLIC.V")


def test_a_table_made_by_a_query_can_move_too(retail: Account) -> None:
    retail.execute("create table Q as select 5 as A")
    retail.execute("alter table Q rename to PUBLIC.Q")
    assert rows(retail, "select A from R.PUBLIC.Q") == [(5,)]


def test_a_renamed_schema_keeps_all_that_it_holds(retail: Account) -> None:
    retail.execute("create role X")
    retail.execute("grant select on table T to role X")
    retail.execute("grant select on future tables in schema R.S to role X")
    retail.execute("create table Q as select 5 as A")
    retail.execute("alter schema R.S rename to S9")
    assert rows(retail, "select A, B from R.S9.T") == [(1, "x")]
    assert rows(retail, "select A from R.S9.DT") == [(1,)]
    assert rows(retail, "select A from R.S9.Q") == [(5,)]
    assert [row["name"] for row in retail.execute("show tables in schema R.S9").dicts()] == ["Q", "T"]
    assert [row["privilege"] for row in retail.execute("show grants on table R.S9.T").dicts()] == [
        "OWNERSHIP",
        "SELECT",
    ]
    assert len(retail.execute("show future grants in schema R.S9").rows) == 1
    with pytest.raises(SnowflakeError):
        retail.execute("show tables in schema R.S")


def test_a_renamed_database_keeps_all_that_it_holds(retail: Account) -> None:
    retail.execute("alter database R rename to N")
    assert rows(retail, "select A, B from N.S.T") == [(1, "x")]
    assert [row["name"] for row in retail.execute("show databases").dicts()] == ["N"]
    retail.execute("drop database N")


def test_a_renamed_warehouse_stays_that_of_its_tables_and_tasks(retail: Account) -> None:
    retail.execute("alter warehouse W rename to W9")
    assert shown(retail, "show dynamic tables")["warehouse"] == shown(retail, "show tasks")["warehouse"] == "W9"


def test_a_renamed_table_keeps_its_load_history(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar)")
    landing.put("a.csv", "1\n")
    copy = f"copy into {SCHEMA}.{{table}} from @{SCHEMA}.LANDING"
    landing.execute(copy.format(table="T"))
    landing.execute(f"alter table {SCHEMA}.T rename to {DATABASE}.PUBLIC.M")
    landing.execute(f"alter table {DATABASE}.PUBLIC.M rename to {SCHEMA}.N")
    landing.execute(f"alter database {DATABASE} rename to OTHER")
    assert landing.value("select count(*) from OTHER.RAW.N") == 1
    history = "table(OTHER.information_schema.copy_history(table_name => 'OTHER.RAW.N', start_time => '2020-01-01'))"
    assert landing.rows(f"select FILE_NAME, TABLE_CATALOG_NAME from {history}") == [("a.csv", "OTHER")]


@pytest.mark.parametrize(
    ("clause", "queued"),
    [
        ("", {"x/a.csv", "y/b.csv"}),
        ("PREFIX = 'x/'", {"x/a.csv"}),
        ("MODIFIED_AFTER = '2020-01-01T00:00:00'", {"x/a.csv", "y/b.csv"}),
        ("PREFIX = 'y/' MODIFIED_AFTER = '2999-01-01T00:00:00'", set()),
    ],
)
def test_a_pipe_is_refreshed_for_a_part_of_its_files(landing: Landing, clause: str, queued: set[str]) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar)")
    landing.execute(f"create pipe {SCHEMA}.P as copy into {SCHEMA}.T from @{SCHEMA}.LANDING")
    landing.put("x/a.csv", "1\n")
    landing.put("y/b.csv", "2\n")
    landing.execute(f"alter pipe {SCHEMA}.P refresh {clause}")
    messages = PipeQueue(landing.aws).receive(10)
    assert {key for message in messages for key in json.loads(message["Body"])["Keys"]} == queued


@pytest.mark.parametrize(("clause", "code"), [("FOO = 1", 2), ("MODIFIED_AFTER = 'soon'", 100035)])
def test_a_refresh_that_cannot_be_understood_is_refused(landing: Landing, clause: str, code: int) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar)")
    landing.execute(f"create pipe {SCHEMA}.P as copy into {SCHEMA}.T from @{SCHEMA}.LANDING")
    with pytest.raises(SnowflakeError) as caught:
        landing.execute(f"alter pipe {SCHEMA}.P refresh {clause}")
    assert caught.value.code == code


def test_a_stage_is_changed_only_inside_its_integrations_locations(landing: Landing) -> None:
    with pytest.raises(SnowflakeError, match="not allowed by integration"):
        landing.execute(f"alter stage {SCHEMA}.LANDING set url = 's3://elsewhere/'")
    landing.execute(f"alter stage {SCHEMA}.LANDING set url = 's3://landing/part/'")
    assert landing.execute(f"show stages in schema {SCHEMA}")[0]["url"] == "s3://landing/part/"
