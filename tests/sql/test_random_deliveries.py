"""Random deliveries against the plain-Python model of the contract: split, re-sent, reordered, corrected."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql import model_of_contract as model
from tests.sql.conftest import Account, nulls_first
from tests.sql.raw_rows import MIDNIGHT, RawRow, customers, products, transactions

RANDOM_DELIVERIES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HOURS = st.integers(0, 3).map(lambda hours: MIDNIGHT + timedelta(hours=hours))
CONTENT = st.sampled_from(["000000000000", "0123456789ab", "ffffffffffff"])

ITEMS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "product_id": st.sampled_from(["P1", "P2", "P9", "", None]),
            "price": st.sampled_from([1, 1.0, 2.5, "3", "free", None]),
        },
    ),
    st.sampled_from([None, 7, "P1"]),
)
RECORDS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "customer_id": st.sampled_from(["C1", "C2", "C9", "", None]),
            "basket": st.one_of(st.lists(ITEMS, max_size=3), st.sampled_from([None, {}, {"product_id": "P1"}])),
            "date_of_purchase": st.sampled_from(
                [
                    "2026-01-04 10:00:00",
                    "2026-01-05T00:00:00",
                    "2026-01-11 23:59:59.999999",
                    "2026-02-30 10:00:00",
                    "0000-01-01 00:00:00",
                    "5",
                    5,
                ]
            ),
        },
    ),
    st.sampled_from([None, [], "C1", {}]),
)
IDS = {"customers": ["C1", "C2", "C3", "", None], "products": ["P1", "P2", "P3", "", None]}
DATES = st.sampled_from(["", "-2026-01-01", "-2026-01-02", "-2026-02-30"])


@st.composite
def files_of_transactions(draw: st.DrawFn) -> list[RawRow]:
    """Files whose lines come from one small pool, so that they repeat within and across files."""
    pool = draw(st.lists(RECORDS, min_size=1, max_size=4))
    rows: list[RawRow] = []
    for day, content in draw(st.lists(st.tuples(st.integers(1, 2), CONTENT), unique=True, max_size=4)):
        lines = draw(st.lists(st.sampled_from(pool), max_size=5))
        key = f"transactions/d=2026-01-0{day}/transactions-{content}.json"
        rows += transactions(key, *lines, loaded_at=draw(HOURS))
    return rows


@st.composite
def snapshots(draw: st.DrawFn) -> list[RawRow]:
    """Snapshots of both dimensions, dated or not, some of one day, some with lines of too few or many fields."""
    rows: list[RawRow] = []
    values = {
        "customers": st.sampled_from(["1", "2", "2.0", "2.5", "", None]),
        "products": st.sampled_from(["a", "b", None]),
    }
    for feed, deliver in (("customers", customers), ("products", products)):
        fields = 2 if feed == "customers" else 3
        line = st.tuples(st.sampled_from(IDS[feed]), *[values[feed]] * (fields - 1), st.sampled_from([None, None, "x"]))
        for date, content in draw(st.lists(st.tuples(DATES, CONTENT), unique=True, max_size=4)):
            key = f"{feed}/{feed}{date}-{content}.csv"
            rows += deliver(key, *draw(st.lists(line, max_size=3)), modified_at=draw(HOURS), loaded_at=draw(HOURS))
    return rows


@st.composite
def deliveries(draw: st.DrawFn) -> list[RawRow]:
    """Files and snapshots, some loaded again, the rows in any order."""
    rows = draw(files_of_transactions()) + draw(snapshots())
    files = sorted({row.file for row in rows})
    again = draw(st.sets(st.sampled_from(files))) if files else set()
    later = MIDNIGHT + timedelta(days=1)
    rows += [replace(row, loaded_at=later) for row in rows if row.file in again]
    draw(st.randoms(use_true_random=False)).shuffle(rows)
    return rows


def delivered(account: Account, rows: list[RawRow]) -> Account:
    account.empty()
    account.deliver(rows)
    return account


def in_order(rows: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in rows), key=nulls_first)


@RANDOM_DELIVERIES
@given(rows=deliveries())
def test_core_is_what_the_contract_says(account: Account, rows: list[RawRow]):
    delivered(account, rows)
    assert account.rows("CORE.TRANSACTIONS", "CUSTOMER_ID, PURCHASED_AT, _FILE, _FILE_ROW") == in_order(
        (each.customer_id, each.purchased_at, each.file, each.number) for each in model.transactions(rows)
    )
    purchases = account.rows(
        "CORE.PURCHASES join CORE.TRANSACTIONS using (TRANSACTION_ID)",
        "_FILE, _FILE_ROW, BASKET_POSITION, PURCHASES.CUSTOMER_ID, PRODUCT_ID, PRICE, PURCHASES.PURCHASED_AT",
    )
    assert purchases == in_order(vars(each).values() for each in model.purchases(rows))
    for feed, versions in (("CUSTOMER", model.customer_versions(rows)), ("PRODUCT", model.product_versions(rows))):
        assert account.rows(f"CORE.{feed}_VERSIONS") == in_order(
            (each.id, *each.attributes, each.valid_from, each.valid_to, each.valid_to is None) for each in versions
        )


@RANDOM_DELIVERIES
@given(rows=deliveries())
def test_mart_and_ops_are_what_the_contract_says(account: Account, rows: list[RawRow]):
    delivered(account, rows)
    assert account.rows("MART.CUSTOMER_PURCHASES") == in_order(model.customer_purchases(rows))
    assert account.rows("MART.WEEKLY_CUSTOMER_PURCHASES") == in_order(model.weekly_customer_purchases(rows))
    assert account.rows("MART.DATA_QUALITY", "ISSUE, FEED, _FILE, _FILE_ROW") == in_order(model.data_quality(rows))
    assert account.rows("OPS.CHANGED_FILES") == in_order(model.changed_files(rows))


@RANDOM_DELIVERIES
@given(rows=files_of_transactions(), names=st.lists(CONTENT, min_size=3, max_size=3), seed=st.integers(0, 99))
def test_what_is_delivered_again_elsewhere_counts_once(
    account: Account, rows: list[RawRow], names: list[str], seed: int
):
    """A file's lines, in another order, split over no file but another: none is lost, none counts twice."""
    views = ("MART.CUSTOMER_PURCHASES", "MART.WEEKLY_CUSTOMER_PURCHASES")
    delivered(account, rows)
    before = [account.rows(view) for view in views]
    ids = account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID")
    account.deliver(resent(rows, names, random.Random(seed)))
    assert [account.rows(view) for view in views] == before
    assert account.rows("CORE.TRANSACTIONS", "TRANSACTION_ID") == ids


def resent(rows: list[RawRow], names: list[str], order: random.Random) -> list[RawRow]:
    """Return some lines of each file under another name, in another order."""
    again: list[RawRow] = []
    for number, file in enumerate(sorted({row.file for row in rows})):
        lines = [row.values[0] for row in rows if row.file == file]
        part = order.sample(lines, order.randint(0, len(lines)))
        key = f"transactions/again/{number}-{names[number % len(names)]}.json"
        again += transactions(key, *part, loaded_at=datetime.fromisoformat("2026-03-01"))
    return again
