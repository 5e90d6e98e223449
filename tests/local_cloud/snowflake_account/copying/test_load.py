"""COPY INTO as documented: https://docs.snowflake.com/en/sql-reference/sql/copy-into-table.

A case's name is the documented rule.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from local_cloud.snowflake_account.copying import load
from local_cloud.snowflake_account.errors import (
    AssumeRoleError,
    CopyError,
    SnowflakeError,
    StorageAccessError,
)
from local_cloud.snowflake_account.files.staged_rows import ROWS
from local_cloud.snowpipe.loader import PipesFailedError, Snowpipe
from tests.local_cloud.snowflake_account.landing import BUCKET, DATABASE, SCHEMA, Landing

COPY = f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/csv/ file_format = (type = csv)"


@pytest.fixture
def two_columns(landing: Landing) -> Landing:
    """A landing with an empty table of text and number."""
    landing.execute(f"create table {SCHEMA}.T (A varchar, B number(38, 0))")
    return landing


def loaded(landing: Landing) -> list[str]:
    return [a for (a,) in landing.rows(f"select A from {SCHEMA}.T order by A")]


# --- ON_ERROR -------------------------------------------------------------------------------------------------

GOOD, BAD = "csv/a.csv", "csv/b.csv"
FILES = {GOOD: "g1,1\ng2,2\n", BAD: "b1,1\nb2\nb3,3\nb4,4,4\nb5,5\nb6,6\nb7,7\nb8,8\nb9,9\nb10,10\n"}
GOOD_ROWS, BAD_FILES_GOOD_ROWS = ["g1", "g2"], ["b1", "b10", "b3", "b5", "b6", "b7", "b8", "b9"]

ON_ERROR: dict[str, tuple[str, list[str], str]] = {
    "CONTINUE: loads the file's good rows": ("continue", BAD_FILES_GOOD_ROWS + GOOD_ROWS, "PARTIALLY_LOADED"),
    "SKIP_FILE: one error is enough": ("skip_file", GOOD_ROWS, "LOAD_FAILED"),
    "SKIP_FILE_n: as many errors skip": ("skip_file_2", GOOD_ROWS, "LOAD_FAILED"),
    "SKIP_FILE_n: fewer do not": ("skip_file_3", BAD_FILES_GOOD_ROWS + GOOD_ROWS, "PARTIALLY_LOADED"),
    "'SKIP_FILE_n%': more than the share skips": ("'skip_file_19%'", GOOD_ROWS, "LOAD_FAILED"),
    "'SKIP_FILE_n%': the share itself does not": (
        "'skip_file_20%'",
        BAD_FILES_GOOD_ROWS + GOOD_ROWS,
        "PARTIALLY_LOADED",
    ),
}


@pytest.mark.parametrize(("on_error", "rows", "status"), ON_ERROR.values(), ids=ON_ERROR.keys())
def test_on_error_decides_about_a_file_with_bad_rows(
    two_columns: Landing, on_error: str, rows: list[str], status: str
) -> None:
    for key, content in FILES.items():
        two_columns.put(key, content)

    good, bad = two_columns.execute(f"{COPY} on_error = {on_error}")

    assert loaded(two_columns) == rows
    assert (good["status"], good["errors_seen"], good["first_error"]) == ("LOADED", 0, None)
    assert (bad["status"], bad["rows_parsed"], bad["errors_seen"]) == (status, 10, 2)
    assert (bad["first_error_line"], "expected to parse column 2" in bad["first_error"]) == (2, True)
    assert bad["rows_loaded"] == (8 if status == "PARTIALLY_LOADED" else 0)


@pytest.mark.parametrize("on_error", ["", "on_error = abort_statement"], ids=["default", "named"])
def test_abort_statement_loads_nothing_at_all(two_columns: Landing, on_error: str) -> None:
    for key, content in FILES.items():
        two_columns.put(key, content)

    with pytest.raises(CopyError, match=r"(?s)column 2.*'csv/b.csv', line 2, .*'SKIP_FILE' or 'CONTINUE'"):
        two_columns.execute(f"{COPY} {on_error}")

    assert loaded(two_columns) == []
    two_columns.put(BAD, "b1,1\n")
    assert len(two_columns.execute(COPY)) == 2  # nothing counts as loaded


def test_a_copy_of_several_batches_is_one_transaction(two_columns: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.copying.batches.BATCH_FILES", 1)
    for key, content in FILES.items():
        two_columns.put(key, content)

    with pytest.raises(CopyError):
        two_columns.execute(COPY)

    assert loaded(two_columns) == []
    two_columns.execute(f"{COPY} on_error = continue")
    assert loaded(two_columns) == BAD_FILES_GOOD_ROWS + GOOD_ROWS


CONVERSION: dict[str, tuple[str, list[str], int]] = {
    "CONTINUE": ("continue", ["x1", "x3", "x5"], 2),
    "SKIP_FILE": ("skip_file", [], 1),
    "SKIP_FILE_n": ("skip_file_3", ["x1", "x3", "x5"], 2),
    "'SKIP_FILE_n%'": ("'skip_file_30%'", [], 2),
}


@pytest.mark.parametrize(("on_error", "rows", "errors"), CONVERSION.values(), ids=CONVERSION.keys())
@pytest.mark.parametrize("select", ["plain", "select"])
def test_a_value_that_does_not_convert_is_an_error_of_its_row(
    two_columns: Landing, on_error: str, rows: list[str], errors: int, select: str
) -> None:
    two_columns.put("csv/a.csv", "x1,1\nx2,two\nx3,3\nx4,four\nx5,5\n")
    two_columns.put("csv/b.csv", "y1,1\n")
    source = f"@{SCHEMA}.LANDING/csv/"
    source = source if select == "plain" else f"(select s.$1, s.$2::number(38, 0) from {source} s)"

    bad, good = two_columns.execute(
        f"copy into {SCHEMA}.T from {source} file_format = (type = csv) on_error = {on_error}"
    )

    assert loaded(two_columns) == [*rows, "y1"]
    assert (bad["rows_parsed"], bad["errors_seen"], bad["first_error_line"]) == (5, errors, 2)
    assert "two" in bad["first_error"]
    assert good["status"] == "LOADED"


def test_a_value_that_does_not_convert_aborts_a_copy_that_is_to_stop(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", "x1,1\nx2,two\n")

    with pytest.raises(CopyError, match=r"(?s)two.*'csv/a.csv', line 2"):
        two_columns.execute(COPY)
    assert loaded(two_columns) == []


def test_only_the_bad_records_are_refused_where_records_are_no_lines(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", "x1,1|x2,two|x3,3|x4,four|x5,5")

    (answer,) = two_columns.execute(
        COPY.replace("type = csv", "type = csv record_delimiter = '|'") + " on_error = continue"
    )

    assert loaded(two_columns) == ["x1", "x3", "x5"]
    assert (answer["errors_seen"], answer["first_error_line"]) == (2, 2)


def test_a_missing_value_where_one_is_needed_is_an_error_of_its_row(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar not null, B number)")
    landing.put("csv/a.csv", "x1,1\n,2\nx3,3\n")

    (answer,) = landing.execute(f"{COPY} on_error = continue")

    assert loaded(landing) == ["x1", "x3"]
    assert (answer["errors_seen"], answer["first_error_line"]) == (1, 2)


def test_a_file_of_too_many_refused_rows_is_left_out_from_there(
    two_columns: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.copying.refused_rows.MOST_ROWS", 3)
    two_columns.put("csv/a.csv", "x1,1\n" + "x2,two\n" * 4 + "x3,3\n")

    (answer,) = two_columns.execute(f"{COPY} on_error = continue")

    assert loaded(two_columns) == ["x1"]
    assert answer["errors_seen"] == 5


def test_a_long_value_that_does_not_convert_is_not_repeated_whole(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", f"x1,{'two' * 10_000}\n")

    (answer,) = two_columns.execute(f"{COPY} on_error = continue")

    assert "twotwo" in answer["first_error"]
    assert len(answer["first_error"]) < 1_100


# --- nothing is lost in silence -------------------------------------------------------------------------------


@pytest.fixture(params=["one row less", "one row more"])
def miscounted(two_columns: Landing, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Landing:
    """A landing whose files give another number of rows than reading them counted."""
    original = load.make_source

    def make_source(duck: duckdb.DuckDBPyConnection, started: datetime, where: str = "true") -> None:
        if request.param == "one row less":
            duck.execute(f"delete from {ROWS} where C1 = 'g1'")
        else:
            duck.execute(f"insert into {ROWS} from {ROWS} where C1 = 'g1'")
        original(duck, started, where)

    monkeypatch.setattr(load, "make_source", make_source)
    two_columns.put(GOOD, FILES[GOOD])
    return two_columns


def test_a_copy_that_inserts_another_number_of_rows_than_it_read_loads_nothing(
    miscounted: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SnowflakeError, match=r"[13] rows were inserted into .*T where the files have 2; nothing"):
        miscounted.execute(COPY)

    assert loaded(miscounted) == []
    monkeypatch.undo()
    assert len(miscounted.execute(COPY)) == 1  # it does not count as loaded
    assert loaded(miscounted) == GOOD_ROWS


def test_a_pipe_that_inserts_another_number_of_rows_than_it_read_loads_nothing(
    miscounted: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    miscounted.execute(f"create pipe {SCHEMA}.P auto_ingest = true as {COPY}")
    miscounted.execute(f"alter pipe {SCHEMA}.P refresh")
    with pytest.raises(PipesFailedError, match=r"where the files have 2.*the files stay queued"):
        Snowpipe(miscounted.account, miscounted.aws).run_until_idle()

    assert loaded(miscounted) == []
    monkeypatch.undo()
    Snowpipe(miscounted.account, miscounted.aws).run_until_idle()
    assert loaded(miscounted) == GOOD_ROWS


# --- which files ----------------------------------------------------------------------------------------------


@pytest.fixture
def several_files(two_columns: Landing) -> Landing:
    """A landing with files inside and outside of the copy's location."""
    for key in ("csv/a.csv", "csv/sub/b.csv", "csv/c+d e%ü.csv", "csvx/no.csv", "other/no.csv"):
        two_columns.put(key, f"{key},1\n")
    return two_columns


