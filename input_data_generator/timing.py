"""When people shop: how many transactions a day has, and at which minute of it they happen."""

from __future__ import annotations

from datetime import date

from input_data_generator.randomness import Purpose, Stream

WEEKDAY_PERCENT = (80, 80, 90, 100, 115, 125, 110)
"""Monday to Sunday, in percent of the mean; they sum to 700."""

MONTH_PERCENT = (90, 88, 94, 98, 100, 102, 98, 96, 98, 102, 110, 124)
"""January to December, in percent of the mean; they sum to 1200."""

HOUR_WEIGHTS = (0, 0, 0, 0, 0, 0, 1, 3, 6, 7, 8, 9, 11, 10, 8, 8, 9, 12, 12, 9, 6, 4, 2, 0)
"""How often each hour of the day is chosen."""

_NOISE = 500  # a day differs by up to 5 %, in steps of 1/10,000
_SCALE = 100 * 100 * 10_000


def transactions_on(seed: int, day: date, mean: int) -> int:
    """Return how many transactions a day has: by weekday and season, a little noise on top.

    Args:
        seed: of the data set.
        day: the day.
        mean: transactions a day, averaged over a year.
    """
    stream = Stream(seed, Purpose.DAY, day.toordinal())
    noise = 10_000 - _NOISE + stream.below(2 * _NOISE + 1)
    exact = mean * WEEKDAY_PERCENT[day.weekday()] * MONTH_PERCENT[day.month - 1] * noise
    # Rounded up as often as the fraction says, so that small shops keep their mean too.
    return (exact + stream.below(_SCALE)) // _SCALE
