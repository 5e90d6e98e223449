from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from local_cloud.commands.query_output import write_result
from local_cloud.errors import FailedRunError
from local_cloud.snowflake_account.result import Column, Result

RESULT = Result(
    [Column(name) for name in ("ID", "TEXT", "PRICE", "DAY")],
    [(1, 'a,"b"\nc', Decimal("12.3400"), date(2026, 1, 2)), (2, None, Decimal("5.00"), None)],
)


def written(result: Result, form: str) -> str:
    out = io.StringIO()
    write_result(result, form, out)
    return out.getvalue()


def test_csv_quotes_what_needs_it_and_leaves_null_empty() -> None:
    assert written(RESULT, "csv") == 'ID,TEXT,PRICE,DAY\n1,"a,""b""\nc",12.3400,2026-01-02\n2,,5.00,\n'


def test_a_table_spells_control_characters_and_csv_has_them() -> None:
    result = Result([Column("A")], [("\x1b[2J\x00\r\x9b",)])
    assert "\\x1b[2J\\x00\\x0d\\x9b" in written(result, "table")
    assert "\x1b[2J\x00\r\x9b" in written(result, "csv")


def test_json_keeps_every_digit_and_tells_null() -> None:
    assert json.loads(written(RESULT, "json")) == [
        {"ID": 1, "TEXT": 'a,"b"\nc', "PRICE": "12.3400", "DAY": "2026-01-02"},
        {"ID": 2, "TEXT": None, "PRICE": 5, "DAY": None},
    ]


def test_where_the_encoding_lacks_a_character_json_escapes_it_and_csv_is_refused() -> None:
    result, stream = Result([Column("A")], [("müde",)]), io.BytesIO()
    out = io.TextIOWrapper(stream, "ascii", errors="backslashreplace")
    with pytest.raises(FailedRunError, match=r"^the output's encoding ascii has no '\\xfc': set PYTHONIOENCODING"):
        write_result(result, "csv", out)
    write_result(result, "json", out)
    out.flush()
    assert json.loads(stream.getvalue()) == [{"A": "müde"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),  # noqa: DTZ001 - TIMESTAMP_NTZ has no zone
        (True, True),
        (1.5, 1.5),
        ({"a": [1]}, {"a": [1]}),
        (b"x", "b'x'"),
    ],
)
def test_values_become_the_nearest_json(value: Any, expected: Any) -> None:
    assert json.loads(written(Result([Column("V")], [(value,)]), "json")) == [{"V": expected}]


def test_a_table_that_no_terminal_shows_cuts_nothing_off() -> None:
    text = written(Result([Column("LONG"), Column("N")], [("x" * 500, 1)]), "table")
    assert "x" * 500 in text
    assert text.rstrip().endswith("1 row")


def test_a_table_says_null_and_counts_its_rows() -> None:
    text = written(RESULT, "table")
    assert "NULL" in text
    assert "2 rows" in text


def test_a_table_on_a_terminal_keeps_to_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    text = written(Result([Column("LONG")], [("x" * 100,)]), "table")
    assert "x" * 41 not in text
    assert text.count("x") == 100


def test_a_result_without_rows_still_has_its_columns() -> None:
    empty = Result([Column("A"), Column("B")], [])
    assert written(empty, "csv") == "A,B\n"
    assert written(empty, "json") == "[]\n"
    assert "0 rows" in written(empty, "table")
