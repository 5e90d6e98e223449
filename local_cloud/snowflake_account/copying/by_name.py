"""MATCH_BY_COLUMN_NAME: which field of a file goes into which column.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions, JsonFormat
from local_cloud.snowflake_account.files.staged_rows import ROWS
from local_cloud.snowflake_account.language.copy_statement import CopyInto


def check_header(file_format: FormatOptions, *, by_name: bool) -> None:
    """Refuse fields without names for columns with names, and names where fields have only numbers.

    Raises:
        SnowflakeError: the format's PARSE_HEADER is not what the statement takes.
    """
    if not isinstance(file_format, CsvFormat) or file_format.parse_header == by_name:
        return
    if by_name:
        raise SnowflakeError(
            "SQL compilation error:\nMATCH_BY_COLUMN_NAME of CSV needs the file format option PARSE_HEADER = TRUE."
        )
    raise SnowflakeError(
        'SQL compilation error:\nInvalid file format "PARSE_HEADER" is only allowed for CSV INFER_SCHEMA and '
        "MATCH_BY_COLUMN_NAME"
    )


def check_by_name(statement: CopyInto, file_format: FormatOptions, columns: Sequence[str]) -> None:
    """Refuse what a COPY by names cannot have.

    Args:
        statement: the COPY.
        file_format: its format.
        columns: the target's columns.

    Raises:
        SnowflakeError: the format has no names, a column for metadata is not there.
    """
    check_header(file_format, by_name=bool(statement.matches))
    if unknown := [name for name in statement.metadata if name not in columns]:
        raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{unknown[0]}'", code=904)
    if statement.matches and isinstance(file_format, JsonFormat) and (file_format.null_if or file_format.trim_space):
        raise UnsupportedError("NULL_IF or TRIM_SPACE of JSON with MATCH_BY_COLUMN_NAME")


def arranged(statement: CopyInto, columns: Sequence[str], header: Sequence[str]) -> list[int | None]:
    """Return for each column which field of a header is its own, counted from 0, None for none."""
    return [_place(statement, column, header) for column in columns]


def _place(statement: CopyInto, column: str, header: Sequence[str]) -> int | None:
    if column in statement.metadata:
        return None
    found = [place for place, name in enumerate(header) if _is_same(statement, name, column)]
    return min(found, key=lambda place: header[place] != column, default=None)


def selected_by_name(
    duck: DuckDBPyConnection, statement: CopyInto, columns: Sequence[str], fields: Sequence[str]
) -> exp.Select:
    """Return the SELECT of a COPY by names over the staged rows, without a FROM.

    Args:
        duck: where the rows are staged.
        statement: the COPY.
        columns: the columns that it fills.
        fields: those of the staged rows: of a file with a header they stand in the columns' order already.
    """
    if len(fields) == len(columns) and _are_texts(duck):
        values: Mapping[str, exp.Expr] = {
            column: exp.column(field, quoted=True) for column, field in zip(columns, fields, strict=True)
        }
    else:
        keys = duck.execute(
            f"select distinct unnest(json_keys(C1)) from {ROWS} where json_type(C1) = 'OBJECT' order by 1"
        ).fetchall()
        names = [key for (key,) in keys]
        values = {column: _value(statement, column, names) for column in columns}
    metadata = {column: exp.column(field, quoted=True) for column, field in statement.metadata.items()}
    return exp.select(*(metadata.get(column, values[column]) for column in columns))


def _value(statement: CopyInto, column: str, names: Sequence[str]) -> exp.Expr:
    """Return a record's value of the first of its fields that has a column's name."""
    found = [
        exp.JSONExtract(
            this=exp.column("C1", quoted=True),
            expression=exp.JSONPath(expressions=[exp.JSONPathRoot(), exp.JSONPathKey(this=name)]),
            variant_extract=True,
            requires_json=True,
        )
        for name in sorted(names, key=lambda name: name != column)
        if _is_same(statement, name, column)
    ]
    return exp.func("COALESCE", *found) if len(found) > 1 else found[0] if found else exp.null()


def _is_same(statement: CopyInto, name: str, column: str) -> bool:
    return name == column or (statement.matches == "CASE_INSENSITIVE" and name.upper() == column.upper())


def _are_texts(duck: DuckDBPyConnection) -> bool:
    described = duck.execute(f"describe {ROWS}").fetchall()
    return all(type_ == "VARCHAR" for name, type_, *_ in described if name[1:].isdigit())
