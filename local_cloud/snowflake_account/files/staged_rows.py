"""What reading staged files gives: rows for COPY's SELECT, and what went wrong in which file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from duckdb import DuckDBPyConnection

ROWS = "_STAGED_ROWS"
"""The temporary table of parsed rows: FILE_NO, FILE_ROW, the fields C1, C2, …, and what else staging needs."""


MOST_CHARACTERS = 1_000
"""Of the message of an error in a file: one that repeats a value as long as the file is no help in a report."""


def shortened(text: str, most: int) -> str:
    """Return a text, or the beginning of one that is longer than so many characters."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


@dataclass(frozen=True)
class FileContent:
    """One file's bytes, decompressed, under the number that its rows carry."""

    file_no: int
    content: bytes


@dataclass
class RowError:
    """An error in a file, as COPY reports it: line and character from 1; a long message is shortened.

    Attributes:
        message: what is wrong.
        line: where the error is.
        character: where in the line.
        column: the table's column that the value is for, if the value does not convert.
        code: the error's number.
        sqlstate: its SQL state.
    """

    message: str
    line: int
    character: int = 1
    column: str | None = None
    code: int = 100016
    sqlstate: str = "22000"

    def __post_init__(self) -> None:
        self.message = shortened(self.message, MOST_CHARACTERS)


@dataclass
class ParsedFile:
    """What one file gave: the number of its good rows, its errors in order, and the names that its header has."""

    rows: int = 0
    errors: list[RowError] = field(default_factory=list)
    header: list[str] = field(default_factory=list)

    @property
    def rows_parsed(self) -> int:
        """Rows of the file, bad ones included."""
        return self.rows + len(self.errors)


StageRows: TypeAlias = Callable[[DuckDBPyConnection], dict[int, ParsedFile]]
"""Makes the temporary table of a batch of files' rows on a connection, and returns what each file gave.

Whoever returns one has read the files as far as that goes without the database.
"""


class DecodingError(ValueError):
    """A file that cannot be decompressed, or is not in its encoding.

    Attributes:
        line: where in the file, from 1.
    """

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line