SELECTED: dict[str, tuple[str, list[str]]] = {
    "every file under the path": ("", ["csv/a.csv", "csv/c+d e%ü.csv", "csv/sub/b.csv"]),
    "PATTERN: the whole path must fit": ("pattern = '.*b[.]csv'", ["csv/sub/b.csv"]),
    "PATTERN: not a part of it": ("pattern = 'b[.]csv'", []),
    "PATTERN: the path from the bucket on": ("pattern = 'csv/[^/]*'", ["csv/a.csv", "csv/c+d e%ü.csv"]),
    "FILES: by name": ("files = ('sub/b.csv', 'c+d e%ü.csv')", ["csv/c+d e%ü.csv", "csv/sub/b.csv"]),
    "FILES: one name once": ("files = ('a.csv', 'a.csv')", ["csv/a.csv"]),
    "FILES: PATTERN does not count beside them": ("files = ('a.csv') pattern = '.*b[.]csv'", ["csv/a.csv"]),
}


@pytest.mark.parametrize(("option", "expected"), SELECTED.values(), ids=SELECTED.keys())
def test_a_copy_loads_the_files_that_it_says(several_files: Landing, option: str, expected: list[str]) -> None:
    several_files.execute(f"{COPY} {option}")

    assert loaded(several_files) == expected


