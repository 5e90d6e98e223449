"""Amounts and times as people read them. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def count(number: Any) -> str:
    """Return a count with its thousands apart; a dash for none known."""
    return "–" if number is None or pd.isna(number) else f"{int(number):,}"


def counted(number: Any, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count(number)} {one if number == 1 else many or f'{one}s'}"


def span(seconds: float) -> str:
    """Return a length of time in its largest whole unit."""
    for length, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * length or (seconds >= length and length == _MINUTE):
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def ago(time: Any, now: dt.datetime) -> str:
    """Return how long ago a time in UTC was; "never" for none."""
    moment = utc(time)
    return "never" if moment is None else f"{span((now - moment).total_seconds())} ago"


def utc(time: Any) -> dt.datetime | None:
    """Return a time of the account's as UTC without a zone; None for NULL. One without a zone is in UTC already."""
    if time is None or pd.isna(time):
        return None
    moment = pd.Timestamp(time)
    if moment.tzinfo is not None:
        moment = moment.tz_convert("UTC").tz_localize(None)
    return moment.to_pydatetime(warn=False)
