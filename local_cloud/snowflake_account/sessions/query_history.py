"""What a session has executed: the ids of its statements, and the last results, for LAST_QUERY_ID and RESULT_SCAN.

https://docs.snowflake.com/en/sql-reference/functions/result_scan
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Result, as_json

KEPT_RESULTS = 10
KEPT_BYTES = 32 * 2**20
"""What of its results a session keeps; the last one always."""

_MOST_IDS = 1000

_ARROW = {
    "FIXED": pa.int64(),
    "REAL": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP_NTZ": pa.timestamp("us"),
    "TIMESTAMP_LTZ": pa.timestamp("us", tz="UTC"),
}
"""Arrow's types of the columns that the account itself answers with; the others are text."""


class QueryHistory:
    """The statements of one session.

    Attributes:
        current: the id of the statement that is executed.
        last_copy: the id of the last COPY that has loaded files, None if there was none.
    """

    def __init__(self) -> None:
        self.current = ""
        self.last_copy: str | None = None
        self._ids: list[str] = []
        self._results: OrderedDict[str, Result] = OrderedDict()

    def note(self, query_id: str, result: Result | None) -> None:
        """Remember a statement, and its result if it has one."""
        self._ids = [*self._ids[-_MOST_IDS:], query_id]
        if result is None:
            return
        self._results[query_id] = result
        while len(self._results) > 1 and (len(self._results) > KEPT_RESULTS or self._bytes() > KEPT_BYTES):
            self._results.popitem(last=False)

    def _bytes(self) -> int:
        return sum(result.arrow.nbytes for result in self._results.values() if result.arrow is not None)

    def query_id(self, number: int) -> str | None:
        """Return the id of a statement: 1 is the session's first, -1 its last; None where there is none."""
        index = number - 1 if number > 0 else number
        return self._ids[index] if -len(self._ids) <= index < len(self._ids) else None

    def put_ids_into(self, tree: exp.Expr) -> None:
        """Put ids in the place of the calls of LAST_QUERY_ID in a statement.

        Raises:
            SnowflakeError: one asks for no number.
        """
        for call in list(tree.find_all(exp.Anonymous)):
            if call.name.upper() != "LAST_QUERY_ID":
                continue
            asked = call.expressions[0].sql().replace(" ", "") if call.expressions else "-1"
            try:
                found = self.query_id(int(asked))
            except ValueError as error:
                raise SnowflakeError(
                    "SQL compilation error:\n"
                    f"argument 1 to function LAST_QUERY_ID needs to be constant, found '{asked}'",
                    code=1015,
                ) from error
            call.replace(exp.null() if found is None else exp.Literal.string(found))

    def put_results_into(self, tree: exp.Expr, registered: dict[str, pa.Table]) -> None:
        """Put earlier results in the place of the calls of RESULT_SCAN in a statement.

        Args:
            tree: the statement, the ids in it put in; changed.
            registered: gets what the statement reads, by the names that it has for them then.

        Raises:
            SnowflakeError: a result is not kept.
        """
        for source in list(tree.find_all(exp.TableFromRows)):
            call = source.this
            if not isinstance(call, exp.Anonymous) or call.name.upper() != "RESULT_SCAN":
                continue
            query_id = call.expressions[0].name if call.expressions else ""
            if (result := self._results.get(query_id)) is None:
                raise SnowflakeError(
                    f"Statement {query_id} not found: RESULT_SCAN reads the last {KEPT_RESULTS} of its session.",
                    code=709,
                    sqlstate="02000",
                )
            name = f"RESULT_SCAN.{query_id}"
            registered[name] = table_of(result)
            alias = source.args.get("alias") or exp.TableAlias(this=exp.to_identifier("RESULT_SCAN", quoted=True))
            source.replace(_query(result, name, alias.copy()))


def _query(result: Result, table: str, alias: exp.Expr) -> exp.Expr:
    columns = [exp.column(column.name, quoted=True) for column in result.columns]
    return exp.Subquery(
        this=exp.select(*columns).from_(exp.table_(table, db="main", catalog="temp", quoted=True)), alias=alias
    )


def table_of(result: Result) -> pa.Table:
    """Return a result as a table; what the account itself answers has text but for numbers, truths and times."""
    if result.arrow is not None:
        table = result.arrow.rename_columns([column.name for column in result.columns])
        for index, column in enumerate(result.columns):
            if column.type == "VARIANT":
                table = table.set_column(index, column.name, as_json(table.column(index)))
        return table
    values: list[tuple[Any, ...]] = list(zip(*result.rows, strict=True)) or [()] * len(result.columns)
    arrays = [
        pa.array(list(given), _ARROW[column.type])
        if column.type in _ARROW
        else pa.array([None if value is None else str(value) for value in given], pa.string())
        for column, given in zip(result.columns, values, strict=True)
    ]
    return pa.Table.from_arrays(arrays, [column.name for column in result.columns])
