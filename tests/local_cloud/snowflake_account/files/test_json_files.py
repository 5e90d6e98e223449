"""Each option of TYPE = JSON: https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-json."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from local_cloud.snowflake_account.files import json_files
from local_cloud.snowflake_account.files.file_formats import file_format
from local_cloud.snowflake_account.files.json_files import read_json
from local_cloud.snowflake_account.files.staged_rows import ROWS, FileContent, ParsedFile


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def stage(
    duck: duckdb.DuckDBPyConnection, *contents: bytes, **options: Any
) -> tuple[list[list[str]], dict[int, ParsedFile]]:
    """Return each file's texts in the order of their row numbers, and what became of the files."""
    stage_rows = read_json(
        [FileContent(no, content) for no, content in enumerate(contents)],
        file_format({"TYPE": "JSON", **options}),  # pyright: ignore[reportArgumentType]
    )
    parsed = stage_rows(duck)
    found: list[list[str]] = [[] for _ in contents]
    for no, row, text in duck.execute(f"select FILE_NO, FILE_ROW, C1 from {ROWS} order by 1, 2").fetchall():
        found[no].append(text)
        assert row == len(found[no])  # numbered from 1, without gaps
    assert [parsed[no].rows for no in range(len(contents))] == [len(texts) for texts in found]
    return found, parsed


CASES: dict[str, tuple[dict[str, Any], bytes, list[str]]] = {
    "one value a line": ({}, b'{"a": 1}\n{"a": 2}\n', ['{"a":1}', '{"a":2}']),
    "CRLF": ({}, b'{"a": 1}\r\n{"a": 2}\r\n', ['{"a":1}', '{"a":2}']),
    "no end of the last line": ({}, b'{"a": 1}\n{"a": 2}', ['{"a":1}', '{"a":2}']),
    "blank lines": ({}, b'\n{"a": 1}\n\r\n  \n\n{"a": 2}\n\n', ['{"a":1}', '{"a":2}']),
    "lines of blanks alone": ({}, b"\n\r\n\n", []),
    "an empty file": ({}, b"", []),
    "several values on a line": ({}, b'{"a": 1} {"a": 2}{"a":3}\n', ['{"a":1}', '{"a":2}', '{"a":3}']),
    "a value over several lines": ({}, b'{\n  "a": 1\n}\n{"a":\n2}', ['{"a":1}', '{"a":2}']),
    "a scalar": ({}, b'5\n"x"\nnull\ntrue\n', ["5", '"x"', "null", "true"]),
    "SKIP_BYTE_ORDER_MARK: TRUE": ({}, codecs.BOM_UTF8 + b'{"a": 1}\n', ['{"a":1}']),
    "STRIP_OUTER_ARRAY: FALSE": ({}, b'[{"a": 1}, {"a": 2}]', ['[{"a":1},{"a":2}]']),
    "STRIP_OUTER_ARRAY: TRUE": ({"STRIP_OUTER_ARRAY": True}, b'[{"a": 1}, {"a": 2}]', ['{"a":1}', '{"a":2}']),
    "STRIP_OUTER_ARRAY: only the outer": (
        {"STRIP_OUTER_ARRAY": True},
        b'[[1], [2]]\n{"a":[1]}',
        ["[1]", "[2]", '{"a":[1]}'],
    ),
    "STRIP_OUTER_ARRAY: an empty one": ({"STRIP_OUTER_ARRAY": True}, b"[]", []),
    "STRIP_NULL_VALUES: FALSE": ({}, b'{"a": null}', ['{"a":null}']),
    "STRIP_NULL_VALUES: members": (
        {"STRIP_NULL_VALUES": True},
        b'{"a": null, "b": {"c": null, "d": 1}, "e": [{"f": null}]}',
        ['{"b":{"d":1},"e":[{}]}'],
    ),
    "STRIP_NULL_VALUES: the end of an array": ({"STRIP_NULL_VALUES": True}, b"[null] [1, null]", ["[]", "[1]"]),
    "STRIP_NULL_VALUES: an array keeps its places": ({"STRIP_NULL_VALUES": True}, b"[null, 3]", ["[null,3]"]),
    "ALLOW_DUPLICATE: TRUE": ({"ALLOW_DUPLICATE": True}, b'{"a": 1, "a": 2}', ['{"a":2}']),
    "IGNORE_UTF8_ERRORS: TRUE": ({"IGNORE_UTF8_ERRORS": True}, b'{"a": "x\xff"}\n', ['{"a":"x\ufffd"}']),
    "REPLACE_INVALID_CHARACTERS: TRUE": ({"REPLACE_INVALID_CHARACTERS": True}, b'"x\xff"\n', ['"x\ufffd"']),
    "MULTI_LINE: FALSE, one value a line": ({"MULTI_LINE": False}, b'{"a": 1}\n{"a": 2}\n', ['{"a":1}', '{"a":2}']),
}


