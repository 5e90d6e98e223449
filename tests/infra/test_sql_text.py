"""One spelling for SQL: what may differ without a difference, what may not, and that nothing is changed by it."""

from __future__ import annotations

import pytest

from infra.sql_text import Span, canonical, canonical_parts
from tests.infra.sql_meaning import meaning

SPELLED = {
    "whitespace": ("select  a ,b\n\tfrom\r\n x", "SELECT A, B FROM X"),
    "comments": ("select a -- why\n, /* not */ b // here\nfrom x", "SELECT A, B FROM X"),
    "a comment that hides a quote": ("select a -- it's\nfrom x", "SELECT A FROM X"),
    "case": ("Select A.b As C frOm Raw.X a", "SELECT A.B AS C FROM RAW.X A"),
    "semicolons": ("select 1 ;\n;", "SELECT 1"),
    "words of one token": ("select a from x group\n  by a order -- by\n by a", "SELECT A FROM X GROUP BY A ORDER BY A"),
    "functions": ("select row_number ( ) over ( partition by a )", "SELECT ROW_NUMBER() OVER (PARTITION BY A)"),
    "casts": ("select a :: number( 38,0 )", "SELECT A::NUMBER (38, 0)"),
    "columns of a file": ("select $1, t.$2 from @s t", "SELECT $1, T.$2 FROM @s T"),
    "metadata": ("select metadata$filename from @s", "SELECT METADATA$FILENAME FROM @s"),
    "named arguments": ("table(f(a=>'x',b => -14))", "TABLE (F(A => 'x', B => - 14))"),
}


@pytest.mark.parametrize(("sql", "expected"), SPELLED.values(), ids=SPELLED)
def test_a_statement_has_one_spelling(sql: str, expected: str):
    assert canonical(sql) == expected
    assert canonical(expected) == expected


KEPT = {
    "strings": "select 'It''s  -- no comment', 'a\\\\.b' from x",
    "a string of a comma": "select ',' || '(' || ':' from x",
    "dollar strings": "select $$ It's  /* text */ $$ from x",
    "quoted identifiers": 'select "Mixed case", x."a -- b" from "Db"."Raw"."T"',
    "stage paths": 'from @"Db"."Raw"."Landing"/customers/New-Files/',
    "variant keys": "select record:customerId, record:a.bC.D, $1:basket[0].unitPrice, x['k'].Key",
    "quoted variant keys": 'select record:"a B".cD',
    "keys that are keywords": "select record:date, record:order.Select",
}


@pytest.mark.parametrize("sql", KEPT.values(), ids=KEPT)
def test_what_snowflake_reads_with_regard_to_case_stays_as_it_is(sql: str):
    for kept in ("It''s  -- no comment", "'a\\\\.b'", "','", "'('", "':'", "$$ It's  /* text */ $$", '"Mixed case"'):
        assert (kept in canonical(sql)) is (kept in sql)
    for kept in ('."a -- b"', '@"Db"."Raw"."Landing"/customers/New-Files/', ":customerId", ":a.bC.D", '"a B".cD'):
        assert (kept in canonical(sql)) is (kept in sql)
    for kept in (":basket[0].unitPrice", "['k'].Key", ":date", ":order.Select"):
        assert (kept in canonical(sql)) is (kept in sql)


def test_a_column_behind_a_variant_path_is_no_key_of_it():
    assert canonical("select record:keyA::varchar as Name, t.Name") == "SELECT RECORD:keyA::VARCHAR AS NAME, T.NAME"


def test_a_stages_path_ends_at_a_gap_or_a_bracket():
    assert canonical("(select 1 from @s/New/ Alias)") == "(SELECT 1 FROM @s/New/ ALIAS)"
    assert canonical("(select 1 from @s/New/)") == "(SELECT 1 FROM @s/New/)"


def test_a_slot_is_cut_out_of_the_text_where_it_stood():
    sql = "select a from raw.customers as c -- end"
    start = sql.index("raw")
    slot = Span(start, start + len("raw.customers") - 1)
    assert canonical_parts(sql, [slot]) == ("SELECT A FROM ", slot, " AS C")


MEANT = {
    "variant paths": "select t.record:customer_id::varchar, t.record:a[0].b from raw.t as t",
    "flatten": """select i.value:price, i.index + 1
        from core.t as t, lateral flatten(input => t.basket, outer => true) as i""",
    "qualify": "select * from t qualify row_number() over (partition by a, b order by c desc nulls last) = 1",
    "history": """select 1 from table(d.information_schema.copy_history(
        table_name => 'D.R.C', start_time => dateadd(day, -14, current_timestamp())))""",
    "copy": """copy into "D"."R"."C" (a, _file) from (
        select $1, metadata$filename, metadata$start_scan_time::timestamp_ntz from @"D"."R"."L"/customers/
        ) file_format = (format_name = '"D"."R"."CSV"') on_error = skip_file""",
    "arithmetic": "select a - -1, -a * (b / c), a % 2, a <> b, a >= b, not a, a || '-' || b from t",
    "windows": "select lag(a) ignore nulls over (order by b rows between unbounded preceding and current row) from t",
    "aggregates": "select listagg(distinct a, ', ') within group (order by a), count(*), count_if(a is null) from t",
    "dates": "select dateadd(day, 1 - dayofweekiso(d), d)::date, date_trunc('week', d) from t",
    "regular expressions": "select regexp_replace(a, '-[0-9a-f]{12}(\\\\.[a-z]+)?$', '\\\\1') from t",
    "objects": "select object_construct('a', 1), {'a': 1, 'b': [1, 2]} from t",
}


@pytest.mark.parametrize("sql", MEANT.values(), ids=MEANT)
def test_the_canonical_text_means_the_same(sql: str):
    assert meaning(canonical(sql)) == meaning(sql)
