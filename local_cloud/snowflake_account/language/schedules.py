"""When a task runs: every so many minutes, or by a cron expression in a time zone. Pure.

https://docs.snowflake.com/en/sql-reference/sql/create-task#optional-parameters
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_cloud.snowflake_account.errors import InvalidValueError, SnowflakeError, UnsupportedError

_SECONDS = {"S": 1, "M": 60, "H": 3600}
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 6, _WEEKDAYS))
"""Least and greatest value of minute, hour, day, month and weekday, and the names that stand for values."""

_DAYS_AHEAD = 366 * 8
"""A 29 February that is also a certain weekday's may be no nearer."""


def next_run(schedule: str, after: datetime) -> datetime:
    """Return the first time after another at which a task with this schedule runs.

    Raises:
        SnowflakeError: the cron expression is none, or never comes true.
        UnsupportedError: it has a sign that the embedded account does not know.
    """
    words = schedule.split()
    if words[0].upper() != "USING":
        count, unit = re.fullmatch(r"(\d+)\s*([A-Za-z])[A-Za-z]*", schedule.strip()).groups()  # type: ignore[union-attr]
        return after + timedelta(seconds=int(count) * _SECONDS[unit.upper()])
    *fields, zone = words[2:]
    minutes, hours, days, months, weekdays = (
        _values(field, *bounds) for field, bounds in zip(fields, _FIELDS, strict=True)
    )
    try:
        here = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _invalid(schedule) from error
    by_either = fields[2] != "*" and fields[4] != "*"
    today = after.astimezone(here).date()
    for day in (today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)):
        fits = (day.day in days, day.isoweekday() % 7 in weekdays)
        if day.month not in months or not (any(fits) if by_either else all(fits)):
            continue
        for moment in (time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)):
            found = datetime.combine(day, moment, here).astimezone(UTC)
            if found > after and found.astimezone(here).time() == moment:  # a time that clocks leave out is none
                return found
    raise _invalid(schedule)


def _values(field: str, least: int, greatest: int, names: tuple[str, ...] | list[str]) -> set[int]:
    found: set[int] = set()
    for part in field.upper().split(","):
        if "L" in part and part not in names:
            raise UnsupportedError(f"L in the schedule field '{field}'")
        matched = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", part)
        if not matched:
            raise _invalid(field)
        first, last, step = matched.groups()
        start = least if first == "*" else _value(first, names)
        end = greatest if first == "*" or (step and not last) else _value(last or first, names)
        if not (least <= start <= end <= greatest and int(step or 1)):
            raise _invalid(field)
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def _value(word: str, names: tuple[str, ...] | list[str]) -> int:
    if word in names:
        return list(names).index(word) + (1 if names is _MONTHS else 0)
    if not word.isdigit():
        raise _invalid(word)
    return int(word)


def _invalid(what: str) -> SnowflakeError:
    return InvalidValueError("SCHEDULE", what, code=1008)
