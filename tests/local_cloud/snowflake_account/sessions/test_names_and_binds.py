"""What stands for a name or a value: IDENTIFIER(…), session variables, placeholders, positions of columns."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, Session, SnowflakeError
from tests.local_cloud.snowflake_account.landing import open_aws


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One account for all, with a table of two rows."""
    with open_aws() as aws, contextlib.closing(Account(tmp_path_factory.mktemp("names"), aws)) as opened:
        for sql in (
            "create database R",
            "create schema R.S",
            "create table R.S.T (A number, B varchar)",
            "insert into R.S.T values (1, 'x'), (2, 'y')",
        ):
            opened.execute(sql)
        yield opened


@pytest.fixture
def session(account: Account) -> Iterator[Session]:
    with contextlib.closing(account.connect("R", "S")) as opened:
        yield opened


def code_of(session: Session, sql: str, binds: Any = ()) -> int:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql, binds)
    return caught.value.code


@pytest.mark.parametrize(
    "sql", ["select 1; -- c", "select 1 -- c", "select 1; /* c */ ;", "-- c\n;select 1", "select /* ; */ 1;;"]
)
def test_a_comment_is_no_statement(session: Session, sql: str) -> None:
    assert session.execute(sql).rows == [(1,)]


def test_a_name_may_be_a_text_wherever_a_name_stands(session: Session) -> None:
    session.execute("""create or replace temporary table identifier('r.s."my t"') (A number)""")
    session.execute("""insert into identifier('"my t"') values (7)""")
    session.execute("""alter table identifier('"my t"') rename to identifier('made')""")
    assert session.execute("describe table identifier('MADE')").dicts()[0]["name"] == "A"
    assert session.execute("select identifier('a') from identifier('r.s.made')").rows == [(7,)]
    assert session.execute("select t.A from table('made') t").rows == [(7,)]
    session.execute("create or replace temporary view V as select A + 1 as A from identifier('made')")
    assert session.execute("select A from V").rows == [(8,)]
    session.execute("update identifier('made') set A = 9")
    session.execute("delete from identifier('made')")
    session.execute("use schema identifier('r.public')")
    assert session.context.schema == "PUBLIC"
    session.execute("drop table identifier('r.s.made')")
    assert code_of(session, "describe table R.S.MADE") == 2003


def test_a_name_may_be_a_variable_or_a_bound_value(session: Session) -> None:
    session.execute("set NAME = 'r.s.t'")
    assert session.execute("select B from identifier($name) where A = ?", [2]).rows == [("y",)]
    assert session.execute("select ?, B from identifier(?) where A = ?", ["v", "T", 2]).rows == [("v", "y")]
    assert session.execute("select :2, B from identifier(:1) where A = :3", ["T", "v", 2]).rows == [("v", "y")]
    assert session.execute("describe table identifier(?)", ["T"]).dicts()[1]["name"] == "B"
    assert code_of(session, "select * from identifier($nope)") == 1003
    assert code_of(session, "select * from identifier(?)") == 2049


@pytest.mark.parametrize("text", ["t; drop table t", "t where 1 = 1", "", "1t", "t,t"])
def test_a_text_that_is_no_name_is_refused(session: Session, text: str) -> None:
    assert code_of(session, f"select * from identifier('{text}')") == 1003
    assert session.execute("select count(*) from T").rows == [(2,)]


def test_values_are_bound_by_their_names(session: Session) -> None:
    assert session.execute("select :b, :a, :b", {"a": 1, "b": "x"}).rows == [("x", 1, "x")]
    with pytest.raises(SnowflakeError, match="Bind variable :c not set") as caught:
        session.execute("select :a, :c", {"a": 1})
    assert caught.value.code == 2049
    assert code_of(session, "select :a", [1]) == code_of(session, "select ?", {"a": 1}) == 2049


def test_rows_are_bound_by_their_names(session: Session) -> None:
    session.execute("create or replace temporary table N (A number, B varchar)")
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert session.execute_many("insert into N values (:a, :b)", rows).rows == [(2,)]
    assert session.execute("select * from N order by A").rows == [(1, "x"), (2, "y")]


