"""VARIANTs beside texts, numbers, booleans and dates: what Snowflake's documentation says, in every place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import SnowflakeError
from tests.local_cloud.snowflake_account.dialect.model_of_variants import as_number, as_text, equal, less
from tests.local_cloud.snowflake_account.landing import open_aws

_RECORDS = (
    {"id": "C1", "n": 10, "t": True, "d": "2024-01-05", "l": [10, "x"], "o": {"k": "v"}, "u": None},
    {"id": "C2", "n": 9, "t": False, "d": "2024-02-01", "l": [], "o": {}, "u": "here"},
    {"id": None, "n": "7", "d": None},
)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Table R of three records, and tables of other types to meet them."""
    with open_aws() as aws:
        account = Account(tmp_path_factory.mktemp("variants"), aws)
        account.execute("create database d")
        account.execute("use schema d.public")
        account.execute("create table r (i int, v variant)")
        for number, record in enumerate(_RECORDS, 1):
            text = json.dumps(record, sort_keys=True, separators=(",", ":"))
            account.execute(f"insert into r select {number}, parse_json('{text}')")
        account.execute("create table names (id varchar, name varchar)")
        account.execute("insert into names values ('C1', 'Ann'), ('C3', 'Bob')")
        account.execute("create table numbers (n number, x float)")
        account.execute("insert into numbers values (10, 10.5), (9007199254740993, 1)")
        yield account
        account.close()


def _only(account: Account, sql: str) -> list[Any]:
    return [row[0] for row in account.execute(sql).rows]


_CONDITIONS = {
    "v:id = 'C1'": [1],
    "'C1' = v:id": [1],
    "v:id <> 'C1'": [2],
    "v:id in ('C1', 'C9')": [1],
    "v:id not in ('C1', 'C9')": [2],
    "'here' in (v:id, v:u)": [2],
    "v:id like 'C%'": [1, 2],
    "v:id ilike 'c1'": [1],
    "v:id like any ('x%', 'C2')": [2],
    "v:id rlike 'C[1]'": [1],
    "v:id between 'C0' and 'C1'": [1],
    "v:id is null": [],
    "v:u is null": [3],
    "v:u = 'null'": [],
    "v:u::varchar is null": [1, 3],
    "v:n = 7": [3],
    "v:n > 9": [1],
    "v:n >= 9.5": [1],
    "v:n between 7 and 9": [2, 3],
    "v:n in (9, 10)": [1, 2],
    "v:n + 1 = 8": [3],
    "v:n = '10'": [1],
    "v:t": [1],
    "not v:t": [2],
    "v:t = false": [2],
    "v:t is true": [1],
    "v:t and v:n > 1": [1],
    "v:d >= '2024-02-01'::date": [2],
    "v:d < '2024-01-06 00:00'::timestamp": [1],
    "v:l[0] = v:n": [1],
    "v:n > v:l[0]": [],
    "v:n is distinct from v:l[0]": [2, 3],
    "equal_null(v:id, null)": [],
    "equal_null(v:id, 'C2')": [2],
    "v:o:k = 'v'": [1],
    "v['id'] = 'C2'": [2],
    "get(v, 'id') = 'C2'": [2],
    "get_path(v, 'o.k') = 'v'": [1],
    "get(v:l, i - 1) = 10": [1],
    "v:id in (select id from names)": [1],
    "v:n in (select n from numbers)": [1],
    "'C1' in (select v:id from r)": [1, 2, 3],
    "exists (select 1 from names where names.id = v:id)": [1],
    "v:id = (select min(id) from names)": [1],
    "v:id = any (select id from names)": [1],
    "upper(v:id) = 'C1' or lower(v:id) = 'c2'": [1, 2],
    "contains(v:id, '2')": [2],
    "iff(v:t, 'yes', v:id) = 'yes'": [1],
    "length(v:id) = 2": [1, 2],
}


@pytest.mark.parametrize("condition", _CONDITIONS)
def test_a_condition_compares_a_variant_as_the_type_that_it_meets(records: Account, condition: str) -> None:
    assert _only(records, f"select i from r where {condition} order by i") == _CONDITIONS[condition]


