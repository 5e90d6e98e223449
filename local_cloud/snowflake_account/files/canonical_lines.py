"""The canonical text of JSON lines by the million: DuckDB sorts the keys where that provably is all there is to do.

Most records of a feed are written alike. So the commonest shape is taken from a sample, every line is read
strictly into that shape with its keys sorted, and the result counts where it is proved to be the line with its
keys in another order:

- a pattern has found nothing in the line that may have another spelling (escapes, numbers like 5.0 or 1e3) or
  that DuckDB's reader takes and JSON has not (a trailing comma, NaN), and every value to be of the kind that the
  shape has under its key, so that none was converted;
- the reader found every key of the shape once;
- the text is as long as the line without its white space, so that no other key was left out.

The rest goes the same way with its own commonest shape, a few times, and what then is left is read one by one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.files.canonical_json import MAX_NESTING
from local_cloud.snowflake_account.files.staged_rows import ROWS

_SAMPLE = 100
"""Lines that the commonest shape is taken from."""

_MOST_SHAPES = 8

_FEWEST_LINES = 50
"""Fewer lines than these are read one by one faster than a shape is tried on them."""

_LINES_AT_ONCE = 20_000
"""Lines that one thread of DuckDB's takes at a time."""

_TEXT, _OTHER = "VARCHAR", "JSON"
"""How DuckDB is to read a string, and a number, a boolean or null: these as they are written."""

_PLAIN_KEY = re.compile(r"[\w$@:. -]+")

_ANYWHERE = r"\\|,\s*[}\]]"
"""Escapes; a comma before a closing bracket."""

_NO_TEXT = r'[^"\sn]|n[^u]'
"""What begins neither a string nor null."""

_NO_PLAIN_VALUE = r'[^"tfn0-9\s-]|n[^u]|-[^0-9]|-?0\.0000|-?[0-9.]{16}|-?[0-9.]+[eE]|-?[0-9]+\.[0-9]*0(?:[^0-9]|$)'
"""What begins no string, true, false or null and no number in canonical spelling: objects, arrays, NaN,
decimals so small that DuckDB writes an exponent, many digits (a double might round them), exponents, decimals that
end in 0."""


def stage_lines(duck: DuckDBPyConnection, lines: pa.Table) -> pa.Table:
    """Add lines in canonical form to the staged rows and return those that must be read one by one.

    Args:
        duck: where the staged rows are.
        lines: FILE_NO, FILE_ROW and LINE, valid UTF-8 without blank lines.
    """
    for _ in range(_MOST_SHAPES):
        shape = _commonest_shape(lines["LINE"]) if lines.num_rows >= _FEWEST_LINES else None
        if shape is None:
            break
        lines = _stage_of_shape(duck, lines, shape)
    return lines


def _stage_of_shape(duck: DuckDBPyConnection, lines: pa.Table, shape: dict[str, Any]) -> pa.Table:
    duck.register("_LINES", pa.Table.from_batches(lines.to_batches(max_chunksize=_LINES_AT_ONCE)))
    duck.execute(
        f"""insert into {ROWS}
        select FILE_NO, FILE_ROW, case when PROVED then CANONICAL end as C1, case when not PROVED then LINE end as LINE
        from (
            select *, case when CANONICAL is null then false
                else strlen(CANONICAL) = strlen(json(LINE)::varchar) end as PROVED
            from (
                select *, case when not regexp_matches(LINE, {_quoted(_unproved_pattern(shape))})
                    then try(to_json(from_json_strict(LINE, {_quoted(json.dumps(shape))})))::varchar end as CANONICAL
                from _LINES
            )
        )"""
    )
    duck.unregister("_LINES")
    rest: pa.Table = duck.execute(f"select FILE_NO, FILE_ROW, LINE from {ROWS} where C1 is null").to_arrow_table()
    if rest.num_rows:
        duck.execute(f"delete from {ROWS} where C1 is null")
    return rest


def _commonest_shape(lines: pa.ChunkedArray) -> dict[str, Any] | None:
    """Return the commonest shape of a sample, with its keys sorted; None where that is none to sort by."""
    shapes: Counter[str] = Counter()
    for index in np.unique(np.linspace(0, len(lines) - 1, _SAMPLE).astype(np.int64)):
        try:
            shape = _shape(json.loads(lines[int(index)].as_py()))
        except (ValueError, RecursionError):
            continue
        if isinstance(shape, dict):
            shapes[json.dumps(shape)] += 1
    return json.loads(shapes.most_common(1)[0][0]) if shapes else None


def _shape(value: Any, levels: int = MAX_NESTING) -> Any:
    """Return how DuckDB is to read a value, or None where the proof does not hold for values like it.

    It does not for values in an array, which have no key to find them by, nor for keys that DuckDB, which
    ignores case, may take for one another. Records of more levels than they may have are for the reader to refuse.
    """
    if not levels and isinstance(value, dict | list):
        return None
    if isinstance(value, dict):
        members = {key: _shape(value[key], levels - 1) for key in sorted(value)}
        distinct = len({key.casefold() for key in members}) == len(members)
        sound = distinct and members and all(map(_PLAIN_KEY.fullmatch, members)) and None not in members.values()
        return members if sound else None
    if isinstance(value, list):
        inner = next((shape for item in value if isinstance(shape := _shape(item, levels - 1), dict | list)), None)
        return None if inner is None else [inner]
    return _TEXT if isinstance(value, str) else _OTHER


def _unproved_pattern(shape: dict[str, Any]) -> str:
    """Return the pattern of what a line of this shape must not have anywhere."""
    found: dict[str, set[str]] = {_TEXT: set(), _OTHER: set()}
    _collect_keys(shape, found)
    alternatives = [_ANYWHERE]
    for kind, refused in ((_TEXT, _NO_TEXT), (_OTHER, _NO_PLAIN_VALUE)):
        if found[kind]:
            keys = "|".join(map(re.escape, sorted(found[kind])))
            alternatives.append(rf'"(?:{keys})"\s*:\s*(?:{refused})')
    return "|".join(alternatives)


def _collect_keys(shape: Any, found: dict[str, set[str]]) -> None:
    if isinstance(shape, list):
        _collect_keys(shape[0], found)
        return
    for key, inner in shape.items():
        if isinstance(inner, str):
            found[inner].add(key)
        else:
            _collect_keys(inner, found)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
