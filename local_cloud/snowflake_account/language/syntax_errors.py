"""What is wrong with the syntax of a statement, in Snowflake's form: where, and what was not expected there."""

from __future__ import annotations

from sqlglot.errors import ParseError

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError

_WANTS_MORE = ("Expecting", "Required keyword", "No expression")
"""How sqlglot begins when it asks for something that may be missing because the statement ends."""

_LAST = "SENTINEL"
"""The token that sqlglot sees after the last."""


def syntax_error(error: ParseError) -> SqlSyntaxError:
    """Return Snowflake's error for sqlglot's; sqlglot names the last word where the statement ends too early."""
    (first, *_) = error.errors
    word = str(first["highlight"] or "")
    description = str(first["description"])
    is_last = not str(first["end_context"] or "").strip()
    if (is_last and description.startswith(_WANTS_MORE)) or _LAST in description:
        return SqlSyntaxError(f"line {first['line']} at position {first['col']} unexpected '<EOF>'.")
    position = max(int(first["col"] or 0) - len(word), 0)
    return SqlSyntaxError(f"line {first['line']} at position {position} unexpected '{word}'.")


class UnfinishedError(SqlSyntaxError):
    """A text that ends in a string, a name or a comment."""

    def __init__(self, sql: str) -> None:
        *before, last = sql.split("\n")
        where = f"line {len(before) + 1} at position {len(last)}"
        SnowflakeError.__init__(self, f"SQL compilation error:\nparse error {where} near '<EOF>'.")