POSITIONS = {
    "values": ("select $1 from values (1)", [(1,)]),
    "values under an alias": ("select t.$2, $1 from values (1, 'x'), (2, 'y') t order by 2", [("x", 1), ("y", 2)]),
    "values in brackets": ("select $1 as A from (values (3), (4)) where $1 > 3", [(4,)]),
    "named columns": ("select $2 from values (1, 2) as t (p, q)", [(2,)]),
    "a table": ("select $2 from T where $1 = 2", [("y",)]),
    "a query": ("select $1 from (select B, A from T) order by $2 desc", [("y",), ("x",)]),
    "a step": ("with s as (select B from T) select $1 from s order by 1", [("x",), ("y",)]),
    "two tables": ("select p.$1, q.$2 from T p join T q on p.$1 = q.$1 order by 1", [(1, "x"), (2, "y")]),
}


@pytest.mark.parametrize(("sql", "rows"), POSITIONS.values(), ids=POSITIONS)
def test_a_column_may_be_named_by_its_position(session: Session, sql: str, rows: list[tuple[Any, ...]]) -> None:
    assert session.execute(sql).rows == rows


def test_a_position_is_the_name_of_its_column_in_an_answer_and_in_a_table(session: Session) -> None:
    assert [column.name for column in session.execute("select $1, $2 as X from T").columns] == ["$1", "X"]
    session.execute("""create temporary table MADE as select $1 as "a", $2 as "B" from values (1::int, 'x'::string)""")
    assert session.execute("""select "a", B from MADE""").rows == [(1, "x")]


@pytest.mark.parametrize("sql", ["select $3 from T", "select $1", "select $0 from T", "select $1 from T p, T q"])
def test_a_position_of_no_column_is_refused(session: Session, sql: str) -> None:
    assert code_of(session, sql) == 904


@pytest.mark.parametrize("word", ["temporary", "temp", "scoped temporary", "scoped temp"])
def test_temporary_objects_end_with_their_session(account: Account, word: str) -> None:
    with contextlib.closing(account.connect("R", "S")) as session:
        session.execute(f"create {word} table TMP (A number)")
        session.execute(f"create or replace {word} view TMP_V as select 1 as A")
        session.execute(f"create {word} file format TMP_F type = csv")
        assert len(session.execute("show file formats like 'TMP_F'").rows) == 1
    for kind in ("tables", "views", "file formats"):
        assert account.execute(f"show {kind} like 'TMP%' in database R").rows == []


@pytest.mark.parametrize("what", ["scoped temporary schema X", "volatile schema X", "scoped table X (A int)"])
def test_what_cannot_be_temporary_is_refused_by_name(session: Session, what: str) -> None:
    assert code_of(session, f"create {what}") == 2


def test_a_session_stops_what_another_of_its_user_runs(account: Account, session: Session) -> None:
    codes: list[int] = []
    numbers = f"parse_json('[{','.join('1' * 1000)}]')"
    long = ", ".join(f"lateral flatten(input => {numbers}) {name}" for name in "abcd")

    with contextlib.closing(account.connect("R", "S")) as other:
        sql = f"select sum(a.INDEX * b.INDEX) from {long}"
        thread = threading.Thread(target=lambda: codes.append(code_of(other, sql)))
        thread.start()
        while thread.is_alive():
            session.execute(f"select system$cancel_all_queries({other.number})")
            thread.join(timeout=0.05)
        assert codes == [604]
        own = session.execute(f"select system$cancel_all_queries({session.number}), system$cancel_all_queries(999999)")
    assert own.rows == [("0 cancelled.", "0 cancelled.")]


def test_another_users_session_is_not_stopped(account: Account, session: Session) -> None:
    account.execute("create user if not exists SOMEBODY")
    with contextlib.closing(account.connect("R", "S", user="SOMEBODY")) as other:
        assert code_of(other, f"select system$cancel_all_queries({session.number})") == 3001


def test_a_placeholder_is_cast_without_a_blank_before_the_colons(session: Session) -> None:
    sql = "select ?::number + 1 as A, '?::' as B, ?::varchar as C -- ?::"

    assert session.execute(sql, ("2", 3)).rows == [(3, "?::", "3")]