def test_a_path_is_a_prefix_of_names_not_a_folder(several_files: Landing) -> None:
    several_files.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/csv file_format = (type = csv)")

    assert "csvx/no.csv" in loaded(several_files)


def test_a_file_that_is_named_and_not_there_is_an_error(several_files: Landing) -> None:
    with pytest.raises(SnowflakeError, match=r"Remote file 's3://landing/csv/gone.csv' was not found"):
        several_files.execute(f"{COPY} files = ('a.csv', 'gone.csv')")
    assert loaded(several_files) == []


@pytest.mark.parametrize("on_error", ["continue", "skip_file", "'skip_file_10%'"])
def test_a_file_that_is_named_and_not_there_stops_no_copy_that_goes_on_at_errors(
    several_files: Landing, on_error: str
) -> None:
    good, gone = several_files.execute(f"{COPY} files = ('gone.csv', 'a.csv') on_error = {on_error}")

    assert loaded(several_files) == ["csv/a.csv"]
    assert good["status"] == "LOADED"
    assert (gone["file"], gone["status"], gone["rows_loaded"]) == ("s3://landing/csv/gone.csv", "LOAD_FAILED", 0)
    assert "was not found" in gone["first_error"]
    several_files.put("csv/gone.csv", "back,1\n")
    several_files.execute(f"{COPY} files = ('gone.csv')")
    assert loaded(several_files) == ["back", "csv/a.csv"]


