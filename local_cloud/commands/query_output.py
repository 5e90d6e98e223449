"""Writes the rows of a query: as a table for people, as CSV or JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table

from local_cloud.commands.report import cell_text
from local_cloud.errors import FailedRunError
from local_cloud.snowflake_account.result import Result

_UNBOUNDED = 100_000
"""Columns of a table that no terminal shows, so that nothing is cut off."""


def write_result(result: Result, form: str, out: TextIO) -> None:
    """Write a result.

    Args:
        result: columns and rows.
        form: ``table``, ``csv`` or ``json``.
        out: where to.
    """
    _WRITERS[form]([column.name for column in result.columns], result.rows, out)


def _write_table(names: Sequence[str], rows: Sequence[tuple[Any, ...]], out: TextIO) -> None:
    console = Console(file=out)
    if not console.is_terminal:
        console = Console(file=out, width=_UNBOUNDED)
    table = Table(
        box=box.SIMPLE_HEAD, caption="1 row" if len(rows) == 1 else f"{len(rows):,} rows", caption_justify="left"
    )
    for number, name in enumerate(names):
        numeric = any(isinstance(row[number], int | float | Decimal) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell_text(value) for value in row))
    console.print(table)


def _write_csv(names: Sequence[str], rows: Sequence[tuple[Any, ...]], out: TextIO) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    _check_encoding(text.getvalue(), out)
    out.write(text.getvalue())


def _write_json(names: Sequence[str], rows: Sequence[tuple[Any, ...]], out: TextIO) -> None:
    records = [dict(zip(names, map(_json_value, row), strict=True)) for row in rows]
    json.dump(records, out, ensure_ascii=not _encoding(out).startswith("utf"), indent=1)
    out.write("\n")


def _encoding(out: TextIO) -> str:
    return (getattr(out, "encoding", None) or "utf-8").lower()


def _check_encoding(text: str, out: TextIO) -> None:
    """Refuse to write other characters than there are: a program could not tell."""
    try:
        text.encode(_encoding(out))
    except UnicodeEncodeError as error:
        missing = f"the output's encoding {error.encoding} has no {text[error.start]!a}"
        raise FailedRunError(f"{missing}: set PYTHONIOENCODING=utf-8, or take --format json") from None


def _json_value(value: Any) -> Any:
    """A whole decimal is a number, any other a text, because JSON's readers would round it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


_WRITERS: dict[str, Callable[[Sequence[str], Sequence[tuple[Any, ...]], TextIO], None]] = {
    "table": _write_table,
    "csv": _write_csv,
    "json": _write_json,
}

FORMS = tuple(_WRITERS)
