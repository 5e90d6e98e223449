"""What the pipeline costs: the arithmetic, and that every rate says where it is from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.commands.cost_model import CREDIT, DAYS, RATES, SIZES, Load, awake_seconds, estimate
from tests.local_cloud.commands.test_cli import run

AMOUNT = st.floats(0, 1e5)
LOADS = st.builds(
    Load,
    gb_per_day=AMOUNT,
    files_per_day=AMOUNT,
    lag_seconds=st.sampled_from([60, 300, 3_600, 86_400]),
    size=st.sampled_from(SIZES),
    reader_hours=st.floats(0, 24),
    months=st.floats(0, 60),
    parquet_share=st.floats(0, 1),
)


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: rate.name)
def test_every_rate_says_where_it_is_from_and_when_it_was_read(rate) -> None:
    assert "https://" in rate.source or rate.source.startswith("assumption")
    assert date.fromisoformat(rate.read) >= date(2026, 1, 1)
    assert 0 < rate.low <= rate.high


def test_snowpipe_bills_by_the_gigabyte_whatever_the_number_of_files() -> None:
    for files in (1, 100_000):
        line = estimate(Load(10, files))[0]
        assert line.credits == pytest.approx((1.11, 1.11))
        assert line.low == pytest.approx(1.11 * CREDIT.low)


def test_parquet_is_billed_by_its_own_size() -> None:
    assert estimate(Load(10, 1, parquet_share=0.1))[0].low == pytest.approx(estimate(Load(1, 1))[0].low)


def test_files_all_day_at_five_minutes_are_288_refreshes_or_more() -> None:
    assert awake_seconds(Load(0, 1_000), high=False) == 288 * 70
    assert awake_seconds(Load(0, 1_000), high=True) == 576 * 100


def test_a_lag_of_a_minute_never_lets_the_warehouse_sleep() -> None:
    refreshes = estimate(Load(0, 10_000, lag_seconds=60))[1]
    assert refreshes.credits == pytest.approx((24 * DAYS, 24 * 1.35 * DAYS))


def test_one_delivery_a_day_is_one_refresh() -> None:
    assert awake_seconds(Load(0, 1), high=False) == 70


@given(LOADS)
def test_low_is_never_more_than_high_and_the_sum_is_the_lines(load: Load) -> None:
    *lines, total = estimate(load)
    assert all(0 <= line.low <= line.high for line in lines)
    assert (total.low, total.high) == pytest.approx((sum(c.low for c in lines), sum(c.high for c in lines)))


@given(LOADS, st.sampled_from(["gb_per_day", "files_per_day", "reader_hours", "months"]), st.floats(1, 10))
def test_more_never_costs_less(load: Load, what: str, times: float) -> None:
    more = replace(load, **{what: getattr(load, what) * times})
    assert estimate(more)[-1].high >= estimate(load)[-1].high * (1 - 1e-9)


def test_the_command_prints_the_estimate_and_its_rates() -> None:
    answer = run("cost", "--gb-per-day", "2", "--files-per-day", "1000", "--lag", "15 minutes")
    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"Snowpipe +0\.22 +0\.22 +0\.44 +0\.67 +60\.0 GB billed", answer.out)
    assert all(rate.read in answer.out for rate in RATES)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--gb-per-day", "-1", "--files-per-day", "1"], "'-1' is no amount"),
        (["--gb-per-day", "nan", "--files-per-day", "1"], "'nan' is no amount"),
        (["--gb-per-day", "1", "--files-per-day", "1", "--lag", "0 minutes"], "'0 minutes' is no lag"),
        (["--gb-per-day", "1", "--files-per-day", "1", "--lag", "5"], "'5' is no lag"),
        (["--gb-per-day", "1"], "--files-per-day"),
    ],
)
def test_what_is_no_amount_is_refused(arguments: list[str], complaint: str) -> None:
    answer = run("cost", *arguments)
    assert (answer.code, complaint in answer.err) == (2, True), answer.err
