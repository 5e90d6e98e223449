"""Files that reading fails on in a way nobody thought of: each is rejected alone, and none is lost or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa
import pytest

from local_cloud.snowflake_account.copying import parsing
from local_cloud.snowflake_account.files.staged_rows import FileContent, ParsedFile, StageRows
from local_cloud.snowpipe.loader import PipesFailedError, Snowpipe
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing

READERS = {"csv": "read_csv", "json": "read_json"}
CULPRIT = b"2\n"


@pytest.fixture(params=READERS, name="file_format")
def format_with_a_pipe(landing: Landing, request: pytest.FixtureRequest) -> str:
    """A format, and a table with a pipe that loads files of it."""
    landing.execute(f"create table {SCHEMA}.T (A variant)")
    landing.execute(
        f"create pipe {SCHEMA}.P auto_ingest = true as copy into {SCHEMA}.T from @{SCHEMA}.LANDING/in/"
        f" file_format = (type = {request.param})"
    )
    landing.send_events("in/")
    for name, content in (("a", "1\n"), ("b", CULPRIT), ("c", "3\n")):
        landing.put(f"in/{name}", content)
    return request.param


def fail(monkeypatch: pytest.MonkeyPatch, file_format: str, step: str, error: BaseException) -> None:
    """Let reading a batch with the culprit fail, while it is parsed or while it is staged."""
    reader = READERS[file_format]
    original: Callable[..., StageRows] = getattr(parsing, reader)

    def read(files: Sequence[FileContent], **options: object) -> StageRows:
        stage_rows = original(files, **options)
        if all(file.content != CULPRIT for file in files):
            return stage_rows
        if step == "parsing":
            raise error

        def stage(duck: duckdb.DuckDBPyConnection) -> dict[int, ParsedFile]:
            stage_rows(duck)
            raise error

        return stage

    monkeypatch.setattr(parsing, reader, read)


def drain(landing: Landing) -> None:
    Snowpipe(landing.account, landing.aws).run_until_idle()


def loaded(landing: Landing) -> list[str]:
    return [a for (a,) in landing.rows(f"select A from {SCHEMA}.T order by A")]


HISTORY = (
    "select file_name, status, row_count, error_count, first_error_message, first_error_line_number from"
    f" table({DATABASE}.information_schema.copy_history(table_name => '{SCHEMA}.T',"
    " start_time => dateadd(day, -1, current_timestamp()))) order by 1"
)

UNKNOWN = {
    "of Python": (RecursionError("too\ndeep"), "RecursionError: too deep"),
    "of Arrow": (pa.ArrowInvalid("no text"), "ArrowInvalid: no text"),
    "of DuckDB": (duckdb.InvalidInputException("no table"), "InvalidInputException: no table"),
}


@pytest.mark.parametrize("step", ["parsing", "staging"])
@pytest.mark.parametrize(("error", "message"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_file_with_an_unknown_error_is_rejected_and_the_others_load(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, file_format: str, step: str, error: Exception, message: str
) -> None:
    fail(monkeypatch, file_format, step, error)

    drain(landing)

    assert loaded(landing) == ["1", "3"]
    assert landing.rows(HISTORY) == [
        ("a", "Loaded", 1, 0, None, None),
        ("b", "Load failed", 0, 1, f"Load failed: {message}", 1),
        ("c", "Loaded", 1, 0, None, None),
    ]


def test_a_batch_of_nothing_but_such_a_file_is_rejected(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, file_format: str
) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.copying.batches.BATCH_FILES", 1)
    fail(monkeypatch, file_format, "parsing", ZeroDivisionError("surprise"))

    drain(landing)

    assert loaded(landing) == ["1", "3"]
    assert [status for _, status, *_ in landing.rows(HISTORY)] == ["Loaded", "Load failed", "Loaded"]


PASSING = {
    "of the disk": OSError("no space left"),
    "of DuckDB's files": duckdb.IOException("disk is full"),
    "of memory": MemoryError(),
    "of DuckDB's memory": duckdb.OutOfMemoryException("limit"),
    "an interruption": duckdb.InterruptException("stopped"),
}


@pytest.mark.parametrize("step", ["parsing", "staging"])
@pytest.mark.parametrize("error", PASSING.values(), ids=PASSING.keys())
def test_an_error_that_may_pass_rejects_no_file(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, file_format: str, step: str, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        fail(patch, file_format, step, error)
        with pytest.raises(PipesFailedError):
            drain(landing)

    assert (loaded(landing), landing.rows(HISTORY)) == ([], [])
    drain(landing)
    assert loaded(landing) == ["1", "2", "3"]