FOLDERS = {"path": ("LANDING", "/csv"), "url": ("FOLDER", "")}


@pytest.mark.parametrize(("stage", "path"), FOLDERS.values(), ids=FOLDERS.keys())
def test_names_of_files_are_joined_to_the_path_without_a_slash_of_their_own(
    several_files: Landing, stage: str, path: str
) -> None:
    several_files.execute(f"create stage {SCHEMA}.FOLDER url = 's3://landing/csv' storage_integration = SI")
    copy = f"copy into {SCHEMA}.T from @{SCHEMA}.{stage}{path} file_format = (type = csv)"

    with pytest.raises(SnowflakeError, match=r"Remote file 's3://landing/csva\.csv' was not found"):
        several_files.execute(f"{copy} files = ('a.csv')")
    several_files.execute(f"{copy} files = ('/a.csv', 'x/no.csv')")

    assert loaded(several_files) == ["csv/a.csv", "csvx/no.csv"]


def test_a_file_is_loaded_once_into_a_table_whatever_path_it_is_named_by(several_files: Landing) -> None:
    several_files.execute(f"create stage {SCHEMA}.FOLDER url = 's3://landing/csv/' storage_integration = SI")
    several_files.execute(COPY)

    for source in ("LANDING", "LANDING/csv", "FOLDER"):
        several_files.execute(
            f"copy into {SCHEMA}.T from @{SCHEMA}.{source} file_format = (type = csv) pattern = 'csv/.*'"
        )
    assert len(loaded(several_files)) == 3


def test_a_file_is_loaded_once_into_a_table(several_files: Landing) -> None:
    several_files.execute(COPY)
    (answer,) = several_files.execute(COPY)

    assert answer["status"] == "Copy executed with 0 files processed."
    assert len(loaded(several_files)) == 3


def test_a_copy_sees_that_a_files_content_has_changed(several_files: Landing) -> None:
    several_files.execute(COPY)
    several_files.put("csv/a.csv", "changed,1\n")

    (answer,) = several_files.execute(COPY)

    assert answer["file"] == "s3://landing/csv/a.csv"


def test_force_loads_what_is_loaded_already(several_files: Landing) -> None:
    several_files.execute(COPY)

    assert len(several_files.execute(f"{COPY} force = true")) == 3
    assert len(loaded(several_files)) == 6


