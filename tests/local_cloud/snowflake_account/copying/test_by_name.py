"""MATCH_BY_COLUMN_NAME and INCLUDE_METADATA, as documented of COPY INTO.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_cloud.snowflake_account.errors import CopyError, SnowflakeError
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.feeds import rows_by_file
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing, open_landing
from tests.local_cloud.snowflake_account.sessions.staged import parquet

JSON, PARQUET, CSV = "(type = json)", "(type = parquet)", "(type = csv parse_header = true)"
LOOSE = "(type = csv parse_header = true error_on_column_count_mismatch = false)"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    with open_landing(tmp_path_factory.mktemp("account")) as landing:
        landing.put("json/a.json", '{"ID": 1, "Name": "abc", "extra": [1]}\n{"id": 2, "name": null, "other": 5}\n')
        landing.put("odd/a.json", '{"id": 1, "a.b": "dot", "say \\"hi\\"": "quote", "ID": 5}\n[1]\n')
        landing.put("parquet/a.parquet", parquet({"Id": [1, 2], "name": ["x", None], "more": [0.5, 1.5]}))
        landing.put("csv/a.csv", "name,ID,note\nabc,7,z\nd,8,y\n")
        landing.put("csv/b.csv", "note,id\nw,9\n")
        landing.put("bad/a.json", '{"ID": 1}\n{"ID": "x"}\n{"ID": 3, "NAME": "too long"}\n{"NAME": "n"}\n{"ID": 5}\n')
        landing.put("twice/a.csv", "A,A\n1,2\n")
        landing.execute(f"use schema {SCHEMA}")
        yield landing


@pytest.fixture
def table(shared: Landing) -> Landing:
    """The landing with an empty table M."""
    shared.execute('create or replace table M (ID int, NAME varchar(4), "Extra" variant, FN varchar, RN int)')
    return shared


def copy(landing: Landing, folder: str, file_format: str, matches: str = "case_insensitive", more: str = "") -> str:
    (*_, last) = landing.execute(
        f"copy into M from @landing/{folder}/ file_format = {file_format} match_by_column_name = {matches} {more}"
    )
    return last["status"]


METADATA = "include_metadata = (fn = metadata$filename, RN = METADATA$FILE_ROW_NUMBER)"


def test_fields_go_into_the_columns_of_their_names_whatever_their_case(table: Landing) -> None:
    assert copy(table, "json", JSON, more=METADATA) == "LOADED"
    assert table.rows("select * from M order by RN") == [
        (1, "abc", "[1]", "json/a.json", 1),
        (2, None, None, "json/a.json", 2),
    ]


def test_case_counts_where_the_copy_says_so(table: Landing) -> None:
    copy(table, "json", JSON, "case_sensitive")
    assert table.rows('select ID, NAME, "Extra" from M order by 1') == [(1, None, None), (None, None, None)]


def test_columns_of_parquet_are_matched(table: Landing) -> None:
    copy(table, "parquet", PARQUET)
    assert table.rows("select ID, NAME, FN from M order by 1") == [(1, "x", None), (2, None, None)]


def test_each_csv_file_is_matched_by_its_own_header(table: Landing) -> None:
    copy(table, "csv", LOOSE, more=METADATA)
    assert table.rows("select ID, NAME, FN, RN from M order by 1") == [
        *((7, "abc", "csv/a.csv", 2), (8, "d", "csv/a.csv", 3)),
        (9, None, "csv/b.csv", 2),
    ]


def test_a_csv_file_of_another_width_than_the_table_is_an_error_by_default(table: Landing) -> None:
    with pytest.raises(CopyError, match=r"expected to parse column 4\n  File 'csv/a.csv', line 1"):
        copy(table, "csv", CSV)
    table.execute("create or replace table M (NOTE varchar, ID int, NAME varchar)")
    assert copy(table, "csv", CSV, more="files = ('a.csv')") == "LOADED"
    assert table.rows("select * from M order by 2") == [("z", 7, "abc"), ("y", 8, "d")]


def test_keys_of_any_spelling_are_matched_and_the_columns_own_case_comes_first(table: Landing) -> None:
    table.execute('create or replace table M (ID int, "a.b" varchar, "SAY ""HI""" varchar)')
    copy(table, "odd", JSON)
    assert table.rows("select * from M order by 1 nulls last") == [(5, "dot", "quote"), (None, None, None)]


