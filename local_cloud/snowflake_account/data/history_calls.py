"""Calls of INFORMATION_SCHEMA's history functions in a query: which, in which database, with which arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError

INFERENCE = ("LOCATION", "FILE_FORMAT", "FILES", "IGNORE_CASE", "MAX_FILE_COUNT", "MAX_RECORDS_PER_FILE", "KIND")
"""The arguments of INFER_SCHEMA."""


@dataclass(frozen=True)
class HistoryCall:
    """One call of a history function: `TABLE(<database>.INFORMATION_SCHEMA.<function>(…))`.

    Attributes:
        node: the call in its statement.
        database: the database whose INFORMATION_SCHEMA it was called in, None where none was named.
        arguments: what it was given, by name.
    """

    node: exp.TableFromRows
    database: str | None
    arguments: dict[str, exp.Expr]

    def replace(self, query: exp.Select, name: str) -> None:
        """Put a query in the call's place."""
        self.node.replace(query.subquery(self.node.alias or name))


def history_calls(
    tree: exp.Expr, name: str, arguments: Sequence[str], required: Collection[str] = ()
) -> Iterator[HistoryCall]:
    """Yield the calls of a history function in a statement.

    Args:
        tree: the statement; may be changed while this goes on.
        name: the function's name.
        arguments: its arguments' names, in order.
        required: those that it cannot do without.

    Raises:
        SnowflakeError: an argument that the function does not have, or one that is missing.
    """
    for node in list(tree.find_all(exp.TableFromRows)):
        function = node.this.find(exp.Anonymous) if isinstance(node.this, exp.Dot | exp.Anonymous) else None
        if function is not None and function.name.upper() == name:
            yield HistoryCall(node, _database(node.this), _arguments(function, name, arguments, required))


def _arguments(
    function: exp.Anonymous, name: str, arguments: Sequence[str], required: Collection[str]
) -> dict[str, exp.Expr]:
    if len(function.expressions) > len(arguments):
        raise SnowflakeError(f"SQL compilation error:\n{name} has no more than {len(arguments)} arguments.")
    named = {
        argument.this.name.upper() if isinstance(argument, exp.Kwarg) else arguments[position]: argument
        for position, argument in enumerate(function.expressions)
    }
    if unknown := named.keys() - set(arguments):
        raise SnowflakeError(f"SQL compilation error:\ninvalid argument '{min(unknown)}' of {name}.")
    if not set(required) <= named.keys():
        raise SnowflakeError(f"SQL compilation error:\n{name} needs the arguments {' and '.join(required)}.")
    return {key: value.expression if isinstance(value, exp.Kwarg) else value for key, value in named.items()}


def _database(function: exp.Expr) -> str | None:
    parts = list(function.find_all(exp.Identifier)) if isinstance(function, exp.Dot) else []
    if len(parts) != 2:
        return None
    return parts[0].name if parts[0].quoted else parts[0].name.upper()
