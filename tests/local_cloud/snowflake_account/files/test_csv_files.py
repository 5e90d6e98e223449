"""Each option of TYPE = CSV: https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv.

A case's name is the documented rule; its rows are what Snowflake's `$1`, `$2`, … are.
"""

from __future__ import annotations

import gc
import time
from typing import Any

import pytest

from local_cloud.snowflake_account.files.csv_files import CsvRow, csv_rows
from local_cloud.snowflake_account.files.file_formats import file_format
from local_cloud.snowflake_account.files.staged_rows import RowError

QUOTED = {"FIELD_OPTIONALLY_ENCLOSED_BY": '"'}
TEXT_AS_DELIVERED = QUOTED | {"EMPTY_FIELD_AS_NULL": False, "NULL_IF": (), "ESCAPE_UNENCLOSED_FIELD": "NONE"}


def rows(text: str, **options: Any) -> list[CsvRow | RowError]:
    parsed = file_format({"TYPE": "CSV", **options})
    return list(csv_rows(text, parsed))  # pyright: ignore[reportArgumentType]


CASES: dict[str, tuple[dict[str, Any], str, list[list[str | None]]]] = {
    "RECORD_DELIMITER: a new line is LF": ({}, "a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    "RECORD_DELIMITER: … or CRLF, whatever the platform": ({}, "a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
    "RECORD_DELIMITER: … or CR": ({}, "a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
    "RECORD_DELIMITER: the last record needs none": ({}, "a,b\nc,d", [["a", "b"], ["c", "d"]]),
    "RECORD_DELIMITER: any text": ({"RECORD_DELIMITER": "|~"}, "a,b|~c\n,d", [["a", "b"], ["c\n", "d"]]),
    "RECORD_DELIMITER: CRLF, and LF is data": (
        {"RECORD_DELIMITER": "\\r\\n"},
        "a,b\nc\r\nd,e\rf\r\n",
        [["a", "b\nc"], ["d", "e\rf"]],
    ),
    "RECORD_DELIMITER: CR, and LF is data": ({"RECORD_DELIMITER": "\\r"}, "a,b\nc\rd,e", [["a", "b\nc"], ["d", "e"]]),
    "RECORD_DELIMITER: by its code": ({"RECORD_DELIMITER": "0x1E"}, "a,b\x1ec,d", [["a", "b"], ["c", "d"]]),
    "RECORD_DELIMITER: NONE": ({"RECORD_DELIMITER": "NONE"}, "a,b\nc", [["a", "b\nc"]]),
    "FIELD_DELIMITER: one sign": ({"FIELD_DELIMITER": ";"}, "a;b,c\n", [["a", "b,c"]]),
    "FIELD_DELIMITER: several": ({"FIELD_DELIMITER": "||"}, "a||b|c\n", [["a", "b|c"]]),
    "FIELD_DELIMITER: tab": ({"FIELD_DELIMITER": "\\t"}, "a\tb\n", [["a", "b"]]),
    "FIELD_DELIMITER: octal": ({"FIELD_DELIMITER": "\\037"}, "a\x1fb\n", [["a", "b"]]),
    "FIELD_DELIMITER: hexadecimal": ({"FIELD_DELIMITER": "\\x1F"}, "a\x1fb\n", [["a", "b"]]),
    "FIELD_DELIMITER: NONE": ({"FIELD_DELIMITER": "NONE"}, "a,b\nc\n", [["a,b"], ["c"]]),
    "SKIP_HEADER: lines at the beginning": ({"SKIP_HEADER": 2}, "x\r\ny\r\na,b\r\n", [["a", "b"]]),
    "SKIP_HEADER: lines, not records": (
        {"SKIP_HEADER": 1, "RECORD_DELIMITER": "|"},
        "x|y\na|b",
        [["a"], ["b"]],
    ),
    "SKIP_HEADER: more than there are": ({"SKIP_HEADER": 5}, "x\ny\n", []),
    "SKIP_BLANK_LINES: TRUE": ({"SKIP_BLANK_LINES": True}, "a\n\n\nb\n", [["a"], ["b"]]),
    "SKIP_BLANK_LINES: quotes are no blank": (QUOTED | {"SKIP_BLANK_LINES": True}, '""\n\r\nb\n', [[""], ["b"]]),
    "SKIP_BLANK_LINES: NULL_IF is no blank": (
        QUOTED | {"SKIP_BLANK_LINES": True, "NULL_IF": ("-",)},
        '-\n"-"\n\nb\n',
        [[None], [None], ["b"]],
    ),
    "SKIP_BLANK_LINES: with TRIM_SPACE": (
        {"SKIP_BLANK_LINES": True, "TRIM_SPACE": True},
        "a\n \t\nb\n ",
        [["a"], ["b"]],
    ),
    "SKIP_BLANK_LINES: white space is a value": ({"SKIP_BLANK_LINES": True}, "a\n \n", [["a"], [" "]]),
    "SKIP_BLANK_LINES: records that are no lines": (
        {"SKIP_BLANK_LINES": True, "RECORD_DELIMITER": "|"},
        "a||b|",
        [["a"], ["b"]],
    ),
    "TRIM_SPACE: FALSE": ({}, " a , b\n", [[" a ", " b"]]),
    "TRIM_SPACE: TRUE": ({"TRIM_SPACE": True}, " a ,\tb \n", [["a", "b"]]),
    "TRIM_SPACE: around quotes": (QUOTED | {"TRIM_SPACE": True}, '  " a " ,b\n', [[" a ", "b"]]),
    "FIELD_OPTIONALLY_ENCLOSED_BY: NONE": ({}, '"a,b"\n', [['"a', 'b"']]),
    "FIELD_OPTIONALLY_ENCLOSED_BY: delimiters": (QUOTED, '"a,b",c\n', [["a,b", "c"]]),
    "FIELD_OPTIONALLY_ENCLOSED_BY: line ends": (QUOTED, '"a\r\nb",c\n', [["a\r\nb", "c"]]),
    "FIELD_OPTIONALLY_ENCLOSED_BY: a quote is doubled": (QUOTED, '"a ""b""",c\n', [['a "b"', "c"]]),
    "FIELD_OPTIONALLY_ENCLOSED_BY: a quote within": (QUOTED, 'a"b,c\n', [['a"b', "c"]]),
    "FIELD_OPTIONALLY_ENCLOSED_BY: single quote": (
        {"FIELD_OPTIONALLY_ENCLOSED_BY": "'"},
        "'a,''b''',\"c\"\n",
        [["a,'b'", '"c"']],
    ),
    "ESCAPE: in enclosed fields": (QUOTED | {"ESCAPE": "\\"}, '"a\\"b,\\n",c\\,d\n', [['a"b,\n', "c,d"]]),
    "ESCAPE: the quote itself": (QUOTED | {"ESCAPE": '"'}, '"a""b","c",\n', [['a"b', "c", None]]),
    "ESCAPE: escapes itself": (QUOTED | {"ESCAPE": "\\"}, '"a\\\\",b\n', [["a\\", "b"]]),
    "ESCAPE: in enclosed fields only": (
        QUOTED | {"ESCAPE": "^", "ESCAPE_UNENCLOSED_FIELD": "NONE"},
        '"a^"b",c^,d\\\n',
        [['a"b', "c^", "d\\"]],
    ),
    "ESCAPE: beside ESCAPE_UNENCLOSED_FIELD": (QUOTED | {"ESCAPE": "^"}, '"a^"\\",b^\\,c\n', [['a"\\', "b^,c"]]),
    "ESCAPE_UNENCLOSED_FIELD: a delimiter": ({}, "a\\,b,c\n", [["a,b", "c"]]),
    "ESCAPE_UNENCLOSED_FIELD: a line end": ({}, "a\\\nb,c\n", [["a\nb", "c"]]),
    "ESCAPE_UNENCLOSED_FIELD: known letters": ({}, "\\t\\r\\x,b\n", [["\t\rx", "b"]]),
    "ESCAPE_UNENCLOSED_FIELD: not in enclosed fields": (QUOTED, '"a\\n",b\n', [["a\\n", "b"]]),
    "ESCAPE_UNENCLOSED_FIELD: NONE": ({"ESCAPE_UNENCLOSED_FIELD": "NONE"}, "a\\,b\n", [["a\\", "b"]]),
    "NULL_IF: default is \\N": ({}, "\\N,N\n", [[None, "N"]]),
    "NULL_IF: several": ({"NULL_IF": ("NULL", "-")}, "NULL,-,null\n", [[None, None, "null"]]),
    "NULL_IF: enclosed fields too": (QUOTED | {"NULL_IF": ("NULL",)}, '"NULL",a\n', [[None, "a"]]),
    "NULL_IF: after TRIM_SPACE": ({"NULL_IF": ("-",), "TRIM_SPACE": True}, " - ,a\n", [[None, "a"]]),
    "EMPTY_FIELD_AS_NULL: TRUE": (QUOTED, ',"",\n', [[None, "", None]]),
    "EMPTY_FIELD_AS_NULL: FALSE": (QUOTED | {"EMPTY_FIELD_AS_NULL": False}, ',"",\n', [["", "", ""]]),
    "as this project has it": (
        TEXT_AS_DELIVERED | {"SKIP_HEADER": 1},
        'id,description\r\nP1,"men\'s shirt, ""blue"""\r\nP2,C:\\new\r\nP3,\\N\r\nP4,\r\nP5\r\nP6,ü😀,more\r\n',
        [["P1", 'men\'s shirt, "blue"'], ["P2", "C:\\new"], ["P3", "\\N"], ["P4", ""], ["P5"], ["P6", "ü😀", "more"]],
    ),
    "other line ends than CR and LF are none": ({}, "a\u2028b\x0b,c\x85\n", [["a\u2028b\x0b", "c\x85"]]),
    "an empty file": ({}, "", []),
}


BLANK: dict[str, tuple[dict[str, Any], str, list[int]]] = {
    "among others": ({}, "a,b\n\nc,d\n", [2]),
    "at the end": ({}, "a\r\n\r\n", [2]),
    "after the header": ({"SKIP_HEADER": 1}, "\n\nb\n", [2]),
    "with TRIM_SPACE": ({"TRIM_SPACE": True}, "a\n \t\n", [2]),
    "without a check of columns": ({"ERROR_ON_COLUMN_COUNT_MISMATCH": False}, "a\n\n\nb\n", [2, 3]),
    "beside quotes": (QUOTED, '"a\nb"\n\n""\n', [3]),
    "a record that is no line": ({"RECORD_DELIMITER": "|"}, "a||b|", [2]),
}


@pytest.mark.parametrize(("options", "text", "lines"), BLANK.values(), ids=BLANK)
def test_a_blank_line_is_an_end_of_record_error_unless_blank_lines_are_skipped(
    options: dict[str, Any], text: str, lines: list[int]
) -> None:
    """https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv."""
    told = [row for row in rows(text, **options) if isinstance(row, RowError)]
    assert [error.line for error in told] == lines
    assert all(error.message.startswith("End of record reached while expected to parse column") for error in told)
    assert not [row for row in rows(text, **options | {"SKIP_BLANK_LINES": True}) if isinstance(row, RowError)]


@pytest.mark.parametrize(("options", "text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_csv_option_does_what_is_documented(
    options: dict[str, Any], text: str, expected: list[list[str | None]]
) -> None:
    assert [row.fields if isinstance(row, CsvRow) else row for row in rows(text, **options)] == expected


ERRORS: dict[str, tuple[dict[str, Any], str, tuple[int, int, str], int]] = {
    "a quote that is never closed": (QUOTED, 'a,b\nc,"d\ne,f\n', (2, 3, "never closed"), 2),
    "text after a closing quote": (QUOTED, 'a,b\n"c"d,e\nf,g\n', (2, 4, "'d' instead of field delimiter ','"), 2),
    "an error on a later line of a record": (QUOTED, '"a\r\nb"c\r\nd,e\r\n', (2, 3, "'c' instead of"), 2),
    "MULTI_LINE: FALSE": (QUOTED | {"MULTI_LINE": False}, 'a,b\n"c\nd",e\n', (2, 3, "MULTI_LINE is FALSE"), 2),
}


@pytest.mark.parametrize(("options", "text", "error", "good"), ERRORS.values(), ids=ERRORS.keys())
def test_a_bad_record_is_an_error_at_its_place_and_reading_goes_on(
    options: dict[str, Any], text: str, error: tuple[int, int, str], good: int
) -> None:
    found = rows(text, **options)

    first = next(row for row in found if isinstance(row, RowError))
    assert (first.line, first.character) == error[:2]
    assert error[2] in first.message
    assert sum(isinstance(row, CsvRow) for row in found) == good


def test_a_row_carries_the_line_that_it_begins_on() -> None:
    found = rows('head\n"a\nb"\n\nc\r\nd\n', SKIP_HEADER=1, **QUOTED)

    assert [row.line for row in found] == [2, 4, 5, 6]


def test_records_that_are_no_lines_are_numbered_one_by_one() -> None:
    found = rows('h\n"a\nb"|c|"d"x|e', SKIP_HEADER=1, RECORD_DELIMITER="|", **QUOTED)

    assert [row.line for row in found] == [2, 3, 4, 5]
    assert isinstance(found[2], RowError)
    assert found[2].character == 4


def test_five_times_the_rows_take_about_five_times_as_long() -> None:
    def seconds(count: int) -> float:
        text = "id,description,category\r\n" + "P123,men's shirt,clothes\r\n" * count
        gc.collect()
        gc.disable()  # a collection looks at all that other tests have left too
        try:
            started = time.thread_time()
            assert len(rows(text, SKIP_HEADER=1, **TEXT_AS_DELIVERED)) == count
            return time.thread_time() - started
        finally:
            gc.enable()

    few = min(seconds(10_000) for _ in range(3))
    assert min(seconds(50_000) for _ in range(3)) < 15 * few
