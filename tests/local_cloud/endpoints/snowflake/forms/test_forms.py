"""Answers in the forms they travel in, whatever the account's data are made of, and how much memory they take."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from local_cloud.endpoints.snowflake.forms.bindings import bound_rows
from local_cloud.endpoints.snowflake.forms.results import ARROW_ROWS, FIRST_ROWS, StoredResult
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Column, Result

UTC = dt.UTC
NOON = dt.datetime(2026, 1, 2, 12, 0, 0, 5, UTC)
ROWS = [
    (Column("N", "FIXED"), 7, "fixed", "7"),
    (Column("N", "FIXED"), 10**30, "fixed", str(10**30)),
    (Column("N", "FIXED"), Decimal("1.50"), "fixed", "1.50"),
    (Column("R", "REAL"), 1.5, "real", "1.5"),
    (Column("B", "BOOLEAN"), True, "boolean", "1"),
    (Column("D", "DATE"), dt.date(1970, 1, 11), "date", "10"),
    (Column("T", "TIME"), dt.time(0, 0, 1, 500_000), "time", "1.500000000"),
    (Column("A", "TIMESTAMP_NTZ"), NOON.replace(tzinfo=None), "timestamp_ntz", "1767355200.000005000"),
    (Column("A", "TIMESTAMP_LTZ"), NOON, "timestamp_ltz", "1767355200.000005000"),
    (Column("A", "TIMESTAMP_TZ"), NOON, "timestamp_tz", "1767355200.000005000 1440"),
    (Column("X", "BINARY"), b"ab", "binary", "6162"),
    (Column("V", "VARIANT"), '{"a":1}', "variant", '{"a":1}'),
    (Column("S"), "text", "text", "text"),
    (Column("S"), True, "text", "true"),
    (Column("S"), [1, None], "text", "[1,null]"),
]
COLUMNS = [
    (pa.array([2**63], pa.uint64()), "fixed", "9223372036854775808"),
    (pa.array([2], pa.uint8()), "fixed", "2"),
    (pa.array([Decimal("0.0000001")], pa.decimal128(38, 7)), "fixed", "0.0000001"),
    (pa.array([1.5], pa.float32()), "real", "1.5"),
    (pa.array(["x"], pa.large_string()), "text", "x"),
    (pa.array([b"x"], pa.large_binary()), "binary", "78"),
    (pa.array([None], pa.null()), "text", None),
    (pa.array([[1, 2]]), "text", "[1,2]"),
    (pa.array([{"a": 1}]), "text", '{"a":1}'),
    (pa.array([-1], pa.timestamp("s")), "timestamp_ntz", "-1.000000000"),
    (pa.array([-1], pa.timestamp("ns")), "timestamp_ntz", "-0.000000001"),
    (pa.array([1_500], pa.timestamp("ms")), "timestamp_ntz", "1.500000000"),
]


def first_row(result: Result) -> tuple[str, Any]:
    data = StoredResult(result, "json").data("http://here")
    return data["rowtype"][0]["type"], data["rowset"][0][0]


@pytest.mark.parametrize(("column", "value", "type_", "text"), ROWS, ids=[f"{row[0].type} {row[1]}" for row in ROWS])
def test_a_value_of_the_catalog_has_snowflakes_type_and_text(column: Column, value: Any, type_: str, text: str) -> None:
    assert first_row(Result([column], [(value,)])) == (type_, text)
    assert StoredResult(Result([column], [(value,), (None,)]), "json").data("")["rowset"] == [[text], [None]]


@pytest.mark.parametrize(("values", "type_", "text"), COLUMNS, ids=[str(row[0].type) for row in COLUMNS])
def test_a_column_of_the_data_has_snowflakes_type_and_text(values: pa.Array, type_: str, text: str | None) -> None:
    assert first_row(Result([Column("C")], arrow=pa.table({"C": values}))) == (type_, text)


def chunked_table(rows: int) -> pa.Table:
    prices = pa.array([Decimal(n - 500) / 100 for n in range(1_000)], pa.decimal128(10, 2))
    parts = pa.chunked_array([prices] * (rows // 1_000))
    return pa.table(
        {"PRICE": parts.combine_chunks(), "N": pa.array(range(rows), pa.int64()), "T": pa.array(["x" * 20] * rows)}
    )


def test_a_million_rows_are_held_once_and_encoded_piece_by_piece() -> None:
    table = chunked_table(1_000_000)
    before, size = pa.total_allocated_bytes(), table.nbytes
    stored = StoredResult(Result([Column(name) for name in table.column_names], arrow=table), "arrow")
    data = stored.data("http://here")
    del table

    # what is kept is the table itself, with its prices in half the bytes they had
    assert pa.total_allocated_bytes() <= before
    assert sum(chunk["rowCount"] for chunk in data["chunks"]) + FIRST_ROWS == data["total"] == 1_000_000
    for number in range(stored.chunks):
        assert len(stored.chunk(number)) < size * 2 * ARROW_ROWS / 1_000_000
    assert pa.total_allocated_bytes() <= before


def test_a_price_travels_as_an_integer_with_its_scale_beside_it() -> None:
    table = chunked_table(20_000)
    stored = StoredResult(Result([Column(name) for name in table.column_names], arrow=table), "arrow")

    with pa.ipc.open_stream(stored.chunk(0)) as stream:
        sent = stream.read_all()

    assert sent.column("PRICE").to_pylist() == [n % 1_000 - 500 for n in range(FIRST_ROWS, 20_000)]
    assert sent.field("PRICE").metadata[b"scale"] == b"2"


def test_a_bound_time_with_a_zone_keeps_it() -> None:
    bindings = {"1": {"type": "TIMESTAMP_TZ", "value": "1767355200000005000 1500"}}

    (row,) = bound_rows(bindings)
    (value,) = list(row)

    assert isinstance(value, dt.datetime)
    assert value == NOON
    assert value.utcoffset() == dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "bindings",
    [
        {"1": {"type": "FIXED", "value": "x"}},
        {"1": {"type": "DATE", "value": "9" * 30}},
        {"1": {"type": "BINARY", "value": "zz"}},
        {"1": {"type": "TEXT", "value": ["a"]}, "2": {"type": "TEXT", "value": ["a", "b"]}},
        {"1": {"type": "TEXT", "value": []}},
        {"1": "a"},
        ["a"],
    ],
    ids=["no number", "no date", "no bytes", "unequal rows", "no rows", "no binding", "a list"],
)
def test_bindings_without_the_form_of_their_type_are_an_error_of_the_statement(bindings: Any) -> None:
    with pytest.raises(SnowflakeError, match="Invalid bind variable"):
        bound_rows(bindings)


def test_values_are_bound_by_name_where_they_have_names() -> None:
    assert bound_rows({"a": {"type": "FIXED", "value": "1"}, "b": {"type": "TEXT", "value": None}}) == [
        {"a": 1, "b": None}
    ]
    assert bound_rows({"a": {"type": "FIXED", "value": ["1", "2"]}}) == [{"a": 1}, {"a": 2}]
