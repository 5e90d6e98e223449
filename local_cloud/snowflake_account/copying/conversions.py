"""What a COPY converts between its SELECT and its target, where DuckDB by itself would do something else.

- a text that is longer than its column is an error, or is cut off where TRUNCATECOLUMNS says so;
- a field that fills a binary column is read as BINARY_FORMAT has it, by its hexadecimal digits unless that says else.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.files.file_formats import CsvFormat, JsonFormat
from local_cloud.snowflake_account.language.column_types import text_length
from local_cloud.snowflake_account.language.tokens import Name

_MOST_QUOTED = 100
"""Characters of a too long text that its error quotes."""


def convert(databases: Databases, job: CopyJob, select: exp.Select, into: Name, columns: Sequence[str]) -> None:
    """Change a COPY's SELECT so that its values reach their columns as they do in Snowflake.

    Args:
        databases: where the SELECT's source and the target are.
        job: the COPY.
        select: its SELECT; changed.
        into: the table that is filled.
        columns: the columns of it that are filled, in the order of the SELECT; empty for all.
    """
    types = {name: type_ for name, type_, *_ in databases.duck.execute(f"describe {into.quoted}").fetchall()}
    filled = list(zip([each.unalias() for each in select.expressions], columns or types, strict=False))
    lengths = {name: length for name, type_ in job.declared if (length := text_length(type_))}
    for value, name in filled:
        if length := lengths.get(name):
            value.replace(_limited(exp.cast(value.copy(), "VARCHAR"), length, job.statement.truncates))
        elif types.get(name) == "BLOB" and isinstance(job.file_format, CsvFormat | JsonFormat):
            _read_bytes(value, job.file_format)


def _limited(text: exp.Expr, length: int, truncates: bool) -> exp.Expr:
    if truncates:
        return exp.func("LEFT", text, exp.Literal.number(length))
    message = exp.func(
        "CONCAT",
        exp.Literal.string(f"User character length limit ({length}) exceeded by string '"),
        exp.func("LEFT", text.copy(), exp.Literal.number(_MOST_QUOTED)),
        exp.Literal.string("'"),
    )
    is_longer = exp.GT(this=exp.func("LENGTH", text.copy()), expression=exp.Literal.number(length))
    return exp.case().when(is_longer, exp.func("ERROR", message)).else_(text)


_READ = {"HEX": "UNHEX", "BASE64": "FROM_BASE64", "UTF8": "ENCODE"}
"""By BINARY_FORMAT, DuckDB's function that makes bytes of text."""


def _read_bytes(value: exp.Expr, options: CsvFormat | JsonFormat) -> None:
    if options.binary_format == "HEX" and isinstance(options, CsvFormat):
        _read_digits(value)
    elif not isinstance(value, exp.Cast | exp.ToBinary):
        text = exp.cast(value.copy(), "VARCHAR")
        value.replace(exp.Anonymous(this=_READ[options.binary_format], expressions=[text]))


def _read_digits(value: exp.Expr) -> None:
    """Read a field by its hexadecimal digits, also where the SELECT says so: `$1::binary`, `to_binary($1)`."""
    converts = type(value) is exp.Cast or (isinstance(value, exp.ToBinary) and not value.args.get("format"))
    field = value.this if converts else value
    if isinstance(field, exp.Column) and field.name[1:].isdigit():
        odd = exp.func("LENGTH", field.copy()) % 2
        refusal = exp.func("ERROR", exp.Literal.string("The hex-encoded value has an odd number of digits"))
        value.replace(exp.case().when(odd.eq(1), refusal).else_(exp.func("UNHEX", field.copy())))
