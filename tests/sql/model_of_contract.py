"""The "data out" contract in plain Python: what the models must answer for given raw rows. Slow and simple."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from landing_keys import logical_path
from tests.sql.raw_rows import RawRow

_TIMESTAMP = re.compile(r"(?!0000)\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{6})?", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[-+]?\d{1,38}(\.0+)?", re.ASCII)
_ISO_DATE = re.compile(r"(?<!\d)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII)


@dataclass(frozen=True)
class Transaction:
    """A transaction that counts, and the raw row that it is taken from."""

    customer_id: str | None
    purchased_at: datetime | None
    basket: Any
    file: str
    number: int


@dataclass(frozen=True)
class Purchase:
    """An item of a basket, and the raw row that it is taken from."""

    file: str
    number: int
    position: int
    customer_id: str | None
    product_id: str | None
    price: Decimal | None
    purchased_at: datetime | None


@dataclass(frozen=True)
class Version:
    """What was true of an id, from (included) and to (excluded; None: still true)."""

    id: str | None
    attributes: tuple[Any, ...]
    valid_from: datetime
    valid_to: datetime | None


def canonical(value: Any) -> str:
    """Return the text that equal VARIANTs share: keys sorted, no whitespace, 5 for 5.0."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def text_at(record: Any, key: str) -> str | None:
    """Return ``record:key::varchar``."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if value is None or isinstance(value, str) else canonical(value)


def id_at(record: Any, key: str) -> str | None:
    """Return the id under a key; an empty one is none."""
    return text_at(record, key) or None


def timestamp(text: str | None) -> datetime | None:
    """Read a timestamp, if it has one of the two shapes and exists."""
    try:
        return datetime.fromisoformat(text) if text and _TIMESTAMP.fullmatch(text) else None
    except ValueError:
        return None


def price(text: str | None) -> Decimal | None:
    """Read a NUMBER(38,4)."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def loyalty_score(text: str | None) -> int | None:
    """Read a whole number."""
    return int(Decimal(text)) if text is not None and _WHOLE_NUMBER.fullmatch(text) else None


def of_feed(rows: Iterable[RawRow], feed: str) -> list[RawRow]:
    """Return a feed's rows, each (file, row) once, by file and row."""
    once: dict[tuple[str, int], RawRow] = {}
    for row in sorted(rows, key=lambda row: row.loaded_at):
        if row.feed == feed:
            once.setdefault((row.file, row.number), row)
    return [once[place] for place in sorted(once)]


def first_delivered(rows: Iterable[RawRow], feed: str) -> list[RawRow]:
    """Return the rows that are no repetition: the n-th of its equals in one file repeats the n-th elsewhere."""
    first: dict[tuple[str, int], RawRow] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for row in of_feed(rows, feed):
        content = canonical(list(row.values))
        seen[row.file, content] += 1
        first.setdefault((content, seen[row.file, content]), row)
    return list(first.values())


def transactions(rows: Iterable[RawRow]) -> list[Transaction]:
    """CORE.TRANSACTIONS."""
    return [
        Transaction(
            id_at(row.values[0], "customer_id"),
            timestamp(text_at(row.values[0], "date_of_purchase")),
            row.values[0].get("basket") if isinstance(row.values[0], dict) else None,
            row.file,
            row.number,
        )
        for row in first_delivered(rows, "transactions")
    ]


def purchases(rows: Iterable[RawRow]) -> list[Purchase]:
    """CORE.PURCHASES."""
    return [
        Purchase(
            bought.file,
            bought.number,
            position,
            bought.customer_id,
            id_at(item, "product_id"),
            price(text_at(item, "price")),
            bought.purchased_at,
        )
        for bought in transactions(rows)
        if isinstance(bought.basket, list)
        for position, item in enumerate(bought.basket, 1)
    ]


def customer_versions(rows: Iterable[RawRow]) -> list[Version]:
    """CORE.CUSTOMER_VERSIONS; the attribute is the score."""
    return _versions(rows, "customers", lambda values: (loyalty_score(values[1]),))


def product_versions(rows: Iterable[RawRow]) -> list[Version]:
    """CORE.PRODUCT_VERSIONS; the attributes are description and category."""
    return _versions(rows, "products", lambda values: tuple(values[1:3]))


def _versions(rows: Iterable[RawRow], feed: str, attributes: Any) -> list[Version]:
    said: dict[str | None, dict[datetime, tuple[Any, ...]]] = defaultdict(dict)
    for row in sorted(of_feed(rows, feed), key=lambda row: (row.modified_at, row.file, row.number)):
        said[row.values[0] or None][snapshot_time(row)] = attributes(row.values)
    return [version for id_, snapshots in said.items() for version in _versions_of(id_, snapshots)]


