"""What a COPY converts between its SELECT and its target, where DuckDB by itself would do something else.

- a VARIANT that fills a text column is its text without quotes, and null is NULL;
- a text that is longer than its column is an error, or is cut off where TRUNCATECOLUMNS says so;
- a field that fills a binary column is read by its hexadecimal digits, as BINARY_FORMAT = HEX has it.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.files.file_formats import CsvFormat
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
    texts = [(value, lengths.get(name)) for value, name in filled if types.get(name) == "VARCHAR"]
    variants = _variants(databases, job, select, [value for value, _ in texts])
    for value, length in texts:
        text = exp.func("JSON_EXTRACT_STRING", value.copy(), "'$'") if value in variants else value.copy()
        if length:
            text = _limited(exp.cast(text, "VARCHAR"), length, job.statement.truncates)
        if text != value:
            value.replace(text)
    if isinstance(job.file_format, CsvFormat):
        for value, name in filled:
            if types.get(name) == "BLOB":
                _read_digits(value)


def _variants(databases: Databases, job: CopyJob, select: exp.Select, values: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Return those of these values that are VARIANTs, which only the database can tell of most."""
    asked = [value for value in values if not _is_no_variant(value, job)]
    if not asked:
        return []
    source = select.args["from_"].this.copy()
    named = [exp.alias_(value.copy(), f"P{number}") for number, value in enumerate(asked)]
    answer = databases.query(exp.select(*named).from_(source).limit(0))
    return [value for value, column in zip(asked, answer.columns, strict=True) if column.type == "VARIANT"]


def _is_no_variant(value: exp.Expr, job: CopyJob) -> bool:
    if isinstance(value, exp.Column):
        return isinstance(job.file_format, CsvFormat) or value.name.upper().startswith("METADATA$")
    return isinstance(value, exp.Cast | exp.Literal)


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


def _read_digits(value: exp.Expr) -> None:
    """Read a field by its hexadecimal digits, also where the SELECT says so: `$1::binary`, `to_binary($1)`."""
    converts = type(value) is exp.Cast or (isinstance(value, exp.ToBinary) and not value.args.get("format"))
    field = value.this if converts else value
    if isinstance(field, exp.Column) and field.name[1:].isdigit():
        odd = exp.func("LENGTH", field.copy()) % 2
        refusal = exp.func("ERROR", exp.Literal.string("The hex-encoded value has an odd number of digits"))
        value.replace(exp.case().when(odd.eq(1), refusal).else_(exp.func("UNHEX", field.copy())))
