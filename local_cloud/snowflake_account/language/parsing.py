"""A statement's tokens to what it is: a value of the account's own grammar, a COPY, a LIST, or sqlglot's tree. Pure."""

from __future__ import annotations

import re
from typing import TypeAlias

from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_cloud.snowflake_account.errors import SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import CopyInto, copy_into
from local_cloud.snowflake_account.language.explain import Explain, explained_statement
from local_cloud.snowflake_account.language.grammar import parse
from local_cloud.snowflake_account.language.identifiers import no_variable, with_names
from local_cloud.snowflake_account.language.own_functions import with_own_calls
from local_cloud.snowflake_account.language.stage_paths import stage_path
from local_cloud.snowflake_account.language.statement_text import SNOWFLAKE, StatementText, one_statement
from local_cloud.snowflake_account.language.statements import ListFiles, OwnStatement

ParsedStatement: TypeAlias = "OwnStatement | CopyInto | ListFiles | Explain | exp.Expr"
"""What a text means; a query or DML is a tree, which whoever executes it changes."""

_MERGE_BY_NAME = re.compile(r"\s*MERGE\s.*\sALL\s+BY\s+NAME\b", re.IGNORECASE | re.DOTALL)


def parse_statement(statement: StatementText) -> ParsedStatement:
    """Parse a statement.

    Raises:
        SqlSyntaxError: it is none.
        UnsupportedError: something that the embedded account does not have, by name.
    """
    if (own := parse(statement)) is not None:
        return own
    if statement.begins_with("EXPLAIN"):
        form, explained = explained_statement(statement)
        inner = parse_statement(explained)
        if not isinstance(inner, exp.Expr):
            raise UnsupportedError(f"EXPLAIN {explained.tokens[0].text.upper()}")
        return Explain(form, inner)
    if statement.begins_with("COPY"):
        return copy_into(statement)
    tree = parsed(statement)
    return _list_files(tree) if isinstance(tree, exp.ListStage) else tree


def parsed(sql: str | StatementText) -> exp.Expr:
    """Parse one query or DML into sqlglot's tree.

    Raises:
        SqlSyntaxError: it is none.
        UnsupportedError: one that is nested too deeply, or that the parser does not know.
    """
    statement = with_names(one_statement(sql), no_variable)[0] if isinstance(sql, str) else sql
    try:
        (tree,) = SNOWFLAKE.parser().parse(with_own_calls(statement.tokens), statement.source)
    except SqlglotError as error:
        if _MERGE_BY_NAME.match(statement.text):
            raise UnsupportedError("MERGE … ALL BY NAME") from error
        raise SqlSyntaxError(str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise SqlSyntaxError("the statement is nested too deeply.") from error
    if tree is None:
        raise SqlSyntaxError("expected one statement.")
    return tree


def _list_files(tree: exp.ListStage) -> ListFiles:
    pattern = tree.args.get("pattern")
    return ListFiles(stage_path(tree.name), pattern.name if pattern else None)
