"""The options of a COPY that load fields into the columns of their names, or look without loading. Pure.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.errors import InvalidValueError, SnowflakeError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.language.metadata_columns import METADATA

_MATCHES = ("CASE_SENSITIVE", "CASE_INSENSITIVE", "NONE")
_VALIDATION = re.compile(r"RETURN_(?:[1-9]\d*_ROWS|ERRORS|ALL_ERRORS)")


def columns_of_metadata(given: Iterable[exp.Expr]) -> dict[str, str]:
    """Return which column gets which METADATA$ column, as INCLUDE_METADATA = (column = METADATA$field, …) says it.

    Raises:
        SnowflakeError: it says something else.
    """
    found: dict[str, str] = {}
    for each in given:
        if not isinstance(each, exp.EQ) or not all(
            isinstance(side, exp.Column) for side in (each.this, each.expression)
        ):
            raise SqlSyntaxError(f"unexpected '{each.sql('snowflake')}' in INCLUDE_METADATA.")
        column = each.this.this
        if (field := each.expression.name.upper()) not in METADATA:
            raise InvalidValueError("INCLUDE_METADATA", each.expression.name)
        name = column.name if column.args.get("quoted") else column.name.upper()
        if name in found:
            raise SnowflakeError(f"SQL compilation error:\nduplicate column name '{name}' in INCLUDE_METADATA.")
        found[name] = field
    return found


def read_options(options: Mapping[str, Any], *, transforms: bool) -> dict[str, Any]:
    """Return the options as a COPY has them.

    Args:
        options: all that were given, by name.
        transforms: whether the COPY has a SELECT.

    Raises:
        SnowflakeError: a value that is none, or options that exclude each other.
    """
    matches = str(options.get("MATCH_BY_COLUMN_NAME", "NONE")).upper()
    if matches not in _MATCHES:
        raise InvalidValueError("MATCH_BY_COLUMN_NAME", options["MATCH_BY_COLUMN_NAME"])
    validation = str(options.get("VALIDATION_MODE", "")).upper()
    if "VALIDATION_MODE" in options and not _VALIDATION.fullmatch(validation):
        raise InvalidValueError("VALIDATION_MODE", options["VALIDATION_MODE"])
    by_name = matches != "NONE"
    if by_name and transforms:
        raise SnowflakeError("SQL compilation error:\nmatch_by_column_name is not supported with copy transform.")
    if validation and transforms:
        raise SnowflakeError("SQL compilation error:\nVALIDATION_MODE is not supported with copy transform.")
    if validation and by_name:
        raise UnsupportedError("VALIDATION_MODE with MATCH_BY_COLUMN_NAME")
    metadata = options.get("INCLUDE_METADATA", {})
    if not isinstance(metadata, Mapping) or ("INCLUDE_METADATA" in options and not metadata):
        raise InvalidValueError("INCLUDE_METADATA", metadata or "")
    if metadata and not by_name:
        raise SnowflakeError("SQL compilation error:\nINCLUDE_METADATA can only be used with MATCH_BY_COLUMN_NAME.")
    return {"matches": matches if by_name else "", "metadata": metadata, "validation": validation}
