"""What a statement answered, in the form in which a client fetches it: the first rows, then chunks to download.

The rows of the answer itself and the chunks have the numbers of rows and bytes that the answer says they have: some
drivers make room for just so many.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa

from local_cloud.endpoints.snowflake.forms import json_form
from local_cloud.endpoints.snowflake.forms.arrow_form import ipc_size, ipc_stream, narrowed, table_of, wire_table
from local_cloud.endpoints.snowflake.forms.column_types import ColumnType, column_types
from local_cloud.snowflake_account.result import Result

FIRST_ROWS = 10_000
"""Rows in the answer itself."""

ARROW_ROWS, JSON_ROWS = 100_000, 25_000
"""Rows in a chunk to download."""


class Form(Protocol):
    """The rows of a result in one form.

    Attributes:
        chunks: the number of rows of each chunk that follows the first rows.
        bytes: what is kept in memory for them.
    """

    chunks: list[int]
    bytes: int

    def first(self) -> dict[str, Any]:
        """Return the first rows as an answer has them."""
        ...

    def size(self, number: int) -> int:
        """Return how many bytes a chunk has, counted from 0."""
        ...

    def chunk(self, number: int) -> bytes:
        """Return a chunk, counted from 0."""
        ...


class ArrowForm:
    """Rows as Arrow: in memory once, and made a stream of as they are fetched, which costs next to nothing."""

    def __init__(self, table: pa.Table, types: Sequence[ColumnType]) -> None:
        self._wire = wire_table(narrowed(table), types)
        self.chunks = _chunks(table.num_rows, ARROW_ROWS)
        self.bytes = self._wire.nbytes

    def first(self) -> dict[str, Any]:
        """Return the first rows as an answer has them."""
        # a stream without rows is one that the connector cannot make an empty data frame of
        stream = ipc_stream(self._wire.slice(0, FIRST_ROWS)) if self._wire.num_rows else b""
        return {"rowsetBase64": base64.b64encode(stream).decode()}

    def size(self, number: int) -> int:
        """Return how many bytes a chunk has, counted from 0."""
        return ipc_size(self._rows(number))

    def chunk(self, number: int) -> bytes:
        """Return a chunk, counted from 0."""
        return ipc_stream(self._rows(number))

    def _rows(self, number: int) -> pa.Table:
        return self._wire.slice(FIRST_ROWS + number * ARROW_ROWS, self.chunks[number])


class JsonForm:
    """Rows as JSON: encoded once, because only then their length is known."""

    def __init__(self, table: pa.Table, types: Sequence[ColumnType]) -> None:
        self.chunks = _chunks(table.num_rows, JSON_ROWS)
        starts = range(FIRST_ROWS, table.num_rows, JSON_ROWS)
        self._first = json_form.row_texts(table.slice(0, FIRST_ROWS), types)
        self._bodies = [json_form.rows_body(table.slice(start, JSON_ROWS), types) for start in starts]
        self.bytes = table.slice(0, FIRST_ROWS).nbytes + sum(map(len, self._bodies))

    def first(self) -> dict[str, Any]:
        """Return the first rows as an answer has them."""
        return {"rowset": self._first}

    def size(self, number: int) -> int:
        """Return how many bytes a chunk has, counted from 0."""
        return len(self._bodies[number])

    def chunk(self, number: int) -> bytes:
        """Return a chunk, counted from 0."""
        return self._bodies[number]


def _chunks(rows: int, most: int) -> list[int]:
    """Return how many rows each chunk has."""
    return [min(most, rows - start) for start in range(FIRST_ROWS, rows, most)]


class StoredResult:
    """A result in the form that its client reads.

    Args:
        result: what the account answered.
        form: arrow or json.
        most_rows: how many rows the client wants at most, 0 for all.
    """

    def __init__(self, result: Result, form: str, most_rows: int = 0) -> None:
        self.form = form
        self.key = secrets.token_urlsafe(24)
        table = table_of(result)
        if most_rows:
            table = table.slice(0, most_rows)
        self.rows = table.num_rows
        self._types = column_types(result.columns, table.schema)
        made: Form = ArrowForm(table, self._types) if form == "arrow" else JsonForm(table, self._types)
        self._form = made
        self.bytes = made.bytes

    @property
    def chunks(self) -> int:
        """How many chunks follow the first rows."""
        return len(self._form.chunks)

    def data(self, url: str) -> dict[str, Any]:
        """Return the part of a query's answer that is about the result.

        Args:
            url: where the result's chunks are.
        """
        answer: dict[str, Any] = {
            "rowtype": [type_.described() for type_ in self._types],
            "total": self.rows,
            "returned": self.rows,
            "queryResultFormat": self.form,
            **self._form.first(),
        }
        if self._form.chunks:
            answer["chunkHeaders"] = {}
            answer["chunks"] = [self._described(url, number, rows) for number, rows in enumerate(self._form.chunks)]
        return answer

    def _described(self, url: str, number: int, rows: int) -> dict[str, Any]:
        size = self._form.size(number)
        return {
            "url": f"{url}/{self.key}/{number}",
            "rowCount": rows,
            "uncompressedSize": size,
            "compressedSize": size,
        }

    def chunk(self, number: int) -> bytes:
        """Return a chunk, counted from 0."""
        return self._form.chunk(number)
