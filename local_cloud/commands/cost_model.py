"""What the pipeline costs in a Snowflake account, from how much arrives, by rates that each name their source.

Pure: amounts in, a low and a high estimate out, per month of 30 days. What no document says (how long a refresh runs,
how well data compresses) is an assumption and stands among the rates as one.
"""

from __future__ import annotations

from dataclasses import dataclass

DAYS = 30
_DAY = 86_400
_HOUR = 3_600
_GB_IN_TB = 1_000

_OWN = "assumption: replace it by what the account's own history shows"


@dataclass(frozen=True)
class Rate:
    """A number that costs follow from.

    Attributes:
        name: what it is.
        low: in the cheaper case.
        high: in the dearer one.
        unit: of the numbers.
        source: where it stands.
        read: when it was read there.
    """

    name: str
    low: float
    high: float
    unit: str
    source: str
    read: str = "2026-11-29"


SNOWPIPE = Rate(
    *("Snowpipe, per GB of text as it is uncompressed, of Parquet as it is", 0.0037, 0.0037, "credits/GB"),
    "https://docs.snowflake.com/en/user-guide/data-load-snowpipe-billing and the Service Consumption Table",
)
XSMALL = Rate(
    *("Warehouse XSMALL, generation 1 and 2", 1.0, 1.35, "credits/hour"),
    "https://docs.snowflake.com/en/user-guide/cost-understanding-compute; generation 2: a third party's figure",
)
IDLE = Rate(
    *("What a refresh keeps the warehouse awake for after it", 60, 60, "seconds"),
    "https://docs.snowflake.com/en/sql-reference/sql/create-warehouse (AUTO_SUSPEND as infra/compute.py sets it)",
)
PER_LAG = Rate(*("Refreshes in one target lag, while files arrive", 1, 2, "refreshes"), _OWN)
RUN = Rate(*("What a refresh runs for, however little is new", 10, 40, "seconds"), _OWN)
RUN_PER_GB = Rate(*("What it runs longer for a new GB on XSMALL", 30, 120, "seconds/GB"), _OWN)
COMPRESSED = Rate(*("RAW and CORE together, of the size as text", 0.15, 0.5, "GB/GB"), _OWN)
REWRITTEN = Rate(*("What refreshes rewrite for a new GB of tables", 1, 5, "GB/GB"), _OWN)
KEPT = Rate(
    *("How long what was rewritten is paid for: Time Travel and fail-safe", 8, 8, "days"),
    "https://docs.snowflake.com/en/user-guide/data-cdp-storage-costs",
)
STORAGE = Rate(
    *("Storage, capacity and on demand", 23, 40, "USD/TB a month"),
    "https://www.snowflake.com/en/pricing-options/ (AWS, US; a contract may differ)",
)
CREDIT = Rate(
    *("A credit, Standard and Enterprise", 2.0, 3.0, "USD"),
    "https://www.snowflake.com/en/pricing-options/ (AWS, US; a contract may differ)",
)
RATES = (SNOWPIPE, XSMALL, IDLE, PER_LAG, RUN, RUN_PER_GB, COMPRESSED, REWRITTEN, KEPT, STORAGE, CREDIT)

SIZES = ("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE")
"""Each costs twice what the one before it does, and takes half as long for the same rows."""


@dataclass(frozen=True)
class Load:
    """How much there is to do.

    Attributes:
        gb_per_day: new data, as uncompressed text.
        files_per_day: in how many files, spread over the day.
        lag_seconds: the target lag.
        size: of the warehouse, one of `SIZES`.
        reader_hours: how long a day readers keep their warehouse awake.
        months: for how long the data has been kept.
        parquet_share: how large the files are beside the text that they stand for; 1 for CSV and JSON.
    """

    gb_per_day: float
    files_per_day: float
    lag_seconds: float = 300
    size: str = "XSMALL"
    reader_hours: float = 1
    months: float = 12
    parquet_share: float = 1


@dataclass(frozen=True)
class Cost:
    """One line of the estimate, a month.

    Attributes:
        name: what is paid for.
        low: USD in the cheaper case.
        high: USD in the dearer one.
        credits: low and high, where credits are what is paid; None for storage.
        how: what it follows from, in a few words.
    """

    name: str
    low: float
    high: float
    credits: tuple[float, float] | None
    how: str


def estimate(load: Load) -> list[Cost]:
    """Return what a month costs, a line each and the sum last."""
    lines = [_snowpipe(load), _refreshes(load), _readers(load), _kept(load), _churn(load)]
    return [*lines, Cost("in all", sum(c.low for c in lines), sum(c.high for c in lines), None, "")]


def awake_seconds(load: Load, *, high: bool) -> float:
    """Return how many seconds a day refreshes keep the warehouse awake; a day has no more than it has.

    One that finds nothing new costs nothing, so there are no more of them than files.
    """
    pick = _high if high else _low
    refreshes = min(load.files_per_day, pick(PER_LAG) * _DAY / load.lag_seconds)
    run = refreshes * pick(RUN) + load.gb_per_day * pick(RUN_PER_GB) / _times(load.size)
    return min(_DAY, refreshes * pick(IDLE) + run)


def _times(size: str) -> int:
    return 2 ** SIZES.index(size)


def _low(rate: Rate) -> float:
    return rate.low


def _high(rate: Rate) -> float:
    return rate.high


def _of_credits(name: str, low: float, high: float, how: str) -> Cost:
    return Cost(name, low * CREDIT.low, high * CREDIT.high, (low, high), how)


def _snowpipe(load: Load) -> Cost:
    billed = load.gb_per_day * load.parquet_share * DAYS
    return _of_credits("Snowpipe", billed * SNOWPIPE.low, billed * SNOWPIPE.high, f"{billed:,.1f} GB billed")


def _refreshes(load: Load) -> Cost:
    awake = awake_seconds(load, high=False) * DAYS / _HOUR, awake_seconds(load, high=True) * DAYS / _HOUR
    low, high = (hours * rate * _times(load.size) for hours, rate in zip(awake, (XSMALL.low, XSMALL.high), strict=True))
    return _of_credits("Refreshes", low, high, f"warehouse awake {awake[0]:,.0f} to {awake[1]:,.0f} hours")


def _readers(load: Load) -> Cost:
    hours = load.reader_hours * DAYS
    return _of_credits("Readers", hours * XSMALL.low, hours * XSMALL.high, f"XSMALL awake {hours:,.0f} hours")


def _kept(load: Load) -> Cost:
    text = load.gb_per_day * DAYS * load.months / _GB_IN_TB
    low, high = text * COMPRESSED.low, text * COMPRESSED.high
    return Cost("Storage", low * STORAGE.low, high * STORAGE.high, None, f"{low:,.2f} to {high:,.2f} TB of tables")


def _churn(load: Load) -> Cost:
    daily = load.gb_per_day / _GB_IN_TB
    low = daily * COMPRESSED.low * REWRITTEN.low * KEPT.low
    high = daily * COMPRESSED.high * REWRITTEN.high * KEPT.high
    how = f"{low:,.3f} to {high:,.3f} TB in Time Travel and fail-safe"
    return Cost("Churn", low * STORAGE.low, high * STORAGE.high, None, how)
