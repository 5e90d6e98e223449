"""What a statement answered, kept once, and encoded piece by piece as a client fetches it.

The first rows travel in the answer itself; the rest are chunks, which the client downloads when it wants them
and which are encoded at that moment. So a result is in memory once, however long it is.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any

from local_cloud.endpoints.snowflake.forms import json_form
from local_cloud.endpoints.snowflake.forms.arrow_form import ipc_stream, narrowed, table_of
from local_cloud.endpoints.snowflake.forms.column_types import column_types
from local_cloud.snowflake_account.result import Result

FIRST_ROWS = 10_000
"""Rows in the answer itself."""

CHUNK_ROWS = {"arrow": 100_000, "json": 25_000}
"""Rows in a chunk to download."""


class StoredResult:
    """A result and its pieces.

    Args:
        result: what the account answered.
        form: arrow or json.
    """

    def __init__(self, result: Result, form: str) -> None:
        self.form = form
        self.key = secrets.token_urlsafe(24)
        table = table_of(result)
        self._types = column_types(result.columns, table.schema)
        self._table = narrowed(table) if form == "arrow" else table
        self.bytes = self._table.nbytes

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._table.num_rows

    @property
    def chunks(self) -> int:
        """How many chunks follow the first rows."""
        return len(self._bounds())

    def _bounds(self) -> list[tuple[int, int]]:
        """Return the first row and the length of each chunk."""
        size = CHUNK_ROWS[self.form]
        return [(first, min(size, self.rows - first)) for first in range(FIRST_ROWS, self.rows, size)]

    def data(self, url: str) -> dict[str, Any]:
        """Return the part of a query's answer that is about the result.

        Args:
            url: where the result's chunks are.
        """
        first = self._table.slice(0, FIRST_ROWS)
        answer: dict[str, Any] = {
            "rowtype": [type_.described() for type_ in self._types],
            "total": self.rows,
            "returned": self.rows,
            "queryResultFormat": self.form,
        }
        if self.form == "arrow":
            # a stream without rows is one that the connector cannot make an empty data frame of
            answer["rowsetBase64"] = base64.b64encode(ipc_stream(first, self._types) if self.rows else b"").decode()
        else:
            answer["rowset"] = json_form.row_texts(first, self._types)
        if bounds := self._bounds():
            size = max(1, self.bytes // self.rows)
            answer["chunkHeaders"] = {}
            answer["chunks"] = [
                {
                    "url": f"{url}/{self.key}/{number}",
                    "rowCount": rows,
                    "uncompressedSize": rows * size,
                    "compressedSize": rows * size,
                }
                for number, (_, rows) in enumerate(bounds)
            ]
        return answer

    def chunk(self, number: int) -> bytes:
        """Encode a chunk, counted from 0."""
        rows = self._table.slice(*self._bounds()[number])
        if self.form == "arrow":
            return ipc_stream(rows, self._types)
        return json_form.rows_body(rows, self._types)
