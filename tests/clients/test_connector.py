"""Snowflake's connector with pandas and Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.clients.asking import arguments

pandas = pytest.importorskip("pandas")
connector = pytest.importorskip("snowflake.connector")


@pytest.fixture
def connection(cloud: Mapping[str, str]) -> Iterator[Any]:
    with connector.connect(**arguments(cloud), warehouse=cloud["SNOWFLAKE_WAREHOUSE"], schema="MART") as opened:
        yield opened


def test_the_view_is_a_data_frame(connection: Any) -> None:
    frame = connection.cursor().execute("select * from CUSTOMER_PURCHASES").fetch_pandas_all()
    ((items,),) = connection.cursor().execute("select count(*) from CORE.PURCHASES").fetchall()

    assert list(frame) == ["CUSTOMER_ID", "LOYALTY_SCORE", "PRODUCT_ID", "PRODUCT_CATEGORY", "PURCHASE_COUNT"]
    assert frame["PURCHASE_COUNT"].sum() == items > 0


def test_numbers_and_times_have_pandas_own_types_as_from_snowflake(connection: Any) -> None:
    sql = "select 1 as N, 1.50::number(10,2) as PRICE, 2.5::float as F, '2026-01-02 03:04:05'::timestamp_ntz as AT"

    frame = connection.cursor().execute(sql).fetch_pandas_all()

    assert [str(kind) for kind in frame.dtypes] == ["int64", "float64", "float64", "datetime64[ns]"]
    assert frame.iloc[0].tolist() == [1, 1.5, 2.5, pandas.Timestamp("2026-01-02 03:04:05")]


def test_a_result_without_rows_is_an_empty_data_frame(connection: Any) -> None:
    frame = connection.cursor().execute("select 1 as N, 'x' as T where false").fetch_pandas_all()

    assert (list(frame), len(frame)) == (["N", "T"], 0)


def test_a_long_result_comes_in_batches_and_whole(connection: Any) -> None:
    sql = "select seq4() as N from table(generator(rowcount => 250000))"

    batches = [len(batch) for batch in connection.cursor().execute(sql).fetch_pandas_batches()]
    table = connection.cursor().execute(sql).fetch_arrow_all()

    assert len(batches) > 1
    assert sum(batches) == 250_000
    assert table.column("N").to_pylist() == list(range(250_000))
