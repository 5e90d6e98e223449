"""GET_DDL('<kind>', '<name>' [, <qualified>]): put into a statement as the text that it answers.

https://docs.snowflake.com/en/sql-reference/functions/get_ddl
"""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.inspection.definitions import KINDS
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name, Tokens


class DefinitionOf(Protocol):
    """Returns the CREATE statement of an object."""

    def __call__(self, kind: Kind, name: Name, *, qualified: bool) -> str:
        """Return it; `qualified` says whether with full names."""
        ...


def replace_definitions(tree: exp.Expr, definition: DefinitionOf) -> exp.Expr:
    """Put definitions in the place of the calls of GET_DDL.

    Args:
        tree: the statement; changed.
        definition: returns an object's.

    Raises:
        SnowflakeError: a call is wrong, or its object is not there.
    """
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.upper() != "GET_DDL":
            continue
        arguments = call.expressions
        if len(arguments) not in (2, 3) or not all(argument.is_string for argument in arguments[:2]):
            raise SnowflakeError("SQL compilation error:\nGET_DDL needs the texts of a kind and of a name.", code=939)
        word = arguments[0].name.upper().replace("_", " ")
        if (kind := KINDS.get(word)) is None:
            raise UnsupportedError(f"GET_DDL of a {word}")
        name = Tokens(arguments[1].name)
        written = name.name()
        name.expect_end()
        qualified = len(arguments) == 3 and arguments[2].sql().upper() == "TRUE"
        call.replace(exp.cast(exp.Literal.string(definition(kind, written, qualified=qualified)), "varchar"))
    return tree
