"""Queries: clauses, joins, set operators, table functions.

https://docs.snowflake.com/en/sql-reference/constructs
"""

from __future__ import annotations

from tests.local_cloud.snowflake_account.parity.case import Case, gives, refused

KIND = "Queries"

_N = "(values (1, 'a'), (2, 'b'), (3, null)) n(i, c)"

CASES: tuple[Case, ...] = (
    gives("VALUES", "select * from (values (1, 'a'), (2, 'b')) order by 1", (1, "a"), (2, "b")),
    gives("VALUES with $1", "select $1, column2 from values (1, 'a')", (1, "a")),
    gives("ORDER BY with NULLs", f"select i from {_N} order by c desc", (3,), (2,), (1,)),
    gives("ORDER BY … NULLS FIRST | LAST", f"select i from {_N} order by c nulls first, i desc", (3,), (1,), (2,)),
    gives(
        "LIMIT, OFFSET, FETCH, TOP",
        f"select * from (select i from {_N} order by i limit 1 offset 1) union all select * from (select top 1 i "
        f"from {_N} order by i) order by 1",
        (1,),
        (2,),
    ),
    gives("FETCH FIRST", f"select i from {_N} order by i offset 1 fetch first 1 rows only", (2,)),
    gives("WITH", f"with a as (select i from {_N}), b as (select max(i) as m from a) select m from b", (3,)),
    gives(
        "WITH RECURSIVE",
        "with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select n from r order by n",
        (1,),
        (2,),
        (3,),
    ),
    gives("JOIN … ON", "select a.x, b.y from (select 1 as x) a join (select 1 as x, 2 as y) b on a.x = b.x", (1, 2)),
    gives(
        "JOIN … USING, NATURAL JOIN",
        "select x, y, z from (select 1 as x, 2 as y) a join (select 1 as x, 3 as z) b using (x) natural join "
        "(select 1 as x) c",
        (1, 2, 3),
    ),
    gives(
        "LEFT, RIGHT, FULL, CROSS JOIN",
        "select count(*) from (values (1), (2)) a(x) full outer join (values (2), (3)) b(y) on a.x = b.y cross "
        "join (select 1)",
        (3,),
    ),
    gives(
        "LATERAL",
        "select a.x, b.y from (values (1), (2)) a(x), lateral (select a.x * 10 as y) b order by 1",
        (1, 10),
        (2, 20),
    ),
    gives(
        "ASOF JOIN",
        "select a.t, b.v from (values (5)) a(t) asof join (values (1, 'x'), (4, 'y'), (9, 'z')) b(t, v) "
        "match_condition (a.t >= b.t)",
        (5, "y"),
    ),
    gives("UNION, UNION ALL", "select 1 union select 1 union all select 1", (1,), (1,)),
    gives(
        "INTERSECT, EXCEPT, MINUS",
        "select * from (select 1 intersect select 1) union all (select 2 except select 3) union all (select 4 "
        "minus select 4)",
        (1,),
        (2,),
    ),
    gives(
        "EXISTS, IN, ANY, ALL",
        "select exists (select 1), 1 in (select 1), 1 = any (select 1), 1 > all (select 0)",
        (True, True, True, True),
    ),
    gives(
        "Correlated subqueries",
        "select (select max(y) from (values (1, 2), (1, 3)) b(x, y) where b.x = a.x) from (select 1 as x) a",
        (3,),
    ),
    gives(
        "SELECT * EXCLUDE, RENAME, REPLACE",
        "select * exclude (b) rename (a as z) from (select 1 as a, 2 as b, 3 as c)",
        (1, 3),
    ),
    gives("SELECT * REPLACE", "select * replace (a + 1 as a) from (select 1 as a, 2 as b)", (2, 2)),
    gives("SELECT * ILIKE", "select * ilike 'a%' from (select 1 as aa, 2 as b, 3 as ab)", (1, 3)),
    gives("An alias in the same SELECT", "select 1 as a, a + 1 as b", (1, 2)),
    gives(
        "An alias in WHERE, GROUP BY, HAVING",
        f"select upper(c) as u, count(*) as n from {_N} where u is not null group by u having n = 1 order by u",
        ("A", 1),
        ("B", 1),
    ),
    gives("DISTINCT", "select distinct x from (values (1), (1)) t(x)", (1,)),
    gives(
        "PIVOT",
        "select * from (select 'a' as k, 'x' as c, 1 as v union all select 'a', 'y', 2) pivot (sum(v) for c in "
        "('x', 'y'))",
        ("a", 1, 2),
    ),
    gives(
        "UNPIVOT",
        "select * from (select 1 as id, 10 as a, 20 as b) unpivot (v for k in (a, b)) order by k",
        (1, "A", 10),
        (1, "B", 20),
    ),
    gives(
        "GENERATOR, SEQ4, ROW_NUMBER",
        "select count(*), min(s), max(s) from (select seq4() as s from table(generator(rowcount => 5)))",
        (5, 0, 4),
    ),
    gives(
        "SPLIT_TO_TABLE",
        "select index, value from table(split_to_table('a,b', ',')) order by index",
        (1, "a"),
        (2, "b"),
    ),
    gives(
        "STRTOK_SPLIT_TO_TABLE",
        "select index, value from table(strtok_split_to_table('a b', ' ')) order by index",
        (1, "a"),
        (2, "b"),
    ),
    gives("SAMPLE", f"select count(*) from {_N} sample (100)", (3,)),
    gives("A trailing comma in SELECT", "select 1, 2, from (select 1)", (1, 2)),
    gives("Comments", "select 1 -- one\n, 2 // two\n, 3 /* three */", (1, 2, 3)),
    refused(
        "CONNECT BY", "select n from (select 1 as n, 0 as p) start with p = 0 connect by p = prior n", "CONNECT BY"
    ),
    refused(
        "MATCH_RECOGNIZE",
        "select * from (select 1 as a) match_recognize (order by a measures first(a) as f pattern (x+) define x "
        "as true)",
        "MATCH_RECOGNIZE",
    ),
    refused("AT", "select * from R.S.T at(offset => -60)", "AT"),
    refused("AT (TIMESTAMP)", "select * from R.S.T at(timestamp => '2026-01-01'::timestamp_ltz)", "AT"),
    refused("BEFORE", "select * from R.S.T before(statement => '8e5d0ca9-005e-44e6-b858-a8f5b37c5726')", "BEFORE"),
    refused("CHANGES", "select * from R.S.T changes(information => default) at(offset => -60)", "CHANGES"),
    gives(
        "SELECT from a stage",
        (
            "create or replace temporary stage ST",
            "select count(*), max($1), max(metadata$filename) from @ST/in/ (pattern => '.*[.]csv') t",
        ),
        (0, None, None),
    ),
    gives(
        "INFER_SCHEMA",
        (
            *("create or replace temporary stage ST", "create or replace temporary file format FF type = json"),
            "select count(column_name) from table(infer_schema(location => '@ST', file_format => 'FF'))",
        ),
        (0,),
    ),
)
