"""Session variables: SET and UNSET, and `$name` in a query or DML.

https://docs.snowflake.com/en/sql-reference/session-variables
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.binds import literal


class SessionVariables:
    """The variables of one session, by their names in upper case."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def assign(self, statement: exp.Set, answer: Callable[[exp.Expr], Result]) -> None:
        """Execute SET name = expression, or SET (names) = (expressions).

        Args:
            statement: it.
            answer: runs a query.

        Raises:
            SqlSyntaxError: it is no assignment, or names and expressions differ in number.
            SnowflakeError: an expression is refused.
        """
        assignment = statement.expressions[0].this if len(statement.expressions) == 1 else None
        if not isinstance(assignment, exp.EQ):
            raise SqlSyntaxError("SET is SET name = expression, or SET (names) = (expressions).")
        names, values = _items(assignment.this), _items(assignment.expression)
        if aliased := next((value for value in values if isinstance(value, exp.Alias)), None):
            raise SqlSyntaxError(f"unexpected '{aliased.alias}'.")
        is_query = len(names) > 1 and isinstance(values[0], exp.Subquery)
        rows = answer(values[0].this if is_query else exp.select(*(value.copy() for value in values))).rows
        if len(rows) != 1 or len(rows[0]) != len(names):
            raise SqlSyntaxError(f"SET has {len(names)} names, and its expressions give {len(rows)} rows.")
        self._values |= {name.name.upper(): value for name, value in zip(names, rows[0], strict=True)}

    def forget(self, name: str) -> None:
        """Execute UNSET; a variable that is not set is none afterwards either."""
        self._values.pop(name.upper(), None)

    def value(self, name: str) -> Any:
        """Return a variable's value.

        Raises:
            SnowflakeError: it is not set.
        """
        if name.upper() not in self._values:
            raise SnowflakeError(f"SQL compilation error:\nSession variable '${name.upper()}' does not exist")
        return self._values[name.upper()]

    def put_into(self, tree: exp.Expr) -> None:
        """Put the values in place of the variables that a statement names.

        Raises:
            SnowflakeError: one is not set.
        """
        for parameter in list(tree.find_all(exp.Parameter)):
            if not isinstance(parameter.this, exp.Var):
                continue  # $1 is a column
            name = parameter.name.upper()
            value = literal(self.value(name))
            is_column = isinstance(parameter.parent, exp.Select) and parameter.arg_key == "expressions"
            parameter.replace(exp.alias_(value, f"${name}", quoted=True) if is_column else value)


def unset_variable(tree: exp.Expr) -> str | None:
    """Return the name of the variable in an UNSET, which sqlglot takes for a column with an alias."""
    is_unset = isinstance(tree, exp.Alias) and isinstance(tree.this, exp.Column) and tree.this.name.upper() == "UNSET"
    return tree.alias if is_unset else None


def _items(side: exp.Expr) -> Sequence[exp.Expr]:
    return side.expressions if isinstance(side, exp.Tuple) else [side]
