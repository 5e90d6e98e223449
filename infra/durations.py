"""Spans of time as config spells them, which is how Snowflake shows a target lag. Pure."""

from __future__ import annotations

import re

SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
"""The units, each with its seconds."""

# The provider compares a target lag literally with what SHOW answers, so "5 MINUTES" would be a diff for ever.
_DURATION = re.compile(r"1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minute|hour|day)s")

ALLOWED = "a whole number of minutes, hours or days, like '1 minute'"
"""What a span of time may be, for messages."""


def seconds_of(duration: str) -> int | None:
    """Return the seconds of ``5 minutes`` or ``1 day``; None for anything else."""
    found = _DURATION.fullmatch(duration)
    if not found:
        return None
    one, count, many = found.groups()
    return int(count or 1) * SECONDS[one or many]
