"""LAST_QUERY_ID, RESULT_SCAN, EXPLAIN, GET_DDL: what a session asks about its statements and the account's objects."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, Session, SnowflakeError
from local_cloud.snowflake_account.language.statement_text import statements_of
from local_cloud.snowflake_account.sessions.query_history import KEPT_RESULTS
from tests.local_cloud.snowflake_account.landing import open_aws


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One account for all, with objects of the kinds that have a definition."""
    with open_aws() as aws, contextlib.closing(Account(tmp_path_factory.mktemp("earlier"), aws)) as opened:
        for sql in (
            "create warehouse W",
            "create database R",
            "create schema R.S",
            "create sequence SQ start with 7 increment by -3 order comment = 'it''s'",
            "create table P (ID int autoincrement primary key)",
            """create table T (ID int identity(5, 2), P_ID int references P, "a b" varchar(10) default 'it''s'
               comment 'b''s', V variant, N int default SQ.nextval, constraint U unique (P_ID, "a b") rely)
               cluster by (P_ID, N) comment = 'a \\\\ table'""",
            """insert into T (P_ID, V) select 1, parse_json('{"a": 1}')""",
            "create secure view V (P comment 'pp', Q) comment = 'v' as select ID, V:a from R.S.T",
            """create dynamic table DT target_lag = '1 minute' warehouse = W
               as select P_ID, count(*) as N from T group by P_ID""",
            "create file format F type = csv skip_header = 1 null_if = ('a', '') field_optionally_enclosed_by = '\\''",
        ):
            opened.execute(sql)
        yield opened


@pytest.fixture
def session(account: Account) -> Iterator[Session]:
    with contextlib.closing(account.connect("R", "S")) as opened:
        yield opened


def test_the_last_result_is_a_table_with_the_types_that_it_had(session: Session) -> None:
    session.execute("select P_ID, V, '2026-01-02'::date as D from T")
    read = "select P_ID + 1, V:a::int, D::varchar, month(D) from table(result_scan(last_query_id()))"
    assert session.execute(read).rows == [(2, 1, "2026-01-02", 1)]


def test_what_show_answers_can_be_queried(session: Session) -> None:
    session.execute("show tables in schema R.S")
    read = (
        """select "name", "rows", "created_on" > '2000-01-01'::timestamp_ltz from table(result_scan(last_query_id()))"""
    )
    assert session.execute(f"{read} order by 1").rows == [("P", 0, True), ("T", 1, True)]


def test_statements_are_numbered_from_the_first_and_from_the_last(session: Session) -> None:
    assert session.execute("select last_query_id()").rows == [(None,)]
    ids = [session.execute("select last_query_id()").rows[0][0] for _ in range(3)]
    assert len(set(ids)) == 3
    assert session.execute("select last_query_id(2), last_query_id(-2), last_query_id(99)").rows == [
        (ids[1], ids[2], None)
    ]
    with pytest.raises(SnowflakeError, match="needs to be constant"):
        session.execute("select last_query_id(P_ID) from T")


def test_a_query_has_the_id_that_its_client_gave_it(session: Session) -> None:
    session.execute_many("select 7 as X", [()], query_id="given")
    with pytest.raises(SnowflakeError):
        session.execute_many("select NOPE", [()], query_id="failed")
    assert session.execute("select last_query_id(), last_query_id(-2)").rows == [("failed", "given")]
    assert session.execute("select X from table(result_scan('given'))").rows == [(7,)]
    for unread in ("failed", "nope"):
        with pytest.raises(SnowflakeError) as caught:
            session.execute(f"select * from table(result_scan('{unread}'))")
        assert caught.value.code == 709


def test_a_session_keeps_so_many_results_and_no_more(session: Session) -> None:
    for number in range(KEPT_RESULTS + 1):
        session.execute_many(f"select {number} as X", [()], query_id=f"q{number}")
    assert session.execute("select X from table(result_scan('q1'))").rows == [(1,)]
    with pytest.raises(SnowflakeError, match="q0 not found"):
        session.execute("select X from table(result_scan('q0'))")


def test_an_explained_statement_is_not_executed(session: Session) -> None:
    plan = session.execute("explain insert into P (ID) select N from T group by N").dicts()
    assert [plan[0]["operation"], plan[1]["operation"]] == ["GlobalStats", "Result"]
    assert {"Insert", "Aggregate", "TableScan"} <= {step["operation"] for step in plan}
    assert [step["objects"] for step in plan if step["operation"] == "TableScan"] == ["R.S.T"]
    assert session.execute("select count(*) from P").rows == [(0,)]


def test_a_plan_is_a_table_a_text_or_json(session: Session) -> None:
    ((text,),) = session.execute("explain using text select * from T").rows
    assert "TableScan  R.S.T" in text
    ((content,),) = session.execute("explain using json select * from T").rows
    assert ["R.S.T"] in [step.get("objects") for step in json.loads(content)["Operations"][0]]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("explain", 900),
        ("explain create table X (A int)", 2),
        ("explain select * from NOPE", 2003),
        ("explain using nope select 1", 2),
        ("explain undrop table T", 2),
        ("select get_ddl('table', 'NOPE')", 2003),
        ("select get_ddl('procedure', 'P()')", 2),
        ("select get_ddl('table')", 939),
        ("select get_ddl('table', 'T; drop table T')", 1003),
    ],
)
def test_what_is_not_there_is_refused(session: Session, sql: str, code: int) -> None:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "name", "show"),
    [
        ("sequence", "SQ", "show sequences like 'SQ' in schema R.S"),
        ("table", "T", "describe table T"),
        ("view", "V", "describe view V"),
        ("dynamic_table", "DT", "describe dynamic table DT"),
        ("file_format", "F", "describe file format F"),
    ],
)
def test_a_definition_makes_the_object_again(session: Session, kind: str, name: str, show: str) -> None:
    def said() -> list[dict[str, Any]]:
        rows = session.execute(show).dicts()
        return [{key: value for key, value in row.items() if key not in ("created_on", "next_value")} for row in rows]

    before = said()
    ((ddl,),) = session.execute(f"select get_ddl('{kind}', '{name}')").rows
    ((full,),) = session.execute(f"select get_ddl('{kind}', 'R.S.{name}', true)").rows
    assert full == re.sub(rf"\b{name}\b", f"R.S.{name}", ddl, count=1)
    session.execute(ddl)
    assert said() == before
    assert session.execute(f"select get_ddl('{kind}', '{name}')").rows == [(ddl,)]


def test_a_databases_definition_makes_all_that_it_holds_again(account: Account) -> None:
    with contextlib.closing(account.connect()) as session:
        session.execute("create database C")
        session.execute("create table C.PUBLIC.T (A int comment 'a')")
        session.execute("create view C.PUBLIC.V as select A from C.PUBLIC.T")
        ((ddl,),) = session.execute("select get_ddl('database', 'C')").rows
        session.execute("drop database C")
        for statement in statements_of(ddl):
            session.execute(statement)
        assert session.execute("select get_ddl('database', 'C')").rows == [(ddl,)]
