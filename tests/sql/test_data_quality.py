"""MART.DATA_QUALITY: every issue of every record, once, with what was delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.sql.conftest import Account
from tests.sql.raw_rows import RawRow, customers, loaded_again, products, record, transactions

CUSTOMERS = "customers/customers-0123456789ab.csv"
PRODUCTS = "products/products-0123456789ab.csv"
FILE = "transactions/d=2026-01-05/transactions-0123456789ab.json"
RESENT = "transactions/d=2026-01-05/transactions-fedcba987654.json"
KNOWN = customers(CUSTOMERS, ("C1", "7")) + products(PRODUCTS, ("P1", "scarf", "clothes"))
LATER = datetime.fromisoformat("2026-01-09")

Issues = list[tuple[str, str, int, str | None]]
OF_TRANSACTIONS: dict[str, tuple[Any, list[tuple[str, str | None]]]] = {
    "nothing to say": (record("C1", "P1"), []),
    "customer absent": (
        {"basket": [{"product_id": "P1", "price": 1}], "date_of_purchase": "2026-01-05 10:00:00"},
        [("missing_customer_id", "absent")],
    ),
    "customer null": (record(None, "P1"), [("missing_customer_id", "null")]),
    "customer empty": (record("", "P1"), [("missing_customer_id", '""')]),
    "customer unknown": (record("C9", "P1"), [("unknown_customer", "C9")]),
    "timestamp unreadable": (record("C1", "P1", at="yesterday"), [("unreadable_timestamp", '"yesterday"')]),
    "timestamp a number": (record("C1", "P1", at=1788088140), [("unreadable_timestamp", "1788088140")]),
    "timestamp in year 0": (
        record("C1", "P1", at="0000-01-01 00:00:00"),
        [("unreadable_timestamp", '"0000-01-01 00:00:00"')],
    ),
    "timestamp null": (record("C1", "P1", at=None), [("unreadable_timestamp", "null")]),
    "timestamp absent": (
        {"customer_id": "C1", "basket": [{"product_id": "P1", "price": 1}]},
        [("unreadable_timestamp", "absent")],
    ),
    "basket absent": ({"customer_id": "C1", "date_of_purchase": "2026-01-05 10:00:00"}, [("bad_basket", "absent")]),
    "basket empty": (record("C1"), [("bad_basket", "[]")]),
    "basket an object": (record("C1", basket={"product_id": "P1"}), [("bad_basket", '{"product_id":"P1"}')]),
    "basket text": (record("C1", basket="P1"), [("bad_basket", '"P1"')]),
    "products missing": (
        record("C1", {"price": 3}, "P1", {"product_id": None, "price": 3}, {"product_id": "", "price": 3}),
        [("missing_product_id", '1: {"price":3}, 3: {"price":3,"product_id":null}, 4: {"price":3,"product_id":""}')],
    ),
    "products unknown": (record("C1", "P9", "P1", "P8"), [("unknown_product", "1: P9, 3: P8")]),
    "prices unreadable": (
        record("C1", {"product_id": "P1", "price": "cheap"}, "P1", {"product_id": "P1"}),
        [("unreadable_price", '1: "cheap", 3: absent')],
    ),
    "price null": (
        record("C1", {"product_id": "P1", "price": None}),
        [("unreadable_price", "1: null")],
    ),
    "items that are no objects": (
        record("C1", basket=[7, "P1", None]),
        [("missing_product_id", '1: 7, 2: "P1", 3: null'), ("unreadable_price", "1: absent, 2: absent, 3: absent")],
    ),
    "a record that is no object": (
        ["P1"],
        [("bad_basket", "absent"), ("missing_customer_id", "absent"), ("unreadable_timestamp", "absent")],
    ),
    "everything at once": (
        record("C9", {"product_id": "P9", "price": "free"}, at=""),
        [
            ("unknown_customer", "C9"),
            ("unknown_product", "1: P9"),
            ("unreadable_price", '1: "free"'),
            ("unreadable_timestamp", '""'),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), OF_TRANSACTIONS.values(), ids=OF_TRANSACTIONS.keys())
def test_issues_of_a_transaction(account: Account, line: Any, expected: list[tuple[str, str | None]]):
    account.deliver(KNOWN + transactions(FILE, record("C1", "P1", "P1"), line))
    assert account.rows("MART.DATA_QUALITY") == [(issue, "transactions", FILE, 2, detail) for issue, detail in expected]


OF_CUSTOMERS: dict[str, tuple[tuple[str | None, ...], list[tuple[str, str | None]]]] = {
    "nothing to say": (("C2", "7"), []),
    "id empty": (("", "7"), [("missing_customer_id", '""')]),
    "score a fraction": (("C2", "7.5"), [("bad_loyalty_score", '"7.5"')]),
    "score text": (("C2", "high"), [("bad_loyalty_score", '"high"')]),
    "score empty": (("C2", ""), [("bad_loyalty_score", '""')]),
    "one column": (("C2",), [("bad_loyalty_score", "absent"), ("column_count", "absent: loyalty_score")]),
    "three columns": (("C2", "7", "x"), [("column_count", 'surplus: "x"')]),
    "three columns, the third empty": (("C2", "7", ""), [("column_count", 'surplus: ""')]),
}


@pytest.mark.parametrize(("line", "expected"), OF_CUSTOMERS.values(), ids=OF_CUSTOMERS.keys())
def test_issues_of_a_customer(account: Account, line: tuple[str | None, ...], expected: list):
    account.deliver(customers(CUSTOMERS, ("C1", "7"), line))
    assert account.rows("MART.DATA_QUALITY") == [
        (issue, "customers", CUSTOMERS, 2, detail) for issue, detail in expected
    ]


OF_PRODUCTS: dict[str, tuple[tuple[str | None, ...], list[tuple[str, str | None]]]] = {
    "nothing to say": (("P2", "pear", "fruit_veg"), []),
    "id empty": (("", "pear", "fruit_veg"), [("missing_product_id", '""')]),
    "one column": (("P2",), [("column_count", "absent: product_description, product_category")]),
    "two columns": (("P2", "pear"), [("column_count", "absent: product_category")]),
    "four columns": (("P2", "pear", "fruit", "veg"), [("column_count", 'surplus: "veg"')]),
    "category empty": (("P2", "pear", ""), []),
}


@pytest.mark.parametrize(("line", "expected"), OF_PRODUCTS.values(), ids=OF_PRODUCTS.keys())
def test_issues_of_a_product(account: Account, line: tuple[str | None, ...], expected: list):
    account.deliver(products(PRODUCTS, ("P1", "scarf", "clothes"), line))
    assert account.rows("MART.DATA_QUALITY") == [(issue, "products", PRODUCTS, 2, detail) for issue, detail in expected]


BAD = record("C9", "P1")
DELIVERED_AGAIN: dict[str, tuple[list[RawRow], Issues]] = {
    "the first file and row of a record stand for it": (
        transactions(RESENT, BAD) + transactions(FILE, record("C1", "P1"), BAD),
        [("unknown_customer", FILE, 2, "C9")],
    ),
    "a file loaded again says nothing new": (
        (rows := transactions(FILE, BAD, record(None, at=""))) + loaded_again(rows, LATER),
        [("bad_basket", FILE, 2, "[]"), ("missing_customer_id", FILE, 2, "null"),
         ("unknown_customer", FILE, 1, "C9"), ("unreadable_timestamp", FILE, 2, '""')],
    ),
    "equal lines within one file are records of their own": (
        transactions(FILE, BAD, BAD),
        [("unknown_customer", FILE, 1, "C9"), ("unknown_customer", FILE, 2, "C9")],
    ),
    "a snapshot's line that a later snapshot repeats is reported once": (
        customers("customers/customers-2026-01-01-0123456789ab.csv", ("C2", "high"))
        + customers("customers/customers-2026-02-01-0123456789ab.csv", ("C1", "7"), ("C2", "high")),
        [("bad_loyalty_score", "customers/customers-2026-01-01-0123456789ab.csv", 1, '"high"')],
    ),
    "a customer known only from an earlier snapshot is known": (
        customers("customers/customers-2026-01-01-0123456789ab.csv", ("C9", "7"))
        + customers("customers/customers-2026-02-01-0123456789ab.csv", ("C1", "7"))
        + transactions(FILE, BAD),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), DELIVERED_AGAIN.values(), ids=DELIVERED_AGAIN.keys())
def test_an_issue_is_reported_once_per_record(account: Account, rows: list[RawRow], expected: Issues):
    account.deliver(KNOWN + rows)
    assert account.rows("MART.DATA_QUALITY", "ISSUE, _FILE, _FILE_ROW, DETAIL") == expected


def test_a_customer_who_arrives_later_is_unknown_no_more(account: Account):
    account.deliver(KNOWN + transactions(FILE, BAD))
    assert len(account.rows("MART.DATA_QUALITY")) == 1
    account.deliver(customers("customers/customers-fedcba987654.csv", ("C9", "1")))
    assert account.rows("MART.DATA_QUALITY") == []
