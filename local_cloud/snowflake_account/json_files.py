"""JSON files as rows of one VARIANT each, in canonical text.

Records are brought to canonical form where DuckDB can prove that only the order of the keys changes; the
others, and files that are not one value a line, are read one by one. For a record the proof is: its
structure holds nothing but objects, arrays, strings, numbers and booleans; a strict transform into that
structure with the keys sorted finds every key once and every value of its type; and the text is as long as
before. Then nothing can have been left out, added or rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.canonical_json import JsonError, canonical_texts
from local_cloud.snowflake_account.decoding import decode, without_mark
from local_cloud.snowflake_account.file_formats import JsonFormat
from local_cloud.snowflake_account.staged_rows import ROWS, DecodingError, FileContent, ParsedFile, RowError

_MOST_STRUCTURES = 16
"""Structures of records that are worth a transform of their own; rarer ones are read one by one."""

_SCALARS = ("VARCHAR", "BIGINT", "UBIGINT", "DOUBLE", "BOOLEAN")

_NEEDS_READING = r"""\\|,\s*[}\]]|[:,\[]\s*-?[0-9][0-9.]{15,}|[:,\[]\s*-?[0-9.]+[eE]|[:,\[]\s*-0|\.[0-9]*0\s*[,}\]]"""
"""What may have another canonical spelling: escapes, a trailing comma (DuckDB takes one), long numbers,
exponents, a negative zero, decimals that end in 0."""


def stage_json(duck: DuckDBPyConnection, files: Sequence[FileContent], options: JsonFormat) -> dict[int, ParsedFile]:
    """Make the temporary table of a batch of JSON files' rows, and return what each file gave."""
    parsed: dict[int, ParsedFile] = {}
    lines: list[pa.Table] = []
    one_by_one: list[FileContent] = []
    by_line = not (options.strip_null_values or options.strip_outer_array or options.allow_duplicate)
    for file in files:
        parsed[file.file_no] = ParsedFile()
        table = _lines(file, options) if by_line else None
        one_by_one.append(file) if table is None else lines.append(table)
    duck.execute(f"create or replace temp table {ROWS} (FILE_NO integer, FILE_ROW bigint, C1 json)")
    if lines:
        broken = _stage_lines(duck, pa.concat_tables(lines))
        contents = {file.file_no: file for file in files if file.file_no in broken} if broken else {}
        one_by_one += contents.values()
    for file in one_by_one:
        _insert(duck, file.file_no, _read(file, options, parsed[file.file_no]))
    for file_no, rows in duck.execute(f"select FILE_NO, count(*) from {ROWS} group by FILE_NO").fetchall():
        parsed[file_no].rows = rows
    return parsed


def _lines(file: FileContent, options: JsonFormat) -> pa.Table | None:
    """Return a file's lines without copying them, or None where the text is not UTF-8 to its last byte."""
    content = without_mark(file.content, options)
    data = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    if len(content) and (not len(ends) or ends[-1] != len(content) - 1):
        ends = np.append(ends, len(content))
    offsets = np.concatenate((np.zeros(1, np.int64), ends + 1))
    offsets[-1] = min(offsets[-1], len(content))
    text = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(content))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return pa.table(
        {
            "FILE_NO": pa.repeat(pa.scalar(file.file_no, pa.int32()), len(ends)),
            "FILE_ROW": pa.array(np.arange(1, len(ends) + 1)),
            "LINE": text,
        }
    )


