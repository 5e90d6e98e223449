"""Parquet: https://docs.snowflake.com/en/user-guide/script-data-load-transform-parquet."""

from __future__ import annotations

import io
import math
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

COPY = (
    f"copy into {SCHEMA}.T from (select $1:id::varchar, $1:price::number(10, 2), $1, metadata$file_row_number"
    f" from @{SCHEMA}.LANDING/p/) file_format = (type = parquet)"
)


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def test_a_parquet_file_is_rows_of_one_variant_each(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (ID varchar, PRICE number(10, 2), RECORD variant, N number)")
    columns = {
        "price": pa.array([Decimal("5.00"), Decimal("1.25")], pa.decimal128(10, 2)),
        "id": ["P1", None],
        "raw": pa.array([b"text", None], pa.binary()),
        "tags": [["a", "b"], []],
    }
    landing.put("p/one.parquet", parquet(pa.table(columns)))

    landing.execute(COPY)

    assert landing.rows(f"select * from {SCHEMA}.T order by N") == [
        ("P1", Decimal("5.00"), '{"id":"P1","price":5,"raw":"text","tags":["a","b"]}', 1),
        (None, Decimal("1.25"), '{"id":null,"price":1.25,"raw":null,"tags":[]}', 2),
    ]


def test_what_is_no_parquet_file_is_rejected_and_the_others_load(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (ID varchar, PRICE number(10, 2), RECORD variant, N number)")
    landing.put("p/a.parquet", b"PAR1 no")
    landing.put("p/b.parquet", parquet(pa.table({"id": ["P1"], "price": [5]})))

    bad, good = landing.execute(f"{COPY} on_error = skip_file")

    assert (bad["status"], bad["errors_seen"], good["status"], good["rows_loaded"]) == ("LOAD_FAILED", 1, "LOADED", 1)
    assert bad["first_error"].startswith("Error parsing the file as Parquet: Parquet file size is 7 bytes")


def records(landing: Landing, table: pa.Table) -> list[tuple[str]]:
    """Return what a Parquet file's rows become in a VARIANT."""
    landing.execute(f"create or replace table {SCHEMA}.V (RECORD variant)")
    landing.put("v/one.parquet", parquet(table))
    (answer,) = landing.execute(f"copy into {SCHEMA}.V from @{SCHEMA}.LANDING/v/ file_format = (type = parquet)")
    rows = landing.rows(f"select RECORD from {SCHEMA}.V")
    assert (answer["status"], answer["rows_loaded"]) == ("LOADED", len(rows))
    return rows


def test_doubles_that_json_has_no_number_for_are_texts_that_convert_to_the_same_float(landing: Landing) -> None:
    values = [1.5, math.nan, math.inf, -math.inf]

    assert records(landing, pa.table({"a": values, "b": [[value] for value in values]})) == [
        ('{"a":1.5,"b":[1.5]}',),
        ('{"a":"NaN","b":["NaN"]}',),
        ('{"a":"inf","b":["inf"]}',),
        ('{"a":"-inf","b":["-inf"]}',),
    ]
    assert str([value for (value,) in landing.rows(f"select RECORD:a::float from {SCHEMA}.V")]) == str(values)


def test_a_special_double_among_many_rows_is_one_row_of_them(landing: Landing) -> None:
    """More rows than are read one by one."""
    rows = records(landing, pa.table({"a": [0.5] * 300 + [math.nan] + [0.5] * 300}))

    assert (rows.count(('{"a":0.5}',)), rows.count(('{"a":"NaN"}',))) == (600, 1)


def test_columns_whose_names_differ_in_case_alone_keep_their_names(landing: Landing) -> None:
    table = pa.table({"a": [1], "A": [2], "it's": pa.array([{"b": 3, "B": 4}])})

    assert records(landing, table) == [('{"A":2,"a":1,"it\'s":{"B":4,"b":3}}',)]


def test_binary_is_text_also_inside_other_types(landing: Landing) -> None:
    columns = {
        "fixed": pa.array([b"ab"], pa.binary(2)),
        "list": pa.array([[b"c"]], pa.list_(pa.binary())),
        "map": pa.array([[(b"k", b"d")]], pa.map_(pa.binary(), pa.binary())),
        "struct": pa.array([{"x": "ü".encode()}], pa.struct([("x", pa.binary())])),
    }

    assert records(landing, pa.table(columns)) == [('{"fixed":"ab","list":["c"],"map":{"k":"d"},"struct":{"x":"ü"}}',)]


NO_JSON = {
    "binary that is no text": pa.table({"a": pa.array([b"\xff\xfe"], pa.binary())}),
    "binary of a fixed size that is no text": pa.table({"a": pa.array([b"\xff\xfe"], pa.binary(2))}),
    "binary in a record that is no text": pa.table({"a": pa.array([{"x": b"\xff"}])}),
    "no columns": pa.table({}),
    "a type that there is no JSON of": pa.table({"a": pa.array([1.5], pa.float16())}),
    "a name twice in a record": pa.table(
        {"a": pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])}
    ),
}


