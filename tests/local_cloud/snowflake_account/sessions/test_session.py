"""Sessions: each its own current things, its own transaction; several at once on the same data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, Session, SnowflakeError
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws


@pytest.fixture
def retail(account: Account) -> Account:
    """Database R with schemas S and U, table S.T (A number, B varchar), warehouse W."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create schema R.U",
        "create warehouse W",
        "create table R.S.T (A number(38,0), B varchar)",
        "use database R",
    ):
        account.execute(sql)
    return account


@pytest.fixture
def session(retail: Account) -> Iterator[Session]:
    opened = retail.connect("R", "S")
    yield opened
    opened.close()


def values(session: Account | Session, sql: str = "select A from R.S.T order by A") -> list[Any]:
    return [row[0] for row in session.execute(sql).rows]


def code_of(session: Account | Session, sql: str, *binds: Any) -> tuple[int, str]:
    run = session.connect() if isinstance(session, Account) else session
    with pytest.raises(SnowflakeError) as caught:
        run.execute(sql, binds)
    return caught.value.code, caught.value.sqlstate


def current(session: Session) -> tuple[str | None, ...]:
    context = session.context
    return context.database, context.schema, context.role, context.warehouse


def test_a_session_starts_where_it_was_told_to(retail: Account) -> None:
    session = retail.connect("R", "S")
    assert current(session) == ("R", "S", "ACCOUNTADMIN", None)
    session.execute("insert into T values (1, 'x')")
    assert values(session, "select A from T") == [1]


def test_a_database_that_is_not_there_is_passed_over_at_the_start(retail: Account) -> None:
    session = retail.connect("NONE", "S")
    assert (session.context.database, session.context.schema) == (None, None)


def test_use_changes_this_session_only(retail: Account, session: Session) -> None:
    other = retail.connect()
    session.execute("use schema R.U")
    session.execute("use warehouse W")
    session.execute("use role SYSADMIN")
    assert current(session) == ("R", "U", "SYSADMIN", "W")
    assert current(other) == (None, None, "ACCOUNTADMIN", None)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("use database R", ("R", "PUBLIC")),
        ("use R", ("R", "PUBLIC")),
        ("use R.U", ("R", "U")),
        ("use schema U", ("R", "U")),
    ],
)
def test_use_takes_a_database_a_schema_or_both(session: Session, sql: str, expected: tuple[str, str]) -> None:
    session.execute(sql)
    assert (session.context.database, session.context.schema) == expected


@pytest.mark.parametrize("sql", ["use database NONE", "use schema NONE", "use warehouse NONE", "use role NONE"])
def test_what_is_not_there_cannot_be_used(session: Session, sql: str) -> None:
    assert code_of(session, sql) == (2003, "02000")


def test_secondary_roles_are_all_none_or_some_that_the_user_has(session: Session) -> None:
    asked = "select current_secondary_roles()"
    assert session.execute(asked).rows == [('{"roles":"","value":""}',)]
    session.execute("use secondary roles SYSADMIN, USERADMIN")
    assert session.execute(asked).rows == [('{"roles":"SYSADMIN,USERADMIN","value":"SYSADMIN,USERADMIN"}',)]
    session.execute("use secondary roles none")
    assert session.execute(asked).rows == [('{"roles":"","value":""}',)]
    session.execute("use secondary roles all")
    every = "ACCOUNTADMIN,PUBLIC,SECURITYADMIN,SYSADMIN,USERADMIN"
    assert session.execute(asked).rows == [(f'{{"roles":"{every}","value":"ALL"}}',)]
    assert code_of(session, "use secondary roles NOT_THERE") == (2003, "02000")


def test_a_name_without_a_current_database_is_refused_with_snowflakes_codes(retail: Account) -> None:
    session = retail.connect()
    assert code_of(session, "select * from T") == (90105, "22000")
    assert code_of(session, "drop table T") == (90105, "22000")
    session.execute("use database R")
    session.execute("drop schema PUBLIC")
    assert code_of(session, "select * from T") == (90106, "22000")
    assert code_of(session, "drop table T") == (90106, "22000")


def test_a_new_database_and_schema_become_the_current_ones(session: Session) -> None:
    session.execute("create database N")
    assert (session.context.database, session.context.schema) == ("N", "PUBLIC")
    session.execute("create schema R.V")
    assert (session.context.database, session.context.schema) == ("R", "V")


