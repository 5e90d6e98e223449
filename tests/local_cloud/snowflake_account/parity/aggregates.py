"""Aggregates and windows.

https://docs.snowflake.com/en/sql-reference/functions-aggregation
https://docs.snowflake.com/en/sql-reference/functions-window
"""

from __future__ import annotations

from decimal import Decimal

from tests.local_cloud.snowflake_account.parity.case import Case, gives, refused

KIND = "Aggregates and windows"

_T = "from (values (1, 'a', 10), (2, 'a', 20), (3, 'b', null), (4, 'b', 30)) t(i, g, x)"
_NONE = "from (select 1 as i, 'a' as g, 2 as x where false)"

CASES: tuple[Case, ...] = (
    gives("COUNT", f"select count(*), count(x), count(distinct g), count(distinct g, x) {_T}", (4, 3, 2, 3)),
    gives("COUNT_IF", f"select count_if(x > 10), count_if(x > 99) {_T}", (2, 0)),
    gives("SUM", f"select sum(x), sum(distinct x), sum(i / 2) {_T}", (60, 60, 5)),
    gives("AVG", f"select avg(x), avg(i), avg(distinct i) {_T}", (20, Decimal("2.5"), Decimal("2.5"))),
    gives("MIN, MAX", f"select min(x), max(x), min(g), max(g) {_T}", (10, 30, "a", "b")),
    gives(
        "Aggregates of no rows",
        f"select count(*), sum(x), avg(x), min(g), listagg(g), array_agg(g)::varchar {_NONE}",
        (0, None, None, None, "", "[]"),
    ),
    gives("MIN_BY, MAX_BY", f"select min_by(g, i), max_by(g, i), max_by(i, i, 2)::varchar {_T}", ("a", "b", "[4,3]")),
    gives(
        "MEDIAN, MODE, ANY_VALUE",
        f"select median(x), mode(g) in ('a', 'b'), any_value(i) is not null {_T}",
        (20, True, True),
    ),
    gives(
        "LISTAGG",
        "select listagg(g, ',') within group (order by i desc), listagg(distinct g, '') within group (order by g) "
        f"{_T}",
        ("b,b,a,a", "ab"),
    ),
    gives(
        "ARRAY_AGG",
        "select array_agg(x) within group (order by i desc)::varchar, array_agg(distinct g) within group (order "
        f"by g)::varchar {_T}",
        ("[30,20,10]", '["a","b"]'),
    ),
    gives("OBJECT_AGG", f"select object_agg(i::varchar, x)::varchar {_T}", ('{"1":10,"2":20,"4":30}',)),
    gives("ARRAY_UNIQUE_AGG", f"select array_size(array_unique_agg(g)) {_T}", (2,)),
    gives(
        "STDDEV, VARIANCE",
        f"select round(stddev(i), 4), round(variance(i), 4), round(stddev_pop(i), 4), round(var_pop(i), 4) {_T}",
        (1.291, 1.6667, 1.118, 1.25),
    ),
    gives(
        "PERCENTILE_CONT, PERCENTILE_DISC",
        f"select percentile_cont(0.5) within group (order by i), percentile_disc(0.5) within group (order by i) {_T}",
        (2.5, 2),
    ),
    gives("APPROX_COUNT_DISTINCT, HLL", f"select approx_count_distinct(g), hll(g) {_T}", (2, 2)),
    gives("APPROX_PERCENTILE", f"select approx_percentile(i, 0.5) between 2 and 3 {_T}", (True,)),
    gives(
        "CORR, COVAR_POP, REGR_SLOPE",
        f"select round(corr(i, i), 4), covar_pop(i, i), regr_slope(i, i) {_T}",
        (1.0, 1.25, 1.0),
    ),
    gives("BOOLAND_AGG, BOOLOR_AGG", f"select booland_agg(i > 1), boolor_agg(i > 3) {_T}", (False, True)),
    gives("BITAND_AGG, BITOR_AGG, BITXOR_AGG", f"select bitand_agg(i), bitor_agg(i), bitxor_agg(i) {_T}", (0, 7, 4)),
    gives("SKEW, KURTOSIS", f"select skew(i), round(kurtosis(i), 4) {_T}", (0.0, -1.2)),
    gives("GROUP BY, HAVING", f"select g, sum(x) {_T} group by g having count(*) > 1 order by g", ("a", 30), ("b", 30)),
    gives("GROUP BY ALL", f"select g, count(*) {_T} group by all order by g", ("a", 2), ("b", 2)),
    gives(
        "GROUP BY ROLLUP, CUBE, GROUPING SETS",
        f"select g, count(*), grouping(g) {_T} group by rollup (g) order by g nulls last",
        ("a", 2, 0),
        ("b", 2, 0),
        (None, 4, 1),
    ),
    gives(
        "ROW_NUMBER, RANK, DENSE_RANK",
        f"select i, row_number() over (order by i), rank() over (order by g), dense_rank() over (order by g) {_T} "
        "order by i",
        (1, 1, 1, 1),
        (2, 2, 1, 1),
        (3, 3, 3, 2),
        (4, 4, 3, 2),
    ),
    gives(
        "PERCENT_RANK, CUME_DIST, NTILE",
        "select i, percent_rank() over (order by i) * 3, cume_dist() over (order by i), ntile(2) over (order by "
        f"i) {_T} order by i",
        (1, 0.0, 0.25, 1),
        (2, 1.0, 0.5, 1),
        (3, 2.0, 0.75, 2),
        (4, 3.0, 1.0, 2),
    ),
    gives(
        "LAG, LEAD",
        "select i, lag(i) over (order by i), lead(i, 2, -1) over (order by i), lag(x) ignore nulls over (order by "
        f"i) {_T} order by i",
        (1, None, 3, None),
        (2, 1, 4, 10),
        (3, 2, -1, 20),
        (4, 3, -1, 20),
    ),
    gives(
        "FIRST_VALUE, LAST_VALUE, NTH_VALUE",
        "select distinct g, first_value(i) over (partition by g order by i), last_value(i) over (partition by g "
        f"order by i), nth_value(i, 2) over (partition by g order by i) {_T} order by g",
        ("a", 1, 2, 2),
        ("b", 3, 4, 4),
    ),
    gives(
        "SUM … OVER with a frame",
        "select i, sum(i) over (order by i), sum(i) over (order by i rows between 1 preceding and current row), "
        f"avg(i) over () {_T} order by i",
        (1, 1, 1, Decimal("2.5")),
        (2, 3, 3, Decimal("2.5")),
        (3, 6, 5, Decimal("2.5")),
        (4, 10, 7, Decimal("2.5")),
    ),
    gives("RATIO_TO_REPORT", f"select i, ratio_to_report(i) over () {_T} order by i limit 1", (1, Decimal("0.1"))),
    refused(
        "CONDITIONAL_TRUE_EVENT",
        f"select conditional_true_event(g = 'b') over (order by i) {_T}",
        "CONDITIONAL_TRUE_EVENT",
    ),
    refused(
        "CONDITIONAL_CHANGE_EVENT",
        f"select conditional_change_event(g) over (order by i) {_T}",
        "CONDITIONAL_CHANGE_EVENT",
    ),
    gives(
        "QUALIFY",
        f"select i {_T} qualify row_number() over (partition by g order by i desc) = 1 order by i",
        (2,),
        (4,),
    ),
    gives(
        "HASH",
        f"select hash(1) = hash(1), hash(1) = hash(2) {_T} limit 1",
        (True, False),
    ),
    refused("APPROX_TOP_K", f"select approx_top_k(g) {_T}", "APPROX_TOP_K"),
    refused("HASH_AGG", f"select hash_agg(i) {_T}", "HASH_AGG"),
    refused("MINHASH", f"select minhash(10, g) {_T}", "MINHASH"),
)