@pytest.mark.parametrize("table", NO_JSON.values(), ids=NO_JSON.keys())
def test_what_cannot_be_a_variant_is_rejected_and_the_others_load(landing: Landing, table: pa.Table) -> None:
    landing.execute(f"create table {SCHEMA}.T (ID varchar, PRICE number(10, 2), RECORD variant, N number)")
    landing.put("p/a.parquet", parquet(table))
    landing.put("p/b.parquet", parquet(pa.table({"id": ["P1"], "price": [5]})))

    bad, good = landing.execute(f"{COPY} on_error = skip_file")

    assert (bad["status"], bad["errors_seen"], good["status"], good["rows_loaded"]) == ("LOAD_FAILED", 1, "LOADED", 1)
    assert bad["first_error"].startswith("Error parsing ")


TIMES = {
    "of no zone": (pa.array([1_500_000], pa.timestamp("us")), "1970-01-01 00:00:01.500000000", (True, False)),
    "of nanoseconds": (pa.array([1], pa.timestamp("ns")), "1970-01-01 00:00:00.000000001", (True, False)),
    "of milliseconds": (pa.array([1], pa.timestamp("ms")), "1970-01-01 00:00:00.001000000", (True, False)),
    "of a zone": (pa.array([0], pa.timestamp("us", "Europe/Berlin")), "1970-01-01 00:00:00.000000000Z", (False, True)),
    "beyond nanoseconds": (
        pa.array([253_402_300_799_000_000], pa.timestamp("us")),
        "9999-12-31 23:59:59.000000000",
        (True, False),
    ),
    "a date": (pa.array([0], pa.date32()), "1970-01-01", (False, False)),
    "a text": (pa.array(["1970-01-01 00:00:00.000000"]), "1970-01-01 00:00:00.000000", (False, False)),
    "a number": (pa.array([5]), "5", (False, False)),
}
VECTORIZED = "file_format = (type = parquet use_vectorized_scanner = true)"
ASKED = "is_timestamp_ntz(RECORD:a), is_timestamp_ltz(RECORD:a)"


def vectorized(
    landing: Landing, asked: str, table: pa.Table, options: str = VECTORIZED, *, int96: bool = False
) -> tuple[object, ...]:
    """Return what is asked of a Parquet file's row that was read by the vectorized scanner, or with other options."""
    landing.execute(f"create or replace table {SCHEMA}.V (RECORD variant)")
    pq.write_table(table, buffer := io.BytesIO(), use_deprecated_int96_timestamps=int96)
    landing.put("v/one.parquet", buffer.getvalue())
    landing.execute(f"copy into {SCHEMA}.V from @{SCHEMA}.LANDING/v/ {options}")
    (row,) = landing.rows(f"select {asked} from {SCHEMA}.V")
    return row


