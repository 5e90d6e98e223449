"""The known deviations: the list in the documents is true where a test can tell."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.snowflake_account.copying.refused_rows import MOST_ROWS
from local_cloud.snowflake_account.errors import CopyError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.canonical_json import MAX_NESTING
from local_cloud.snowflake_account.files.format_options import OPTIONS
from local_cloud.snowflake_account.language.copy_statement import _ONLY_AT
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing

DOCUMENT = Path(__file__).parents[3] / "docs" / "deviations.md"
(TABLE,) = re.findall(r"<!-- deviations -->\n(.*?)<!-- /deviations -->", DOCUMENT.read_text("utf-8"), re.DOTALL)
ROWS = [line.strip("| ").split(" | ") for line in TABLE.splitlines()[2:]]
HERE = {what: here for what, _, here in ROWS}


def test_every_refused_copy_option_is_listed() -> None:
    refused = [option for option, values in _ONLY_AT.items() if set(values) != {False, True}]
    assert [option for option in refused if option not in HERE["Copy options"]] == []


def test_every_option_of_a_format_that_has_only_its_default_is_listed() -> None:
    compression = {"COMPRESSION", "SNAPPY_COMPRESSION"}  # of Parquet: read by what the file says of itself
    options = {name for named in OPTIONS.values() for name, option in named.items() if option.only} - compression
    assert [name for name in sorted(options) if name not in HERE["File formats"]] == []


def test_a_cast_to_a_whole_number_holds_64_bits_and_a_column_38_digits(landing: Landing) -> None:
    large = "9" * 38
    assert landing.value(f"select try_cast('{large}' as number(38, 0))") is None
    with pytest.raises(SnowflakeError, match="is not recognized"):
        landing.execute(f"select '{large}'::number(38, 0)")
    assert landing.value(f"select try_to_number('{large}')") == int(large)

    landing.execute(f"create table {SCHEMA}.T (A number(38, 0))")
    landing.put("a.csv", large)
    landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = csv)")
    assert landing.value(f"select A from {SCHEMA}.T") == int(large)


def test_parquet_has_nulls_and_maps_as_the_vectorized_scanner_has_them(landing: Landing) -> None:
    table = pa.table({"M": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), "N": pa.nulls(1, pa.int64())})
    pq.write_table(table, buffer := BytesIO())
    landing.execute(f"create table {SCHEMA}.T (A variant)")
    landing.put("a.parquet", buffer.getvalue())
    landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = parquet)")
    assert landing.rows(f"select * from {SCHEMA}.T") == [('{"M":{"k":1},"N":null}',)]


def test_the_limits_are_the_real_ones() -> None:
    assert f"{MAX_NESTING} levels" in HERE["VARIANT"]
    assert f"{MOST_ROWS:,} such rows" in HERE["Errors of conversion"]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (f"information_schema.validate_pipe_load(pipe_name => '{SCHEMA}.P')", "VALIDATE_PIPE_LOAD"),
        (f"{DATABASE}.information_schema.pipe_usage_history()", "PIPE_USAGE_HISTORY without PIPE_NAME"),
    ],
)
def test_a_table_function_about_loading_that_is_not_here_is_refused_by_name(
    landing: Landing, call: str, name: str
) -> None:
    with pytest.raises(UnsupportedError, match=f"'{name}'"):
        landing.execute(f"select * from table({call})")


def test_a_copy_in_an_open_transaction_is_refused_and_leaves_it_open(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar)")
    landing.put("a.csv", "x\n")
    copy = f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = csv)"
    landing.execute("begin")
    landing.execute(f"insert into {SCHEMA}.T values ('inside')")
    with pytest.raises(UnsupportedError, match="COPY INTO inside a transaction"):
        landing.execute(copy)
    landing.execute("rollback")
    assert landing.rows(f"select * from {SCHEMA}.T") == []
    landing.execute(copy)
    assert landing.rows(f"select * from {SCHEMA}.T") == [("x",)]


def test_a_length_is_enforced_by_copy_only(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar(2))")
    landing.put("a.csv", "abc\n")
    with pytest.raises(CopyError, match="length limit"):
        landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = csv)")

    landing.execute(f"insert into {SCHEMA}.T values ('abc')")

    assert landing.rows(f"select * from {SCHEMA}.T") == [("abc",)]


def test_a_text_becomes_a_variant_if_it_is_json(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A variant)")
    landing.put("a.csv", "5\nabc\n")

    (answer,) = landing.execute(
        f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = csv) on_error = continue"
    )

    assert (answer["rows_loaded"], answer["first_error_line"]) == (1, 2)


def test_no_feature_has_two_rows() -> None:
    assert len(HERE) == len(ROWS)
