"""VARIANT's conversions in plain Python: what the account is held against.

https://docs.snowflake.com/en/sql-reference/data-type-conversion#data-types-that-can-be-cast
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def as_text(value: Any) -> str | None:
    """A VARIANT as text: without quotes; null is NULL."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def as_number(value: Any) -> float | None:
    """A VARIANT as a number: also one in a text, and a boolean is 1 or 0."""
    return None if value is None else float(value)


def equal(value: Any, other: Any) -> bool | None:
    """Whether a VARIANT equals a value of another type, by that type; NULL where one is NULL."""
    made, other = _met(value, other)
    return None if made is None else made == other


def less(value: Any, other: Any) -> bool | None:
    """Whether a VARIANT comes before a value of another type, by that type; NULL where one is NULL."""
    made, other = _met(value, other)
    return None if made is None else made < other


def _met(value: Any, other: Any) -> tuple[Any, Any]:
    return (as_text(value), other) if isinstance(other, str) else (as_number(value), float(other))
