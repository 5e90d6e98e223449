"""The benchmark's per-row generator makes the same kind of data, so that comparing the two is fair."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date

import pytest

from benchmarks.naive_generator import NaiveGenerator
from input_data_generator.options import Options
from input_data_generator.plan import plan_files
from input_data_generator.writer import write_file

CUSTOMERS, PRODUCTS, ROWS = 500, 128, 20_000
DAY = date(2026, 1, 3)


@pytest.fixture(scope="module")
def naive() -> list[dict]:
    out = io.StringIO()
    NaiveGenerator(CUSTOMERS, PRODUCTS).write(ROWS, DAY, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    folder = tmp_path_factory.mktemp("fast")
    options = Options(DAY, DAY, CUSTOMERS, PRODUCTS, transactions_per_day=ROWS)
    file = plan_files(options)[-1]
    write_file(options, file, folder)
    return [json.loads(line) for line in (folder / file.path).read_text().splitlines()]


def shares(values: list) -> Counter:
    counts = Counter(values)
    return Counter({value: count / len(values) for value, count in counts.items()})


def test_both_have_the_same_shape(naive: list[dict], fast: list[dict]):
    assert list(naive[0]) == list(fast[0])
    assert list(naive[0]["basket"][0]) == list(fast[0]["basket"][0])
    assert len(naive) == ROWS
    assert len(json.dumps(naive)) / len(naive) == pytest.approx(len(json.dumps(fast)) / len(fast), rel=0.02)


def test_both_have_baskets_of_the_same_sizes(naive: list[dict], fast: list[dict]):
    slow, quick = (shares([len(record["basket"]) for record in data]) for data in (naive, fast))
    assert slow == pytest.approx(quick, abs=0.02)


def test_both_have_the_same_hours(naive: list[dict], fast: list[dict]):
    slow, quick = (shares([record["date_of_purchase"][11:13] for record in data]) for data in (naive, fast))
    assert slow == pytest.approx(quick, abs=0.02)


def test_both_have_customers_of_the_same_skew(naive: list[dict], fast: list[dict]):
    slow, quick = (
        sorted(shares([record["customer_id"] for record in data]).values(), reverse=True) for data in (naive, fast)
    )
    assert len(slow) == len(quick) == 490
    assert slow == pytest.approx(quick, abs=0.004)


def test_both_sell_the_same_products_as_often(naive: list[dict], fast: list[dict]):
    def by_rank(data: list[dict]) -> list[float]:
        items = [item["product_id"] for record in data for item in record["basket"]]
        return sorted(shares(items).values(), reverse=True)

    assert by_rank(naive) == pytest.approx(by_rank(fast), abs=0.003)