@pytest.mark.parametrize(("options", "content", "texts"), CASES.values(), ids=CASES.keys())
def test_a_json_option_does_what_is_documented(
    duck: duckdb.DuckDBPyConnection, options: dict[str, Any], content: bytes, texts: list[str]
) -> None:
    found, parsed = stage(duck, content, b'{"b": 1}\n', **options)

    assert found == [texts, ['{"b":1}']]
    assert not parsed[0].errors


ERRORS: dict[str, tuple[dict[str, Any], bytes, tuple[int, int], str, int]] = {
    "no JSON": ({}, b'{"a": 1}\n{"a": \n', (3, 1), "Expecting value", 1),
    "not UTF-8": ({}, b'{"a": 1}\n{"a": "\xff"}\n', (2, 1), "Invalid UTF8", 0),
    "ALLOW_DUPLICATE: FALSE": ({}, b'{"a": 1, "a": 2}\n', (1, 1), "duplicate object attribute 'a'", 0),
    "MULTI_LINE: FALSE": ({"MULTI_LINE": False}, b'{"b": 1}\n{"a":\n1}\n', (2, 6), "Expecting value", 1),
    "a byte-order mark that is not skipped": (
        {"SKIP_BYTE_ORDER_MARK": False},
        codecs.BOM_UTF8 + b"1",
        (1, 1),
        "Expecting value",
        0,
    ),
}


@pytest.mark.parametrize(("options", "content", "place", "message", "rows"), ERRORS.values(), ids=ERRORS.keys())
def test_a_file_with_an_error_says_where_and_leaves_the_others_alone(
    duck: duckdb.DuckDBPyConnection,
    options: dict[str, Any],
    content: bytes,
    place: tuple[int, int],
    message: str,
    rows: int,
) -> None:
    found, parsed = stage(duck, b'{"b": 1}\n', content, b'{"c": 1}\n', **options)

    (error,) = parsed[1].errors
    assert (error.line, error.character) == place
    assert message in error.message
    assert (found[0], len(found[1]), found[2]) == (['{"b":1}'], rows, ['{"c":1}'])


def test_files_of_many_lines_keep_their_order_and_numbers(duck: duckdb.DuckDBPyConnection) -> None:
    contents = [
        b"\n".join(f'{{"file": {file}, "line": {line}}}'.encode() + b"\n" * (line % 7 == 0) for line in range(300))
        for file in range(5)
    ]
    contents[3] += b"\n[1.0]\n"  # read one by one

    found, _ = stage(duck, *contents)

    assert [texts[:300] for texts in found] == [[f'{{"file":{f},"line":{n}}}' for n in range(300)] for f in range(5)]
    assert found[3][300:] == ["[1]"]


def test_records_of_several_shapes_go_the_fast_way(
    duck: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading a million records one by one takes longer than all the rest of a load."""
    shapes = ['{"b": %d, "a": "x"}', '{"c": {"z": [{"y": %d, "x": null}]}}', '{"b": %d, "a": "x", "d": true}']
    lines = [shapes[number % 3] % number for number in range(3_000)] + [f'{{"odd": [{n}]}}' for n in range(7)]
    one_by_one: list[int] = []
    original = json_files.stage_lines

    def counted(duck: duckdb.DuckDBPyConnection, lines: pa.Table) -> pa.Table:
        rest = original(duck, lines)
        one_by_one.append(rest.num_rows)
        return rest

    monkeypatch.setattr(json_files, "stage_lines", counted)
    found, _ = stage(duck, "\n".join(lines).encode())

    assert one_by_one == [7]
    assert found[0][0] == '{"a":"x","b":0}'
    assert found[0][1] == '{"c":{"z":[{"x":null,"y":1}]}}'
