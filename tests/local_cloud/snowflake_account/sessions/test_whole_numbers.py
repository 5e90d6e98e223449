"""Sums of whole numbers are NUMBER(38,0), however large: DuckDB has them as 128-bit integers, Arrow as doubles."""

from __future__ import annotations

from decimal import Decimal

import pytest

from local_cloud.snowflake_account import Account


@pytest.mark.parametrize("value", [0, 5, -7, 2**53 + 1, 9_223_372_036_854_775_807], ids=str)
def test_a_sum_is_exact(account: Account, value: int) -> None:
    result = account.execute(f"select 'x' as a, sum(v) as s, sum(v) as t from (select {value}::number(38, 0) as v)")
    assert result.rows == [("x", Decimal(value), Decimal(value))]
    assert [type(cell) for cell in result.rows[0]] == [str, Decimal, Decimal]
    assert [(column.name, column.type) for column in result.columns][1] == ("S", "FIXED")


def test_the_sum_of_nothing_is_null(account: Account) -> None:
    assert account.execute("select sum(v) as s from (select 1 as v) where v = 2").rows == [(None,)]


def test_a_sum_of_money_keeps_its_scale(account: Account) -> None:
    sql = "select sum(v) as s from (select 0.1::number(38, 2) as v union all select 0.2::number(38, 2))"
    assert account.execute(sql).rows == [(Decimal("0.30"),)]


def test_a_sum_in_an_expression_is_exact_too(account: Account) -> None:
    sql = f"select sum(v) + 1 as p from (select {2**53 + 1}::number(38, 0) as v) having sum(v) > 0"
    assert account.execute(sql).rows == [(Decimal(2**53 + 2),)]


def test_a_sum_without_a_name_is_named_as_in_snowflake(account: Account) -> None:
    result = account.execute("select sum(v) from (select 1 as v)")
    assert [column.name for column in result.columns] == ["SUM(V)"]
