"""Conversions between types.

https://docs.snowflake.com/en/sql-reference/functions-conversion
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.local_cloud.snowflake_account.parity.case import Case, fails, gives, moment, refused

KIND = "Conversions"

_MOMENT = moment("2026-01-02T03:04:05")

CASES: tuple[Case, ...] = (
    gives(
        "CAST, ::",
        "select cast('1' as int), '1.5'::number(3, 1), 2.5::int, 'x'::varchar, '1.456'::number(4, 2)",
        (1, Decimal("1.5"), 3, "x", Decimal("1.46")),
    ),
    fails("CAST of no number", "select 'x'::int", 100038, "Numeric value 'x' is not recognized"),
    fails(
        "CAST to a number that is too small", "select 12345::number(3, 0)", 100132, "Number out of representable range"
    ),
    gives(
        "TRY_CAST", "select try_cast('x' as int), try_cast('7' as int), try_cast('2026-13-01' as date)", (None, 7, None)
    ),
    gives(
        "TO_NUMBER, TO_DECIMAL",
        "select to_number('12.6'), to_number('12.6', 10, 1)",
        (13, Decimal("12.6")),
    ),
    refused("TO_NUMBER with a format", "select to_decimal('1,234.5', '9,999.9', 6, 1)", "format"),
    fails("TO_NUMBER of no number", "select to_number('x')", 100038, "Numeric value 'x' is not recognized"),
    gives(
        "TRY_TO_NUMBER, TRY_TO_DECIMAL",
        "select try_to_number('x'), try_to_number('7'), try_to_decimal('1.55', 5, 1)",
        (None, 7, Decimal("1.6")),
    ),
    gives("TO_DOUBLE, TRY_TO_DOUBLE", "select to_double('1.5'), try_to_double('x'), '1e3'::float", (1.5, None, 1000.0)),
    gives(
        "TO_BOOLEAN, TRY_TO_BOOLEAN",
        "select to_boolean('yes'), to_boolean('0'), to_boolean(2), try_to_boolean('x')",
        (True, False, True, None),
    ),
    gives(
        "Texts beside numbers",
        "select '5' + 5, '1.5' * 2, '7' > 6, '2' in (1, 2), '3' between 2 and 4, coalesce('7', 5), sum('1.5'), "
        "avg('3')",
        (10, 3, True, True, True, 7, 1.5, 3),
    ),
    gives(
        "A column of texts beside numbers",
        "select sum(a), max(a), count_if(a > 6) from (values ('7'), ('10')) t(a) where a < 100",
        (17, "7", 2),
    ),
    gives(
        "Numbers where texts are wanted",
        "select upper(5), length(123), concat(1, 2), upper(true)",
        ("5", 3, "12", "TRUE"),
    ),
    fails("A text that is no number beside one", "select 'x' + 1", 100038, "Numeric value 'x' is not recognized"),
    fails("SUM of a text that is no number", "select sum('x')", 100038, "Numeric value 'x' is not recognized"),
    fails("A cast that there is none of", "select current_date()::boolean", 1007, "invalid type [DATE] for parameter"),
    fails("TO_BOOLEAN of no truth", "select to_boolean('x')", 100037, "Boolean value 'x' is not recognized"),
    gives("Truth as text and number", "select true::varchar, false::int, 1::boolean", ("true", 0, True)),
    gives(
        "Numbers as text",
        "select 1::varchar, 1.50::varchar, to_varchar(1.5::float), 1e20::float::varchar",
        ("1", "1.50", "1.5", "1e+20"),
    ),
    gives(
        "TO_CHAR of numbers with a format",
        "select to_char(1234.5, '9,999.00'), to_varchar(-7, '000'), to_char(0.5, '0.00'), to_char(12, 'FM999')",
        (" 1,234.50", "-007", " 0.50", "12"),
    ),
    gives(
        "TO_DATE, DATE",
        "select to_date('2026-01-02'), '2026-01-02'::date, to_date('02.01.2026', 'DD.MM.YYYY'), "
        "to_date('20260102', 'YYYYMMDD')",
        (dt.date(2026, 1, 2),) * 4,
    ),
    fails("TO_DATE of no date", "select to_date('2026-02-30')", 100040, "Date '2026-02-30' is not recognized"),
    gives(
        "TRY_TO_DATE",
        "select try_to_date('x'), try_to_date('2026-01-02'), try_to_date('02/01/2026', 'DD/MM/YYYY')",
        (None, dt.date(2026, 1, 2), dt.date(2026, 1, 2)),
    ),
    gives(
        "TO_TIMESTAMP, TO_TIMESTAMP_NTZ",
        "select to_timestamp('2026-01-02 03:04:05'), '2026-01-02T03:04:05'::timestamp_ntz, "
        "to_timestamp('02.01.2026 03:04', 'DD.MM.YYYY HH24:MI') + interval '5 seconds'",
        (_MOMENT,) * 3,
    ),
    gives(
        "TO_TIMESTAMP of seconds",
        "select to_timestamp(1767323045), to_timestamp(1767323045000, 3), to_timestamp('1767323045')",
        (_MOMENT,) * 3,
    ),
    gives("TRY_TO_TIMESTAMP", "select try_to_timestamp('x'), try_to_timestamp('2026-01-02 03:04:05')", (None, _MOMENT)),
    gives(
        "TO_TIME",
        "select to_time('03:04:05'), '03:04'::time, try_to_time('x')",
        (dt.time(3, 4, 5), dt.time(3, 4), None),
    ),
    gives(
        "TIMESTAMP_TZ",
        "select to_timestamp_tz('2026-01-02 03:04:05 +0000') = '2026-01-02 04:04:05 +0100'::timestamp_tz",
        (True,),
    ),
    gives(
        "Texts with an offset as TIMESTAMP_LTZ, TIMESTAMP_TZ",
        (
            "create or replace temporary table Z (I int, L timestamp_ltz, T timestamp_tz)",
            "insert into Z values (1, '2026-01-02 03:04:05 +0000', '2026-01-02T03:04:05.5+05:30')",
            "insert into Z select 2, column1, column1 from values ('2026-01-02 03:04:05 -0800')",
            "update Z set T = '2026-01-02 03:04:05.5 +0530' where L > '2026-01-02 03:04:06 +0000'",
            "select I, L::varchar, T::varchar, to_timestamp_ltz(L::varchar) = L from Z order by I",
        ),
        (1, "2026-01-02 03:04:05.000 +0000", "2026-01-01 21:34:05.500 +0000", True),
        (2, "2026-01-02 11:04:05.000 +0000", "2026-01-01 21:34:05.500 +0000", True),
    ),
    gives(
        "TO_CHAR of dates and times",
        "select to_char('2026-01-02'::date, 'DD.MM.YY'), to_varchar('2026-01-02 15:04:05'::timestamp, 'MON DD, "
        "YYYY HH12:MI AM'), to_char('2026-01-02'::date, 'DY')",
        ("02.01.26", "Jan 02, 2026 03:04 PM", "Fri"),
    ),
    gives(
        "Dates and times as text",
        "select '2026-01-02'::date::varchar, '2026-01-02 03:04:05'::timestamp_ntz::varchar, '03:04:05'::time::varchar",
        ("2026-01-02", "2026-01-02 03:04:05.000", "03:04:05"),
    ),
    gives(
        "TO_BINARY",
        "select to_binary('6162', 'HEX'), to_binary('ab', 'UTF-8'), to_varchar(to_binary('ab', 'UTF-8'), "
        "'HEX'), to_varchar(to_binary('ab', 'UTF-8'), 'UTF-8')",
        (b"ab", b"ab", "6162", "ab"),
    ),
    gives(
        "TO_VARIANT, TO_ARRAY, TO_OBJECT",
        "select to_variant(1)::int, to_array(1)::varchar, to_object(parse_json('{\"a\":1}')):a::int",
        (1, "[1]", 1),
    ),
    gives(
        "TO_JSON",
        "select to_json(parse_json('{\"a\": [1, null]}')), to_json(to_variant('x'))",
        ('{"a":[1,null]}', '"x"'),
    ),
)
