"""The CSV files of customers and products."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from pathlib import Path

import pytest

from tests.input_data_generator.conftest import Generate


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


@pytest.mark.parametrize("name", ["customers.csv", "products.csv"])
def test_every_line_ends_with_crlf(starter: Path, name: str):
    content = (starter / name).read_bytes()
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")


def test_customers_are_those_of_the_exercise(starter: Path):
    customers = rows(starter / "customers.csv")
    assert [row["customer_id"] for row in customers] == [f"C{number}" for number in range(1, 138)]
    assert {int(row["loyalty_score"]) for row in customers} == set(range(1, 11))


def test_products_are_as_many_of_each_category_as_in_the_exercise(starter: Path):
    products = rows(starter / "products.csv")
    assert [row["product_id"] for row in products] == [f"P{number:02d}" for number in range(1, 65)]
    assert Counter(row["product_category"] for row in products) == {
        "house": 12, "clothes": 9, "fruit_veg": 13, "sweets": 6, "food": 20, "bws": 4,
    }  # fmt: skip
    assert len({row["product_description"] for row in products}) == 64


def test_descriptions_carry_what_real_ones_do(starter: Path):
    text = "\n".join(row["product_description"] for row in rows(starter / "products.csv"))
    assert all(character in text for character in "',\"%éèûñô")


def test_a_smaller_assortment_still_has_most_categories(generate: Generate):
    products = rows(generate("--products", "10", "--months", "1") / "products.csv")
    assert len({row["product_category"] for row in products}) == 6


def test_products_beyond_the_assortment_are_named_by_seed(generate: Generate):
    arguments = ["--products", "150", "--months", "1"]
    first, again, other = (rows(generate(*arguments, "--seed", seed) / "products.csv") for seed in ("1", "1", "2"))
    assert first == again
    assert [row["product_id"] for row in first] == [f"P{number:03d}" for number in range(1, 151)]
    assert [row["product_description"] for row in first[:64]] == [row["product_description"] for row in other[:64]]
    assert all(
        one["product_description"] != two["product_description"]
        for one, two in zip(first[64:], other[64:], strict=True)
    )
    assert len({row["product_description"] for row in first}) == 150


def test_snapshots_are_dated_evenly_over_the_window(generate: Generate):
    folder = generate("--snapshots", "3", "--start", "2026-01-01", "--end", "2026-03-31")
    for feed in ("customers", "products"):
        assert sorted(path.name for path in folder.glob(f"{feed}*.csv")) == [
            f"{feed}-2026-01-01.csv", f"{feed}-2026-01-31.csv", f"{feed}-2026-03-02.csv",
        ]  # fmt: skip


def test_one_snapshot_is_dated_with_the_first_day(generate: Generate):
    folder = generate("--snapshots", "1", "--months", "1")
    assert [path.name for path in folder.glob("*.csv") if "customers" in path.name] == ["customers-2026-01-01.csv"]
    assert len(rows(folder / "customers-2026-01-01.csv")) == 137


def test_from_snapshot_to_snapshot_scores_change_and_customers_appear(generate: Generate):
    folder = generate("--snapshots", "4")
    snapshots = [
        {row["customer_id"]: int(row["loyalty_score"]) for row in rows(path)}
        for path in sorted(folder.glob("customers-*.csv"))
    ]
    assert [len(snapshot) for snapshot in snapshots] == [110, 119, 128, 137]
    for before, after in itertools.pairwise(snapshots):
        assert before.keys() < after.keys()
        changes = Counter(after[customer] - before[customer] for customer in before)
        assert set(changes) == {-1, 0, 1}
        assert changes[0] > len(before) * 0.7
    assert all(1 <= score <= 10 for snapshot in snapshots for score in snapshot.values())


def test_from_snapshot_to_snapshot_some_products_change_their_category(generate: Generate):
    folder = generate("--snapshots", "3")
    snapshots = [
        {row["product_id"]: (row["product_description"], row["product_category"]) for row in rows(path)}
        for path in sorted(folder.glob("products-*.csv"))
    ]
    for before, after in itertools.pairwise(snapshots):
        changed = [product for product in before if before[product] != after[product]]
        assert 1 <= len(changed) <= 2
        assert all(before[product][0] == after[product][0] for product in changed)


def test_nobody_buys_before_being_a_customer(generate: Generate):
    from tests.input_data_generator.conftest import transactions_in

    folder = generate("--snapshots", "2", "--transactions-per-day", "500", "--months", "1")
    first, last = ({row["customer_id"] for row in rows(path)} for path in sorted(folder.glob("customers-*.csv")))
    early = {record["customer_id"] for path, record in transactions_in(folder) if path.parent.name < "d=2026-01-16"}
    late = {record["customer_id"] for path, record in transactions_in(folder) if path.parent.name >= "d=2026-01-16"}
    assert early <= first
    assert late <= last
    assert late - first


def test_scores_beyond_a_block_are_all_there(generate: Generate):
    customers = rows(generate("--customers", "70000", "--transactions-per-day", "1", "--months", "1") / "customers.csv")
    assert [row["customer_id"] for row in customers[65_534:65_538]] == ["C65535", "C65536", "C65537", "C65538"]
    assert len(customers) == 70_000
