"""Equal values have equal text, by the fast way and by the slow one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account.files.canonical_json import MAX_NESTING, CanonicalReader, JsonError
from local_cloud.snowflake_account.files.file_formats import JsonFormat
from local_cloud.snowflake_account.files.json_files import read_json
from local_cloud.snowflake_account.files.staged_rows import ROWS, FileContent

READER = CanonicalReader()


class Number:
    """A JSON number: what it is worth, and one way to write it."""

    def __init__(self, value: Decimal, spelling: str) -> None:
        self.value = value
        self.spelling = spelling

    def __repr__(self) -> str:
        return self.spelling


@st.composite
def numbers(draw: st.DrawFn) -> Number:
    """Draw a number of at most 38 digits and a spelling of it."""
    digits = draw(st.integers(0, 10 ** draw(st.integers(1, 25)) - 1))
    value = Decimal(digits).scaleb(-draw(st.integers(0, 12))) * draw(st.sampled_from((1, -1)))
    plain = format(value, "f")
    exponent = draw(st.integers(-9, 9))
    shifted = format(Decimal(plain).scaleb(-exponent), "f")
    zeros = "0" * draw(st.integers(0, 3))
    with_zeros = plain + (zeros if "." in plain else f".{zeros}" if zeros else "")
    mark = draw(st.sampled_from(("e", "E", "e+" if exponent >= 0 else "e")))
    return Number(value, draw(st.sampled_from((plain, with_zeros, f"{shifted}{mark}{exponent}"))))


KEYS = st.one_of(st.sampled_from(("customer_id", "price", "a", "A", "b", "", "ß", "größe", 'q"')), st.text(max_size=4))
SCALARS = st.one_of(st.none(), st.booleans(), numbers(), st.text(max_size=12))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
RECORDS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)
BLANKS = st.sampled_from(("", " ", "\t", "  "))


@st.composite
def spellings(draw: st.DrawFn, value: Any) -> str:
    """Draw a text of a value: blanks, the order of keys, escapes."""
    blank = draw(BLANKS)
    if isinstance(value, Number):
        return value.spelling
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=draw(st.booleans()))
        return text.replace("/", "\\/") if draw(st.booleans()) else text
    if isinstance(value, dict):
        members = [
            f"{blank}{draw(spellings(key))}{blank}:{blank}{draw(spellings(value[key]))}"
            for key in draw(st.permutations(list(value)))
        ]
        return "{" + f"{blank},".join(members) + blank + "}"
    if isinstance(value, list):
        return "[" + f"{blank},".join(blank + draw(spellings(item)) for item in value) + blank + "]"
    return json.dumps(value)


def worth(value: Any) -> Any:
    """Return a value to compare by: unlike Python, JSON tells true from 1."""
    if isinstance(value, Number):
        return ("number", value.value.normalize() if value.value else Decimal(0))
    if isinstance(value, dict):
        return ("object", frozenset((key, worth(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(worth(item) for item in value))
    return (type(value).__name__, value)


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def staged(duck: duckdb.DuckDBPyConnection, *contents: bytes, **options: Any) -> dict[int, list[str]]:
    """Return the texts that each file's rows have after staging, in order."""
    files = [FileContent(no, content) for no, content in enumerate(contents)]
    read_json(files, JsonFormat(**options))(duck)
    found: dict[int, list[str]] = {no: [] for no in range(len(files))}
    for no, text in duck.execute(f"select FILE_NO, C1 from {ROWS} order by FILE_NO, FILE_ROW").fetchall():
        found[no].append(text)
    return found


def one_by_one(lines: list[str]) -> list[str]:
    return [READER.text(line) for line in lines]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_every_spelling_of_a_value_has_one_text(data: st.DataObject) -> None:
    value = data.draw(VALUES)

    one, other = READER.text(data.draw(spellings(value))), READER.text(data.draw(spellings(value)))

    assert one == other
    assert READER.text(one) == one


