"""SELECT from a stage as documented: https://docs.snowflake.com/en/user-guide/querying-stage.

A case's name is what it shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing, open_landing
from tests.local_cloud.snowflake_account.sessions.staged import stage_files


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    """A landing with staged files; table B has (a, 10), (c, 30)."""
    with open_landing(tmp_path_factory.mktemp("account")) as landing:
        stage_files(landing)
        landing.execute("create table B (X varchar, Y int)")
        landing.execute("insert into B values ('a', 10), ('c', 30)")
        landing.execute("create file format PLAIN type = csv")
        landing.execute("create stage PIPES url = 's3://landing/piped/' storage_integration = SI file_format = PIPED")
        yield landing


ANSWERS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "fields by position, with an alias and without; what a row lacks is NULL": (
        "select t.$1, $2, $4 from @landing/csv/ t",
        [("a", "1", None), ("b", "2", None), ("c", "3", None), ("d", "4", "6")],
    ),
    "a field that no file has is NULL": ("select $1, $9 from @landing/csv/a.csv", [("a", None), ("b", None)]),
    "* is the fields and no metadata": (
        "select * from @landing/csv/b.csv",
        [("c", "3", None, None), ("d", "4", "5", "6")],
    ),
    "metadata by name": (
        "select metadata$filename, t.METADATA$FILE_ROW_NUMBER, $1 from @landing/csv/ t where $2 = '4'",
        [("csv/b.csv", 2, "d")],
    ),
    "the format of the stage": ("select $1, $2 from @pipes", [("a", "b"), ("c", "d")]),
    "a format in its place": ("select $1 from @pipes (file_format => 'PLAIN')", [("a|b",), ("c|d",)]),
    "a format without quotes": ("select $2 from @landing/piped/ (file_format => piped)", [("b",), ("d",)]),
    "a format with its full name": (
        f"select $2 from @{SCHEMA}.LANDING/piped/ (file_format => '{SCHEMA}.piped')",
        [("b",), ("d",)],
    ),
    "PATTERN": ("select $1 from @landing (pattern => 'csv/b[.].*', file_format => 'PLAIN') t", [("c",), ("d",)]),
    "a location in quotes": ("select $1 from '@landing/csv/a.csv'", [("a",), ("b",)]),
    "paths and casts of JSON": (
        "select $1:a.b::varchar, t.$1:items[1].x::int from @landing/json (file_format => j) t",
        [("5", 2), ("z", None)],
    ),
    "columns of Parquet": (
        "select $1:Id::int + 1, $1:name::varchar from @landing/parquet (file_format => p) order by 1",
        [(2, "x"), (3, None)],
    ),
    "FLATTEN of a field": (
        "select f.value:x::int from @landing/json (file_format => j) t, lateral flatten(input => t.$1:items) f",
        [(1,), (2,)],
    ),
    "JOIN": ("select t.$1, b.y from @landing/csv/ t join b on t.$1 = b.x order by 1", [("a", 10), ("c", 30)]),
    "a join of two stages, and * of one": (
        "select n.$1, c.* from @landing/csv/b.csv c join @landing/named/b.csv n on n.$2 = 'e'",
        [("9", "c", "3", None, None), ("9", "d", "4", "5", "6")],
    ),
    "WITH": (
        "with s as (select $1 as k, $2::int as v from @landing/csv/) select sum(v) from s where k <> 'a'",
        [(9,)],
    ),
    "a subquery in an expression": ("select x, (select max($1) from @landing/csv/) from b where y = 10", [("a", "d")]),
    "IN": ("select x from b where x in (select $1 from @landing/csv/a.csv)", [("a",)]),
    "UNION": ("select $1 from @landing/csv/a.csv union all select x from b order by 1 desc limit 1", [("c",)]),
    "GROUP BY": (
        "select metadata$filename, count(*) from @landing/csv/ group by 1 order by 1 limit 1",
        [("csv/a.csv", 2)],
    ),
    "an empty folder": ("select $1, metadata$filename from @landing/nothing/", []),
    "count of an empty folder": ("select count(*) from @landing/nothing/", [(0,)]),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_query_over_staged_files(staged: Landing, sql: str, rows: list[tuple[Any, ...]]) -> None:
    assert staged.rows(sql) == rows


def test_the_columns_have_the_names_and_types_of_snowflake(staged: Landing) -> None:
    columns = staged.account.execute(
        "select $1, t.$1:a.b, t.$1:a.b::int as n, metadata$filename, metadata$file_row_number,"
        " metadata$file_last_modified, metadata$start_scan_time, metadata$file_content_key"
        " from @landing/json (file_format => j) t limit 0"
    ).columns
    assert [(column.name, column.type) for column in columns] == [
        ("$1", "VARIANT"),
        ("T.$1:A.B", "VARIANT"),
        ("N", "FIXED"),
        ("METADATA$FILENAME", "TEXT"),
        ("METADATA$FILE_ROW_NUMBER", "FIXED"),
        ("METADATA$FILE_LAST_MODIFIED", "TIMESTAMP_NTZ"),
        ("METADATA$START_SCAN_TIME", "TIMESTAMP_LTZ"),
        ("METADATA$FILE_CONTENT_KEY", "TEXT"),
    ]


def test_metadata_tells_of_the_file_and_of_the_scan(staged: Landing) -> None:
    (listed,) = staged.execute("list @landing/csv/a.csv")
    before = dt.datetime.now(dt.UTC)
    (row, _) = staged.rows(
        "select metadata$file_content_key, metadata$file_last_modified, metadata$start_scan_time"
        " from @landing/csv/a.csv"
    )
    key, modified, scanned = row
    assert key == listed["md5"]
    assert f"{modified:%a, %d %b %Y %H:%M:%S} GMT" == listed["last_modified"]
    assert before <= scanned <= dt.datetime.now(dt.UTC)


ERRORS: dict[str, tuple[str, int, str]] = {
    "no such stage": ("select $1 from @nowhere", 2003, "Stage 'RETAIL_TEST.RAW.NOWHERE' does not exist"),
    "no such format": ("select $1 from @landing (file_format => 'x')", 2003, "File format 'RETAIL_TEST.RAW.X' does"),
    "a file of another format": ("select $1 from @landing/csv/ (file_format => j)", 100069, "File 'csv/a.csv', line 1"),
    "a broken record": ("select $1 from @landing/broken/ (file_format => j)", 100069, "File 'broken/a.json', line"),
    "Parquet that is none": ("select $1 from @landing/csv/ (file_format => p)", 100016, "magic bytes"),
    "names where fields have numbers": ("select $1 from @landing/named/ (file_format => named)", 1003, "PARSE_HEADER"),
    "a view": ("create view V as select $1 as a from @landing/csv/", 2, "CREATE VIEW over a stage"),
    "no regular expression": ("select $1 from @landing (pattern => '(')", 1003, "invalid regular expression"),
    "a url": ("select $1 from 's3://landing/csv/'", 2, "SELECT from 's3://landing/csv/'"),
}


@pytest.mark.parametrize(("sql", "code", "words"), ERRORS.values(), ids=ERRORS.keys())
def test_what_cannot_be_read_is_an_error_of_snowflakes_form(staged: Landing, sql: str, code: int, words: str) -> None:
    with pytest.raises(SnowflakeError) as caught:
        staged.execute(sql)
    assert (caught.value.code, words in caught.value.message) == (code, True), caught.value


def test_a_result_of_staged_rows_can_be_scanned(staged: Landing) -> None:
    session = staged.account.connect(DATABASE, "RAW")
    session.execute("select $1 from @landing/json (file_format => j)")
    assert session.execute("select $1:a.b::varchar from table(result_scan(last_query_id()))").rows == [("5",), ("z",)]
    session.close()
