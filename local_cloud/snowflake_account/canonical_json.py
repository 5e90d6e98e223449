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
from decimal import Decimal
from typing import Any

MAX_DIGITS = 38
"""Digits of Snowflake's NUMBER."""

MAX_SCALE = 37

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\r\n]*")


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


class _Number(str):
    """A number, as its canonical text."""

    __slots__ = ()


def canonical_texts(
    text: str, *, strip_outer_array: bool = False, strip_null_values: bool = False, allow_duplicate: bool = False
) -> Iterator[str]:
    """Yield the canonical text of each value in a text of values one after another.

    Args:
        text: JSON values, separated by white space or nothing.
        strip_outer_array: yield the elements of a top-level array instead of the array.
        strip_null_values: leave out object members and array elements that are null.
        allow_duplicate: let the last of equal keys count instead of refusing the value.

    Raises:
        JsonError: at the first place that is not JSON; what came before has been yielded.
    """

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) < len(pairs) and not allow_duplicate:
            keys = [key for key, _ in pairs]
            raise ValueError(f"duplicate object attribute {next(k for k in keys if keys.count(k) > 1)!r}")
        return found

    decoder = json.JSONDecoder(
        object_pairs_hook=members, parse_int=_number, parse_float=_number, parse_constant=_no_constant
    )
    position = _BLANK.match(text).end()  # pyright: ignore[reportOptionalMemberAccess]  # matches always
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
            values = value if strip_outer_array and isinstance(value, list) else [value]
            written = [_write(item, strip_null_values) for item in values]
        except json.JSONDecodeError as error:
            raise JsonError(f"Error parsing JSON: {error.msg}", text, error.pos) from error
        except RecursionError as error:
            raise JsonError("Error parsing JSON: more nested levels than can be read", text, position) from error
        except ValueError as error:
            raise JsonError(f"Error parsing JSON: {error}", text, position) from error
        yield from written
        position = _BLANK.match(text, end).end()  # pyright: ignore[reportOptionalMemberAccess]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _number(text: str) -> _Number:
    if text.isdigit() and len(text) <= MAX_DIGITS:
        return _Number(text)
    number = Decimal(text)
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # JSON has no NaN
    significant = "".join(map(str, digits)).rstrip("0") or "0"
    exponent += len(digits) - len(significant) if significant != "0" else -exponent
    if significant.lstrip("0") == "":
        return _Number("0")
    whole = len(significant) + exponent
    if max(whole, 0) + max(-exponent, 0) > MAX_DIGITS or -exponent > MAX_SCALE:
        if math.isinf(double := float(number)):
            raise ValueError(f"the number {text} is out of range")
        return _Number(repr(double))
    return _Number(format(Decimal((sign, tuple(map(int, significant)), exponent)), "f"))


def _write(value: Any, strip_nulls: bool) -> str:
    if isinstance(value, _Number):
        return value
    if isinstance(value, str):
        if _LONE_SURROGATE.search(value):
            raise ValueError("a string has half a surrogate pair")
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        items = sorted((key, item) for key, item in value.items() if not (strip_nulls and item is None))
        return "{" + ",".join(f"{_write(key, False)}:{_write(item, strip_nulls)}" for key, item in items) + "}"
    if isinstance(value, list):
        kept = (item for item in value if not (strip_nulls and item is None))
        return "[" + ",".join(_write(item, strip_nulls) for item in kept) + "]"
    return {True: "true", False: "false", None: "null"}[value]
