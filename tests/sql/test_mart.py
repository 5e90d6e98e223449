"""MART.CUSTOMER_PURCHASES and its weekly form: what each customer bought, how many times."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.sql.conftest import Account
from tests.sql.raw_rows import RawRow, customers, products, record, transactions

CUSTOMERS = customers("customers/customers-0123456789ab.csv", ("C1", "7"), ("C2", "5"))
PRODUCTS = products("products/products-0123456789ab.csv", ("P1", "scarf", "clothes"), ("P2", "pear", "fruit_veg"))
DIMENSIONS = CUSTOMERS + PRODUCTS
FILE = "transactions/d=2026-01-05/transactions-0123456789ab.json"
IDLE = ("C2", 5, None, None, 0)

PURCHASES: dict[str, tuple[list[RawRow], list[tuple[Any, ...]]]] = {
    "every customer appears, without purchases with a NULL product and count 0": (
        DIMENSIONS,
        [("C1", 7, None, None, 0), IDLE],
    ),
    "a customer's purchases of a product are counted over all transactions": (
        DIMENSIONS + transactions(FILE, record("C1", "P1", "P2"), record("C1", "P1", at="2026-02-05 10:00:00")),
        [("C1", 7, "P1", "clothes", 2), ("C1", 7, "P2", "fruit_veg", 1), IDLE],
    ),
    "the same product twice in a basket counts two": (
        DIMENSIONS + transactions(FILE, record("C1", "P1", "P1")),
        [("C1", 7, "P1", "clothes", 2), IDLE],
    ),
    "a purchase by an unknown customer stays, with a NULL score": (
        DIMENSIONS + transactions(FILE, record("C9", "P1")),
        [("C1", 7, None, None, 0), IDLE, ("C9", None, "P1", "clothes", 1)],
    ),
    "a purchase of an unknown product stays, with a NULL category": (
        DIMENSIONS + transactions(FILE, record("C1", "P9")),
        [("C1", 7, "P9", None, 1), IDLE],
    ),
    "an item without a product counts under NULL and is not mistaken for no purchases": (
        DIMENSIONS + transactions(FILE, record("C1", "P1", {"price": 3}, 5)),
        [("C1", 7, None, None, 2), ("C1", 7, "P1", "clothes", 1), IDLE],
    ),
    "a transaction without a customer counts under NULL": (
        DIMENSIONS + transactions(FILE, record(None, "P1"), record("", "P1"), {"basket": [{"product_id": "P1"}]}),
        [(None, None, "P1", "clothes", 3), ("C1", 7, None, None, 0), IDLE],
    ),
    "rows of the dimension files without an id give no purchase a score or a category": (
        customers("customers/customers-0123456789ab.csv", ("", "7"), (None, "8"))
        + products("products/products-0123456789ab.csv", ("", "scarf", "clothes"))
        + transactions(FILE, record(None, {"price": 3}, "P1")),
        [(None, None, None, None, 1), (None, None, "P1", None, 1)],
    ),
    "a transaction with an unreadable timestamp counts": (
        DIMENSIONS + transactions(FILE, record("C1", "P1", at="yesterday")),
        [("C1", 7, "P1", "clothes", 1), IDLE],
    ),
    "a transaction without purchases leaves its customer at count 0": (
        DIMENSIONS + transactions(FILE, record("C1"), record("C1", basket={"product_id": "P1"})),
        [("C1", 7, None, None, 0), IDLE],
    ),
    "score and category are the current ones, whenever the purchase was": (
        customers("customers/customers-2026-01-01-0123456789ab.csv", ("C1", "1"))
        + customers("customers/customers-2026-02-01-0123456789ab.csv", ("C1", "2"))
        + products("products/products-2026-01-01-0123456789ab.csv", ("P1", "scarf", "clothes"))
        + products("products/products-2026-02-01-0123456789ab.csv", ("P1", "scarf", "house"))
        + transactions(FILE, record("C1", "P1", at="2026-01-05 10:00:00")),
        [("C1", 2, "P1", "house", 1)],
    ),
    "without any dimension file the purchases are there": (
        transactions(FILE, record("C1", "P1")),
        [("C1", None, "P1", None, 1)],
    ),
    "nothing delivered is nothing bought": ([], []),
}


@pytest.mark.parametrize(("rows", "expected"), PURCHASES.values(), ids=PURCHASES.keys())
def test_purchases_per_customer_and_product(account: Account, rows: list[RawRow], expected: list[tuple[Any, ...]]):
    account.deliver(rows)
    assert account.rows("MART.CUSTOMER_PURCHASES") == expected


@pytest.mark.parametrize(("rows", "expected"), PURCHASES.values(), ids=PURCHASES.keys())
def test_no_purchase_is_lost_on_the_way_to_the_mart(account: Account, rows: list[RawRow], expected: object):
    account.deliver(rows)
    items = len(account.rows("CORE.PURCHASES"))
    for view in ("CUSTOMER_PURCHASES", "WEEKLY_CUSTOMER_PURCHASES", "DAILY_PURCHASES"):
        assert sum(count for (count,) in account.rows(f"MART.{view}", "PURCHASE_COUNT")) == items


@pytest.mark.parametrize(
    ("at", "week"),
    [
        ("2026-01-05 00:00:00", "2026-01-05"),
        ("2026-01-11 23:59:59.999999", "2026-01-05"),
        ("2026-01-12 00:00:00", "2026-01-12"),
        ("2026-01-04 12:00:00", "2025-12-29"),
        ("2026-01-01 12:00:00", "2025-12-29"),
        ("2024-02-29 12:00:00", "2024-02-26"),
        ("0001-01-01 00:00:00", "0001-01-01"),
        ("0001-01-07 12:00:00", "0001-01-01"),
        ("9999-12-31 23:59:59", "9999-12-27"),
        ("0000-12-31 23:59:59", None),
        ("unreadable", None),
    ],
)
def test_a_week_starts_on_its_monday(account: Account, at: str, week: str | None):
    account.deliver(DIMENSIONS + transactions(FILE, record("C1", "P1", "P1", at=at)))
    monday = week and date.fromisoformat(week)
    assert account.rows("MART.WEEKLY_CUSTOMER_PURCHASES") == [(monday, "C1", 7, "P1", "clothes", 2)]


def test_weeks_are_counted_apart(account: Account):
    days = ("2026-01-05", "2026-01-11", "2026-01-12", "2026-01-26")
    account.deliver(DIMENSIONS + transactions(FILE, *(record("C1", "P1", at=f"{day} 10:00:00") for day in days)))
    assert account.rows("MART.WEEKLY_CUSTOMER_PURCHASES", "WEEK_START, PURCHASE_COUNT") == [
        (date.fromisoformat("2026-01-05"), 2),
        (date.fromisoformat("2026-01-12"), 1),
        (date.fromisoformat("2026-01-26"), 1),
    ]


def test_the_weekly_view_keeps_unknown_and_missing_ids(account: Account):
    account.deliver(DIMENSIONS + transactions(FILE, record("C9", "P9", 7), record(None, "P1")))
    assert account.rows("MART.WEEKLY_CUSTOMER_PURCHASES", "CUSTOMER_ID, LOYALTY_SCORE, PRODUCT_ID, PURCHASE_COUNT") == [
        (None, None, "P1", 1),
        ("C9", None, None, 1),
        ("C9", None, "P9", 1),
    ]


def test_days_and_categories_are_counted_apart_and_what_is_unknown_stays(account: Account):
    baskets = (
        record("C1", "P1", "P1", at="2026-01-05 00:00:00"),
        record("C1", "P1", at="2026-01-05 23:59:59.999999"),
        record("C9", "P9", at="2026-01-05 12:00:00"),
        record("C1", "P1", at="2026-01-06 00:00:00"),
        record("C1", "P1", at="unreadable"),
    )
    account.deliver(DIMENSIONS + transactions(FILE, *baskets))
    assert account.rows("MART.DAILY_PURCHASES") == [
        (None, "clothes", 1),
        (date(2026, 1, 5), None, 1),
        (date(2026, 1, 5), "clothes", 3),
        (date(2026, 1, 6), "clothes", 1),
    ]