_EXPRESSIONS = {
    "v:id || '!'": ["C1!", "C2!", None],
    "concat('<', v:n, '>')": ["<10>", "<9>", "<7>"],
    "upper(v:id)": ["C1", "C2", None],
    "length(v:d)": [10, 10, None],
    "substr(v:d, 1, 4)": ["2024", "2024", None],
    "replace(v:id, 'C', 'c')": ["c1", "c2", None],
    "split_part(v:d, '-', 2)": ["01", "02", None],
    "v:n * 2": [20, 18, 14],
    "-v:n": [-10, -9, -7],
    "abs(v:n)": [10, 9, 7],
    "round(v:n / 4, 1)": [2.5, 2.3, 1.8],
    "coalesce(v:id, 'none')": ["C1", "C2", "none"],
    "nvl(v:t, false)": [True, False, False],
    "ifnull(v:x, v:n)": ["10", "9", '"7"'],
    "iff(v:t, v:id, 'no')": ["C1", "no", "no"],
    "nullif(v:id, 'C1')": [None, "C2", None],
    "nvl2(v:x, 'has', v:id)": ["C1", "C2", None],
    "decode(v:id, 'C1', 'one', 'C2', v:n, 'other')": ["one", "9", "other"],
    "case when v:t then v:n else 0 end": [10, 0, 0],
    "case v:n when 10 then 'ten' else v:id end": ["ten", "C2", None],
    "greatest(v:n, 9)": [10, 9, 9],
    "least(v:id, 'C11')": ["C1", "C11", None],
    "greatest(v:n, v:l[0])": ["10", None, None],
    "v:id::varchar": ["C1", "C2", None],
    "(v:id)::varchar": ["C1", "C2", None],
    "v:n::number(10, 1)": [10, 9, 7],
    "to_varchar(v:n)": ["10", "9", "7"],
    "v:o::varchar": ['{"k":"v"}', "{}", None],
    "year(v:d)": [2024, 2024, None],
    "datediff(day, v:d, '2024-02-02')": [28, 1, None],
    "v:l[v:n - 10]": ["10", None, None],
    "'x'::variant": ['"x"'] * 3,
    "'x'::variant::varchar": ["x"] * 3,
    "i::variant": ["1", "2", "3"],
    "lag(v:n) over (order by i) + 1": [None, 11, 10],
    "sum(v:n) over ()": [26, 26, 26],
    "max(v:l[0]) over ()": ["10"] * 3,
    "typeof(v:n)": ["INTEGER", "INTEGER", "VARCHAR"],
}


@pytest.mark.parametrize("expression", _EXPRESSIONS)
def test_an_expression_converts_its_variants(records: Account, expression: str) -> None:
    assert _only(records, f"select {expression} from r order by i") == _EXPRESSIONS[expression]


_QUERIES = {
    "select v:n from r order by v:n": [("9",), ("10",), ('"7"',)],
    "select v:n as n from r order by n desc limit 2": [('"7"',), ("10",)],
    "select v:n, count(*) from r where v:n <> 7 group by v:n order by 1": [("9", 1), ("10", 1)],
    "select sum(v:n), avg(v:n), count(v:id), listagg(v:id, '+') within group (order by v:id) from r": [
        (26, 26 / 3, 3, "C1+C2")
    ],
    "select max(v:l[0]), min(v:id) from r": [("10", '"C1"')],
    "select upper(v:d), v:d::varchar, count(*) from r where i < 3 group by v:d order by v:d": [
        ("2024-01-05", "2024-01-05", 1),
        ("2024-02-01", "2024-02-01", 1),
    ],
    "select v:d::date from r where i < 3 group by v:d::date order by 1 desc limit 1": [(date(2024, 2, 1),)],
    "select count(*) from r group by v:t having v:t = true": [(1,)],
    "select count(*) from r where i < 3 group by v:n order by v:n desc": [(1,), (1,)],
    "select v:t as t, sum(v:n) from r group by t having sum(v:n) > 9": [("true", 10)],
    "select name from r join names on r.v:id = names.id": [("Ann",)],
    "select i from r left join names on names.id = v:id where name is null order by i": [(2,), (3,)],
    "select x from numbers join r on v:n = n": [(10.5,)],
    "with c as (select v:id as id, v as whole from r) select whole:n + 1 from c where id = 'C1'": [(11,)],
    "select id from (select v:id as id from r) where id = 'C2'": [('"C2"',)],
    "select * from (select v:id as id from r union all select id from names) where id > 'C1' order by 1": [
        ("C2",),
        ("C3",),
    ],
    "select a.v:id || b.id from r a, names b where a.v:id = b.id": [("C1C1",)],
    "select f.value, f.value + 1 from r, lateral flatten(input => v:l) f where f.index = 0": [("10", 11)],
    "select value::varchar from r, table(flatten(v:l)) where value = 'x'": [("x",)],
    "select key from r, lateral flatten(input => v:o) where value = 'v'": [("k",)],
    "select column1:a from (values (parse_json('{\"a\": 1}')), (null)) where column1:a = 1": [("1",)],
    "select n from numbers where parse_json('9007199254740993') = n": [(9007199254740993,)],
    "select count(*) from r where v:n = 9007199254740992 or parse_json('9007199254740993') = 9007199254740992": [(0,)],
    "select i from r qualify row_number() over (order by v:id desc) = 2": [(2,)],
    "select (select max(v:n) from r where v:id = names.id) from names where id = 'C1'": [("10",)],
}


