"""What a data set is made from: the options that decide its bytes, checked in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from input_data_generator.errors import BadInput

DEFAULT_OUT = "input_data/starter"
FIRST_DAY = date(2026, 1, 1)
FORMATS = ("json", "json.gz", "json.zst", "parquet")

MAX_MONTHS = 1_200
MAX_CUSTOMERS = 100_000_000
MAX_PRODUCTS = 100_000
MAX_TRANSACTIONS_PER_DAY = 10_000_000_000
MAX_BASKET = 8
MAX_SEED = 2**64 - 1


@dataclass(frozen=True)
class Options:
    """Everything that the data depends on, and nothing else.

    Attributes:
        start: first day.
        end: last day, included.
        customers: number of customers at the end of the window.
        products: number of products.
        transactions_per_day: mean over a year.
        max_basket: items of the largest basket.
        seed: of every random number.
        snapshots: dated snapshots of customers and products; 0 for one undated file of each.
        format: of the transactions; one of FORMATS.
        rows_per_file: most transactions in a file; None for one file a day.

    Raises:
        BadInput: the end is before the start, or there are more snapshots than days.
    """

    start: date = FIRST_DAY
    end: date = date(2026, 6, 30)
    customers: int = 137
    products: int = 64
    transactions_per_day: int = 25
    max_basket: int = 3
    seed: int = 7
    snapshots: int = 0
    format: str = "json"
    rows_per_file: int | None = None

    def __post_init__(self):
        if self.end < self.start:
            raise BadInput(f"--end {self.end} is before --start {self.start}: the end must be the same day or later")
        if self.snapshots > self.days:
            raise BadInput(
                f"--snapshots {self.snapshots} is more than the {self.days} days from {self.start} to {self.end}: "
                f"at most one a day"
            )

    @property
    def days(self) -> int:
        """Number of days in the window."""
        return (self.end - self.start).days + 1

    @property
    def snapshot_dates(self) -> tuple[date, ...]:
        """First days of the snapshots' equal shares of the window; just the start without snapshots."""
        count = max(1, self.snapshots)
        return tuple(self.start + timedelta(number * self.days // count) for number in range(count))

    def snapshot_on(self, day: date) -> int:
        """Return the number of the snapshot that is in force on a day."""
        return sum(first <= day for first in self.snapshot_dates) - 1

    def customers_in(self, snapshot: int) -> int:
        """Return how many customers a snapshot knows: four fifths in the first of several, all in the last."""
        last = max(1, self.snapshots) - 1
        newcomers = self.customers // 5
        return self.customers - (newcomers * (last - snapshot) // last if last else 0)


def usual_transactions_per_day(customers: int) -> int:
    """Return the mean that goes with a number of customers.

    As in the exercise that the data comes from: a sixth of the customers each come every 14, 10, 7, 5, 4
    and 3 days, which is 461/2520 transactions per customer and day.
    """
    return max(1, (customers * 461 + 1_260) // 2_520)


def last_day(start: date, months: int) -> date:
    """Return the last of so many months from a day on.

    Raises:
        BadInput: it lies beyond the year 9999.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        raise BadInput(f"--months {months} from {start} goes beyond the year {date.max.year}: use fewer months")
    for day in range(start.day, 0, -1):  # 31 January and a month: the last day that February has
        try:
            return date(year, month + 1, day) - timedelta(1)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")
