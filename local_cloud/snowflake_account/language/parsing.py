"""A statement's tokens to what it is: of the account's own grammar, a COPY, about files, or sqlglot's tree. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlglot import exp
from sqlglot.errors import ParseError

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import CopyInto, copy_into
from local_cloud.snowflake_account.language.explain import Explain, explained_statement
from local_cloud.snowflake_account.language.grammar import parse
from local_cloud.snowflake_account.language.grammar.staging import parse_file_statement
from local_cloud.snowflake_account.language.identifiers import no_variable, with_names, with_values
from local_cloud.snowflake_account.language.own_functions import with_own_calls
from local_cloud.snowflake_account.language.statement_text import SNOWFLAKE, StatementText, one_statement
from local_cloud.snowflake_account.language.statements import FileStatement, OwnStatement
from local_cloud.snowflake_account.language.syntax_errors import syntax_error
from local_cloud.snowflake_account.language.unload_statement import Unload, is_unload, unload_statement

ParsedStatement: TypeAlias = "OwnStatement | CopyInto | Unload | FileStatement | Explain | exp.Expr"
"""What a text means; a query or DML is a tree, which whoever executes it changes."""

_MERGE_BY_NAME = re.compile(r"\s*MERGE\s.*\sALL\s+BY\s+NAME\b", re.IGNORECASE | re.DOTALL)

_MISSING_ARGUMENT = re.compile(r"Required keyword: '\w+' missing for <class '[\w.]*?\.(\w+)'>")
"""What sqlglot says of a call that lacks an argument."""


def parse_statement(statement: StatementText, bound: Sequence[Any] = ()) -> ParsedStatement:
    """Parse a statement.

    Args:
        statement: it.
        bound: the values of its placeholders, which statements about files take as they are parsed.

    Raises:
        SqlSyntaxError: it is none.
        UnsupportedError: something that the embedded account does not have, by name.
    """
    if (about_files := parse_file_statement(statement, bound)) is not None:
        return about_files
    if (own := parse(statement)) is not None:
        return own
    if statement.begins_with("EXPLAIN"):
        form, explained = explained_statement(statement)
        inner = parse_statement(explained)
        if not isinstance(inner, exp.Expr):
            raise UnsupportedError(f"EXPLAIN {explained.tokens[0].text.upper()}")
        return Explain(form, inner)
    if statement.begins_with("COPY"):
        statement = with_values(statement, bound)
        return unload_statement(statement) if is_unload(statement) else copy_into(statement)
    return parsed(statement)


def parsed(sql: str | StatementText) -> exp.Expr:
    """Parse one query or DML into sqlglot's tree.

    Raises:
        SqlSyntaxError: it is none.
        UnsupportedError: one that is nested too deeply, or that the parser does not know.
    """
    statement = with_names(one_statement(sql), no_variable)[0] if isinstance(sql, str) else sql
    try:
        (tree,) = SNOWFLAKE.parser().parse(with_own_calls(statement.tokens), statement.source)
    except ParseError as error:
        if _MERGE_BY_NAME.match(statement.text):
            raise UnsupportedError("MERGE … ALL BY NAME") from error
        raise _refusal(error, statement.source) from error
    except RecursionError as error:
        raise SqlSyntaxError("the statement is nested too deeply.") from error
    if tree is None:
        raise SqlSyntaxError("expected one statement.")
    return tree


def _refusal(error: ParseError, source: str) -> SnowflakeError:
    """Return the error for what sqlglot says of a statement; of a call that lacks an argument it tells a class."""
    if short := _MISSING_ARGUMENT.search(str(error)):
        name = short[1].upper()
        if f"{name}(" in source.upper().replace(" ", ""):
            message = f"SQL compilation error:\nnot enough arguments for function [{name}]"
            return SnowflakeError(message, code=938, sqlstate="22023")
    return syntax_error(error)
