"""CORE.CUSTOMER_VERSIONS and CORE.PRODUCT_VERSIONS: what was true of an id, and from when to when."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest

from tests.sql.conftest import Account
from tests.sql.raw_rows import RawRow, customers, loaded_again, products

JAN, FEB, MAR = (datetime.fromisoformat(f"2026-{month}-01") for month in ("01", "02", "03"))
NOON = datetime.fromisoformat("2026-02-01 12:00:00")


def key(date: str, content: str = "0123456789ab") -> str:
    return f"customers/customers-{date}-{content}.csv"


def undated(content: str = "0123456789ab") -> str:
    return f"customers/customers-{content}.csv"


Versions = list[tuple[str | None, int | None, datetime, datetime | None, bool]]
SNAPSHOTS: dict[str, tuple[list[RawRow], Versions]] = {
    "a snapshot is valid from its date": (
        customers(key("2026-01-01"), ("C1", "7"), modified_at=MAR),
        [("C1", 7, JAN, None, True)],
    ),
    "a snapshot without a date is valid from when it was modified": (
        customers(undated(), ("C1", "7"), modified_at=NOON),
        [("C1", 7, NOON, None, True)],
    ),
    "a change closes the version before, half-open": (
        customers(key("2026-01-01"), ("C1", "7")) + customers(key("2026-02-01"), ("C1", "8")),
        [("C1", 7, JAN, FEB, False), ("C1", 8, FEB, None, True)],
    ),
    "a snapshot that changes nothing adds no version": (
        customers(key("2026-01-01"), ("C1", "7"))
        + customers(key("2026-02-01"), ("C1", "7"))
        + customers(key("2026-03-01"), ("C1", "8")),
        [("C1", 7, JAN, MAR, False), ("C1", 8, MAR, None, True)],
    ),
    "a value that returns is a version of its own": (
        customers(key("2026-01-01"), ("C1", "7"))
        + customers(key("2026-02-01"), ("C1", "8"))
        + customers(key("2026-03-01"), ("C1", "7")),
        [("C1", 7, JAN, FEB, False), ("C1", 7, MAR, None, True), ("C1", 8, FEB, MAR, False)],
    ),
    "a snapshot that arrives late takes its place": (
        customers(key("2026-01-01"), ("C1", "7"))
        + customers(key("2026-03-01"), ("C1", "9"))
        + loaded_again(customers(key("2026-02-01"), ("C1", "8"), modified_at=MAR), MAR),
        [("C1", 7, JAN, FEB, False), ("C1", 8, FEB, MAR, False), ("C1", 9, MAR, None, True)],
    ),
    "an id that a later snapshot lacks stays": (
        customers(key("2026-01-01"), ("C1", "7"), ("C2", "5")) + customers(key("2026-02-01"), ("C1", "7")),
        [("C1", 7, JAN, None, True), ("C2", 5, JAN, None, True)],
    ),
    "a correction of the same day counts instead": (
        customers(key("2026-02-01", "0123456789ab"), ("C1", "7"), modified_at=NOON)
        + customers(key("2026-02-01", "000000000000"), ("C1", "8"), modified_at=MAR),
        [("C1", 8, FEB, None, True)],
    ),
    "of two files modified at once the last by name counts": (
        customers(key("2026-02-01", "ffffffffffff"), ("C1", "8"))
        + customers(key("2026-02-01"), ("C2", "5"), ("C2", "5"), ("C1", "7")),
        [("C1", 8, FEB, None, True), ("C2", 5, FEB, None, True)],
    ),
    "of an id twice in a file the last row counts": (
        customers(key("2026-02-01"), ("C1", "7"), ("C1", "8"), ("C1", "9")),
        [("C1", 9, FEB, None, True)],
    ),
    "a dated and an undated snapshot of one moment make one version": (
        customers(key("2026-02-01"), ("C1", "7"), modified_at=JAN) + customers(undated(), ("C1", "8"), modified_at=FEB),
        [("C1", 8, FEB, None, True)],
    ),
    "a file loaded again changes nothing": (
        customers(key("2026-01-01"), ("C1", "7")) + loaded_again(customers(key("2026-01-01"), ("C1", "7")), MAR),
        [("C1", 7, JAN, None, True)],
    ),
    "an unreadable score is a version without one": (
        customers(key("2026-01-01"), ("C1", "7")) + customers(key("2026-02-01"), ("C1", "high")),
        [("C1", None, FEB, None, True), ("C1", 7, JAN, FEB, False)],
    ),
    "two unreadable scores are no change": (
        customers(key("2026-01-01"), ("C1", "")) + customers(key("2026-02-01"), ("C1", "high")),
        [("C1", None, JAN, None, True)],
    ),
    "a row without an id is kept under none": (
        customers(key("2026-01-01"), ("", "7")),
        [(None, 7, JAN, None, True)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), SNAPSHOTS.values(), ids=SNAPSHOTS.keys())
def test_versions_follow_from_the_snapshots(account: Account, rows: list[RawRow], expected: Versions):
    random.Random(7).shuffle(rows)
    account.deliver(rows)
    assert account.rows("CORE.CUSTOMER_VERSIONS") == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("customers/d=2026-02-01/customers-0123456789ab.csv", FEB),
        ("customers/2026-02-01-0123456789ab.csv", FEB),
        ("customers/2026-02-01/x-0123456789ab.csv.gz", FEB),
        ("customers/d=2026-01-01/customers-2026-02-01-0123456789ab.csv", FEB),
        ("customers/2026-02-01_v2-0123456789ab.csv", FEB),
        ("customers/as-delivered-2026-02-01.csv", FEB),
        ("customers/12026-02-01-0123456789ab.csv", NOON),
        ("customers/2026-02-011-0123456789ab.csv", NOON),
        ("customers/2026-02-30-0123456789ab.csv", NOON),
        ("customers/0000-02-01-0123456789ab.csv", NOON),
        ("customers/20260201-0123456789ab.csv", NOON),
        ("customers/2026-02-012345678901.csv", NOON),
        ("customers/2026-02-01abcdef0123.csv", NOON),
    ],
)
def test_the_last_date_of_the_logical_path_is_the_snapshots_time(account: Account, file: str, expected: datetime):
    account.deliver(customers(file, ("C1", "7"), modified_at=NOON))
    assert account.rows("CORE.CUSTOMER_VERSIONS", "VALID_FROM") == [(expected,)]


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        ("7", 7),
        ("0", 0),
        ("-3", -3),
        ("007", 7),
        ("7.0", 7),
        ("9" * 38, int("9" * 38)),
        ("9" * 39, None),
        ("7.5", None),
        ("7.", None),
        (" 7", None),
        ("7e1", None),
        ("1_0", None),
        ("seven", None),
        ("", None),
        (None, None),
    ],
    ids=str,
)
def test_scores_are_whole_numbers(account: Account, delivered: str | None, expected: int | None):
    account.deliver(customers(key("2026-01-01"), ("C1", delivered)))
    assert account.rows("CORE.CUSTOMER_VERSIONS", "LOYALTY_SCORE") == [(expected,)]


PRODUCTS: dict[str, tuple[list[tuple[str | None, ...]], list[tuple[Any, ...]]]] = {
    "another description is a version": (
        [("P1", "men's trousers, green", "clothes"), ("P1", 'men\'s "trousers"', "clothes")],
        [("P1", 'men\'s "trousers"', "clothes", FEB, None, True),
         ("P1", "men's trousers, green", "clothes", JAN, FEB, False)],
    ),
    "another category is a version": (
        [("P1", "scarf", "clothes"), ("P1", "scarf", "house")],
        [("P1", "scarf", "clothes", JAN, FEB, False), ("P1", "scarf", "house", FEB, None, True)],
    ),
    "the same again is none": (
        [("P1", "scarf", "clothes"), ("P1", "scarf", "clothes")],
        [("P1", "scarf", "clothes", JAN, None, True)],
    ),
    "an absent category is a change": (
        [("P1", "scarf", "clothes"), ("P1", "scarf", None)],
        [("P1", "scarf", None, FEB, None, True), ("P1", "scarf", "clothes", JAN, FEB, False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), PRODUCTS.values(), ids=PRODUCTS.keys())
def test_products_have_versions_of_description_and_category(account: Account, lines: list, expected: list):
    for date, line in zip(("2026-01-01", "2026-02-01"), lines, strict=True):
        account.deliver(products(f"products/products-{date}-0123456789ab.csv", line))
    assert account.rows("CORE.PRODUCT_VERSIONS") == expected
