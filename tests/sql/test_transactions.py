"""CORE.TRANSACTIONS: each transaction once, however often and in whatever order it is delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.sql.conftest import Account
from tests.sql.raw_rows import RawRow, loaded_again, record, transactions

MONDAY = "transactions/d=2026-01-05/transactions-0123456789ab.json"
RESENT = "transactions/d=2026-01-05/transactions-fedcba987654.json"
LATER = datetime.fromisoformat("2026-01-09")
A, B, C = record("C1", "P1"), record("C2", "P1"), record("C3", "P1")

DELIVERIES: dict[str, tuple[list[RawRow], list[tuple[str, str, int]]]] = {
    "lines of one file each count": (
        transactions(MONDAY, A, B),
        [("C1", MONDAY, 1), ("C2", MONDAY, 2)],
    ),
    "equal lines within one file are transactions of their own": (
        transactions(MONDAY, A, B, A),
        [("C1", MONDAY, 1), ("C1", MONDAY, 3), ("C2", MONDAY, 2)],
    ),
    "a file loaded twice counts once": (
        transactions(MONDAY, A, A, B) + loaded_again(transactions(MONDAY, A, A, B), LATER),
        [("C1", MONDAY, 1), ("C1", MONDAY, 2), ("C2", MONDAY, 3)],
    ),
    "lines delivered again in another file count once": (
        transactions(MONDAY, A, B) + transactions(RESENT, B, A, C),
        [("C1", MONDAY, 1), ("C2", MONDAY, 2), ("C3", RESENT, 3)],
    ),
    "the file that holds a line most often decides how often it counts": (
        transactions(MONDAY, A) + transactions(RESENT, B, A, A),
        [("C1", MONDAY, 1), ("C1", RESENT, 3), ("C2", RESENT, 1)],
    ),
    "the smallest file and row stand for a transaction, whichever came first": (
        transactions(RESENT, A) + loaded_again(transactions(MONDAY, B, A), LATER),
        [("C1", MONDAY, 2), ("C2", MONDAY, 1)],
    ),
    "the order of keys makes no other record": (
        transactions(MONDAY, {"customer_id": "C1", "basket": [{"price": 1, "product_id": "P1"}]})
        + transactions(RESENT, {"basket": [{"product_id": "P1", "price": 1}], "customer_id": "C1"}),
        [("C1", MONDAY, 1)],
    ),
    "5 and 5.0 make no other record": (
        transactions(MONDAY, record("C1", {"product_id": "P1", "price": 5}))
        + transactions(RESENT, record("C1", {"product_id": "P1", "price": 5.0})),
        [("C1", MONDAY, 1)],
    ),
    "a number and its text are different records": (
        transactions(MONDAY, record("C1", {"product_id": "P1", "price": 5}))
        + transactions(RESENT, record("C1", {"product_id": "P1", "price": "5"})),
        [("C1", MONDAY, 1), ("C1", RESENT, 1)],
    ),
    "a key that is null and one that is absent are different records": (
        transactions(MONDAY, {"customer_id": "C1"}) + transactions(RESENT, {"customer_id": "C1", "basket": None}),
        [("C1", MONDAY, 1), ("C1", RESENT, 1)],
    ),
    "one row of one file counts once, as first loaded": (
        transactions(MONDAY, A) + loaded_again(transactions(MONDAY, B), LATER),
        [("C1", MONDAY, 1)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), DELIVERIES.values(), ids=DELIVERIES.keys())
def test_each_transaction_counts_once(account: Account, rows: list[RawRow], expected: list[tuple[str, str, int]]):
    account.deliver(rows)
    assert account.rows("CORE.TRANSACTIONS", "CUSTOMER_ID, _FILE, _FILE_ROW") == expected


def test_transaction_ids_are_unique(account: Account):
    account.deliver(transactions(MONDAY, A, A, B, None, None, {}, []))
    ids = [id_ for (id_,) in account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")]
    assert len(ids) == len(set(ids)) == 7


def test_a_transaction_keeps_its_id_when_a_smaller_file_brings_it_again(account: Account):
    account.deliver(transactions(RESENT, A, A))
    before = account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")
    account.deliver(transactions(MONDAY, B, A, A))
    after = account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")
    assert set(before) < set(after)


@pytest.mark.parametrize(
    "line",
    [None, True, 7, "text", [], [{"customer_id": "C1"}], {}],
    ids=["null", "boolean", "number", "text", "empty array", "array", "empty object"],
)
def test_a_record_without_fields_is_a_transaction_without_any(account: Account, line: Any):
    account.deliver(transactions(MONDAY, line))
    assert account.rows("CORE.TRANSACTIONS", "CUSTOMER_ID, PURCHASED_AT, BASKET") == [(None, None, None)]


def test_a_raw_row_without_a_record_is_a_transaction(account: Account):
    account.execute("insert into RAW.TRANSACTIONS (_FILE, _FILE_ROW) values ('transactions/x.json', 1)")
    assert len(account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")) == 1
    assert None not in account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")[0]


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [("C1", "C1"), ("", None), (None, None), (17, "17"), (" C1", " C1"), ("Žofie ’s", "Žofie ’s")],
    ids=["text", "empty", "null", "number", "space", "non-ASCII"],
)
def test_customer_ids_are_text_and_an_empty_one_is_none(account: Account, delivered: Any, expected: str | None):
    account.deliver(transactions(MONDAY, record(delivered, "P1")))
    assert account.rows("CORE.TRANSACTIONS", "CUSTOMER_ID") == [(expected,)]


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        ("2026-08-30 11:09:00", "2026-08-30 11:09:00"),
        ("2026-08-30T11:09:00", "2026-08-30 11:09:00"),
        ("2026-08-30 11:09:00.123456", "2026-08-30 11:09:00.123456"),
        ("2026-08-30T11:09:00.000001", "2026-08-30 11:09:00.000001"),
        ("2024-02-29 23:59:59", "2024-02-29 23:59:59"),
        ("0001-01-01 00:00:00", "0001-01-01 00:00:00"),
        ("9999-12-31T23:59:59.999999", "9999-12-31 23:59:59.999999"),
        ("0000-01-01 00:00:00", None),
        ("0000-12-31T23:59:59.999999", None),
        ("2026-02-30 11:09:00", None),
        ("2026-13-01 11:09:00", None),
        ("2026-08-30 24:00:00", None),
        ("2026-08-30 11:60:00", None),
        ("2026-08-30", None),
        ("2026-08-30 11:09", None),
        ("2026-08-30 11:09:00Z", None),
        ("2026-08-30 11:09:00+02:00", None),
        ("2026-08-30 11:09:00.1234567", None),
        (" 2026-08-30 11:09:00", None),
        ("30/08/2026 11:09:00", None),
        ("1788088140", None),
        (1788088140, None),
        ("yesterday", None),
        ("", None),
        (None, None),
        ({"year": 2026}, None),
    ],
    ids=str,
)
def test_timestamps_are_read_only_in_the_two_shapes(account: Account, delivered: Any, expected: str | None):
    account.deliver(transactions(MONDAY, record("C1", "P1", at=delivered)))
    wanted = expected and datetime.fromisoformat(expected)
    assert account.rows("CORE.TRANSACTIONS", "PURCHASED_AT") == [(wanted,)]
