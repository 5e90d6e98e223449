"""Conditions and NULL.

https://docs.snowflake.com/en/sql-reference/expressions-conditional
"""

from __future__ import annotations

from tests.local_cloud.snowflake_account.parity.case import Case, gives

KIND = "Conditions"

CASES: tuple[Case, ...] = (
    gives(
        "CASE",
        "select case when 1 = 2 then 'a' when null then 'b' else 'c' end, case 2 when 2 then 'x' end, case 3 when "
        "2 then 'x' end",
        ("c", "x", None),
    ),
    gives("IFF", "select iff(1 = 1, 'a', 'b'), iff(null, 'a', 'b')", ("a", "b")),
    gives("COALESCE, NVL, IFNULL", "select coalesce(null, null, 1), nvl(null, 2), ifnull(3, 4)", (1, 2, 3)),
    gives(
        "NVL2, NULLIF",
        "select nvl2(null, 'a', 'b'), nvl2(1, 'a', 'b'), nullif(1, 1), nullif(1, 2)",
        ("b", "a", None, 1),
    ),
    gives(
        "DECODE",
        "select decode(1, 1, 'one', 2, 'two', 'more'), decode(null, null, 'none', 'x'), decode(3, 1, 'one')",
        ("one", "none", None),
    ),
    gives(
        "EQUAL_NULL, IS DISTINCT FROM",
        "select equal_null(null, null), equal_null(1, null), 1 is distinct from null, null is not distinct from null",
        (True, False, True, True),
    ),
    gives("AND, OR, NOT", "select true and null, false and null, true or null, not null", (None, False, True, None)),
    gives(
        "BOOLAND, BOOLOR, BOOLXOR, BOOLNOT",
        "select booland(1, 0), boolor(1, 0), boolxor(1, 1), boolnot(0)",
        (False, True, False, True),
    ),
    gives("BETWEEN, IN", "select 2 between 1 and 3, 1 in (1, 2), 3 not in (1, null)", (True, True, None)),
    gives(
        "IS NULL, IS TRUE", "select null is null, '' is null, true is true, null is not true", (True, False, True, True)
    ),
    gives("REGR_VALX, REGR_VALY", "select regr_valx(null, 1), regr_valy(2, 1)", (None, 2)),
)
