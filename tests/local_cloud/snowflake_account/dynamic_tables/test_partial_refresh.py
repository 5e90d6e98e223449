"""A refresh that makes again only what changes concern leaves what a refresh in full leaves, after any history."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account import Account

_LAG = "TARGET_LAG = '1 minute' WAREHOUSE = W"

QUERIES = {
    "filter and projection": "select N + 1 as M, T from A where N > 1",
    "every column": "select * from A",
    "first of each key": "select K, N, T from A qualify row_number() over (partition by K order by N, T) = 1",
    "first of each key behind a hash": (
        "select hash(V) as H, V, K, N from A qualify row_number() over (partition by hash(V), V order by K, N) = 1"
    ),
    "numbered": "select K, N, T, row_number() over (partition by K, T order by N) as P from A",
    "number over a step": (
        "with S as (select K as X, N * 2 as M from A where N <> 0), "
        "P as (select X, M, rank() over (partition by X order by M) as R from S) select X, M, R from P where R < 3"
    ),
    "windows in windows along one key": (
        "with D as (select K, N, T from A qualify row_number() over (partition by K, N order by T) = 1), "
        "L as (select K, N, lag(N) over (partition by K order by N, T) as BEFORE from D) select K, N, BEFORE from L"
    ),
    "windows along nothing in common": (
        "with D as (select K, N, T from A qualify row_number() over (partition by K, N order by T) = 1) "
        "select N, T, row_number() over (partition by T order by N, K) as P from D"
    ),
    "counts": "select K, T, count(*) as C from A group by K, T",
    "counts and counts of values": "select T, count(N) as VALUES_, count(*) as C from A group by T",
    "counts of what is filtered": "select K, count(*) as C from (select K, N from A where N > 1) group by K",
    "sums": "select K, sum(N) as S, max(T) as M, count(*) as C from A group by 1",
    "groups with a condition": "select K, count(*) as C from A group by K having count(*) > 1",
    "all rows": "select count(*) as C, sum(N) as S from A",
    "distinct": "select distinct K, T from A",
    "flatten": "select A.K, I.INDEX as P, I.VALUE::varchar as X from A, lateral flatten(input => A.V) as I",
    "flatten of a table function": "select A.K, I.VALUE:x::varchar as X from A, table(flatten(input => A.V)) as I",
    "union all": "select K, N from A union all select K, M from B",
    "union": "select K, N from A union select K, M from B",
    "union all with itself": "select K, N from A union all select K, N from A where N > 1",
    "inner join": "select A.K, A.N, B.M from A join B on A.K = B.K",
    "left join": "select A.K, A.N, B.M from A left join B on A.K = B.K and B.M > 1",
    "left join along another column": "select A.K as X, B.K as Y, A.N from A left join B on A.N = B.M",
    "join of what is counted": (
        "with C as (select K, count(*) as C from B group by K) select A.K, A.N, C.C from A left join C on A.K = C.K"
    ),
    "cross join": "select A.K, B.M from A, B",
    "self join": "select L.K, L.N, R.N as OTHER from A as L join A as R on L.K = R.K",
    "right join": "select B.K, B.M, A.N from A right join B on A.K = B.K",
    "a view": "select K, N from V where N > 1",
    "of another": "select K, C from COUNTED where C > 1",
    "first of another": "select K, N from FIRSTS qualify row_number() over (partition by N order by K) = 1",
}
"""By what they do; each reads A, B or the dynamic tables COUNTED and FIRSTS."""

IN_FULL = {
    "windows along nothing in common",
    "all rows",
    "cross join",
    "right join",
    "a view",
}
"""What the rule does not cover."""

KEYS = st.sampled_from(["a", "b", None])
NUMBERS = st.integers(0, 3)
VALUES = st.one_of(st.lists(st.sampled_from([1, "x", None]), max_size=2), st.just({"x": 1}), st.none())
ROWS = st.tuples(KEYS, NUMBERS, st.sampled_from(["s", "t"]), VALUES)
CHANGES = st.one_of(
    st.tuples(st.just("insert"), st.lists(ROWS, min_size=1, max_size=3)),
    st.tuples(st.just("insert B"), st.lists(ROWS, min_size=1, max_size=2)),
    st.tuples(st.just("again"), st.none()),
    st.tuples(st.just("delete"), NUMBERS),
    st.tuples(st.just("update"), NUMBERS),
    st.tuples(st.just("truncate"), st.none()),
    st.tuples(st.just("replace"), st.none()),
    st.tuples(st.just("checkpoint"), st.none()),
    st.tuples(st.just("undone"), NUMBERS),
    st.tuples(st.just("refresh"), st.none()),
)
WEIGHTED = st.one_of(CHANGES, st.tuples(st.just("insert"), st.lists(ROWS, min_size=1, max_size=3)), CHANGES)
HISTORIES = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def tables(account: Account) -> Account:
    """R.S with tables A and B, the view V and the dynamic tables COUNTED and FIRSTS of A."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table A (K varchar, N number, T varchar, V variant)",
        "create table B (K varchar, M number)",
        "create view V as select K, N from A",
        f"create dynamic table COUNTED {_LAG} as select K, count(*) as C from A group by K",
        f"create dynamic table FIRSTS {_LAG} as "
        "select K, T, N from A qualify row_number() over (partition by K, T order by N) = 1",
    ):
        account.execute(sql)
    return account


