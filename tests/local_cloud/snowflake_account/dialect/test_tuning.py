from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from local_cloud.snowflake_account.dialect.tuning import tuned

WINDOWS = """
with u as (select * from t), v as (select * from u where j is null union all select * from u where j is not null)
select k, n, row_number() over (partition by k, j order by n) as r, sum(n) over (partition by k) as s,
    count(*) over () as c
from v order by k nulls first, j nulls first, n
"""

REPEATS = """
with a as (select k, j, n from t qualify row_number() over (partition by k, n order by j) = 1),
b as (select k, a.j as q, n, row_number() over (partition by k order by j, n) as r from a),
c as (select k, r, n from b qualify row_number() over (partition by r order by k nulls last, n) = 1)
select * from b union all select k, null, n, r from c
"""

NAMES = """
with "select" as (select t.*, row_number() over (partition by k order by j, n) as "a b" from t),
"A.b" as (select q."a b" as x, row_number() over (partition by "a b" order by n, j, k) as key_hash from "select" as q),
key_hash as (select key_hash, row_number() over (partition by key_hash order by x) as r from "A.b")
select x, key_hash from "A.b" union all select r, key_hash from key_hash
"""

TOP = "select hash(j) as h, k as _rows, n from t qualify row_number() over (partition by k, n order by j) = 1"

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", "", None]), st.sampled_from([1, 2, None]), st.integers(0, 4)))


def is_table(name: exp.Table) -> bool:
    return name.name == "t"


def sql(query: str) -> str:
    return tuned(sqlglot.parse_one(query, read="duckdb"), is_table).sql("duckdb")


@pytest.mark.parametrize("query", [WINDOWS, REPEATS, NAMES, TOP], ids=["windows", "repeats", "names", "top"])
@settings(deadline=None)
@given(rows=ROWS)
def test_a_tuned_query_answers_the_same(query: str, rows: list[tuple[str | None, int | None, int]]) -> None:
    with duckdb.connect() as duck:
        duck.execute("create table t (k varchar, j integer, n integer)")
        if rows:
            duck.executemany("insert into t values (?, ?, ?)", rows)
        assert sorted(duck.execute(sql(query)).fetchall(), key=str) == sorted(duck.execute(query).fetchall(), key=str)


@pytest.mark.parametrize(("partition", "expected"), [("partition by k, j", "HASH(k, j), k, j"), ("", "OVER ()")])
def test_the_hash_stands_before_the_keys(partition: str, expected: str) -> None:
    assert expected in sql(f"select count(*) over ({partition}) from t")


def test_only_steps_that_are_read_once_are_seen_through() -> None:
    query = sql("with a as (select 1), b as (select * from a, a as again), d as (select * from s.d) select * from b, d")
    assert query.startswith("WITH a AS (")
    assert "b AS NOT MATERIALIZED (" in query
    assert "d AS NOT MATERIALIZED (" in query  # the table that it reads only has the same name


@pytest.mark.parametrize(
    "query",
    [
        "with a as (select n, row_number() over (partition by k order by n) as r from t) select sum(r) from a",
        "select hash(n) as h, row_number() over (partition by k order by n) as r from t",
    ],
    ids=["of a step", "of the query itself, beside a hash"],
)
def test_only_rows_whose_keys_repeat_go_through_a_window(query: str) -> None:
    with duckdb.connect() as duck:
        duck.execute("create table t as select i // 2 as k, i as n from range(100) as r (i)")
        duck.execute("insert into t select 1000 + i, 0 from range(900) as r (i)")
        plan = json.loads(duck.execute(f"explain (analyze, format json) {sql(query)}").fetchall()[0][1])
    (window,) = [operator for operator in operators(plan) if operator.get("type") == "WINDOW"]
    assert window["intermediate_rows"] == 100


def operators(plan: Any) -> Iterator[dict[str, Any]]:
    """Yield a plan's parts, at any depth."""
    if isinstance(plan, dict):
        yield plan
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from operators(part)


UNTOUCHED = {
    "a key that may be another column's name": (
        "with a as (select n as k, row_number() over (partition by k order by n) as r from t) select * from a"
    ),
    "a view": "with a as (select k, row_number() over (partition by k order by n) as r from v) select * from a",
    "a step that may change": (
        "with u as (select k, n from t limit 5), "
        "a as (select k, row_number() over (partition by k order by n) as r from u) select * from a"
    ),
    "a condition": "with a as (select k, row_number() over (partition by k order by n) r from t where j = 1) from a",
    "keys that are computed": "with a as (select k, row_number() over (partition by n % 2 order by n) r from t) from a",
    "columns that are computed": (
        "with a as (select random() as x, row_number() over (partition by k order by n) as r from t) select * from a"
    ),
    "no keys": "with a as (select k, row_number() over (order by n) as r from t) select * from a",
    "another window": "with a as (select k, rank() over (partition by k order by n) as r from t) select * from a",
    "two windows": (
        "with a as (select row_number() over (partition by k order by n) as r, "
        "row_number() over (partition by j order by n) as s from t) select * from a"
    ),
    "another number": "with a as (select k from t qualify row_number() over (partition by k order by n) = 2) from a",
    "two tables": (
        "with a as (select t.k, row_number() over (partition by t.k order by t.n) as r from t, t as u) select * from a"
    ),
    "a sample": "with a as (select k, row_number() over (partition by k order by n) r from t tablesample 10%) from a",
}


def test_a_step_that_gives_something_else_each_time_is_not_seen_through() -> None:
    with duckdb.connect() as duck:
        twice = (
            "with a as (select uuid() as u), b as (select u from a) select count(*) from b as x join b as y using (u)"
        )
        assert duck.execute(sql(twice)).fetchall() == [(1,)]
    assert "a AS (" in sql("with a as (select * from t limit 1), b as (select * from a) select * from b, b as again")


def test_new_steps_have_names_of_their_own() -> None:
    query = sql(
        "with _a_hashes as (select 1), a as (select k, row_number() over (partition by k order by n) as r from t) "
        "select * from a, _a_hashes"
    )
    assert "_a_HASHES_ AS MATERIALIZED" in query


@pytest.mark.parametrize("query", UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_step_is_left_whole_where_its_source_might_not_be_the_same_twice(query: str) -> None:
    assert "HASHES" not in sql(query)
