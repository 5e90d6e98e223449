"""Rows of the raw tables as a test delivers them: what the copy statements would have loaded from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

MIDNIGHT = datetime.fromisoformat("2026-01-01")
DELIVERED_COLUMNS = {
    "customers": ("CUSTOMER_ID", "LOYALTY_SCORE", "_SURPLUS"),
    "products": ("PRODUCT_ID", "PRODUCT_DESCRIPTION", "PRODUCT_CATEGORY", "_SURPLUS"),
    "transactions": ("RECORD",),
}


@dataclass(frozen=True)
class RawRow:
    """One row of a raw table.

    Attributes:
        feed: the feed that it belongs to.
        values: the delivered columns' values; a transaction's only one is its record, as Python has JSON.
        file: the key of its file.
        number: its row in the file.
        modified_at: when the file was modified.
        loaded_at: when it was loaded.
    """

    feed: str
    values: tuple[Any, ...]
    file: str
    number: int
    modified_at: datetime = MIDNIGHT
    loaded_at: datetime = MIDNIGHT


def _file(
    feed: str, file: str, lines: Sequence[tuple[Any, ...]], modified_at: datetime, loaded_at: datetime
) -> list[RawRow]:
    columns = len(DELIVERED_COLUMNS[feed])
    padded = [(*line, *[None] * (columns - len(line))) for line in lines]
    return [RawRow(feed, line, file, number, modified_at, loaded_at) for number, line in enumerate(padded, 1)]


def transactions(
    file: str, *records: Any, modified_at: datetime = MIDNIGHT, loaded_at: datetime = MIDNIGHT
) -> list[RawRow]:
    """Return the rows of a transactions file, one per record."""
    return _file("transactions", file, [(record,) for record in records], modified_at, loaded_at)


def customers(
    file: str, *lines: Sequence[str | None], modified_at: datetime = MIDNIGHT, loaded_at: datetime = MIDNIGHT
) -> list[RawRow]:
    """Return the rows of a customers file; fields that a line lacks are NULL."""
    return _file("customers", file, [tuple(line) for line in lines], modified_at, loaded_at)


def products(
    file: str, *lines: Sequence[str | None], modified_at: datetime = MIDNIGHT, loaded_at: datetime = MIDNIGHT
) -> list[RawRow]:
    """Return the rows of a products file; fields that a line lacks are NULL."""
    return _file("products", file, [tuple(line) for line in lines], modified_at, loaded_at)


def loaded_again(rows: Sequence[RawRow], at: datetime) -> list[RawRow]:
    """Return the same rows of the same files as a second load at this time leaves them."""
    return [replace(row, loaded_at=at) for row in rows]


def record(
    customer: Any = "C1", *items: Any, at: Any = "2026-01-05 10:00:00", basket: Any = None, **more: Any
) -> dict[str, Any]:
    """Return a transaction's record; an item given as text is that product at price 1."""
    listed = [{"product_id": item, "price": 1} if isinstance(item, str) else item for item in items]
    return {"customer_id": customer, "basket": listed if basket is None else basket, "date_of_purchase": at, **more}
