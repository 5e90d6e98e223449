"""Values that a driver sends beside the SQL, for its `?` and `:1`: Snowflake's text forms to Python's values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.sessions.binds import Row

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # TIMESTAMP_NTZ has no zone


def _fixed(text: str) -> int | Decimal:
    return int(text) if text.lstrip("+-").isdigit() else Decimal(text)


def _nanoseconds(text: str) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=int(text) // 1000)


def _with_offset(text: str) -> dt.datetime:
    """Read nanoseconds since the epoch and the zone's offset in minutes plus 1440."""
    nanoseconds, _, minutes = text.partition(" ")
    zone = dt.timezone(dt.timedelta(minutes=int(minutes or 1440) - 1440))
    return _nanoseconds(nanoseconds).replace(tzinfo=dt.UTC).astimezone(zone)


_READERS: dict[str, Callable[[str], Any]] = {
    "FIXED": _fixed,
    "REAL": float,
    "BOOLEAN": lambda text: text.lower() in ("true", "1"),
    "DATE": lambda text: (_EPOCH + dt.timedelta(milliseconds=int(text))).date(),
    "TIME": lambda text: _nanoseconds(text).time(),
    "TIMESTAMP_NTZ": _nanoseconds,
    "TIMESTAMP_LTZ": lambda text: _nanoseconds(text).replace(tzinfo=dt.UTC),
    "TIMESTAMP_TZ": _with_offset,
    "BINARY": bytes.fromhex,
}


def bound_rows(bindings: Mapping[str, Any] | None) -> list[Row]:
    """Return the values of each row to execute a statement with: one row, or many for an array binding.

    Values are bound by their numbers, or by names for `:name`.

    Raises:
        SnowflakeError: a value does not have its type's form, or arrays differ in length.
    """
    if not bindings:
        return [[]]
    try:
        by_number = all(key.isdigit() for key in bindings)
        keys = sorted(bindings, key=int) if by_number else list(bindings)
        columns = [bindings[key] for key in keys]
        if any(isinstance(column["value"], list) for column in columns):
            read = [[_value(column["type"], value) for value in column["value"]] for column in columns]
            rows = [list(row) for row in zip(*read, strict=True)]
        else:
            rows = [[_value(column["type"], column["value"]) for column in columns]]
        if not rows:
            raise ValueError("no values")
        return list[Row](rows) if by_number else [dict(zip(keys, row, strict=True)) for row in rows]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, InvalidOperation) as error:
        raise SnowflakeError(f"Invalid bind variable: {error}.", code=100038, sqlstate="22018") from error


def _value(kind: str, value: str | None) -> Any:
    if value is None:
        return None
    return _READERS.get(str(kind).upper(), str)(str(value))
