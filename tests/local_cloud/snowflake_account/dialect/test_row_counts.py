"""COUNT_IF counts rows, and of no rows it counts 0."""

from __future__ import annotations

import pytest

from local_cloud.snowflake_account import Account

COUNTS = {
    "of no rows": ("select count_if(v = 1) as n from (select 1 as v) where v = 2", [(0,)]),
    "of rows, some of them unknown": ("select count_if(v > 1) as n from values (1), (2), (3), (null) as t (v)", [(2,)]),
    "in an expression": ("select count_if(v = 1) + 1 as n from (select 1 as v) where v = 2", [(1,)]),
    "in a subquery": ("select (select count_if(v = 1) from (select 1 as v) where v = 2) as n", [(0,)]),
    "of a group": (
        "select count_if(v = 1) as n from values (1), (1), (2) as t (v) group by v order by v",
        [(2,), (0,)],
    ),
    "of a window": ("select count_if(v = 1) over () as n from values (1), (2) as t (v)", [(1,), (1,)]),
}


@pytest.mark.parametrize(("sql", "rows"), COUNTS.values(), ids=COUNTS.keys())
def test_count_if(account: Account, sql: str, rows: list[tuple[int]]) -> None:
    assert account.execute(sql).rows == rows


def test_a_view_counts_no_rows_too(account: Account) -> None:
    account.execute("create database D")
    account.execute("create view D.PUBLIC.V as select count_if(v = 1) as n from (select 1 as v) as t where v = 2")
    assert account.execute("select n from D.PUBLIC.V").rows == [(0,)]


def test_a_count_without_a_name_is_named_as_in_snowflake(account: Account) -> None:
    result = account.execute("select count_if(v = 1) from (select 1 as v)")
    assert [column.name for column in result.columns] == ["COUNT_IF(V = 1)"]