def test_a_rejected_file_is_tried_again(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", "only one field\n")
    two_columns.execute(f"{COPY} on_error = skip_file")

    (answer,) = two_columns.execute(f"{COPY} on_error = skip_file")

    assert answer["status"] == "LOAD_FAILED"


def test_purge_removes_what_was_loaded_whole(two_columns: Landing) -> None:
    for key, content in FILES.items():
        two_columns.put(key, content)

    two_columns.execute(f"{COPY} on_error = continue purge = true")

    assert two_columns.keys() == [BAD]


def test_a_refused_purge_is_no_error(two_columns: Landing) -> None:
    two_columns.set_access(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
        }
    )
    two_columns.put(GOOD, FILES[GOOD])

    two_columns.execute(f"{COPY} purge = true")

    assert (loaded(two_columns), two_columns.keys()) == (GOOD_ROWS, [GOOD])


# --- columns --------------------------------------------------------------------------------------------------

WIDTHS: dict[str, tuple[str, str, list[tuple[Any, ...]]]] = {
    "fewer fields are NULL": ("a\n", "error_on_column_count_mismatch = false", [("a", None)]),
    "more fields are dropped": ("a,1,more\n", "error_on_column_count_mismatch = false", [("a", 1)]),
}


@pytest.mark.parametrize(("content", "option", "rows"), WIDTHS.values(), ids=WIDTHS.keys())
def test_error_on_column_count_mismatch_false(
    two_columns: Landing, content: str, option: str, rows: list[tuple[Any, ...]]
) -> None:
    two_columns.put("csv/a.csv", content)

    two_columns.execute(COPY.replace("type = csv", f"type = csv {option}"))

    assert two_columns.rows(f"select * from {SCHEMA}.T") == rows


