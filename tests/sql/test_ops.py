"""OPS: rejected files, changed files, and the proof of what equality means on an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.sql.conftest import DATABASE, Account
from tests.sql.raw_rows import RawRow, customers, loaded_again, record, transactions

FOLDER = "transactions/d=2026-01-05/"
FIRST, SECOND, THIRD = (f"x-{digits}.json" for digits in ("0123456789ab", "111111111111", "222222222222"))
JAN, FEB, MAR = (datetime.fromisoformat(f"2026-{month}-01") for month in ("01", "02", "03"))
PIPE = f"{DATABASE}.RAW.TRANSACTIONS"


def attempt(name: str, hour: int, status: str = "Load failed", **more: Any) -> dict[str, Any]:
    failed = {"FIRST_ERROR_MESSAGE": f"error at {hour}", "FIRST_ERROR_LINE_NUMBER": hour}
    return {
        "FILE_NAME": name,
        "STAGE_LOCATION": f"s3://retail-landing/{FOLDER}",
        "LAST_LOAD_TIME": f"2026-01-05 {hour:02}:00:00+00:00",
        "STATUS": status,
        "TABLE_NAME": "TRANSACTIONS",
        **(failed if status in ("Load failed", "Partially loaded") else {}),
        **more,
    }


def failure(name: str, hour: int, resolved: bool, pipe: str = PIPE) -> tuple[Any, ...]:
    return (pipe, FOLDER + name, f"error at {hour}", hour, datetime.fromisoformat(f"2026-01-05 {hour:02}:00"), resolved)


ATTEMPTS: dict[str, tuple[list[dict[str, Any]], list[tuple[Any, ...]]]] = {
    "a file that loaded is no failure": ([attempt(FIRST, 1, "Loaded")], []),
    "a rejected file is one": ([attempt(FIRST, 1)], [failure(FIRST, 1, False)]),
    "a file loaded in part is one": ([attempt(FIRST, 1, "Partially loaded")], [failure(FIRST, 1, False)]),
    "a file still loading is none": ([attempt(FIRST, 1, "Load in progress")], []),
    "its latest attempt counts": ([attempt(FIRST, 3), attempt(FIRST, 1)], [failure(FIRST, 3, False)]),
    "the same key loaded later resolves it": (
        [attempt(FIRST, 1), attempt(FIRST, 2, "Loaded")],
        [failure(FIRST, 1, True)],
    ),
    "another content of the same logical path loaded later resolves it": (
        [attempt(FIRST, 1), attempt(SECOND, 2, "Loaded")],
        [failure(FIRST, 1, True)],
    ),
    "another content loaded earlier does not": (
        [attempt(FIRST, 2), attempt(SECOND, 1, "Loaded")],
        [failure(FIRST, 2, False)],
    ),
    "another content loaded at the same moment does not: nobody knows which is the later one": (
        [attempt(FIRST, 1), attempt(SECOND, 1, "Loaded")],
        [failure(FIRST, 1, False)],
    ),
    "another content that loads in part does not": (
        [attempt(FIRST, 1), attempt(SECOND, 2, "Partially loaded")],
        [failure(FIRST, 1, False), failure(SECOND, 2, False)],
    ),
    "all earlier failures of a path are resolved at once": (
        [attempt(FIRST, 1), attempt(SECOND, 2), attempt(THIRD, 3, "Loaded")],
        [failure(FIRST, 1, True), failure(SECOND, 2, True)],
    ),
    "a file of another logical path does not": (
        [attempt(FIRST, 1), attempt("y-0123456789ab.json", 2, "Loaded")],
        [failure(FIRST, 1, False)],
    ),
    "a file of another pipe does not": (
        [attempt(FIRST, 1), attempt(FIRST, 2, "Loaded", TABLE_NAME="CUSTOMERS")],
        [failure(FIRST, 1, False)],
    ),
}


@pytest.mark.parametrize(("attempts", "expected"), ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_load_failures(account: Account, attempts: list[dict[str, Any]], expected: list[tuple[Any, ...]]):
    account.record_attempts(attempts)
    assert account.rows("OPS.LOAD_FAILURES") == expected


@pytest.mark.parametrize("feed", ["CUSTOMERS", "PRODUCTS", "TRANSACTIONS"])
def test_every_feeds_pipe_is_watched(account: Account, feed: str):
    account.record_attempts([attempt(FIRST, 1, TABLE_NAME=feed)])
    assert account.rows("OPS.LOAD_FAILURES") == [failure(FIRST, 1, False, pipe=f"{DATABASE}.RAW.{feed}")]


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("s3://retail-landing/", "transactions/d=2026-01-05/x-0123456789ab.json"),
        ("s3://retail-landing/transactions/", "d=2026-01-05/x-0123456789ab.json"),
        ("s3://retail-landing/transactions", "d=2026-01-05/x-0123456789ab.json"),
        ("s3://retail-landing/transactions", "/d=2026-01-05/x-0123456789ab.json"),
    ],
)
def test_the_file_has_the_name_that_the_raw_tables_know(account: Account, location: str, name: str):
    account.record_attempts([attempt(name, 1, STAGE_LOCATION=location)])
    assert account.rows("OPS.LOAD_FAILURES", "_FILE") == [("transactions/d=2026-01-05/x-0123456789ab.json",)]


def test_a_key_with_two_slashes_keeps_them(account: Account):
    account.record_attempts([attempt("/x.json", 1, STAGE_LOCATION="s3://retail-landing/transactions/")])
    assert account.rows("OPS.LOAD_FAILURES", "_FILE") == [("transactions//x.json",)]


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ([attempt(FIRST, 1, "Partially loaded", ROW_COUNT=1)], 1),
        ([attempt(FIRST, 1, "Partially loaded", ROW_COUNT=1), attempt(FIRST, 2, "Loaded", ROW_COUNT=2)], 2),
        ([attempt(FIRST, 1, "Loaded", ROW_COUNT=2), attempt(FIRST, 2, "Loaded", ROW_COUNT=2)], 2),
    ],
    ids=["a part of it", "a part, then all of it", "all of it twice"],
)
def test_of_the_loads_of_a_file_the_fullest_says_how_many_rows_raw_must_have(
    account: Account, attempts: list[dict[str, Any]], expected: int
):
    account.record_attempts(attempts)
    rows = account.rows("OPS.RECONCILIATION", "SUBJECT, EXPECTED, FOUND")
    assert (f"{FOLDER}{FIRST}", expected, 0) in rows


CONTENTS: dict[str, tuple[list[RawRow], list[tuple[Any, ...]]]] = {
    "a file of one content is not listed, however often loaded": (
        transactions(FOLDER + FIRST, record()) + loaded_again(transactions(FOLDER + FIRST, record()), FEB),
        [],
    ),
    "a path loaded with three contents is": (
        transactions(FOLDER + FIRST, record(), record(), loaded_at=FEB)
        + transactions(FOLDER + SECOND, record(), loaded_at=JAN)
        + transactions(FOLDER + THIRD, record(), loaded_at=FEB)
        + transactions(FOLDER + FIRST, record(), loaded_at=MAR),
        [("transactions", FOLDER + "x.json", 3, JAN, MAR)],
    ),
    "files of other paths are files of their own": (
        transactions(FOLDER + FIRST, record()) + transactions("transactions/d=2026-01-06/" + SECOND, record()),
        [],
    ),
    "every feed's files are watched, whatever their extensions": (
        customers("customers/customers-0123456789ab.csv", ("C1", "7"))
        + customers("customers/customers-fedcba987654.csv", ("C1", "8"))
        + transactions("transactions/x-0123456789ab.json.gz", record())
        + transactions("transactions/x-fedcba987654.json.gz", record()),
        [
            ("customers", "customers/customers.csv", 2, JAN, JAN),
            ("transactions", "transactions/x.json.gz", 2, JAN, JAN),
        ],
    ),
    "digits that are no content's stay in the path": (
        transactions("transactions/x-0123456789.json", record())
        + transactions("transactions/x-abcdef0123.json", record()),
        [],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), CONTENTS.values(), ids=CONTENTS.keys())
def test_changed_files(account: Account, rows: list[RawRow], expected: list[tuple[Any, ...]]):
    account.deliver(rows)
    assert account.rows("OPS.CHANGED_FILES") == expected


def test_the_proof_of_equality_tries_what_core_transactions_rests_on(account: Account):
    """Which rows hold is the account's to say; DuckDB compares JSON as text, so that here only some do."""
    rows = account.execute("select * from OPS.VARIANT_EQUALITY")
    assert {row["EXPECTED_EQUAL"] for row in rows} == {True, False}
    for row in rows:
        answers = (row["IS_EQUAL"], row["IS_ONE_PARTITION"], row["IS_SAME_JSON"])
        assert row["HOLDS"] == all(answer == row["EXPECTED_EQUAL"] for answer in answers)
    assert all(row["HOLDS"] for row in rows if not row["EXPECTED_EQUAL"])