def text(value: str | None) -> str:
    return "null" if value is None else f"'{value}'"


def change(account: Account, kind: str, value: Any) -> None:
    match kind:
        case "insert":
            values = ", ".join(f"({text(k)}, {n}, '{t}', '{json.dumps(v)}')" for k, n, t, v in value)
            account.execute("insert into A select column1, column2, column3, parse_json(column4) from values " + values)
        case "insert B":
            account.execute("insert into B values " + ", ".join(f"({text(k)}, {n})" for k, n, *_ in value))
        case "again":
            account.execute("insert into A select * from A where N = 1")
        case "delete":
            account.execute(f"delete from A where N = {value}")
        case "update":
            account.execute(f"update A set T = 'u' where N = {value}")
        case "truncate":
            account.execute("truncate table B")
        case "replace":
            account.execute("create or replace table B (K varchar, M number)")
        case "checkpoint":
            account.shared.databases.execute("checkpoint R")
        case "undone":
            account.execute("begin")
            account.execute(f"delete from A where N = {value}")
            account.execute("insert into A select 'a', 1, 's', parse_json('[1]')")
            account.execute("rollback")
        case "refresh":
            account.refresh_dynamic_tables()


def rows(account: Account, sql: str) -> Counter[str]:
    return Counter(str(row) for row in account.execute(sql).rows)


def actions(account: Account, name: str) -> list[str]:
    told = account.execute(
        "select REFRESH_ACTION from table(R.INFORMATION_SCHEMA.DYNAMIC_TABLE_REFRESH_HISTORY("
        f"NAME => 'R.S.{name}', RESULT_LIMIT => 10000)) order by REFRESH_START_TIME"
    )
    return [action for (action,) in told.rows]


@HISTORIES
@given(history=st.lists(WEIGHTED, max_size=10))
def test_any_history_leaves_what_the_queries_answer(tables: Account, history: list[tuple[str, Any]]) -> None:
    for table in ("A", "B"):
        tables.execute(f"delete from {table}")
    for number, query in enumerate(QUERIES.values()):
        tables.execute(f"create dynamic table if not exists Q{number} {_LAG} as {query}")
    tables.refresh_dynamic_tables()
    for kind, value in history:
        change(tables, kind, value)
    tables.refresh_dynamic_tables()
    for number, (what, query) in enumerate(QUERIES.items()):
        assert rows(tables, f"select * from Q{number}") == rows(tables, query), what


@pytest.mark.parametrize(("what", "query"), QUERIES.items(), ids=QUERIES)
def test_new_rows_are_followed_where_the_rule_covers_the_query(tables: Account, what: str, query: str) -> None:
    change(tables, "insert", [("a", 2, "s", ["x"]), ("b", 3, "t", None)])
    change(tables, "insert B", [("a", 2, "", None)])
    tables.execute(f"create dynamic table Q {_LAG} as {query}")
    tables.refresh_dynamic_tables()
    change(tables, "insert", [("a", 1, "s", [1]), ("c", 2, "t", ["x"])])
    tables.refresh_dynamic_tables()
    tables.refresh_dynamic_tables()
    followed = "FULL" if what in IN_FULL else "INCREMENTAL"
    assert actions(tables, "Q")[1:] == [followed, "NO_DATA"]
    assert rows(tables, "select * from Q") == rows(tables, query)