@pytest.mark.parametrize("query", _QUERIES)
def test_a_clause_takes_a_variant_by_what_it_says(records: Account, query: str) -> None:
    assert records.execute(query).rows == _QUERIES[query]


def test_a_view_of_variants_converts_them_too(records: Account) -> None:
    records.execute("create or replace view seen as select v:id as id, v:n as n from r where v:id in ('C1', 'C2')")
    assert records.execute("select id || '', n + 0 from seen where id = 'C1'").rows == [("C1", 10)]


def test_a_table_takes_variants_as_its_columns_are(records: Account) -> None:
    records.execute(
        "create or replace table typed (id varchar, n number, t boolean, d date, a timestamp_ntz, v variant, w variant)"
    )
    records.execute("insert into typed select v:id, v:n, v:t, v:d, v:d, v:o, i from r where i = 1")
    records.execute("insert into typed (n, w) select parse_json('9007199254740993'), true")
    records.execute("update typed set id = parse_json('\"new\"'), v = n where id is null")
    (first, second) = records.execute("select id, n, t, d::varchar, a::varchar, v, w from typed order by n").rows
    assert first == ("C1", 10, True, "2024-01-05", "2024-01-05 00:00:00.000", '{"k":"v"}', "1")
    assert second[:2] == ("new", 9007199254740993)
    assert second[5:] == ("9007199254740993", "true")


def test_a_merge_matches_and_writes_variants_by_the_columns(records: Account) -> None:
    records.execute("create or replace table merged (id varchar, n number)")
    records.execute("insert into merged values ('C1', 0)")
    records.execute(
        "merge into merged m using (select v from r where v:id = 'C1' or v:id = 'C2') s on m.id = s.v:id"
        " when matched and s.v:t then update set n = s.v:n when not matched then insert (id, n) values (s.v:id, s.v:n)"
    )
    assert records.execute("select id, n from merged order by id").rows == [("C1", 10), ("C2", 9)]


def test_a_text_that_is_no_number_is_refused_by_what_it_is(records: Account) -> None:
    with pytest.raises(SnowflakeError, match=r"^Numeric value 'C1' is not recognized$"):
        records.execute("select v:id + 1 from r")
    with pytest.raises(SnowflakeError, match=r"^Boolean value 'C1' is not recognized$"):
        records.execute("select 1 from r where v:id")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text("aB1\"\\é'", max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
_NUMERIC = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.integers(-99, 99).map(str)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.tuples(_JSON, st.text('aB1"\\é', max_size=3)), min_size=1, max_size=20))
def test_any_variant_meets_text_as_in_the_model(records: Account, values: list[tuple[Any, str]]) -> None:
    rows = ", ".join(f"({n}, $${json.dumps(v)}$$, $${t}$$)" for n, (v, t) in enumerate(values))
    answer = records.execute(
        f"select v::varchar, v = t, v < t, v || '', coalesce(v, t) from "
        f"(select column1 n, parse_json(column2) v, column3 t from values {rows}) order by n"
    ).rows
    expected = [
        (as_text(v), equal(v, t), less(v, t), as_text(v), as_text(v) if v is not None else t) for v, t in values
    ]
    assert answer == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.tuples(_NUMERIC, st.integers(-(2**53), 2**53)), min_size=1, max_size=20))
def test_any_variant_meets_numbers_as_in_the_model(records: Account, values: list[tuple[Any, int]]) -> None:
    rows = ", ".join(f"({n}, $${json.dumps(v)}$$, {t})" for n, (v, t) in enumerate(values))
    answer = records.execute(
        f"select v = t, v < t, v * 1, nvl(v, t) from "
        f"(select column1 n, parse_json(column2) v, column3 t from values {rows}) order by n"
    ).rows
    expected = [(equal(v, t), less(v, t), as_number(v), as_number(v) if v is not None else float(t)) for v, t in values]
    assert answer == expected