@given(VALUES, VALUES, st.data())
@settings(max_examples=200, deadline=None)
@example([1], [True], None)
@example([0], [False], None)
@example({"a": 5}, {"a": "5"}, None)
def test_only_equal_values_have_the_same_text(one: Any, other: Any, data: st.DataObject | None) -> None:
    texts = [data.draw(spellings(value)) if data else json.dumps(value) for value in (one, other)]

    assert (READER.text(texts[0]) == READER.text(texts[1])) == (worth(one) == worth(other))


@st.composite
def feeds(draw: st.DrawFn) -> list[str]:
    """Draw lines as a feed has them: mostly of one shape, with other values and a few that are odd."""
    shape = draw(RECORDS)
    written = draw(spellings(shape))
    similar = [draw(spellings({**shape, key: draw(SCALARS)})) for key in draw(st.lists(st.sampled_from(list(shape))))]
    odd = [draw(spellings(value)) for value in draw(st.lists(VALUES, max_size=6))]
    return draw(st.permutations([written] * draw(st.integers(50, 70)) + similar + odd))


@given(lines=feeds())
@settings(max_examples=150, deadline=None)
def test_the_fast_way_gives_the_text_of_the_slow_way(duck: duckdb.DuckDBPyConnection, lines: list[str]) -> None:
    assert staged(duck, "\n".join(lines).encode())[0] == one_by_one(lines)


LINE = '{"customer_id": "C1", "basket": [{"product_id": "P1", "price": 5}], "at": "2026-01-01", "paid": true}'
NOT_WHAT_IT_SEEMS = {
    "a number where the others have text": LINE.replace('"C1"', "15"),
    "text where the others have a number": LINE.replace("5}", '"5"}'),
    "text and number changed places": LINE.replace('"C1"', "5").replace("5}]", '"5"}]'),
    "numbers for texts, as long as the member left out": LINE.replace('"C1"', "1")
    .replace('"P1"', "2")
    .replace('"2026-01-01"', "3")
    .replace("true", 'true, "x": 1'),
    "5.0": LINE.replace("5}", "5.0}"),
    "5e0": LINE.replace("5}", "5e0}"),
    "0.10": LINE.replace("5}", "0.10}"),
    "a decimal": LINE.replace("5}", "5.25}"),
    **{f"a decimal of {zeros} zeros": LINE.replace("5}", f"0.{'0' * zeros}12}}") for zeros in range(9)},
    "a small negative decimal": LINE.replace("5}", "-0.0000012}"),
    "-0": LINE.replace("5}", "-0}"),
    "-0.0": LINE.replace("5}", "-0.0}"),
    "-0.5": LINE.replace("5}", "-0.5}"),
    "17 digits": LINE.replace("5}", "12345678901234567}"),
    "38 digits": LINE.replace("5}", "12345678901234567890123456789012345678}"),
    "39 digits": LINE.replace("5}", "123456789012345678901234567890123456789}"),
    "a decimal of 17 digits": LINE.replace("5}", "0.12345678901234567}"),
    "a decimal of 20 digits": LINE.replace("5}", "12345.123456789012345}"),
    "2^53 + 1": LINE.replace("5}", "9007199254740993}"),
    "null for text": LINE.replace('"C1"', "null"),
    "null for a number": LINE.replace("5}", "null}"),
    "null for a boolean": LINE.replace("true", "null"),
    "false for a boolean": LINE.replace("true", "false"),
    "a number for a boolean": LINE.replace("true", "1"),
    "an object for text": LINE.replace('"C1"', '{"z": 1, "y": 2}'),
    "an object for a number": LINE.replace("5}", '{"z": 1, "y": 2}}'),
    "an array for a boolean": LINE.replace("true", '[{"z": 1, "y": 2}]'),
    "null for an array": LINE.replace('[{"product_id": "P1", "price": 5}]', "null"),
    "an empty array": LINE.replace('{"product_id": "P1", "price": 5}', ""),
    "null in an array": LINE.replace("5}", "5}, null"),
    "a member more": LINE.replace("true", 'true, "more": 1'),
    "a member less": LINE.replace(', "paid": true', ""),
    "a key in another case": LINE.replace("paid", "PAID"),
    "a key and the same in another case": LINE.replace("true", 'true, "PAID": false'),
    "an escape": LINE.replace("C1", "\\u0043\\/1"),
    "an escaped non-BMP character": LINE.replace("C1", "\\ud83d\\ude00"),
    "a non-BMP character": LINE.replace("C1", "😀"),
    "text like a member": LINE.replace("C1", "'price': 5.0"),
    "text like a bracket": LINE.replace("C1", ", }"),
    "text of a million characters": LINE.replace("C1", "ü" * 1_000_000),
    "an escaped control character": LINE.replace("C1", "\\u0001"),
    "a delete character": LINE.replace("C1", "\x7f"),
    "100 levels": LINE.replace('"C1"', "[" * 98 + "]" * 98),
    "as many levels as there may be": LINE.replace('"C1"', "[" * (MAX_NESTING - 1) + "]" * (MAX_NESTING - 1)),
    "no object": "[1.0]",
    "text": '"C1"',
    "null": "null",
}


