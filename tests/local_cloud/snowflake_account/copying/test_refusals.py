"""What COPY INTO refuses, and how: https://docs.snowflake.com/en/sql-reference/sql/copy-into-table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError, SqlSyntaxError, UnsupportedError
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing, open_landing

COPY = f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/csv/ file_format = (type = csv)"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    """A landing with one good file, which no refused statement may load: all tests here look at the same one."""
    with open_landing(tmp_path_factory.mktemp("account")) as landing:
        landing.execute(f"create table {SCHEMA}.T (A varchar, B number(38, 0))")
        landing.execute(f"create view {SCHEMA}.V as select A from {SCHEMA}.T")
        landing.put("csv/a.csv", "g1,1\n")
        yield landing


UNSUPPORTED = {
    "SIZE_LIMIT": "size_limit = 10",
    "RETURN_FAILED_ONLY": "return_failed_only = true",
    "LOAD_MODE": "load_mode = add_files_copy",
    "FILE_PROCESSOR": "file_processor = (scanner = x)",
    "CLUSTER_AT_INGEST_TIME": "cluster_at_ingest_time = true",
}


@pytest.mark.parametrize(("name", "option"), UNSUPPORTED.items(), ids=UNSUPPORTED.keys())
def test_an_option_that_is_not_there_is_refused_by_name(untouched: Landing, name: str, option: str) -> None:

    with pytest.raises(UnsupportedError, match=f"COPY option {name} = "):
        untouched.execute(f"{COPY} {option}")
    assert untouched.rows(f"select * from {SCHEMA}.T") == []


LOCATION = f"@{SCHEMA}.LANDING/csv/"
REFUSED: dict[str, tuple[str, type[SnowflakeError], str]] = {
    "an unknown option": (f"{COPY} nonsense = 1", SnowflakeError, "invalid copy option 'NONSENSE'"),
    "ON_ERROR: no such value": (f"{COPY} on_error = ignore", SnowflakeError, "invalid value .ignore. .* 'ON_ERROR'"),
    "TRUNCATECOLUMNS: no truth": (f"{COPY} truncatecolumns = 1", SnowflakeError, "invalid value .1."),
    "TRUNCATECOLUMNS and ENFORCE_LENGTH": (
        f"{COPY} truncatecolumns = true enforce_length = true",
        SnowflakeError,
        "TRUNCATECOLUMNS and ENFORCE_LENGTH contradict each other",
    ),
    "PURGE: no truth": (f"{COPY} purge = 1", SnowflakeError, "invalid value .1. for parameter 'PURGE'"),
    "PATTERN: no pattern": (f"{COPY} pattern = '('", SnowflakeError, r"invalid regular expression '\('"),
    "FILES: none": (f"{COPY} files = ()", SnowflakeError, "invalid value .. for parameter 'FILES'"),
    "FILES: no list": (f"{COPY} files = 'a.csv'", SnowflakeError, "invalid value .a.csv. for parameter 'FILES'"),
    "FILES: more than 1,000": (
        f"{COPY} files = ({', '.join(repr(str(n)) for n in range(1001))})",
        SnowflakeError,
        "more than 1,000 names",
    ),
    "FILE_FORMAT: a name and options": (
        COPY.replace("type = csv", "format_name = F type = csv"),
        SnowflakeError,
        "FORMAT_NAME and other file format options exclude each other",
    ),
    "FILE_FORMAT: no such format": (COPY.replace("type = csv", f"format_name = {SCHEMA}.NO"), DoesNotExistError, "NO"),
    "FILE_FORMAT: no such name": (COPY.replace("(type = csv)", "F"), DoesNotExistError, "File format .*RAW.F'"),
    "FILE_FORMAT: no name": (COPY.replace("(type = csv)", "1"), SnowflakeError, "invalid value .1."),
    "no such stage": (COPY.replace("LANDING", "NO"), DoesNotExistError, "Stage 'RETAIL_TEST.RAW.NO'"),
    "no such table": (COPY.replace(".T ", ".NO "), DoesNotExistError, "Table 'RETAIL_TEST.RAW.NO'"),
    "no such column": (COPY.replace(".T ", ".T (NO) "), SnowflakeError, "invalid identifier 'NO'"),
    "a column twice": (COPY.replace(".T ", ".T (A, A) "), SnowflakeError, "duplicate column name 'A'"),
    "an option twice": (f"{COPY} force = true force = false", SnowflakeError, "duplicate option 'FORCE'"),
    "a format option twice": (
        COPY.replace("type = csv", "type = csv skip_header = 1 skip_header = 2"),
        SnowflakeError,
        "duplicate option 'SKIP_HEADER'",
    ),
    "an option without a value": (f"{COPY} force", SqlSyntaxError, "option FORCE has no value"),
    "SIZE_LIMIT: a fraction": (f"{COPY} size_limit = 1.5", UnsupportedError, "COPY option SIZE_LIMIT = 1.5"),
    "PATTERN: a class of POSIX": (
        f"{COPY} pattern = '[[:digit:]]+[.]csv'",
        UnsupportedError,
        r"POSIX character class in PATTERN = '\[\[:digit:\]\]",
    ),
    "records into several columns": (COPY.replace("csv)", "json)"), SnowflakeError, "JSON .* one and only one column"),
    "records into text": (
        COPY.replace(".T ", ".T (A) ").replace("csv)", "parquet)"),
        SnowflakeError,
        "PARQUET .* one and only one column of type variant",
    ),
    "STORAGE_INTEGRATION": (
        COPY.replace(" file_format", " storage_integration = SI file_format"),
        UnsupportedError,
        "STORAGE_INTEGRATION in COPY",
    ),
    "CREDENTIALS": (
        COPY.replace(" file_format", " credentials = (aws_key_id = 'x') file_format"),
        UnsupportedError,
        "CREDENTIALS in COPY",
    ),
    "ENCRYPTION": (f"{COPY} encryption = (type = 'NONE')", SnowflakeError, "invalid copy option 'ENCRYPTION'"),
    "no such field": (
        f"copy into {SCHEMA}.T from (select $1, nofield from {LOCATION}) file_format = (type = csv)",
        SnowflakeError,
        "(?i)nofield",
    ),
    "a view": (COPY.replace(".T ", ".V "), DoesNotExistError, "Table 'RETAIL_TEST.RAW.V'"),
    "a url": (f"copy into {SCHEMA}.T from 's3://landing/csv/'", UnsupportedError, "from s3://landing/csv/"),
    "no SQL": ("copy into from", SqlSyntaxError, "syntax error"),
    **{
        f"SELECT: {word}": (
            f"copy into {SCHEMA}.T from (select {distinct} $1, $2 from {LOCATION} {clause}) file_format = (type = csv)",
            SnowflakeError,
            f"only supports simple SELECT .*{word} is not supported",
        )
        for word, distinct, clause in (
            ("DISTINCT", "distinct", ""),
            ("WHERE", "", "where $1 = 'a'"),
            ("ORDER", "", "order by 1"),
            ("LIMIT", "", "limit 1"),
            ("GROUP", "", "group by all"),
            ("SAMPLE", "", "sample (10)"),
            ("CONNECT", "", "connect by 1 = 1"),
            ("JOINS", "", f", {LOCATION}"),
            ("UNION", "", f"union all select $1, $2 from {LOCATION}"),
        )
    },
    **{
        f"SELECT: {part}": (
            f"copy into {SCHEMA}.T from (select {part}, $2 from {LOCATION}) file_format = (type = csv)",
            SnowflakeError,
            f"only supports simple SELECT .*{word}.* is not supported",
        )
        for part, word in (
            ("max($1)", "MAX"),
            ("upper(listagg($1))", "LISTAGG"),
            ("row_number() over (order by $1)", "ROW_NUMBER"),
            (f"(select max(A) from {SCHEMA}.T)", "SELECT MAX"),
            (f"iff(exists (select 1 from {SCHEMA}.T), $1, '')", "SELECT 1"),
        )
    },
    "SELECT: *": (f"copy into {SCHEMA}.T from (select * from {LOCATION})", UnsupportedError, r"SELECT \* in COPY"),
    "SELECT: a query": (
        f"copy into {SCHEMA}.T from (select $1 from (select 1))",
        UnsupportedError,
        "from a query",
    ),
    "SELECT: stage options": (
        f"copy into {SCHEMA}.T from (select $1 from {LOCATION} (pattern => 'x'))",
        UnsupportedError,
        "stage option PATTERN",
    ),
}


@pytest.mark.parametrize(("sql", "error", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_copy_refuses_says_why_and_loads_nothing(
    untouched: Landing, sql: str, error: type[SnowflakeError], message: str
) -> None:

    with pytest.raises(error, match=message):
        untouched.execute(sql)
    assert untouched.rows(f"select * from {SCHEMA}.T") == []
