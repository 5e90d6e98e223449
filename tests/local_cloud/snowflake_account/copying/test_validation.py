"""VALIDATION_MODE and VALIDATE, as documented.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#validating-staged-files
https://docs.snowflake.com/en/sql-reference/functions/validate
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import CopyError, SnowflakeError
from local_cloud.snowflake_account.sessions.session import Session
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing, open_landing

FILE = "aa,1\nbb,2\nccc,3\ndd,x\nee\nff,\ngg,7,8\nhh,8\n"
ERRORS = [
    (
        "User character length limit (2) exceeded by string 'ccc'",
        *("csv/a.csv", 3, 1, 10, "conversion", 100078, "22000", '"T"["A":1]', 3, 3, "ccc,3"),
    ),
    (
        "Numeric value 'x' is not recognized",
        *("csv/a.csv", 4, 1, 16, "conversion", 100038, "22018", '"T"["B":2]', 4, 4, "dd,x"),
    ),
    (
        "End of record reached while expected to parse column 2",
        *("csv/a.csv", 5, 1, 21, "parsing", 100068, "22000", None, 5, 5, "ee"),
    ),
    (
        "NULL result in a non-nullable column",
        *("csv/a.csv", 6, 1, 24, "conversion", 100072, "22000", '"T"["B":2]', 6, 6, "ff,"),
    ),
    (
        "Number of columns in file (3) does not match that of the corresponding table (2), use file format option"
        " error_on_column_count_mismatch=false to ignore this error",
        *("csv/a.csv", 7, 1, 28, "parsing", 100080, "22000", None, 7, 7, "gg,7,8"),
    ),
]
COPY = "copy into T from @landing/csv/ file_format = (type = csv)"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    with open_landing(tmp_path_factory.mktemp("account")) as landing:
        landing.execute(f"use schema {SCHEMA}")
        yield landing


@pytest.fixture
def table(shared: Landing) -> Landing:
    """The landing with an empty table T and a file with every kind of error."""
    shared.execute("create or replace table T (A varchar(2), B int not null)")
    for key in list(shared.keys()):
        shared.delete(key)
    shared.put("csv/a.csv", FILE)
    return shared


@pytest.fixture
def session(table: Landing) -> Iterator[Session]:
    opened = table.account.connect(DATABASE, "RAW")
    yield opened
    opened.close()


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return session.execute(sql).rows


@pytest.mark.parametrize("mode", ["return_errors", "'RETURN_ALL_ERRORS'"])
def test_every_error_is_told_and_nothing_is_loaded(table: Landing, mode: str) -> None:
    result = table.account.execute(f"{COPY} validation_mode = {mode}")
    assert [column.name for column in result.columns] == [
        *("ERROR", "FILE", "LINE", "CHARACTER", "BYTE_OFFSET", "CATEGORY", "CODE", "SQL_STATE", "COLUMN_NAME"),
        *("ROW_NUMBER", "ROW_START_LINE", "REJECTED_RECORD"),
    ]
    assert result.rows == ERRORS
    assert table.rows("select * from T") == []
    assert table.execute(f"{COPY} on_error = continue")[0]["errors_seen"] == 5  # nothing counts as loaded


def test_the_first_rows_are_those_that_would_be_loaded(table: Landing) -> None:
    assert table.rows(f"{COPY} validation_mode = return_2_rows") == [("aa", 1), ("bb", 2)]
    with pytest.raises(
        CopyError, match=r"limit \(2\)(?s:.)*File 'csv/a.csv', line 3(?s:.)*Row 3, column \"T\"\[\"A\":1"
    ):
        table.rows(f"{COPY} validation_mode = return_3_rows")
    table.put("csv/0.csv", "xx,0\n")
    assert table.rows(f"{COPY} validation_mode = return_3_rows") == [("xx", 0), ("aa", 1), ("bb", 2)]
    table.put("csv/a.csv", "zz,9\n")
    assert table.rows(f"{COPY} validation_mode = return_30_rows") == [("xx", 0), ("zz", 9)]


def test_files_that_are_loaded_in_part_have_their_errors_only_among_all(table: Landing) -> None:
    table.execute(f"{COPY} on_error = continue")
    assert table.rows(f"{COPY} validation_mode = return_errors") == []
    assert table.rows(f"{COPY} validation_mode = return_all_errors") == ERRORS


def test_a_broken_file_of_json_has_its_line(table: Landing) -> None:
    table.execute("create or replace table J (V variant)")
    table.put("json/a.json", '{"a": 1}\n{"a": x}\n')
    ((error, file, line, *_, code, state, column, row, start, record),) = table.rows(
        "copy into J from @landing/json/ file_format = (type = json) validation_mode = return_errors"
    )
    assert "JSON" in error or "Expecting" in error
    assert (file, line, code, state, column, row, start) == ("json/a.json", 2, 100069, "22P02", None, 2, 2)
    assert record == '{"a": x}'


def test_an_empty_folder_has_no_errors_and_no_rows(table: Landing) -> None:
    nothing = COPY.replace("csv/", "nothing/")
    assert table.rows(f"{nothing} validation_mode = return_errors") == []
    assert table.rows(f"{nothing} validation_mode = return_5_rows") == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("copy into T from (select $1, $2 from @landing/csv/) validation_mode = return_errors", "copy transform"),
        (f"{COPY} validation_mode = return_0_rows", "invalid value [return_0_rows]"),
        (f"{COPY} validation_mode = yes", "invalid value [yes]"),
        (
            "copy into T from @landing/csv/ file_format = (type = csv parse_header = true) match_by_column_name ="
            " case_sensitive validation_mode = return_errors",
            "VALIDATION_MODE with MATCH_BY_COLUMN_NAME",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(table: Landing, sql: str, words: str) -> None:
    with pytest.raises(SnowflakeError) as caught:
        table.execute(sql)
    assert words in caught.value.message


def test_validate_tells_every_error_of_the_last_copy_and_of_one_by_its_id(session: Session) -> None:
    session.execute(f"{COPY} on_error = continue")
    session.execute("set copied = last_query_id()")
    assert rows(session, "select * from table(validate(T, job_id => '_last'))") == ERRORS
    assert rows(session, "select * from table(validate(RETAIL_TEST.RAW.T, job_id => $copied))") == ERRORS
    assert rows(session, "select count(*) as n from table(validate(t, job_id => _last)) v where v.code = 100038") == [
        (1,)
    ]
    session.execute("create or replace table KEPT as select * from table(validate(T, job_id => '_last'))")
    assert rows(session, "select REJECTED_RECORD from KEPT where LINE = 5") == [("ee",)]


def test_validate_looks_at_the_files_of_the_copy_only_and_tells_of_those_that_are_gone(
    table: Landing, session: Session
) -> None:
    table.put("csv/b.csv", "zz,y\n")
    session.execute(f"{COPY} on_error = continue")
    table.delete("csv/a.csv")
    table.put("csv/c.csv", "new,x\n")
    found = rows(session, "select ERROR, FILE from table(validate(T, job_id => '_last'))")
    assert found == [
        ("Remote file 's3://landing/csv/a.csv' was not found.", "a.csv"),
        ("Numeric value 'y' is not recognized", "csv/b.csv"),
    ]


def test_a_copy_that_stops_at_an_error_has_nothing_to_validate(table: Landing, session: Session) -> None:
    table.put("csv/a.csv", "aa,1\n")
    session.execute(COPY)
    assert rows(session, "select * from table(validate(T, job_id => '_last'))") == []


def test_validate_knows_the_copies_of_its_user_into_its_table(table: Landing, session: Session) -> None:
    def refusal(by: Account | Session, sql: str) -> str:
        with pytest.raises(SnowflakeError) as caught:
            by.execute(sql)
        return caught.value.message

    assert "Invalid job ID '_last'" in refusal(session, "select * from table(validate(T, job_id => '_last'))")
    session.execute("copy into T from (select $1, 1 from @landing/csv/) on_error = continue")
    assert "transform" in refusal(session, "select * from table(validate(T, job_id => '_last'))")
    session.execute(f"{COPY} on_error = continue force = true")
    (copied,) = rows(session, "select last_query_id()")[0]
    table.execute("create or replace table OTHER (A int)")
    assert "was not into table" in refusal(table.account, f"select * from table(validate(OTHER, job_id => '{copied}'))")
    assert "does not exist" in refusal(session, f"select * from table(validate(NOWHERE, job_id => '{copied}'))")