def test_a_file_that_is_not_in_its_encoding_is_an_error_at_its_line(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", b"a,1\n\xff,2\n")

    (answer,) = two_columns.execute(f"{COPY} on_error = skip_file")

    assert (answer["status"], answer["first_error_line"]) == ("LOAD_FAILED", 2)


def test_a_copy_with_a_select_checks_no_number_of_fields(two_columns: Landing) -> None:
    """https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: ERROR_ON_COLUMN_COUNT_MISMATCH."""
    two_columns.put("csv/a.csv", "a\nb,2\nc,3,more\n")

    two_columns.execute(
        f"copy into {SCHEMA}.T (B, A) from (select $2, $1 from @{SCHEMA}.LANDING/csv/) file_format = (type = csv)"
    )

    assert two_columns.rows(f"select * from {SCHEMA}.T order by A") == [("a", None), ("b", 2), ("c", 3)]


def test_a_field_that_no_file_has_is_null(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", "a,1\n")

    two_columns.execute(
        f"copy into {SCHEMA}.T from (select $7, $2 from @{SCHEMA}.LANDING/csv/) file_format = (type = csv)"
    )

    assert two_columns.rows(f"select * from {SCHEMA}.T") == [(None, 1)]


def test_columns_that_a_copy_does_not_name_are_null(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", "1\n")

    two_columns.execute(f"copy into {SCHEMA}.T (B) from @{SCHEMA}.LANDING/csv/ file_format = (type = csv)")

    assert two_columns.rows(f"select * from {SCHEMA}.T") == [(None, 1)]


@pytest.mark.parametrize("kind", ["variant", "array", "object"])
def test_records_fill_the_one_column_that_a_copy_names(landing: Landing, kind: str) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar, V {kind})")
    landing.put("a.json", "[1]")

    landing.execute(f"copy into {SCHEMA}.T (V) from @{SCHEMA}.LANDING file_format = (type = json)")

    assert landing.rows(f"select * from {SCHEMA}.T") == [(None, "[1]")]


def test_a_column_that_needs_a_value_and_gets_none_is_snowflakes_error(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar, B varchar not null)")
    landing.put("csv/a.csv", "1\n")

    with pytest.raises(SnowflakeError, match="NULL result in a non-nullable column") as error:
        landing.execute(f"copy into {SCHEMA}.T (A) from @{SCHEMA}.LANDING/csv/ file_format = (type = csv)")
    assert error.value.code == 100072


def test_metadata_columns_say_where_a_row_comes_from(landing: Landing) -> None:
    """https://docs.snowflake.com/en/user-guide/querying-metadata."""
    landing.execute(
        f"create table {SCHEMA}.T (A varchar, F varchar, N number, M timestamp_ntz, S timestamp_ltz, K varchar)"
    )
    landing.put("csv/ä b.csv", 'head\n"a\nb"\nc\n')
    before = datetime.now(UTC) - timedelta(seconds=2)

    landing.execute(
        f"copy into {SCHEMA}.T from (select $1, METADATA$FILENAME, metadata$file_row_number,"
        " t.metadata$file_last_modified, metadata$start_scan_time, metadata$file_content_key"
        f" from @{SCHEMA}.LANDING/csv/ t)"
        " file_format = (type = csv skip_header = 1 field_optionally_enclosed_by = '\"')"
    )

    first, second = landing.rows(f"select * from {SCHEMA}.T order by N")
    assert (first[0], first[1]) == ("a\nb", "csv/ä b.csv")  # no leading slash
    assert first[2] < second[2]
    assert before <= first[3].replace(tzinfo=UTC) <= datetime.now(UTC)
    assert before <= first[4] <= datetime.now(UTC)
    assert len(first[5]) == 32


def test_paths_into_a_record_and_the_stages_own_format(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (ID varchar, PRICE number(10, 2), RECORD variant)")
    landing.execute(
        f"create stage {SCHEMA}.JSON_STAGE url = 's3://{BUCKET}/json/' storage_integration = SI"
        " file_format = (type = json)"
    )
    landing.put("json/a.json", '{"p": {"id": "P1"}, "price": 5.50}\n')

    landing.execute(
        f"copy into {SCHEMA}.T from (select $1:p.id::varchar, $1:price::number(10, 2), $1 from @{SCHEMA}.JSON_STAGE)"
    )

    assert landing.rows(f"select * from {SCHEMA}.T") == [("P1", Decimal("5.5"), '{"p":{"id":"P1"},"price":5.5}')]


def test_names_are_looked_up_in_the_sessions_schema(two_columns: Landing) -> None:
    two_columns.execute(f"create file format {SCHEMA}.F type = csv field_delimiter = ';'")
    two_columns.put("csv/a.csv", "a;1\n")

    with pytest.raises(SnowflakeError, match="does not have a current database"):
        two_columns.account.connect().execute("copy into T from @LANDING/csv/ file_format = (format_name = F)")
    two_columns.execute(f"use schema {SCHEMA}")
    two_columns.execute("copy into T from @LANDING/csv/ file_format = (format_name = F)")

    assert loaded(two_columns) == ["a"]


@pytest.mark.parametrize("name", [f"{SCHEMA}.F", f"'{SCHEMA}.F'", '\'"RETAIL_TEST"."RAW"."F"\''])
def test_a_file_format_is_named_as_an_identifier_or_as_text(two_columns: Landing, name: str) -> None:
    two_columns.execute(f"create file format {SCHEMA}.F type = csv field_delimiter = ';'")
    two_columns.put("csv/a.csv", "a;1\n")

    two_columns.execute(
        f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/csv/ file_format = (format_name = {name}) purge = false"
    )

    assert loaded(two_columns) == ["a"]


def test_options_at_their_default_are_accepted(two_columns: Landing) -> None:
    two_columns.put(GOOD, FILES[GOOD])

    two_columns.execute(
        f"{COPY} return_failed_only = false truncatecolumns = false enforce_length = true load_mode = full_ingest"
        " match_by_column_name = none load_uncertain_files = false force = false purge = false"
    )

    assert loaded(two_columns) == GOOD_ROWS


def test_the_role_must_be_there_and_allow_it(two_columns: Landing) -> None:
    two_columns.put(GOOD, FILES[GOOD])
    two_columns.set_access(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    )

    with pytest.raises(StorageAccessError, match=r"not allowed s3:GetObject on arn:aws:s3:::landing/csv/a.csv"):
        two_columns.execute(COPY)
    iam = two_columns.aws.client("iam")
    iam.delete_role_policy(RoleName="loader", PolicyName="read")
    iam.delete_role(RoleName="loader")
    with pytest.raises(AssumeRoleError):
        two_columns.execute(COPY)
    assert loaded(two_columns) == []


def test_a_dropped_table_takes_its_load_history_along(several_files: Landing) -> None:
    several_files.execute(COPY)
    several_files.execute(f"create or replace table {SCHEMA}.T (A varchar, B number(38, 0))")

    assert len(several_files.execute(COPY)) == 3


def test_a_dropped_schema_takes_its_load_history_along(several_files: Landing) -> None:
    several_files.execute(COPY)
    several_files.execute(f"drop schema {SCHEMA}")
    several_files.execute(f"create schema {DATABASE}.RAW")
    several_files.execute(f"create stage {SCHEMA}.LANDING url = 's3://{BUCKET}/' storage_integration = SI")
    several_files.execute(f"create table {SCHEMA}.T (A varchar, B number(38, 0))")

    assert len(several_files.execute(COPY)) == 3


@pytest.mark.parametrize("format_type", ["csv", "json"])
def test_a_file_that_cannot_be_decompressed_is_rejected_also_alone_and_without_content(
    landing: Landing, format_type: str
) -> None:
    def copy(place: str) -> list[dict[str, Any]]:
        source = f"@{SCHEMA}.LANDING/{place} file_format = (type = {format_type})"
        return landing.execute(f"copy into {SCHEMA}.T from {source} on_error = continue")

    landing.execute(f"create table {SCHEMA}.T (A variant)")
    landing.put("data/cut.gz", b"\x1f\x8b\x08cut")
    landing.put("data/empty.gz", b"")
    cut, empty = copy("data/")
    assert (cut["status"], cut["errors_seen"], "Error decompressing" in cut["first_error"]) == ("LOAD_FAILED", 1, True)
    assert (empty["status"], empty["rows_loaded"]) == ("LOADED", 0)
    landing.put("data/more.gz", b"\x1f\x8b\x08cut")
    (more,) = copy("data/more")
    assert (more["status"], more["errors_seen"]) == ("LOAD_FAILED", 1)


@pytest.mark.parametrize("between", [" ", ", ", "\n"], ids=["blank", "comma", "line end"])
def test_options_stand_apart_by_blanks_commas_or_line_ends_and_null_if_may_be_empty(
    two_columns: Landing, between: str
) -> None:
    two_columns.put("csv/a.csv", "\\N,1\n")
    options = between.join(("type = csv", "null_if = ()", "escape_unenclosed_field = none"))
    copy_options = between.join((f"file_format = ({options})", "on_error = continue", "force = true", "purge = true"))
    two_columns.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/csv/ {copy_options}")
    assert (loaded(two_columns), two_columns.keys()) == (["\\N"], [])


def test_a_share_of_more_than_all_rows_is_refused(two_columns: Landing) -> None:
    with pytest.raises(SnowflakeError, match=r"invalid value \[skip_file_101%\] for parameter 'ON_ERROR'"):
        two_columns.execute(f"{COPY} on_error = 'skip_file_101%'")


def test_a_truncated_table_takes_its_files_again_and_a_pipes_files_stay_loaded(two_columns: Landing) -> None:
    two_columns.put("csv/a.csv", "a,1\n")
    two_columns.execute(f"create pipe {SCHEMA}.P as {COPY}")
    two_columns.execute(COPY)
    two_columns.execute(f"truncate table {SCHEMA}.T")
    assert loaded(two_columns) == []
    two_columns.execute(COPY)
    two_columns.execute(COPY)
    assert loaded(two_columns) == ["a"]
