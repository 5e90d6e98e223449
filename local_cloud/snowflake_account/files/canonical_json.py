"""JSON values in one canonical text, so that equal VARIANTs are equal text.

Keys sorted, no white space, one spelling of each number and string. Numbers are Snowflake's: exact up to 38
digits (5, 5.0 and 5e0 are one value), double precision beyond.
https://docs.snowflake.com/en/sql-reference/data-types-semistructured
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from local_cloud.snowflake_account.files.staged_rows import shortened

MAX_DIGITS = 38
"""Digits of Snowflake's NUMBER."""

MAX_SCALE = 37

MAX_NESTING = 256
"""Levels of arrays and objects in a record: deeper ones are refused on every Python alike."""

MOST_QUOTED = 100
"""Characters of a number or key that an error quotes."""

_SPECIAL_NUMBERS = {"NaN": "NaN", "Infinity": "inf", "-Infinity": "-inf"}
"""Doubles that JSON has no number for, as DuckDB writes them, and the texts that Snowflake's FLOAT has for them.

https://docs.snowflake.com/en/sql-reference/data-types-numeric#special-values
"""

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\r\n]*")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class JsonError(ValueError):
    """A text that is not JSON.

    Attributes:
        message: what is wrong.
        line: the line in the text, from 1.
        character: the character in the line, from 1.
    """

    def __init__(self, message: str, text: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.line = text.count("\n", 0, position) + 1
        self.character = position - (text.rfind("\n", 0, position) + 1) + 1


class _Exact(str):
    """The text of a number that neither an int nor a float of Python's is written as."""

    __slots__ = ()


class CanonicalReader:
    """Reads JSON values one after another and gives each its canonical text.

    Args:
        strip_outer_array: give the elements of a top-level array instead of the array.
        strip_null_values: leave out object members that are null, and nulls that end an array.
        allow_duplicate: let the last of equal keys count instead of refusing the value.
        special_numbers: read NaN, Infinity and -Infinity as the texts NaN, inf and -inf instead of refusing them.
    """

    def __init__(
        self,
        *,
        strip_outer_array: bool = False,
        strip_null_values: bool = False,
        allow_duplicate: bool = False,
        special_numbers: bool = False,
    ) -> None:
        self._strip_outer_array = strip_outer_array
        self._strip_null_values = strip_null_values
        self._allow_duplicate = allow_duplicate
        self._has_exact = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._members,
            parse_int=self._number,
            parse_float=self._number,
            parse_constant=_SPECIAL_NUMBERS.__getitem__ if special_numbers else _refused,
        )

    def texts(self, text: str) -> Iterator[str]:
        """Yield the canonical text of each value in a text of values, separated by white space or nothing.

        Raises:
            JsonError: at the first place that is not JSON; what came before has been yielded.
        """
        position = _end_of_blank(text, 0)
        while position < len(text):
            self._has_exact = False
            try:
                value, end = self._decoder.raw_decode(text, position)
                values = value if self._strip_outer_array and isinstance(value, list) else [value]
                written = [self._written(item) for item in values]
            except json.JSONDecodeError as error:
                raise JsonError(f"Error parsing JSON: {error.msg}", text, error.pos) from error
            except RecursionError as error:
                raise JsonError(_TOO_DEEP, text, position) from error
            except ValueError as error:
                raise JsonError(f"Error parsing JSON: {error}", text, position) from error
            yield from written
            position = _end_of_blank(text, end)

    def text(self, text: str) -> str:
        """Return the canonical text of the one value in a text.

        Raises:
            ValueError: the text is not JSON, or holds another number of values.
        """
        (written,) = self.texts(text)
        return written

    def _members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs) and not self._allow_duplicate:
            keys = [key for key, _ in pairs]
            twice = shortened(next(key for key in keys if keys.count(key) > 1), MOST_QUOTED)
            raise ValueError(f"duplicate object attribute {twice!r}")
        return found

    def _number(self, text: str) -> int | float | _Exact:
        if len(text) <= MAX_DIGITS and text.isdigit():
            return int(text)
        canonical = _canonical_number(text)
        if canonical.lstrip("-").isdigit():
            return int(canonical)
        if repr(float(canonical)) == canonical:
            return float(canonical)
        self._has_exact = True
        return _Exact(canonical)

    def _written(self, value: Any) -> str:
        if self._strip_null_values:
            value = _without_nulls(value)
        written = _write(value) if self._has_exact else _ENCODER.encode(value)
        if _LONE_SURROGATE.search(written):
            raise ValueError("a string has half a surrogate pair")
        if written.count("[") + written.count("{") > MAX_NESTING and _nesting(written) > MAX_NESTING:
            raise RecursionError
        return written


_TOO_DEEP = f"Error parsing JSON: a record has more than {MAX_NESTING} levels of arrays and objects; flatten it"


def _end_of_blank(text: str, position: int) -> int:
    return _BLANK.match(text, position).end()  # pyright: ignore[reportOptionalMemberAccess]  # matches always


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _canonical_number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # an exponent of some 19 digits
        mantissa, _, power = text.lower().partition("e")
        if power.startswith("-") or not mantissa.strip("-0."):
            return "0"
        raise _out_of_range(text) from error
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # JSON has no NaN
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant.lstrip("0"):
        return "0"
    exponent += len(digits) - len(significant)
    if max(len(significant) + exponent, 0) + max(-exponent, 0) > MAX_DIGITS or -exponent > MAX_SCALE:
        if math.isinf(double := float(number)):
            raise _out_of_range(text)
        return repr(double) if double else "0"
    return format(Decimal((sign, tuple(map(int, significant)), exponent)), "f")


def _out_of_range(text: str) -> ValueError:
    return ValueError(f"the number {shortened(text, MOST_QUOTED)} is out of range")


def _without_nulls(value: Any) -> Any:
    """Strip nulls; one inside an array keeps its place, so that what follows it keeps its index."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        items = [_without_nulls(item) for item in value]
        while items and items[-1] is None:
            items.pop()
        return items
    return value


def _write(value: Any) -> str:
    """Write a value that has exact numbers, for which json has no type."""
    if isinstance(value, _Exact):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{_ENCODER.encode(key)}:{_write(value[key])}" for key in sorted(value)]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([_write(item) for item in value]) + "]"
    return _ENCODER.encode(value)


def _nesting(text: str) -> int:
    depth = deepest = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        deepest = max(deepest, depth)
    return deepest