def test_a_dropped_schema_or_database_is_no_longer_current(retail: Account, session: Session) -> None:
    retail.execute("drop schema R.S")
    assert code_of(session, "select * from T") == (90106, "22000")
    retail.execute("drop database R")
    assert code_of(session, "select * from T") == (90105, "22000")
    assert session.execute("select 1").rows == [(1,)]


def test_context_functions_tell_of_this_session(session: Session) -> None:
    session.execute("use warehouse W")
    functions = "current_database(), current_schema(), current_warehouse(), current_role(), current_user()"
    result = session.execute(f"select {functions}, current_session(), current_region(), current_schemas()")
    assert result.rows == [("R", "S", "W", "ACCOUNTADMIN", "LOCAL", str(session.number), "AWS_EU_WEST_1", '["R.S"]')]
    assert result.columns[0].name == "CURRENT_DATABASE()"


def test_context_functions_are_null_where_there_is_nothing(retail: Account) -> None:
    session = retail.connect()
    result = session.execute("select current_database(), current_warehouse(), current_schemas(), current_version()")
    assert result.rows == [(None, None, "[]", "9.30.0")]


def test_an_open_transaction_is_seen_by_its_session_only_until_it_commits(retail: Account, session: Session) -> None:
    session.execute("begin")
    session.execute("insert into T values (1, 'x')")
    assert (values(session), values(retail)) == ([1], [])
    session.execute("commit")
    assert values(retail) == [1]


def test_a_transaction_that_is_rolled_back_leaves_nothing(retail: Account, session: Session) -> None:
    session.execute("start transaction")
    session.execute("begin work")
    session.execute("insert into T values (1, 'x')")
    session.execute("rollback work")
    session.execute("insert into T values (2, 'x')")
    assert values(retail) == [2]


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_commit_and_rollback_without_a_transaction_leave_what_is_there(
    retail: Account, session: Session, end: str
) -> None:
    session.execute("insert into T values (1, 'x')")
    assert session.execute(end).rows == [("Statement executed successfully.",)]
    session.execute("insert into T values (2, 'x')")
    assert values(retail) == [1, 2]


def test_a_definition_commits_the_open_transaction(retail: Account, session: Session) -> None:
    session.execute("begin name X")
    session.execute("insert into T values (1, 'x')")
    session.execute("create table OTHER (A number)")
    session.execute("rollback")
    assert values(retail) == [1]


def test_without_autocommit_the_first_change_opens_a_transaction(retail: Account, session: Session) -> None:
    session.execute("alter session set autocommit = false")
    session.execute("select 1")
    session.execute("insert into T values (1, 'x')")
    assert values(retail) == []
    session.execute("alter session unset autocommit")
    assert values(retail) == [1]


def test_closing_a_session_takes_back_its_transaction(retail: Account) -> None:
    session = retail.connect("R", "S")
    session.execute("begin")
    session.execute("insert into T values (1, 'x')")
    session.close()
    assert values(retail) == []


def test_two_transactions_that_change_the_same_rows_conflict_with_snowflakes_code(retail: Account) -> None:
    first, second = retail.connect("R", "S"), retail.connect("R", "S")
    first.execute("insert into T values (1, 'x')")
    for session in (first, second):
        session.execute("begin")
    first.execute("update T set B = 'first'")
    assert code_of(second, "update T set B = 'second'") == (625, "57014")
    first.execute("commit")
    assert values(retail, "select B from R.S.T") == ["first"]


def test_changes_of_many_sessions_at_once_all_arrive(retail: Account) -> None:
    retail.execute("insert into R.S.T values (0, 'counter')")
    errors: list[Exception] = []

    def work(number: int) -> None:
        session = retail.connect("R", "S")
        try:
            for turn in range(10):
                session.execute("insert into T values (?, ?)", [number * 100 + turn + 1, "row"])
                session.execute("update T set A = A + 1 where B = 'counter'")
                session.execute("show tables in schema R.S")
                session.execute("select * from INFORMATION_SCHEMA.TABLES")
        except Exception as error:
            errors.append(error)
        finally:
            session.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert values(retail, "select count(*) from R.S.T where B = 'row'") == [40]
    assert values(retail, "select A from R.S.T where B = 'counter'") == [40]


def test_definitions_of_many_sessions_at_once_all_arrive(retail: Account) -> None:
    errors: list[Exception] = []

    def work(number: int) -> None:
        session = retail.connect("R", "S")
        try:
            for turn in range(5):
                session.execute(f"create table T_{number}_{turn} as select {turn} as A")
                session.execute(f"select * from T_{number}_{turn}")
                session.execute(f"alter table T_{number}_{turn} rename to V_{number}_{turn}")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert len(retail.execute("show tables like 'V%' in schema R.S").rows) == 20


