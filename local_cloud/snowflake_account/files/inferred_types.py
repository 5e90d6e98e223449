"""The types that INFER_SCHEMA tells of values, and what several of them have in common. Pure.

https://docs.snowflake.com/en/sql-reference/functions/infer_schema
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pyarrow as pa

_MOST_DIGITS = 38
_NUMBER = re.compile(r"[+-]?0*(?P<whole>\d*)(?:\.(?P<part>\d*))?", re.ASCII)
_REAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+", re.ASCII)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[ T](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?")
_STRUCTURES = ("ARRAY", "OBJECT", "VARIANT")


@dataclass(frozen=True)
class Inferred:
    """A type; a NUMBER has so many digits before and behind its point. `NULL` is what nothing is known of."""

    word: str
    whole: int = 0
    part: int = 0

    def joined(self, other: Inferred) -> Inferred:
        """Return the type that values of both have."""
        words = {self.word, other.word}
        if self.word == other.word or "NULL" in words:
            known = other if self.word == "NULL" else self
            return (
                _number(max(self.whole, other.whole), max(self.part, other.part)) if known.word == "NUMBER" else known
            )
        if words & set(_STRUCTURES):
            return Inferred("VARIANT")
        if words == {"NUMBER", "REAL"}:
            return Inferred("REAL")
        return Inferred("TIMESTAMP_NTZ" if words == {"DATE", "TIMESTAMP_NTZ"} else "TEXT")

    @property
    def spelled(self) -> str:
        """The type as INFER_SCHEMA spells it; a column that is always empty is text."""
        if self.word == "NUMBER":
            return f"NUMBER({max(self.whole + self.part, 1)}, {self.part})"
        return "TEXT" if self.word == "NULL" else self.word


def _number(whole: int, part: int) -> Inferred:
    return Inferred("NUMBER", whole, part) if whole + part <= _MOST_DIGITS else Inferred("REAL")


NOTHING = Inferred("NULL")


def of_field(text: str | None) -> Inferred:
    """Return the type of a field of a CSV file."""
    if not text:
        return NOTHING if text is None else Inferred("TEXT")
    if text.upper() in ("TRUE", "FALSE"):
        return Inferred("BOOLEAN")
    if (number := _NUMBER.fullmatch(text)) and text[-1:].isdigit():
        return _number(len(number["whole"]), len(number["part"] or ""))
    if _REAL.fullmatch(text):
        return Inferred("REAL")
    return _of_time(text)


def _of_time(text: str) -> Inferred:
    """Return DATE, TIME or TIMESTAMP_NTZ of a text that is one, or else TEXT."""
    try:
        if found := _MOMENT.fullmatch(text):
            date.fromisoformat(found["day"])
            if found["time"]:
                time.fromisoformat(found["time"][:8])
            return Inferred("TIMESTAMP_NTZ" if found["time"] else "DATE")
        if _TIME.fullmatch(text):
            time.fromisoformat(text[:8])
            return Inferred("TIME")
    except ValueError:
        pass
    return Inferred("TEXT")


@dataclass(frozen=True)
class Written:
    """A number of a JSON text, as it is written there."""

    text: str


def of_value(value: Any) -> Inferred:
    """Return the type of a value of a JSON file, its numbers as they are written."""
    match value:
        case None:
            return NOTHING
        case bool():
            return Inferred("BOOLEAN")
        case Written():
            return of_field(value.text)
        case str():
            return _of_time(value)
        case list():
            return Inferred("ARRAY")
        case _:
            return Inferred("OBJECT")


def of_arrow(kind: pa.DataType, *, binary_is_text: bool) -> Inferred:
    """Return the type of a Parquet file's column."""
    types = pa.types
    if types.is_dictionary(kind):
        return of_arrow(kind.value_type, binary_is_text=binary_is_text)
    if not binary_is_text and (types.is_binary(kind) or types.is_large_binary(kind)):
        return Inferred("BINARY")
    if types.is_decimal(kind):
        return Inferred("NUMBER", kind.precision - kind.scale, kind.scale)
    for is_kind, word in (
        (types.is_boolean, "BOOLEAN"),
        (types.is_floating, "REAL"),
        (types.is_date, "DATE"),
        (types.is_time, "TIME"),
        (types.is_timestamp, "TIMESTAMP_NTZ"),
        (types.is_nested, "VARIANT"),
    ):
        if is_kind(kind):
            return Inferred(word)
    return Inferred("NUMBER", _MOST_DIGITS, 0) if types.is_integer(kind) else Inferred("TEXT")
