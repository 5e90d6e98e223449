"""The files of a data set: a pure function of the options, known before the first byte is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from input_data_generator.division import parts_of
from input_data_generator.errors import BadInput
from input_data_generator.options import Options
from input_data_generator.shards import Place
from input_data_generator.timing import transactions_on

MAX_FILES_A_DAY = 35_000
"""At the busiest hour one minute is then in at most 58 files, and a minute has 60 seconds to tell them apart."""

CUSTOMERS, PRODUCTS, TRANSACTIONS = "customers", "products", "transactions"


@dataclass(frozen=True)
class PlannedFile:
    """A file to make.

    Attributes:
        path: relative to the data folder, with forward slashes.
        feed: customers, products or transactions.
        rows: lines of data (a CSV's header is none).
        snapshot: for customers and products: as of which snapshot.
        place: for transactions: which ones.
    """

    path: str
    feed: str
    rows: int
    snapshot: int = 0
    place: Place | None = None

    @property
    def logical_path(self) -> str:
        """Where the file lands, but for the digits of its content (see ``landing_keys``)."""
        return self.path if "/" in self.path else f"{self.feed}/{self.path}"


def plan_files(options: Options) -> list[PlannedFile]:
    """Return the files of a data set: customers, products, then the days in order.

    Raises:
        BadInput: a day would have more files than its minutes can keep apart.
    """
    return [*_dimension_files(options), *_transaction_files(options)]


def _dimension_files(options: Options) -> list[PlannedFile]:
    files = []
    for feed in (CUSTOMERS, PRODUCTS):
        for snapshot, day in enumerate(options.snapshot_dates):
            name = f"{feed}-{day}.csv" if options.snapshots else f"{feed}.csv"
            rows = options.customers_in(snapshot) if feed == CUSTOMERS else options.products
            files.append(PlannedFile(name, feed, rows, snapshot=snapshot))
    return files


def _transaction_files(options: Options) -> list[PlannedFile]:
    files = []
    for number in range(options.days):
        day = options.start + timedelta(number)
        total = transactions_on(options.seed, day, options.transactions_per_day)
        count = max(1, parts_of(total, options.rows_per_file)) if options.rows_per_file else 1
        if count > MAX_FILES_A_DAY:
            raise BadInput(
                f"--rows-per-file {options.rows_per_file} would cut {day} into {count:,} files: at most "
                f"{MAX_FILES_A_DAY:,} a day, so use at least {parts_of(total, MAX_FILES_A_DAY):,}"
            )
        for part in range(count):
            rows = total * (part + 1) // count - total * part // count
            name = "transactions" if count == 1 else f"transactions-{part + 1:05d}"
            path = f"{TRANSACTIONS}/d={day}/{name}.{options.format}"
            files.append(PlannedFile(path, TRANSACTIONS, rows, place=Place(day, part, count, rows)))
    return files
