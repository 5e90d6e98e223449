"""A statement that fails takes back itself and nothing else of its transaction."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account import Account, Session, SnowflakeError
from tests.local_cloud.snowflake_account.landing import open_aws

Rows = list[tuple[int, str]]

_tables = itertools.count(1)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One account for all: each test has a table of its own in it."""
    folder: Path = tmp_path_factory.mktemp("transactions")
    with open_aws() as aws, contextlib.closing(Account(folder, aws)) as opened:
        opened.execute("create database R")
        yield opened


@pytest.fixture
def table(account: Account) -> str:
    """An empty table in the current schema, by name."""
    name = f"R.PUBLIC.T{next(_tables)}"
    account.execute(f"create table {name} (A number not null, B varchar, AT timestamp_ltz default current_timestamp())")
    return name


@pytest.fixture
def session(account: Account) -> Iterator[Session]:
    """A session in R.PUBLIC."""
    with contextlib.closing(account.connect("R", "PUBLIC")) as opened:
        yield opened


def rows_of(account: Account | Session, table: str) -> Rows:
    return [(int(a), b) for a, b in account.execute(f"select A, B from {table} order by A, B").rows]


def fails(session: Session, sql: str) -> SnowflakeError:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    return caught.value


FAILURES = {
    "syntax": "selec 1",
    "unknown name": "select NOPE from {t}",
    "unknown table": "insert into NOPE select 1",
    "a value when it is read": "select B::int from {t}",
    "a value when it is written": "insert into {t} (A, B) select 9, 'nine' union all select to_number(B), B from {t}",
    "a null": "insert into {t} (A, B) values (7, 'seven'), (null, 'none')",
    "an update": "update {t} set A = to_number(B)",
    "a merge": "merge into {t} using (select 1 as X union all select 1) u on {t}.A = u.X "
    "when matched then update set B = 'm'",
    "an unsupported word": "call NOPE()",
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_what_came_before_a_failing_statement_and_what_comes_after_is_committed(
    account: Account, session: Session, table: str, failure: str
) -> None:
    session.execute("begin")
    session.execute(f"insert into {table} (A, B) values (1, 'x')")
    assert "rolled back" not in fails(session, failure.format(t=table)).message
    assert rows_of(session, table) == [(1, "x")]
    session.execute(f"insert into {table} (A, B) values (2, 'y')")
    assert rows_of(account, table) == []
    session.execute("commit")
    assert rows_of(account, table) == [(1, "x"), (2, "y")]


def test_what_time_and_chance_have_written_is_the_same_after_a_failing_statement(session: Session, table: str) -> None:
    session.execute("begin")
    session.execute(f"insert into {table} (A) values (1)")
    session.execute(f"insert into {table} (A, B) select 2, uuid_string()")
    session.execute(f"update {table} set B = to_varchar(current_timestamp()) where A = 1")
    before = session.execute(f"select * from {table} order by A").rows
    fails(session, "select 'x'::int")
    assert session.execute(f"select * from {table} order by A").rows == before


def test_rows_that_were_bound_stay_after_a_failing_statement(account: Account, session: Session, table: str) -> None:
    session.execute("begin")
    session.execute_many(f"insert into {table} (A, B) values (?, ?)", [(1, "x"), (2, "y")])
    with pytest.raises(SnowflakeError):
        session.execute_many(f"update {table} set A = to_number(?) where A = ?", [("9", 1), ("x", 2)])
    session.execute("commit")
    assert rows_of(account, table) == [(1, "x"), (2, "y")]


@pytest.mark.parametrize("change", ["insert into {t} (A, B) values (5, 'other')", "create table {t}_MADE (A number)"])
def test_a_transaction_that_cannot_be_had_again_is_rolled_back_and_says_so(
    account: Account, session: Session, table: str, change: str
) -> None:
    """What another session commits meanwhile could be seen by changes that were made before."""
    session.execute("begin")
    session.execute(f"insert into {table} (A, B) values (1, 'x')")
    account.execute(change.format(t=table))
    assert "rolled back: another session has committed" in fails(session, "select 'x'::int").message
    assert fails(session, "select 1").code == fails(session, "commit").code == 90232
    session.execute("select 1")
    assert (1, "x") not in rows_of(account, table)


def test_an_error_of_names_does_no_harm_whatever_others_do(account: Account, session: Session, table: str) -> None:
    session.execute("begin")
    session.execute(f"insert into {table} (A, B) values (1, 'x')")
    account.execute(f"insert into {table} (A, B) values (5, 'other')")
    fails(session, f"select NOPE from {table}")
    session.execute("commit")
    assert rows_of(account, table) == [(1, "x"), (5, "other")]


def test_with_transaction_abort_on_error_a_failing_statement_ends_the_transaction(
    account: Account, session: Session, table: str
) -> None:
    session.execute("alter session set transaction_abort_on_error = true")
    session.execute("begin")
    session.execute(f"insert into {table} (A, B) values (1, 'x')")
    assert "TRANSACTION_ABORT_ON_ERROR is set" in fails(session, "select NOPE").message
    assert fails(session, f"insert into {table} (A) values (2)").code == 90232
    session.execute("rollback")
    session.execute(f"insert into {table} (A, B) values (3, 'z')")
    assert rows_of(account, table) == [(3, "z")]


NUMBER, TEXT = st.integers(0, 4), st.sampled_from(["0", "1", "x", "y"])
STATEMENTS = st.one_of(
    st.tuples(st.just("insert"), NUMBER, TEXT),
    st.tuples(st.just("insert_failing"), NUMBER, TEXT),
    st.tuples(st.just("double"), NUMBER, TEXT),
    st.tuples(st.just("update"), NUMBER, TEXT),
    st.tuples(st.just("number"), NUMBER, TEXT),
    st.tuples(st.just("delete"), NUMBER, TEXT),
    st.tuples(st.just("truncate"), NUMBER, TEXT),
    st.tuples(st.just("merge"), NUMBER, TEXT),
    st.tuples(st.sampled_from(["nope", "begin", "commit", "rollback"]), NUMBER, TEXT),
)

SQL = {
    "insert": "insert into {t} (A, B) values ({a}, '{b}')",
    "insert_failing": "insert into {t} (A, B) values ({a}, '{b}'), (null, '{b}')",
    "double": "insert into {t} (A, B) select A + {a}, B from {t} where B = '{b}'",
    "update": "update {t} set B = '{b}' where A = {a}",
    "number": "update {t} set A = to_number(B) where A = {a}",
    "delete": "delete from {t} where A = {a} or B = '{b}'",
    "truncate": "truncate table {t}",
    "merge": "merge into {t} using (select A as X from {t} where A = {a}) u on {t}.A = u.X "
    "when matched then update set B = '{b}' when not matched then insert (A, B) values (u.X, '{b}')",
    "nope": "select NOPE from {t}",
    "begin": "begin",
    "commit": "commit",
    "rollback": "rollback",
}


def changed(rows: Rows, kind: str, a: int, b: str) -> Rows | None:
    """Return what a statement makes of rows, None where it fails."""
    match kind:
        case "insert":
            return [*rows, (a, b)]
        case "double":
            return rows + [(number + a, text) for number, text in rows if text == b]
        case "update":
            return [(number, b if number == a else text) for number, text in rows]
        case "number":
            if any(number == a and not text.isdigit() for number, text in rows):
                return None
            return [(int(text) if number == a else number, text) for number, text in rows]
        case "delete":
            return [row for row in rows if row[0] != a and row[1] != b]
        case "truncate":
            return []
        case "merge":
            found = [row for row in rows if row[0] == a]
            return None if len(found) > 1 else [(number, b if number == a else text) for number, text in rows]
        case _:
            return None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATEMENTS, min_size=1, max_size=14))
def test_any_statements_give_what_a_transaction_of_python_gives(
    account: Account, session: Session, table: str, statements: list[tuple[str, int, str]]
) -> None:
    for sql in ("rollback", f"truncate table {table}"):
        session.execute(sql)
    committed: Rows = []
    working: Rows | None = None
    for kind, a, b in statements:
        sql = SQL[kind].format(t=table, a=a, b=b)
        if kind in ("begin", "commit", "rollback"):
            session.execute(sql)
            if kind == "begin":
                working = committed if working is None else working
            else:
                committed = working if kind == "commit" and working is not None else committed
                working = None
            continue
        current = committed if working is None else working
        if (after := changed(current, kind, a, b)) is None:
            fails(session, sql)
            after = current
        else:
            session.execute(sql)
        committed, working = (after, None) if working is None else (committed, after)
        assert rows_of(session, table) == sorted(after), sql
    assert rows_of(account, table) == sorted(committed)
