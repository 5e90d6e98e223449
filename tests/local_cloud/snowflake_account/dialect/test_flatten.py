"""FLATTEN gives Snowflake's columns for arrays and objects, and no rows for anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.derived_relations import translated_query
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.sessions.account import Account


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    opened = Databases(tmp_path)
    opened.attach("D")
    opened.use("D", "main")
    yield opened
    opened.close()


@pytest.fixture
def retail(account: Account) -> Account:
    for sql in ("create database R", "create schema R.S"):
        account.execute(sql)
    return account


def flattened(databases: Databases, value: str, columns: str) -> list[tuple[object, ...]]:
    quoted = value.replace("'", "''").replace("\\", "\\\\")
    sql = f"select {columns} from (select parse_json('{quoted}') as v) as t, lateral flatten(input => t.v) as f"
    return sorted(databases.query(parsed(f"{sql} order by f.path")).rows, key=str)


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
    sql = (
        "select t.id, f.index, f.value from (select 1 as id, parse_json('[7, 8]') as v union all "
        "select 2, parse_json('[9]') union all select 3, null) as t, lateral flatten(input => t.v) as f order by 1, 2"
    )
    rows = databases.query(parsed(sql)).rows
    assert rows == [(1, 0, "7"), (1, 1, "8"), (2, 0, "9")]


@pytest.mark.parametrize(
    "arguments",
    ["input => t.v, outer => true", "recursive => true, input => t.v", "input => t.v, mode => 'OBJECT'",
     "input => t.v, path => 'a'"],
)  # fmt: skip
@pytest.mark.parametrize("statement", ["", "create table U as ", "create view U as "])
def test_arguments_that_are_not_had_here_are_refused_by_name(retail: Account, statement: str, arguments: str) -> None:
    retail.execute("create table V as select parse_json('[1]') as v")
    with pytest.raises(UnsupportedError, match=r"FLATTEN with (OUTER|RECURSIVE|MODE|PATH)"):
        retail.execute(f"{statement}select f.index from V as t, lateral flatten({arguments}) as f")


@pytest.mark.parametrize("arguments", ["mode => 'BOTH', outer => false, input => t.v", "t.v"])
def test_arguments_at_their_default_change_nothing(retail: Account, arguments: str) -> None:
    retail.execute("create table V as select parse_json('[1]') as v")
    assert retail.execute(f"select f.value from V as t, lateral flatten({arguments}) as f").rows == [("1",)]


FORMS = {
    "a name that has to be quoted": 'select "group".id, f.value from t as "group", lateral flatten("group".v) as f',
    "fields without other names in a step": (
        "with s as (select t.id, f.value, f.key from t, lateral flatten(input => t.v) f) select id, value:a as a from s"
    ),
    "fields of the elements": "select id, f.index, f.key, f.path, f.value:a::varchar as a from t, lateral flatten(v) f",
    "an element as text": "select t.id, f.value::varchar as a from t, lateral flatten(input => t.v) f",
    "a table that has another name": "select s.id, f.value from t as s, lateral flatten(input => s.v) f",
    "names without their table": "select id, value, index from t, lateral flatten(input => v) f",
    "all columns": "select * exclude (seq) from t, lateral flatten(input => t.v) f",
    "the elements' table alone": "select f.value from t, lateral flatten(input => t.v) f",
    "a condition": "select t.id, f.index from t, lateral flatten(input => t.v) f where f.index > 0 or t.id = 1",
    "groups": "select t.id, count(*) as n, max(f.index) as i from t, lateral flatten(input => t.v) f group by t.id",
    "a part of the value": "select t.id, f.value from t, lateral flatten(input => t.v:a) f",
    "what was flattened": "select t.id, f.this, f.seq = f.seq as s from t, lateral flatten(input => t.v) f",
    "a table function": "select t.id, f.value from t, table(flatten(input => t.v)) f",
    "elements of elements": "select f.path, g.path as q from t, lateral flatten(t.v) f, lateral flatten(f.value) g",
    "a subquery": "select s.id, f.index from (select id, v from t) as s, lateral flatten(input => s.v) as f",
    "a step": "with s as (select id, v from t) select s.id, f.index from s, lateral flatten(input => s.v) as f",
    "no alias": "select t.id, value from t, lateral flatten(input => t.v)",
    "a query inside": "select t.id, f.index from t, lateral flatten(t.v) f where f.index in (select min(id) from t)",
}

IN_LINE = {
    "a name that has to be quoted",
    "fields without other names in a step",
    "fields of the elements",
    "an element as text",
    "a table that has another name",
    "the elements' table alone",
    "a condition",
    "groups",
    "a part of the value",
    "what was flattened",
    "a table function",
    "a subquery",
    "a step",
}

VALUES = ['[{"a": 1}, {"a": [2]}]', '{"a": [5, null], "b": "x"}', "[[1, 2], []]", '"text"', "[]", "null"]


@pytest.mark.parametrize("form", FORMS)
def test_a_table_made_from_a_query_has_the_querys_rows(databases: Databases, form: str) -> None:
    """What is made is tuned: elements stand in their table's own rows where no name could mean something else."""
    databases.execute("create table T (ID integer, V json)")
    for number, value in enumerate(VALUES):
        databases.query(parsed(f"insert into t select {number}, parse_json('{value}')"))
    databases.query(parsed("insert into t select 99, null"))
    databases.create_as("table", Name(("D", "main", "MADE")), FORMS[form])
    expected = databases.query(parsed(FORMS[form]))
    made = databases.query(parsed("select * from made"))
    assert expected.rows
    assert sorted(made.rows, key=str) == sorted(expected.rows, key=str)
    assert [column.name for column in made.columns] == [column.name for column in expected.columns]
    home = Name(("D", "main"))
    assert ("FS$ELEMENT" in translated_query(databases.connect(), "table", FORMS[form], home)) == (form in IN_LINE)
