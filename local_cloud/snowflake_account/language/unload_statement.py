"""COPY INTO <location> as a typed value: what is unloaded, where to, and in which form.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-location
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.errors import InvalidValueError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import copy_options, copy_tree, truth
from local_cloud.snowflake_account.language.stage_paths import StagePath, stage_path
from local_cloud.snowflake_account.language.statement_text import StatementText

_OPTIONS = ("FILE_FORMAT", "HEADER", "SINGLE", "OVERWRITE", "MAX_FILE_SIZE", "DETAILED_OUTPUT", "INCLUDE_QUERY_ID")

DEFAULT_FILE_SIZE = 16 * 1024 * 1024
_LARGEST_FILE_SIZE = 5 * 1024**3


@dataclass(frozen=True)
class Unload:
    """A parsed COPY INTO <location>.

    Attributes:
        where: the place of the files, the stage's name as written.
        query: what is unloaded; changed by whoever executes it.
        file_format: options given in place, FORMAT_NAME among them.
        header: whether files tell the names of the columns.
        single: whether it is one file, of the place's name.
        overwrite: whether files of the same name are replaced.
        largest: the size from which on the next file begins, in bytes.
        detailed: whether the answer is about each file.
    """

    where: StagePath
    query: exp.Query
    file_format: Mapping[str, Any] = field(default_factory=dict)
    header: bool = False
    single: bool = False
    overwrite: bool = False
    largest: int = DEFAULT_FILE_SIZE
    detailed: bool = False


def is_unload(statement: StatementText) -> bool:
    """Tell whether a statement is a COPY INTO a place of files."""
    return statement.begins_with("COPY", "INTO") and any(
        token.text.startswith(("@", "s3://")) for token in statement.tokens[2:3]
    )


def unload_statement(statement: StatementText) -> Unload:
    """Parse a COPY INTO <location>.

    Raises:
        SqlSyntaxError: it is none.
        UnsupportedError: something that the embedded account does not have, by name.
    """
    try:
        tree = copy_tree(statement)
    except SqlSyntaxError as error:
        if any(token.text.upper() == "PARTITION" for token in statement.tokens):
            raise UnsupportedError("PARTITION BY in COPY INTO a location") from error
        raise
    if not isinstance(tree, exp.Copy) or len(sources := tree.args.get("files") or ()) != 1:
        raise SqlSyntaxError("expected COPY INTO @<stage> FROM { <table> | ( <query> ) }.")
    place = tree.this.name
    if not place.startswith("@"):
        raise UnsupportedError("COPY INTO a url: use a stage")
    options = copy_options(tree)
    if unknown := next((name for name in options if name not in _OPTIONS), None):
        raise UnsupportedError(f"COPY option {unknown} in COPY INTO a location")
    if truth("INCLUDE_QUERY_ID", options):
        raise UnsupportedError("COPY option INCLUDE_QUERY_ID = TRUE")
    file_format = options.get("FILE_FORMAT", {})
    if not isinstance(file_format, Mapping):
        raise InvalidValueError("FILE_FORMAT", file_format)
    return Unload(
        stage_path(place),
        _query(sources[0]),
        file_format,
        header=truth("HEADER", options),
        single=truth("SINGLE", options),
        overwrite=truth("OVERWRITE", options),
        largest=_size(options.get("MAX_FILE_SIZE", DEFAULT_FILE_SIZE)),
        detailed=truth("DETAILED_OUTPUT", options),
    )


def _query(source: exp.Expr) -> exp.Query:
    query = source.this if isinstance(source, exp.Subquery) else source
    if isinstance(query, exp.Table) and not query.name.startswith("@"):
        return exp.select("*").from_(query)
    if not isinstance(query, exp.Query):
        raise UnsupportedError(f"COPY INTO a location from {source.sql('snowflake')}")
    return query


def _size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_FILE_SIZE:
        raise InvalidValueError("MAX_FILE_SIZE", value)
    return value