def test_a_session_is_told_by_what_name_a_temporary_table_goes_and_drops_it_at_its_end(retail: Account) -> None:
    session = retail.connect("R", "S")
    session.execute("create temp table M as select 1 as A")
    assert session.execute("show tables like 'M'").dicts()[0]["kind"] == "TEMPORARY"
    session.close()
    assert retail.execute("show tables like 'M'").rows == []


def test_a_temporary_view_reads_like_others_and_goes_when_its_session_ends(retail: Account) -> None:
    # https://docs.snowflake.com/en/sql-reference/sql/create-view: "persists only for the duration of the session"
    session = retail.connect("R", "S")
    session.execute("insert into T values (1, 'x')")
    session.execute("create or replace temporary view M comment = 'mine' as (select A, B from T)")
    session.execute("create or replace secure temp view M as select A + 1 as A from T")
    session.execute("insert into T values (2, 'x')")

    assert values(session, "select A from M order by A") == [2, 3]
    assert [row["name"] for row in session.execute("describe view M").dicts()] == ["A"]
    listed = "select TABLE_TYPE, IS_TEMPORARY from R.INFORMATION_SCHEMA.TABLES where TABLE_NAME = 'M'"
    assert session.execute(listed).rows == [("VIEW", "YES")]
    (shown,) = session.execute("show views like 'M'").dicts()
    assert (shown["is_secure"], shown["is_materialized"]) == ("true", "false")
    assert shown["text"].startswith("CREATE SECURE TEMPORARY VIEW")

    session.close()
    assert retail.execute("show views like 'M' in account").rows == []
    assert code_of(retail, "select * from R.S.M")[0] == 2003


def test_what_has_taken_a_temporary_objects_name_stays_when_the_session_ends(retail: Account) -> None:
    session = retail.connect("R", "S")
    for kind in ("table", "view"):
        session.execute(f"create temporary {kind} {kind}_M as select 1 as A")
        session.execute(f"drop {kind} {kind}_M")
        retail.execute(f"create {kind} R.S.{kind}_M as select 2 as A")

    session.close()

    assert values(retail, "select A from R.S.TABLE_M union all select A from R.S.VIEW_M") == [2, 2]


def test_temporary_tables_and_views_of_a_killed_process_are_gone(
    retail: Account, tmp_path: Path, aws: FaultyAws
) -> None:
    session = retail.connect("R", "S")
    session.execute("create temporary table M as select 1 as A")
    session.execute("create temporary view V as select * from M")
    retail.close()
    again = Account(tmp_path / "snowflake", aws)
    assert again.execute("show tables like 'M' in account").rows == []
    assert again.execute("show views like 'V' in account").rows == []
    again.close()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (-7, -7),
        (10**30, 10**30),
        (Decimal("-1.50"), Decimal("-1.50")),
        (1.5, 1.5),
        (float("inf"), float("inf")),
        ("it's ü; drop table T --", "it's ü; drop table T --"),
        ("back\\slash \\' quote", "back\\slash \\' quote"),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (time(1, 2, 3, 4), time(1, 2, 3, 4)),
        (datetime(2026, 1, 2, 3, 4, 5, 6), datetime(2026, 1, 2, 3, 4, 5, 6)),  # noqa: DTZ001
        (datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 1, 2, 3, tzinfo=UTC)),
        (b"\x00\xff", b"\x00\xff"),
    ],
    ids=repr,
)
def test_a_bound_value_arrives_as_it_is(session: Session, value: Any, expected: Any) -> None:
    assert session.execute("select ? as A", [value]).rows == [(expected,)]


def test_values_are_bound_by_place_or_number(session: Session) -> None:
    assert session.execute("select ?, ? || ?", ["a", "b", "c"]).rows == [("a", "bc")]
    assert session.execute("select :2, :1, :2", ["a", "b"]).rows == [("b", "a", "b")]


def test_a_placeholder_without_a_value_is_refused(session: Session) -> None:
    assert code_of(session, "select ?, ?", "a") == (2049, "42000")
    assert code_of(session, "select :2", "a") == (2049, "42000")


def test_a_value_of_an_unknown_type_is_refused(session: Session) -> None:
    assert code_of(session, "select ?", object()) == (2, "0A000")


