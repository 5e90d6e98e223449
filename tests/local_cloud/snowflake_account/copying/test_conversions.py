"""What becomes of a value on its way into its column: https://docs.snowflake.com/en/sql-reference/sql/copy-into-table."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.snowflake_account.language.column_types import text_length
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

# --- TRUNCATECOLUMNS, ENFORCE_LENGTH ----------------------------------------------------------------------------

ERRORS = [("abc", "x", "ü" * 100)]
CUT_OFF = [*ERRORS, ("abc", "y", "z"), ("üüü", "1", "z")]
LENGTHS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "the default": ("", ERRORS),
    "TRUNCATECOLUMNS: FALSE": ("truncatecolumns = false", ERRORS),
    "ENFORCE_LENGTH: TRUE": ("enforce_length = true", ERRORS),
    "TRUNCATECOLUMNS: TRUE": ("truncatecolumns = true", CUT_OFF),
    "ENFORCE_LENGTH: FALSE": ("enforce_length = false", CUT_OFF),
    "both, of one mind": ("truncatecolumns = true, enforce_length = false", CUT_OFF),
}


@pytest.mark.parametrize(("option", "rows"), LENGTHS.values(), ids=LENGTHS.keys())
@pytest.mark.parametrize("select", ["", "$1, $2, $3", "concat($1, ''), $2::varchar, s.$3 as z"])
def test_a_text_longer_than_its_column_is_an_error_or_cut_off(
    landing: Landing, option: str, rows: list[tuple[Any, ...]], select: str
) -> None:
    landing.execute(f"create table {SCHEMA}.T (C varchar, A varchar(3), B char)")
    landing.put("a.csv", f"abc,x,{'ü' * 100}\nabcd,yy,z\nüüü,12,z\n")
    source = f"@{SCHEMA}.LANDING"
    source = f"(select {select} from {source} s)" if select else source

    (answer,) = landing.execute(
        f"copy into {SCHEMA}.T (A, B, C) from {source} file_format = (type = csv) on_error = continue {option}"
    )

    assert landing.rows(f"select A, B, C from {SCHEMA}.T order by A, B") == rows
    if rows is ERRORS:
        assert answer["first_error"].endswith("User character length limit (3) exceeded by string 'abcd'")
        assert (answer["errors_seen"], answer["first_error_line"]) == (2, 2)


def test_a_pipe_cuts_texts_off_too_and_a_columns_new_length_counts(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar(2))")
    copy = f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = csv)"
    landing.put("a.csv", "abc\n")
    landing.execute(f"create pipe {SCHEMA}.P as {copy} truncatecolumns = true")
    landing.execute(f"alter pipe {SCHEMA}.P refresh")
    Snowpipe(landing.account, landing.aws).run_until_idle()
    landing.execute(f"alter table {SCHEMA}.T alter column A set data type varchar(3)")
    landing.execute(copy)

    assert landing.rows(f"select * from {SCHEMA}.T order by A") == [("ab",), ("abc",)]


@pytest.mark.parametrize(
    ("declared", "length"),
    [("varchar(5)", 5), ("string(7)", 7), ("char", 1), ("varchar", None), ("VARCHAR(16777216)", None), ("date", None)],
)
def test_the_length_of_a_text_type(declared: str, length: int | None) -> None:
    assert text_length(declared) == length


# --- a VARIANT that fills a text column -------------------------------------------------------------------------

TEXTS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "a path": ("$1:a", [('q "x"',), ("1.5",), (None,), ('{"z":[null]}',), (None,)]),
    "a path of an alias, named": ("t.$1:a as X", [('q "x"',), ("1.5",), (None,), ('{"z":[null]}',), (None,)]),
    "an expression of paths": ("coalesce($1:no, $1:a)", [('q "x"',), ("1.5",), (None,), ('{"z":[null]}',), (None,)]),
    "a path that is cast": ("$1:a::varchar", [('q "x"',), ("1.5",), (None,), ('{"z":[null]}',), (None,)]),
    "a whole record": (
        "$1",
        [('{"a":"q \\"x\\""}',), ('{"a":1.5}',), ('{"a":null}',), ('{"a":{"z":[null]}}',), ("whole",)],
    ),
    "a text": ("upper($1:a::varchar)", [('Q "X"',), ("1.5",), (None,), ('{"Z":[NULL]}',), (None,)]),
}
RECORDS = '{"a": "q \\"x\\""}\n{"a": 1.50}\n{"a": null}\n{"a": {"z": [null]}}\n"whole"\n'


@pytest.mark.parametrize(("select", "rows"), TEXTS.values(), ids=TEXTS.keys())
def test_a_variant_fills_a_text_column_without_quotes_and_null_as_no_value(
    landing: Landing, select: str, rows: list[tuple[Any, ...]]
) -> None:
    landing.execute(f"create table {SCHEMA}.T (N number, A varchar)")
    landing.put("a.json", RECORDS)

    landing.execute(
        f"copy into {SCHEMA}.T (A, N) from (select {select}, metadata$file_row_number from @{SCHEMA}.LANDING t)"
        " file_format = (type = json)"
    )

    assert landing.rows(f"select A from {SCHEMA}.T order by N") == rows


def test_a_variant_of_a_csv_field_fills_a_text_column_the_same_way(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar, F varchar)")
    landing.put("a.csv", '{"a": "q"}\n')

    landing.execute(
        f"copy into {SCHEMA}.T from (select parse_json($1):a, metadata$filename from @{SCHEMA}.LANDING)"
        " file_format = (type = csv)"
    )

    assert landing.rows(f"select * from {SCHEMA}.T") == [("q", "a.csv")]


# --- binary columns ---------------------------------------------------------------------------------------------

BINARY = {"plain": "", "a SELECT": "$1, s.$2", "a cast": "$1, $2::binary as B", "a call": "$1, to_binary($2)"}


@pytest.mark.parametrize("select", BINARY.values(), ids=BINARY.keys())
def test_a_binary_column_takes_hexadecimal_digits(landing: Landing, select: str) -> None:
    """https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: BINARY_FORMAT."""
    landing.execute(f"create table {SCHEMA}.T (A varchar, B binary)")
    landing.put("csv/a.csv", "x1,4142\nx2,zz\nx3,414\nx4,\nx5,aBCd\n")
    source = f"(select {select} from @{SCHEMA}.LANDING/csv/ s)" if select else f"@{SCHEMA}.LANDING/csv/"

    (answer,) = landing.execute(f"copy into {SCHEMA}.T from {source} file_format = (type = csv) on_error = continue")

    assert landing.rows(f"select * from {SCHEMA}.T order by A") == [("x1", b"AB"), ("x4", None), ("x5", b"\xab\xcd")]
    assert (answer["errors_seen"], answer["first_error_line"]) == (2, 2)


SPELLED = {"base64": "QUI=", "utf8": "AB", "'utf-8'": "AB", "hex": "4142"}


@pytest.mark.parametrize(("form", "text"), SPELLED.items(), ids=SPELLED.keys())
@pytest.mark.parametrize("type_", ["csv", "json"])
def test_a_binary_column_takes_what_the_format_says_that_bytes_are(
    landing: Landing, type_: str, form: str, text: str
) -> None:
    landing.execute(f"create table {SCHEMA}.T (B binary)")
    landing.put("in/a", f'{{"B": "{text}"}}\n' if type_ == "json" else f"{text}\n")
    by_name = "match_by_column_name = case_sensitive" if type_ == "json" else ""
    options = f"file_format = (type = {type_} binary_format = {form}) {by_name}"

    landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/in/ {options}")

    assert landing.rows(f"select * from {SCHEMA}.T") == [(b"AB",)]


def test_a_binary_column_takes_its_digits_also_by_name(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar, B binary)")
    landing.put("csv/a.csv", "4142,x\n")

    landing.execute(f"copy into {SCHEMA}.T (B, A) from @{SCHEMA}.LANDING/csv/ file_format = (type = csv)")

    assert landing.rows(f"select * from {SCHEMA}.T") == [("x", b"AB")]
