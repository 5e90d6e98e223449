from __future__ import annotations

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.snowflake_account.tuning import tuned

QUERY = """
with u as (select * from t), v as (select * from u where j is null union all select * from u where j is not null)
select k, n, row_number() over (partition by k, j order by n) as r, sum(n) over (partition by k) as s,
    count(*) over () as c
from v order by k nulls first, j nulls first, n
"""


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1, None]), st.integers(0, 9)), max_size=9)
)
def test_windows_answer_the_same_tuned(rows: list[tuple[str | None, int | None, int]]) -> None:
    with duckdb.connect() as duck:
        duck.execute("create table t (k varchar, j integer, n integer)")
        if rows:
            duck.executemany("insert into t values (?, ?, ?)", rows)
        faster = tuned(sqlglot.parse_one(QUERY, read="duckdb")).sql("duckdb")
        assert sorted(duck.execute(faster).fetchall(), key=str) == sorted(duck.execute(QUERY).fetchall(), key=str)


@pytest.mark.parametrize(("partition", "expected"), [("partition by k, j", "HASH(k, j), k, j"), ("", "OVER ()")])
def test_the_hash_stands_before_the_keys(partition: str, expected: str) -> None:
    tree = sqlglot.parse_one(f"select count(*) over ({partition}) from t")
    assert expected in tuned(tree).sql()


def test_only_steps_that_are_read_once_are_seen_through() -> None:
    sql = tuned(sqlglot.parse_one("with a as (select 1), b as (select * from a, a as again) select * from b")).sql(
        "duckdb"
    )
    assert sql.startswith("WITH a AS (")
    assert "b AS NOT MATERIALIZED (" in sql