@pytest.mark.parametrize("odd", NOT_WHAT_IT_SEEMS.values(), ids=NOT_WHAT_IT_SEEMS.keys())
def test_a_line_among_others_that_are_alike_is_what_it_is_alone(duck: duckdb.DuckDBPyConnection, odd: str) -> None:
    lines = [LINE] * 60 + [odd] + [LINE] * 60

    assert staged(duck, "\n".join(lines).encode())[0] == one_by_one(lines)


def test_keys_that_differ_in_case_alone_are_not_taken_for_one_another(duck: duckdb.DuckDBPyConnection) -> None:
    """DuckDB names the second of them `a_1`; three such names are as long as the member that is left out."""
    line = '{"a": 1, "A": 2, "b": 3, "B": 4, "c": 5, "C": 6}'
    lines = [line] * 60 + [line.replace("}", ', "x": 7}')]

    assert staged(duck, "\n".join(lines).encode())[0] == one_by_one(lines)


NO_JSON = {
    "a trailing comma in an object": LINE.replace("true}", "true,}"),
    "a trailing comma in an array": LINE.replace("5}]", "5} , ]"),
    "NaN": LINE.replace("5}", "NaN}"),
    "nan": LINE.replace("5}", "nan}"),
    "nan for text": LINE.replace('"C1"', "nan"),
    "Infinity": LINE.replace("5}", "Infinity}"),
    "-Infinity": LINE.replace("5}", "-Infinity}"),
    "-inf": LINE.replace("5}", "-inf}"),
    "a number beyond a double": LINE.replace("5}", "1e400}"),
    "an exponent of 19 digits": LINE.replace("5}", "1e9999999999999999999}"),
    "an exponent of 19 digits for a negative number": LINE.replace("5}", "-0.1E+9999999999999999999}"),
    "the same key twice": LINE.replace("true", 'true, "paid": true'),
    "an unknown key twice": LINE.replace("true", 'true, "x": 1, "x": 1'),
    "half a surrogate pair": LINE.replace("C1", "\\ud83d"),
    "half a surrogate pair as a key": LINE.replace("paid", "\\ude00"),
    "a level too many": LINE.replace('"C1"', "[" * MAX_NESTING + "]" * MAX_NESTING),
    "5,000 levels": LINE.replace('"C1"', "[" * 5_000 + "]" * 5_000),
    "a leading zero": LINE.replace("5}", "05}"),
    "a tab in text": LINE.replace("C1", "C\t1"),
    "single quotes": LINE.replace('"', "'"),
}


@pytest.mark.parametrize("bad", NO_JSON.values(), ids=NO_JSON.keys())
def test_what_is_no_json_is_an_error_at_its_line(duck: duckdb.DuckDBPyConnection, bad: str) -> None:
    content = "\n".join([LINE] * 60 + [bad] + [LINE] * 60).encode()

    parsed = read_json([FileContent(0, content), FileContent(1, LINE.encode())], JsonFormat())(duck)

    (error,) = parsed[0].errors
    assert error.line == 61
    assert error.message.startswith("Error parsing JSON: ")
    assert parsed[0].rows == 60  # what came before: ON_ERROR decides what becomes of it
    assert (parsed[1].rows, parsed[1].errors) == (1, [])


