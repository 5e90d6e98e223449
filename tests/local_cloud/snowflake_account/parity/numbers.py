"""Numbers.

https://docs.snowflake.com/en/sql-reference/functions-numeric
"""

from __future__ import annotations

from decimal import Decimal

from tests.local_cloud.snowflake_account.parity.case import Case, fails, gives

KIND = "Numbers"

CASES: tuple[Case, ...] = (
    gives("+ - *", "select 1 + 2, 5 - 7, 1.5 * 2, 0.1 + 0.2", (3, -2, 3, Decimal("0.3"))),
    gives(
        "/",
        "select 1 / 2, 7 / 2, 1 / 3, 10.0 / 4",
        (Decimal("0.5"), Decimal("3.5"), Decimal("0.333333"), Decimal("2.5")),
    ),
    fails("/ by zero", "select 1 / 0", 100051, "Division by zero"),
    gives("%", "select 7 % 3, -7 % 3, 5.5 % 2", (1, -1, Decimal("1.5"))),
    gives("ABS, SIGN", "select abs(-1.5), sign(-3), sign(0)", (Decimal("1.5"), -1, 0)),
    gives(
        "CEIL, FLOOR",
        "select ceil(1.2), floor(-1.2), ceil(1.234, 2), floor(1.239, 2)",
        (2, -2, Decimal("1.24"), Decimal("1.23")),
    ),
    gives(
        "ROUND",
        "select round(2.5), round(-2.5), round(1.005, 2), round(1234, -2), round(1.5::float)",
        (3, -3, Decimal("1.01"), 1200, 2.0),
    ),
    gives(
        "TRUNC, TRUNCATE",
        "select trunc(1.99), trunc(-1.99), truncate(1.239, 2), trunc(1299, -2)",
        (1, -1, Decimal("1.23"), 1200),
    ),
    gives("MOD", "select mod(7, 3), mod(-7, 3)", (1, -1)),
    gives(
        "DIV0, DIV0NULL",
        "select div0(1, 0), div0(6, 4), div0null(1, null), div0(null, 0)",
        (0, Decimal("1.5"), 0, None),
    ),
    gives("SQRT, CBRT, SQUARE", "select sqrt(9), cbrt(27), square(3)", (3.0, 3.0, 9)),
    gives("POWER, EXP, LN, LOG", "select power(2, 3), exp(0), ln(1), log(2, 8)", (8.0, 1.0, 0.0, 3.0)),
    gives("PI, SIN, COS, DEGREES", "select round(pi(), 4), sin(0), cos(0), degrees(pi())", (3.1416, 0.0, 1.0, 180.0)),
    gives("FACTORIAL", "select factorial(5), factorial(0)", (120, 1)),
    gives("GREATEST, LEAST", "select greatest(1, 3, 2), least(2, 1), greatest(1, null)", (3, 1, None)),
    gives("GREATEST_IGNORE_NULLS", "select greatest_ignore_nulls(1, null, 2), least_ignore_nulls(null, 1)", (2, 1)),
    gives(
        "ZEROIFNULL, NULLIFZERO",
        "select zeroifnull(null), zeroifnull(2), nullifzero(0), nullifzero(1)",
        (0, 2, None, 1),
    ),
    gives(
        "WIDTH_BUCKET",
        "select width_bucket(5, 0, 10, 5), width_bucket(-1, 0, 10, 5), width_bucket(10, 0, 10, 5)",
        (3, 0, 6),
    ),
    gives("BITAND, BITOR, BITXOR, BITNOT", "select bitand(6, 3), bitor(6, 3), bitxor(6, 3), bitnot(0)", (2, 7, 5, -1)),
    gives("BITSHIFTLEFT, BITSHIFTRIGHT", "select bitshiftleft(1, 3), bitshiftright(8, 2)", (8, 2)),
    gives(
        "RANDOM, UNIFORM",
        "select random() = random(), uniform(1, 1, random()), uniform(1, 3, random()) between 1 and 3",
        (False, 1, True),
    ),
    gives("HAVERSINE", "select round(haversine(0, 0, 0, 1))", (111.0,)),
    gives(
        "Large whole numbers",
        "select 9007199254740993 + 0, sum(x) from (values (9007199254740993), (1)) t(x)",
        (9007199254740993, 9007199254740994),
    ),
    gives("Scientific notation", "select 1e3, 1.5e-1", (1000.0, 0.15)),
    gives("NORMAL", "select normal(0, 1, random()) between -9 and 9", (True,)),
)
