"""CORE.PURCHASES: one row per item of a basket, nothing dropped, nothing guessed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.sql.conftest import Account
from tests.sql.raw_rows import loaded_again, record, transactions

FILE = "transactions/d=2026-01-05/transactions-0123456789ab.json"
ONE = Decimal(1)


def bought(account: Account) -> list[tuple[Any, ...]]:
    return account.rows("CORE.PURCHASES", "BASKET_POSITION, PRODUCT_ID, PRICE")


def test_positions_count_from_one_in_the_order_of_the_basket(account: Account):
    account.deliver(transactions(FILE, record("C1", "P3", "P1", "P2")))
    assert bought(account) == [(1, "P3", ONE), (2, "P1", ONE), (3, "P2", ONE)]


def test_the_same_product_twice_in_a_basket_is_two_purchases(account: Account):
    account.deliver(transactions(FILE, record("C1", "P1", "P1")))
    assert bought(account) == [(1, "P1", ONE), (2, "P1", ONE)]


def test_a_purchase_carries_its_transaction(account: Account):
    account.deliver(transactions(FILE, record("C7", "P1", at="2026-01-06 00:10:00.500000")))
    ((id_,),) = account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")
    assert account.rows("CORE.PURCHASES", "TRANSACTION_ID, CUSTOMER_ID, PURCHASED_AT") == [
        (id_, "C7", datetime.fromisoformat("2026-01-06 00:10:00.500000"))
    ]


def test_many_baskets_keep_their_own_positions(account: Account):
    baskets = [[f"P{number % 7}"] * (number % 4) for number in range(200)]
    account.deliver(transactions(FILE, *(record(f"C{number}", *basket) for number, basket in enumerate(baskets))))
    expected = sorted((f"C{n}", at) for n, basket in enumerate(baskets) for at in range(1, len(basket) + 1))
    assert account.rows("CORE.PURCHASES", "CUSTOMER_ID, BASKET_POSITION") == expected


@pytest.mark.parametrize(
    "basket",
    [{}, {"product_id": "P1", "price": 1}, {"0": {"product_id": "P1"}}, [], "P1", 1, False],
    ids=["empty object", "object", "object with an index", "empty array", "text", "number", "boolean"],
)
def test_a_basket_that_is_no_array_or_empty_has_no_purchases(account: Account, basket: Any):
    account.deliver(transactions(FILE, record("C1", basket=basket)))
    assert bought(account) == []
    assert len(account.rows("CORE.TRANSACTIONS")) == 1


@pytest.mark.parametrize("line", [{"customer_id": "C1", "basket": None}, {"customer_id": "C1"}, [1, 2], None, "x"])
def test_a_record_without_a_basket_has_no_purchases(account: Account, line: Any):
    account.deliver(transactions(FILE, line))
    assert bought(account) == []


@pytest.mark.parametrize("item", [7, "P1", None, True, [], ["P1"]], ids=str)
def test_an_item_that_is_no_object_is_an_item_without_a_product(account: Account, item: Any):
    account.deliver(transactions(FILE, record("C1", basket=[item, {"product_id": "P2", "price": 1}])))
    assert bought(account) == [(1, None, None), (2, "P2", ONE)]


def test_a_file_loaded_again_buys_nothing_again(account: Account):
    rows = transactions(FILE, record("C1", "P1"), record("C1", "P1"))
    account.deliver(rows + loaded_again(rows, datetime.fromisoformat("2026-01-09")))
    assert bought(account) == [(1, "P1", ONE), (1, "P1", ONE)]


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        (506, "506"),
        (0, "0"),
        (-3, "-3"),
        (5.25, "5.25"),
        ("506", "506"),
        ("5.25", "5.25"),
        ("1e2", "100"),
        (0.00005, "0.0001"),
        (1.00004, "1"),
        (12345678901234567890, "12345678901234567890"),
        ("", None),
        (" 5", None),
        ("5 EUR", None),
        ("1,000", None),
        ("1_000", None),
        ("0x10", None),
        ("abc", None),
        ("NaN", None),
        ("1e99", None),
        (None, None),
        (True, None),
        ({"amount": 5}, None),
        ([5], None),
    ],
    ids=str,
)
def test_prices_are_numbers_with_four_decimals(account: Account, delivered: Any, expected: str | None):
    account.deliver(transactions(FILE, record("C1", {"product_id": "P1", "price": delivered})))
    assert bought(account) == [(1, "P1", expected and Decimal(expected))]


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [("P01", "P01"), ("", None), (None, None), (1, "1"), ('it\'s "P1", ünï', 'it\'s "P1", ünï')],
    ids=str,
)
def test_product_ids_are_text_and_an_empty_one_is_none(account: Account, delivered: Any, expected: str | None):
    account.deliver(transactions(FILE, record("C1", {"product_id": delivered, "price": 1})))
    assert bought(account) == [(1, expected, ONE)]