def test_a_file_that_is_no_json_at_all_is_one_error(duck: duckdb.DuckDBPyConnection) -> None:
    parsed = read_json([FileContent(0, b"plain text\n" * 200)], JsonFormat())(duck)

    assert ([error.line for error in parsed[0].errors], parsed[0].rows) == ([1], 0)


@pytest.mark.parametrize("levels", [MAX_NESTING + 1, 400, 600, 900, 5_000])
@pytest.mark.parametrize("ends", [('{"a%s":', "}"), ('[{"a%s":', "}]"), ("[", "]")], ids=["objects", "both", "arrays"])
def test_a_file_whose_records_all_have_too_many_levels_is_one_error(
    duck: duckdb.DuckDBPyConnection, levels: int, ends: tuple[str, str]
) -> None:
    record = "".join(ends[0].replace("%s", str(level)) for level in range(levels)) + "1" + ends[1] * levels

    parsed = read_json([FileContent(0, f"{record}\n".encode() * 60), FileContent(1, b"1")], JsonFormat())(duck)

    assert ([error.line for error in parsed[0].errors], parsed[0].rows) == ([1], 0)
    assert (parsed[1].rows, parsed[1].errors) == (1, [])


def test_records_of_as_many_levels_as_there_may_be_are_read_however_many(duck: duckdb.DuckDBPyConnection) -> None:
    record = "".join(f'{{"a{level:03}":' for level in range(MAX_NESTING)) + "1" + "}" * MAX_NESTING

    assert staged(duck, f"{record}\n".encode() * 60)[0] == [record] * 60


def test_a_record_without_its_end_is_an_error_where_the_next_begins(duck: duckdb.DuckDBPyConnection) -> None:
    content = "\n".join([LINE, LINE[:-1], LINE]).encode()

    (error,) = read_json([FileContent(0, content)], JsonFormat())(duck)[0].errors

    assert (error.line, error.character) == (3, 1)


def test_a_level_too_many_is_an_error_that_names_the_limit() -> None:
    with pytest.raises(JsonError, match="more than 256 levels of arrays and objects; flatten it"):
        READER.text("[" * 257 + "]" * 257)
    assert READER.text('["[' + "[" * 300 + '"]')  # brackets in text are none


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9" * 5_000, f"the number {'9' * 100}… (5,000 characters) is out of range"),
        (f'{{"{"k" * 900}": 1, "{"k" * 900}": 2}}', f"attribute '{'k' * 100}… (900 characters)'"),
    ],
    ids=["number", "key"],
)
def test_an_error_does_not_repeat_all_of_a_long_value(text: str, message: str) -> None:
    with pytest.raises(JsonError, match=re.escape(message)):
        READER.text(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("5.0", "5"),
        ("5e0", "5"),
        ("50E-1", "5"),
        ("-5.50", "-5.5"),
        ("-0", "0"),
        ("-0.0e5", "0"),
        ("0e99999", "0"),
        ("1e5", "100000"),
        ("1E+2", "100"),
        ("0.00001", "0.00001"),
        ("1e-37", "0." + "0" * 36 + "1"),
        ("1e-38", "1e-38"),
        ("9" * 38, "9" * 38),
        ("9007199254740993", "9007199254740993"),
        ("0.1234567890123456789012345678901234567", "0.1234567890123456789012345678901234567"),
        ("1" + "0" * 38, "1e+38"),
        ("123456789012345678901234567890123456789", "1.2345678901234568e+38"),
        ("1e-400", "0"),
        ("1e-9999999999999999999", "0"),
        ("-1.5E-9999999999999999999", "0"),
        ("0e9999999999999999999", "0"),
        ("-0.00e+9999999999999999999", "0"),
        ("9" * 5000 + "e-4990", "9999999999"),
    ],
)
def test_a_number_is_exact_to_38_digits_and_a_double_beyond(text: str, canonical: str) -> None:
    if text.startswith("9999") and "e" in text:
        canonical = "10000000000.0"  # more digits than 38: the nearest double
    assert READER.text(text) == canonical
