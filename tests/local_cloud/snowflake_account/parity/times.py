"""Dates and times.

https://docs.snowflake.com/en/sql-reference/functions-date-time
"""

from __future__ import annotations

import datetime as dt

from tests.local_cloud.snowflake_account.parity.case import Case, gives, moment, refused

KIND = "Dates and times"

_DAY = dt.date(2026, 1, 2)

CASES: tuple[Case, ...] = (
    gives(
        "CURRENT_DATE, CURRENT_TIMESTAMP, GETDATE, SYSDATE",
        "select current_date = current_date(), current_timestamp() > '2020-01-01'::timestamp_ltz, getdate() is "
        "not null, sysdate() is not null, current_time() is not null",
        (True,) * 5,
    ),
    gives(
        "DATEADD of a date",
        "select dateadd(day, 1, '2026-01-01'::date), dateadd('month', 1, '2026-01-31'::date), dateadd(year, "
        "-1, '2024-02-29'::date), dateadd(week, 1, '2025-12-26'::date), dateadd(quarter, 1, "
        "'2025-10-02'::date)",
        (_DAY, dt.date(2026, 2, 28), dt.date(2023, 2, 28), _DAY, _DAY),
    ),
    gives(
        "DATEADD of a column of dates",
        "select dateadd(day, 1, d), dateadd(month, 1, d)::varchar from (select '2026-01-01'::date as d)",
        (_DAY, "2026-02-01"),
    ),
    gives(
        "DATEADD of hours to a date", "select dateadd(hour, 1, '2026-01-02'::date)", (moment("2026-01-02T01:00:00"),)
    ),
    gives(
        "DATEADD of a timestamp, TIMESTAMPADD, TIMEADD",
        "select dateadd(minute, 90, '2026-01-02 00:00:00'::timestamp), timestampadd(second, 1, "
        "'2026-01-02'::timestamp), timeadd(ms, 5, '2026-01-02'::timestamp)",
        (moment("2026-01-02T01:30:00"), moment("2026-01-02T00:00:01"), moment("2026-01-02T00:00:00.005000")),
    ),
    gives(
        "DATEDIFF",
        "select datediff(day, '2026-01-01', '2026-01-03'), datediff(month, '2025-12-31'::date, "
        "'2026-01-01'::date), datediff(year, '2025-12-31'::date, '2026-01-01'::date), datediff(hour, "
        "'2026-01-01 00:59'::timestamp, '2026-01-01 01:00'::timestamp), datediff(week, '2026-01-04'::date, "
        "'2026-01-05'::date), datediff(day, '2026-01-02'::date, '2026-01-01'::date)",
        (2, 1, 1, 1, 1, -1),
    ),
    gives(
        "TIMESTAMPDIFF, TIMEDIFF",
        "select timestampdiff(second, '2026-01-01'::timestamp, '2026-01-01 00:01:00'::timestamp), "
        "timediff(minute, '03:00'::time, '03:59'::time)",
        (60, 59),
    ),
    gives(
        "Days added and subtracted",
        "select '2026-01-01'::date + 1, '2026-01-03'::date - 1, '2026-01-03'::date - '2026-01-01'::date",
        (_DAY, _DAY, 2),
    ),
    gives(
        "INTERVAL",
        "select '2026-01-01'::date + interval '1 day', '2026-01-01'::timestamp + interval '1 day, 2 hours'",
        (_DAY, moment("2026-01-02T02:00:00")),
    ),
    gives(
        "DATE_TRUNC, TRUNC",
        "select date_trunc('month', '2026-01-20'::date), date_trunc(hour, '2026-01-02 03:04:05'::timestamp), "
        "date_trunc('week', '2026-01-04'::date), trunc('2026-05-20'::date, 'quarter')",
        (dt.date(2026, 1, 1), moment("2026-01-02T03:00:00"), dt.date(2025, 12, 29), dt.date(2026, 4, 1)),
    ),
    gives(
        "EXTRACT, DATE_PART",
        "select extract(year from '2026-01-02'::date), date_part('month', '2026-01-02'::date), "
        "date_part(epoch_second, '2026-01-02'::timestamp), extract(dow from '2026-01-04'::date)",
        (2026, 1, 1767312000, 0),
    ),
    gives(
        "YEAR, QUARTER, MONTH, DAY",
        "select year(d), quarter(d), month(d), day(d), dayofmonth(d), dayofyear(d) from (select "
        "'2026-05-20'::date as d)",
        (2026, 2, 5, 20, 20, 140),
    ),
    gives(
        "HOUR, MINUTE, SECOND",
        "select hour(t), minute(t), second(t) from (select '2026-01-02 03:04:05'::timestamp as t)",
        (3, 4, 5),
    ),
    gives(
        "DAYOFWEEK, DAYOFWEEKISO, DAYNAME, MONTHNAME",
        "select dayofweek('2026-01-04'::date), dayofweekiso('2026-01-04'::date), "
        "dayname('2026-01-02'::date), monthname('2026-01-02'::date)",
        (0, 7, "Fri", "Jan"),
    ),
    gives(
        "WEEK, WEEKISO, YEAROFWEEK",
        "select week('2026-01-01'::date), weekiso('2027-01-01'::date), yearofweek('2027-01-01'::date), "
        "weekofyear('2026-01-05'::date)",
        (1, 53, 2026, 2),
    ),
    gives(
        "LAST_DAY, NEXT_DAY, PREVIOUS_DAY",
        "select last_day('2026-02-03'::date), last_day('2026-02-03'::date, 'year'), "
        "next_day('2026-01-02'::date, 'mo'), previous_day('2026-01-02'::date, 'fri')",
        (dt.date(2026, 2, 28), dt.date(2026, 12, 31), dt.date(2026, 1, 5), dt.date(2025, 12, 26)),
    ),
    gives(
        "ADD_MONTHS",
        "select add_months('2026-01-31'::date, 1), add_months('2026-02-28'::date, 1)",
        (dt.date(2026, 2, 28), dt.date(2026, 3, 31)),
    ),
    gives(
        "MONTHS_BETWEEN",
        "select months_between('2026-03-31'::date, '2026-02-28'::date), "
        "round(months_between('2026-02-15'::date, '2026-01-31'::date), 4)",
        (1.0, 0.4839),
    ),
    gives(
        "DATE_FROM_PARTS, TIMESTAMP_FROM_PARTS, TIME_FROM_PARTS",
        "select date_from_parts(2026, 1, 2), date_from_parts(2026, 0, 33), timestamp_from_parts(2026, 1, 2, "
        "3, 4, 5), time_from_parts(3, 4, 5)",
        (_DAY, dt.date(2026, 1, 2), moment("2026-01-02T03:04:05"), dt.time(3, 4, 5)),
    ),
    gives(
        "TIME_SLICE",
        "select time_slice('2026-01-02 03:04:05'::timestamp, 15, 'minute'), time_slice('2026-01-02'::date, "
        "1, 'month', 'end')",
        (moment("2026-01-02T03:00:00"), dt.date(2026, 2, 1)),
    ),
    gives(
        "CONVERT_TIMEZONE",
        "select convert_timezone('UTC', 'America/New_York', '2026-01-02 12:00:00'::timestamp_ntz)",
        (moment("2026-01-02T07:00:00"),),
    ),
    gives(
        "Comparisons with text",
        "select '2026-01-02'::date = '2026-01-02', '2026-01-02'::date between '2026-01-01' and '2026-12-31'",
        (True, True),
    ),
    gives(
        "ALTER SESSION SET TIMEZONE",
        (
            "alter session set timezone = 'America/New_York'",
            "select '2026-01-02 12:00:00 +0000'::timestamp_ltz::varchar",
        ),
        ("2026-01-02 07:00:00.000 -0500",),
    ),
    refused("ALTER SESSION SET WEEK_START", "alter session set week_start = 7", "WEEK_START"),
    refused(
        "ALTER SESSION SET TIMESTAMP_OUTPUT_FORMAT",
        "alter session set timestamp_output_format = 'DD.MM.YYYY'",
        "TIMESTAMP_OUTPUT_FORMAT",
    ),
    refused(
        "ALTER SESSION SET DATE_OUTPUT_FORMAT",
        "alter session set date_output_format = 'DD.MM.YYYY'",
        "DATE_OUTPUT_FORMAT",
    ),
)