@pytest.mark.parametrize(("values", "text", "kinds"), TIMES.values(), ids=TIMES.keys())
def test_the_vectorized_scanner_gives_a_timestamp_its_type(
    landing: Landing, values: pa.Array, text: str, kinds: tuple[bool, bool]
) -> None:
    assert vectorized(landing, f"RECORD:a::varchar, {ASKED}", pa.table({"a": values})) == (text, *kinds)


def test_sparks_int96_is_an_instant_also_in_years_that_nanoseconds_do_not_reach(landing: Landing) -> None:
    far = pa.table({"a": pa.array([253_402_300_799_000_000], pa.timestamp("us"))})
    found = vectorized(landing, f"RECORD:a::varchar, {ASKED}", far, int96=True)
    assert found == ("9999-12-31 23:59:59.000000000Z", False, True)


def test_a_typed_timestamp_is_taken_out_as_what_it_is_and_nothing_else_is_one(landing: Landing) -> None:
    asked = (
        "as_timestamp_ntz(RECORD:a), as_timestamp_ltz(RECORD:a), as_timestamp_ntz(RECORD:b), is_timestamp_ntz(RECORD:c)"
    )
    table = pa.table({"a": pa.array([1_500_000], pa.timestamp("us")), "b": ["1970-01-01 00:00:00"]})
    assert vectorized(landing, asked, table) == (datetime(1970, 1, 1, 0, 0, 1, 500_000), None, None, None)  # noqa: DTZ001
    in_utc = "convert_timezone('UTC', as_timestamp_ltz(RECORD:a))::timestamp_ntz(9)"
    instant = pa.table({"a": pa.array([1_500_000], pa.timestamp("us", "America/New_York"))})
    assert vectorized(landing, in_utc, instant) == (datetime(1970, 1, 1, 0, 0, 1, 500_000),)  # noqa: DTZ001


def test_the_vectorized_scanner_reads_binary_as_binary(landing: Landing) -> None:
    table = pa.table({"a": pa.array([b"a\xff"], pa.binary())})
    assert vectorized(landing, "RECORD:a::varchar", table) == ("61FF",)


OF_THEMSELVES = {
    "": ("ab", "2026-01-02 03:04:05"),
    "binary_as_text = false": ("6162", "2026-01-02 03:04:05"),
    "use_logical_type = true": ("ab", "2026-01-02 03:04:05.000000000"),
}


@pytest.mark.parametrize(("options", "expected"), OF_THEMSELVES.items(), ids=OF_THEMSELVES.keys())
def test_bytes_and_types_of_timestamps_can_be_asked_for_by_themselves(
    landing: Landing, options: str, expected: tuple[str, str]
) -> None:
    moment = pa.array([1_767_323_045_000_000], pa.timestamp("us"))
    table = pa.table({"a": pa.array([b"ab"], pa.binary()), "b": moment})
    asked = "RECORD:a::varchar, RECORD:b::varchar"

    assert vectorized(landing, asked, table, f"file_format = (type = parquet {options})") == expected


def test_what_is_no_text_is_replaced_where_a_format_says_so(landing: Landing) -> None:
    bad = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.array([0, 2, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a\xffb")]
    )

    found = vectorized(
        landing,
        "RECORD:a::varchar",
        pa.table({"a": bad[:1]}),
        "file_format = (type = parquet replace_invalid_characters = true)",
    )

    assert found == ("a\N{REPLACEMENT CHARACTER}",)


def test_a_pipe_of_parquet_passes_over_what_spark_puts_beside_its_files(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (RECORD variant)")
    landing.put("p/part-0.snappy.parquet", parquet(pa.table({"a": [1]})))
    landing.put("p/_SUCCESS", b"")
    landing.put("p/_committed_1", b"{}")
    landing.put("p/old.json", b"{}")
    (loaded,) = landing.execute(
        f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/p/ {VECTORIZED} pattern = '.*[.]parquet' on_error = skip_file"
    )
    assert (loaded["file"].split("/")[-1], loaded["status"]) == ("part-0.snappy.parquet", "LOADED")
