"""The colours of charts, told apart by people who see red and green alike, on a light and on a dark page. Pure.

Chosen among those with a contrast of 3 to 1 or more on both pages (WCAG 2.1, 1.4.11), so that any two are as far
apart as can be for protanopes, deuteranopes and tritanopes; their bars stand in the order of the legend besides.
"""

from __future__ import annotations

from collections.abc import Sequence

SERIES = ("#0072B2", "#D97D21", "#8B24F2", "#8C6238", "#8C8C8C")
"""For one series after the other; the last one is that of all the others."""

MOST_SERIES = len(SERIES) - 1
OTHERS = "other"

LIGHT_PAGE, DARK_PAGE = "#FFFFFF", "#181714"


def with_others(values: Sequence[str]) -> list[str]:
    """Return the values that get a colour of their own: as many as there are colours, those that come first."""
    distinct = list(dict.fromkeys(values))
    return distinct if len(distinct) <= len(SERIES) else distinct[:MOST_SERIES]