def test_without_any_match_each_record_is_a_row_of_nulls(table: Landing) -> None:
    table.execute("create or replace table M (NOTHING varchar)")
    table.execute("create or replace file format NAMED type = json")
    copy(table, "json", "NAMED")
    assert table.rows("select * from M") == [(None,), (None,)]


@pytest.mark.parametrize(
    ("on_error", "status", "ids"),
    [
        ("continue", "PARTIALLY_LOADED", [1, 5]),
        ("skip_file", "LOAD_FAILED", []),
        ("skip_file_4", "PARTIALLY_LOADED", [1, 5]),
    ],
)
def test_on_error_is_about_rows(table: Landing, on_error: str, status: str, ids: list[int]) -> None:
    table.execute("alter table M alter column ID set not null")
    assert copy(table, "bad", JSON, more=f"on_error = {on_error}") == status
    assert [value for (value,) in table.rows("select ID from M order by 1")] == ids


def test_truncatecolumns_is_for_matched_texts_too(table: Landing) -> None:
    copy(table, "bad", JSON, more="on_error = continue truncatecolumns = true")
    assert ("too ",) in table.rows("select NAME from M")


def test_a_header_that_names_a_column_twice_is_an_error_of_its_file(table: Landing) -> None:
    with pytest.raises(CopyError, match=r"Duplicate column name 'A' in the header\n  File 'twice/a.csv', line 1"):
        copy(table, "twice", LOOSE)


def test_a_pipe_matches_too(shared: Landing) -> None:
    shared.execute(f"create table {SCHEMA}.TRANSACTIONS (ID int, _FILE varchar)")
    shared.execute(
        f"create pipe {SCHEMA}.P auto_ingest = true as copy into {SCHEMA}.TRANSACTIONS from @{SCHEMA}.LANDING/in/"
        " file_format = (type = json) match_by_column_name = case_insensitive"
        " include_metadata = (_file = metadata$filename)"
    )
    shared.put("in/a.json", '{"id": 1}\n{"id": 2}\n')
    shared.execute(f"alter pipe {SCHEMA}.P refresh")
    Snowpipe(shared.account, shared.aws).run_until_idle()
    assert rows_by_file(shared) == {"in/a.json": 2}


REFUSED = {
    "a SELECT": (
        "copy into M from (select $1 from @landing/json/) file_format = (type = json) match_by_column_name ="
        " case_sensitive",
        "match_by_column_name is not supported with copy transform.",
    ),
    "CSV without a header": (
        "copy into M from @landing/csv/ file_format = (type = csv) match_by_column_name = case_sensitive",
        "PARSE_HEADER = TRUE",
    ),
    "a header without a match": (f"copy into M from @landing/csv/ file_format = {CSV}", "PARSE_HEADER"),
    "no such value": (
        f"copy into M from @landing/json/ file_format = {JSON} match_by_column_name = yes",
        "invalid value [yes] for parameter 'MATCH_BY_COLUMN_NAME'",
    ),
    "metadata without a match": (
        f"copy into M from @landing/json/ file_format = {JSON} include_metadata = (fn = metadata$filename)",
        "INCLUDE_METADATA can only be used with MATCH_BY_COLUMN_NAME",
    ),
    "metadata for no column": (
        f"copy into M from @landing/json/ file_format = {JSON} match_by_column_name = case_sensitive"
        " include_metadata = (nope = metadata$filename)",
        "invalid identifier 'NOPE'",
    ),
    "no such metadata": (
        f"copy into M from @landing/json/ file_format = {JSON} match_by_column_name = case_sensitive"
        " include_metadata = (fn = metadata$size)",
        "invalid value [metadata$size] for parameter 'INCLUDE_METADATA'",
    ),
    "NULL_IF of JSON": (
        "copy into M from @landing/json/ file_format = (type = json null_if = ('x')) match_by_column_name ="
        " case_sensitive",
        "NULL_IF",
    ),
    "schema evolution": ("create table E (A int) enable_schema_evolution = true", "ENABLE_SCHEMA_EVOLUTION"),
    "schema evolution, later": ("alter table M set enable_schema_evolution = true", "ENABLE_SCHEMA_EVOLUTION"),
}


@pytest.mark.parametrize(("sql", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_does_not_go_together_is_refused(table: Landing, sql: str, words: str) -> None:
    with pytest.raises(SnowflakeError) as caught:
        table.execute(sql)
    assert words in caught.value.message
    assert table.rows("select * from M") == []