def _stage_lines(duck: DuckDBPyConnection, lines: pa.Table) -> set[int]:
    """Stage the files whose every line is a value; return the numbers of the others."""
    duck.register("_LINES", lines)
    duck.execute(
        r"""create or replace temp table _STRUCTURED as
        select FILE_NO, FILE_ROW, LINE, json_valid(LINE) as IS_VALUE,
            case when IS_VALUE and not regexp_matches(LINE, ?) then json_structure(LINE)::varchar end as STRUCTURE
        from _LINES where not regexp_full_match(LINE, '\s*')""",
        [_NEEDS_READING],
    )
    duck.unregister("_LINES")
    broken = {no for (no,) in duck.execute("select distinct FILE_NO from _STRUCTURED where not IS_VALUE").fetchall()}
    duck.execute(
        f"""create or replace temp table _SORTED as
        select FILE_NO, FILE_ROW, LINE, {_sorted_text(duck)} as CANONICAL,
            CANONICAL is not null and strlen(CANONICAL) = strlen(json(LINE)::varchar) as PROVED
        from _STRUCTURED where list_contains(?, FILE_NO) = false""",
        [sorted(broken)],
    )
    duck.execute("drop table _STRUCTURED")
    duck.execute(f"insert into {ROWS} select FILE_NO, FILE_ROW, CANONICAL from _SORTED where PROVED")
    rest = duck.execute("select FILE_NO, FILE_ROW, LINE from _SORTED where not PROVED").to_arrow_table()
    duck.execute("drop table _SORTED")
    return broken | _stage_rest(duck, rest)


def _sorted_text(duck: DuckDBPyConnection) -> str:
    """Return the expression for a line's text with sorted keys, NULL where DuckDB cannot make it."""
    counted = duck.execute(
        "select STRUCTURE, count(*) from _STRUCTURED where STRUCTURE is not null group by all order by 2 desc limit ?",
        [_MOST_STRUCTURES],
    ).fetchall()
    cases = ""
    for text, _ in counted:
        if (structure := _sortable(json.loads(text))) is not None:
            cases += (
                f" when {_quoted(text)} then try(to_json(from_json_strict(LINE, {_quoted(json.dumps(structure))})))"
            )
    return f"case STRUCTURE{cases} end::varchar" if cases else "null::varchar"


def _sortable(structure: Any) -> Any:
    """Return a structure with its keys sorted, or None where the proof does not hold for it."""
    if isinstance(structure, str):
        return structure if structure in _SCALARS else None
    if isinstance(structure, list):
        inner = _sortable(structure[0])
        return None if inner is None else [inner]
    members = {key: _sortable(structure[key]) for key in sorted(structure)}
    distinct = len({key.lower() for key in members}) == len(members)  # DuckDB's struct fields ignore case
    return members if members and distinct and None not in members.values() else None


def _stage_rest(duck: DuckDBPyConnection, rest: pa.Table) -> set[int]:
    """Bring single records to canonical form; return the numbers of files in which one is not what it seemed."""
    broken: set[int] = set()
    texts: list[str | None] = []
    for file_no, line in zip(rest["FILE_NO"].to_pylist(), rest["LINE"].to_pylist(), strict=True):
        try:
            (text,) = canonical_texts(line)
        except ValueError:
            text = None
            broken.add(file_no)
        texts.append(text)
    if texts:
        _append(
            duck, {"FILE_NO": rest["FILE_NO"], "FILE_ROW": rest["FILE_ROW"], "C1": pa.array(texts, pa.large_string())}
        )
    if broken:
        duck.execute(f"delete from {ROWS} where list_contains(?, FILE_NO)", [sorted(broken)])
    return broken


def _read(file: FileContent, options: JsonFormat, parsed: ParsedFile) -> Iterator[str]:
    """Yield a file's records in canonical form; the first error ends it, since what follows may be its tail."""
    try:
        yield from canonical_texts(
            decode(file.content, options),
            strip_outer_array=options.strip_outer_array,
            strip_null_values=options.strip_null_values,
            allow_duplicate=options.allow_duplicate,
        )
    except JsonError as error:
        parsed.errors.append(RowError(error.message, error.line, error.character))
    except DecodingError as error:
        parsed.errors.append(RowError(str(error), 1))


def _insert(duck: DuckDBPyConnection, file_no: int, texts: Iterable[str]) -> None:
    records: Sequence[str] = list(texts)
    _append(
        duck,
        {
            "FILE_NO": pa.repeat(pa.scalar(file_no, pa.int32()), len(records)),
            "FILE_ROW": pa.array(range(1, len(records) + 1), pa.int64()),
            "C1": pa.array(records, pa.large_string()),
        },
    )


def _append(duck: DuckDBPyConnection, columns: Mapping[str, Any]) -> None:
    duck.register("_MORE", pa.table(dict(columns)))
    duck.execute(f"insert into {ROWS} select FILE_NO, FILE_ROW, C1 from _MORE")
    duck.unregister("_MORE")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