def test_many_rows_are_inserted_as_one(session: Session) -> None:
    result = session.execute_many("insert into T (A, B) values (?, upper(?))", [(1, "x"), (2, None), (3, "it's")])
    assert result.rows == [(3,)]
    assert session.execute("select * from T order by A").rows == [(1, "X"), (2, None), (3, "IT'S")]


def test_many_rows_of_another_statement_are_executed_one_by_one_and_all_or_none(session: Session) -> None:
    session.execute_many("insert into T values (?, 'x')", [(n,) for n in range(5)])
    assert session.execute_many("delete from T where A = ?", [(1,), (2,), (9,)]).rows == [(2,)]
    with pytest.raises(SnowflakeError):
        session.execute_many("update T set A = A + ?::number", [(1,), ("no number",)])
    assert values(session) == [0, 3, 4]


def test_rows_of_different_types_or_lengths_are_refused(session: Session) -> None:
    for rows in ([(1, "x"), ("a", "y")], [(1, "x"), (2,)]):
        with pytest.raises(SnowflakeError):
            session.execute_many("insert into T values (?, ?)", rows)
    assert values(session) == []


def test_session_parameters_are_kept_and_shown(session: Session) -> None:
    session.execute("alter session set QUERY_TAG = 'mine' STATEMENT_TIMEOUT_IN_SECONDS = 5")
    (tag,) = session.execute("show parameters like 'query_tag' in session").dicts()
    assert (tag["value"], tag["level"], tag["default"]) == ("mine", "SESSION", "")
    session.execute("alter session unset QUERY_TAG")
    (tag,) = session.execute("show parameters like 'query_tag'").dicts()
    assert (tag["value"], tag["level"]) == ("", "")


def test_the_time_zone_of_a_session_counts_for_it_alone(retail: Account, session: Session) -> None:
    session.execute("alter session set TIMEZONE = 'Asia/Tokyo'")
    sql = "select '2026-01-01 00:00:00 +0000'::timestamp_ltz::varchar"
    assert values(session, sql) == ["2026-01-01 09:00:00.000 +0900"]
    assert values(retail, sql) == ["2026-01-01 00:00:00.000 +0000"]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("alter session set NONE = 1", 1006),
        ("alter session set WEEK_START = 1", 2),
        ("alter session set AUTOCOMMIT = 'x'", 1008),
        ("alter session set TIMEZONE = 'Nowhere/At_all'", 1008),
    ],
)
def test_a_parameter_that_would_change_answers_is_refused(session: Session, sql: str, code: int) -> None:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    assert caught.value.code == code
    session.execute("alter session set WEEK_START = 0")


def test_a_running_query_can_be_canceled(session: Session) -> None:
    codes: list[int] = []
    started = threading.Event()

    def run() -> None:
        started.set()
        with pytest.raises(SnowflakeError) as caught:
            session.execute(
                "select sum(a.INDEX * b.INDEX) from "
                + ", ".join(
                    f"lateral flatten(input => parse_json('[{','.join('1' * 1000)}]')) {name}" for name in "abcd"
                )
            )
        codes.append(caught.value.code)

    thread = threading.Thread(target=run)
    thread.start()
    started.wait(10)
    while thread.is_alive():
        session.cancel()
        thread.join(timeout=0.05)
    assert codes == [604]


def test_an_empty_statement_is_refused(session: Session) -> None:
    assert code_of(session, " ; ")[0] == 900


def test_an_error_of_the_account_itself_is_an_internal_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.sessions.session.parse_statement", lambda _: 1 / 0)
    assert code_of(session, "select 1") == (603, "XX000")


def test_variables_have_the_values_of_their_expressions(session: Session) -> None:
    session.execute("insert into T values (1, 'x'), (2, 'y')")
    session.execute("set K = 1 + 1")
    session.execute("set (FIRST, LAST) = (select min(B), 'it''s' from T)")
    answer = session.execute("select $k, $first, $LAST as L, '$k' as TEXT, A from T where A = $K")
    assert answer.rows == [(2, "x", "it's", "$k", 2)]
    assert [column.name for column in answer.columns] == ["$K", "$FIRST", "L", "TEXT", "A"]
    session.execute("unset K")
    assert code_of(session, "select $k") == (1003, "42000")


@pytest.mark.parametrize(
    "sql", ["set (A, B) = (1, 2, 3)", "set A = (select 1 union select 2)", "set A", "set (A) = 1 x"]
)
def test_what_is_no_assignment_sets_nothing(session: Session, sql: str) -> None:
    with pytest.raises(SnowflakeError):
        session.execute(sql)
    assert code_of(session, "select $A") == (1003, "42000")
