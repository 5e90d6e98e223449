"""What CREATE PIPE refuses: https://docs.snowflake.com/en/sql-reference/sql/create-pipe#usage-notes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError, UnsupportedError
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing, open_landing


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    """A landing that no refused statement may change: all tests here look at the same one."""
    with open_landing(tmp_path_factory.mktemp("account")) as opened:
        opened.execute(f"create table {SCHEMA}.T (A varchar)")
        yield opened


REFUSED: dict[str, tuple[str, type[SnowflakeError], str]] = {
    **{
        f"CREATE PIPE refuses {option.split()[0].upper()}": (option, SnowflakeError, "is not supported in a pipe")
        for option in (
            "files = ('a')",
            "purge = true",
            "purge = false",
            "force = true",
            "return_failed_only = false",
            "validation_mode = return_errors",
            "on_error = abort_statement",
        )
    },
    "SIZE_LIMIT": ("size_limit = 1", UnsupportedError, "SIZE_LIMIT"),
    "MATCH_BY_COLUMN_NAME of fields without names": (
        "match_by_column_name = case_sensitive",
        SnowflakeError,
        "needs the file format option PARSE_HEADER = TRUE",
    ),
}


@pytest.mark.parametrize(("option", "error", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_pipe_has_no_option_that_snowflake_refuses(
    untouched: Landing, option: str, error: type[SnowflakeError], message: str
) -> None:
    with pytest.raises(error, match=message):
        untouched.execute(
            f"create pipe {SCHEMA}.P as copy into {SCHEMA}.T from @{SCHEMA}.LANDING file_format = (type = csv) {option}"
        )
    assert untouched.execute(f"show pipes in schema {SCHEMA}") == []


TARGETS = {
    "a column that is not there": ("T (A, NO)", "csv", "invalid identifier 'NO'"),
    "a column twice": ("T (A, A)", "csv", "duplicate column name 'A'"),
    "records into text": ("T", "json", "JSON file format can produce one and only one column"),
}


@pytest.mark.parametrize(("target", "format_type", "message"), TARGETS.values(), ids=TARGETS.keys())
def test_a_pipe_fills_columns_that_can_hold_what_it_loads(
    untouched: Landing, target: str, format_type: str, message: str
) -> None:
    with pytest.raises(SnowflakeError, match=message):
        untouched.execute(
            f"create pipe {SCHEMA}.P as copy into {SCHEMA}.{target} from @{SCHEMA}.LANDING"
            f" file_format = (type = {format_type})"
        )
    assert untouched.execute(f"show pipes in schema {SCHEMA}") == []


MISSING = {"table": "Table 'RETAIL_TEST.RAW.NO'", "stage": "Stage 'RETAIL_TEST.RAW.NO'", "format": "RETAIL_TEST.RAW.NO"}


@pytest.mark.parametrize(("what", "message"), MISSING.items(), ids=MISSING.keys())
def test_a_pipe_needs_its_table_stage_and_format(untouched: Landing, what: str, message: str) -> None:
    names = {"table": "T", "stage": "LANDING", "format": "F", what: "NO"}
    text = "create pipe {0}.P as copy into {0}.{table} from @{0}.{stage} file_format = (format_name = {0}.{format})"

    with pytest.raises(DoesNotExistError, match=message):
        untouched.execute(text.format(SCHEMA, **names))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("system$pipe_status('RETAIL_TEST.RAW.NO')", "Pipe 'RETAIL_TEST.RAW.NO' does not exist"),
        ("system$pipe_status()", "needs the pipe's name as one text"),
        ("system$pipe_status(1)", "needs the pipe's name as one text"),
    ],
)
def test_the_status_of_no_pipe_is_an_error(untouched: Landing, call: str, message: str) -> None:
    with pytest.raises(SnowflakeError, match=message):
        untouched.execute(f"select {call}")
