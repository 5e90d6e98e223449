"""FLATTEN gives Snowflake's columns for arrays and objects, and no rows for anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.snowflake_account.databases import Databases


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    opened = Databases(tmp_path)
    opened.attach("D")
    opened.use("D", "main")
    yield opened
    opened.close()


def flattened(databases: Databases, value: str, columns: str) -> list[tuple[object, ...]]:
    quoted = value.replace("'", "''").replace("\\", "\\\\")
    sql = f"select {columns} from (select parse_json('{quoted}') as v) as t, lateral flatten(input => t.v) as f"
    return sorted(databases.query(f"{sql} order by f.path").rows, key=str)


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ("[10, [20]]", [(None, "[0]", 0, "10"), (None, "[1]", 1, "[20]")]),
        ("[null]", [(None, "[0]", 0, "null")]),
        ('{"b": 1, "a": {"x": 2}}', [("a", "a", None, '{"x":2}'), ("b", "b", None, "1")]),
        ('{"$.odd\'/key": 1}', [("$.odd'/key", "$.odd'/key", None, "1")]),
        ("[]", []),
        ("{}", []),
        ("5", []),
        ("null", []),
    ],
    ids=["array", "null element", "object", "a key that looks like a path", "no element", "no key", "number", "null"],
)
def test_each_element_is_a_row_with_its_place(databases: Databases, value: str, rows: list[tuple[object, ...]]) -> None:
    assert flattened(databases, value, "f.key, f.path, f.index, f.value") == rows


def test_this_is_the_whole_value_and_seq_numbers_it(databases: Databases) -> None:
    ((first, value), (second, _)) = flattened(databases, "[1, 2]", "f.seq, f.this")
    assert first == second
    assert json.loads(str(value)) == [1, 2]


def test_rows_keep_to_the_row_that_they_came_from(databases: Databases) -> None:
    rows = databases.query(
        "select t.id, f.index, f.value from (select 1 as id, parse_json('[7, 8]') as v union all "
        "select 2, parse_json('[9]') union all select 3, null) as t, lateral flatten(input => t.v) as f order by 1, 2"
    ).rows
    assert rows == [(1, 0, "7"), (1, 1, "8"), (2, 0, "9")]
