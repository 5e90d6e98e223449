"""One line of the list of SQL that is had or refused: what is asked, and what Snowflake documents for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """What a person may type.

    Attributes:
        name: what it is about, as the document lists it.
        sql: the statements; the last one is looked at.
        rows: what it answers; None where it is refused.
        code: the error's number, where it is one.
        words: what the error says.
    """

    name: str
    sql: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] | None = None
    code: int = 0
    words: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the embedded account does not have it, and says so."""
        return self.code == UNSUPPORTED


UNSUPPORTED = 2


def gives(name: str, sql: str | tuple[str, ...], *rows: tuple[Any, ...]) -> Case:
    """Return a case that answers rows."""
    return Case(name, (sql,) if isinstance(sql, str) else sql, rows)


def fails(name: str, sql: str, code: int, words: str) -> Case:
    """Return a case that is an error in Snowflake too."""
    return Case(name, (sql,), None, code, words)


def refused(name: str, sql: str, words: str) -> Case:
    """Return a case that the embedded account refuses by its name."""
    return Case(name, (sql,), None, UNSUPPORTED, words)


def moment(text: str) -> dt.datetime:
    """Return a TIMESTAMP_NTZ, which has no zone."""
    return dt.datetime.fromisoformat(text)