def _versions_of(id_: str | None, snapshots: dict[datetime, tuple[Any, ...]]) -> list[Version]:
    changes: list[tuple[datetime, tuple[Any, ...]]] = []
    for at in sorted(snapshots):
        if not changes or changes[-1][1] != snapshots[at]:
            changes.append((at, snapshots[at]))
    ends = [at for at, _ in changes[1:]] + [None]
    return [Version(id_, values, at, end) for (at, values), end in zip(changes, ends, strict=True)]


def snapshot_time(row: RawRow) -> datetime:
    """Return the last date in a row's logical path, else (a 30 February is none) when its file was modified."""
    dates = _ISO_DATE.findall(logical_path(row.file))
    try:
        return datetime.fromisoformat(dates[-1]) if dates else row.modified_at
    except ValueError:
        return row.modified_at


def current(versions: Sequence[Version]) -> dict[str | None, tuple[Any, ...]]:
    """Return what is true now of each id."""
    return {version.id: version.attributes for version in versions if version.valid_to is None and version.id}


def customer_purchases(rows: Sequence[RawRow]) -> list[tuple[Any, ...]]:
    """MART.CUSTOMER_PURCHASES."""
    scores, products = current(customer_versions(rows)), current(product_versions(rows))
    counts = Counter((bought.customer_id, bought.product_id) for bought in purchases(rows))
    buyers = {customer for customer, _ in counts}
    counts.update({(customer, None): 0 for customer in scores if customer not in buyers})
    return [
        (customer, scores.get(customer, (None,))[0], product, products.get(product, (None, None))[1], count)
        for (customer, product), count in counts.items()
    ]


def monday(at: datetime | None) -> date | None:
    """Return the Monday of a day's week."""
    return at and at.date() - timedelta(days=at.weekday())


def weekly_customer_purchases(rows: Sequence[RawRow]) -> list[tuple[Any, ...]]:
    """MART.WEEKLY_CUSTOMER_PURCHASES."""
    scores, products = current(customer_versions(rows)), current(product_versions(rows))
    counts = Counter((monday(bought.purchased_at), bought.customer_id, bought.product_id) for bought in purchases(rows))
    return [
        (week, customer, scores.get(customer, (None,))[0], product, products.get(product, (None, None))[1], count)
        for (week, customer, product), count in counts.items()
    ]


def data_quality(rows: Sequence[RawRow]) -> list[tuple[str, str, str, int]]:
    """MART.DATA_QUALITY without its detail."""
    found = {(issue, "transactions", bought.file, bought.number) for issue, bought in _transaction_issues(rows)}
    for row in first_delivered(rows, "customers"):
        id_, score, surplus = row.values
        issues = {
            "missing_customer_id": not id_,
            "bad_loyalty_score": loyalty_score(score) is None,
            "column_count": score is None or surplus is not None,
        }
        found |= {(issue, "customers", row.file, row.number) for issue, is_so in issues.items() if is_so}
    for row in first_delivered(rows, "products"):
        id_, _, category, surplus = row.values
        issues = {"missing_product_id": not id_, "column_count": category is None or surplus is not None}
        found |= {(issue, "products", row.file, row.number) for issue, is_so in issues.items() if is_so}
    return sorted(found)


def _transaction_issues(rows: Sequence[RawRow]) -> Iterable[tuple[str, Transaction | Purchase]]:
    scores, products = current(customer_versions(rows)), current(product_versions(rows))
    for bought in transactions(rows):
        if not bought.customer_id:
            yield "missing_customer_id", bought
        elif bought.customer_id not in scores:
            yield "unknown_customer", bought
        if bought.purchased_at is None:
            yield "unreadable_timestamp", bought
        if not isinstance(bought.basket, list) or not bought.basket:
            yield "bad_basket", bought
    for item in purchases(rows):
        if not item.product_id:
            yield "missing_product_id", item
        elif item.product_id not in products:
            yield "unknown_product", item
        if item.price is None:
            yield "unreadable_price", item


def changed_files(rows: Sequence[RawRow]) -> list[tuple[Any, ...]]:
    """OPS.CHANGED_FILES."""
    loads: dict[tuple[str, str], dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        loads[row.feed, logical_path(row.file)][row.file].append(row.loaded_at)
    return [
        (feed, path, len(files), min(map(min, files.values())), max(map(max, files.values())))
        for (feed, path), files in loads.items()
        if len(files) > 1
    ]
