"""The feeds: what arrives in the bucket, one declaration each.

A feed's prefix, raw table, copy statement, pipe, notification entry and the rights to read its files all
derive from its declaration here and from ``sql/copy/<feed>.sql``. A fourth feed is one more entry of
``FEEDS`` and its SQL files.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from landing_keys import EXTENSIONS

VARCHAR = "VARCHAR(16777216)"
NUMBER = "NUMBER(38,0)"
TIMESTAMP_NTZ = "TIMESTAMP_NTZ(9)"
VARIANT = "VARIANT"


class FileFormat(Enum):
    """The file formats that files may have; the value is the format's name in schema RAW."""

    CSV = "CSV"
    JSON = "JSON"

    @property
    def extensions(self) -> tuple[str, ...]:
        """The ends of the names of files in this format; ``.json.gz`` counts as one extension."""
        return EXTENSIONS[self.value]


@dataclass(frozen=True)
class Column:
    """A column of a raw table.

    Attributes:
        name: its name.
        type: spelled in full, as Snowflake's SHOW answers it.
        description: what it holds, for the column's comment.
    """

    name: str
    type: str
    description: str


LOAD_METADATA = (
    Column("_FILE", VARCHAR, "Key of the file in the landing bucket"),
    Column("_FILE_ROW", NUMBER, "Number of the row within the file"),
    Column("_FILE_MODIFIED_AT", TIMESTAMP_NTZ, "When the file was put into the bucket, UTC"),
    Column("_LOADED_AT", TIMESTAMP_NTZ, "When the row was loaded, UTC"),
)
"""Where each row of a raw table came from, and when it was loaded: the METADATA$ columns of the copy."""

SURPLUS = Column("_SURPLUS", VARCHAR, "First field beyond the declared ones; NULL where the line has none")
"""The column behind every CSV feed's fields. A COPY with a SELECT rejects no row for its number of fields, so a wrong
number has to show in the data."""


@dataclass(frozen=True)
class Feed:
    """One kind of file that is delivered to the bucket.

    Attributes:
        name: lower-case word; names the prefix, the copy statement's file and, in upper case, the raw table
            and the pipe.
        file_format: how its files are written; its raw table has the columns that suit this.
        delivered: the raw table's columns as first declared, without ``_SURPLUS`` and the load metadata. Never
            rename, reorder or insert one: the Snowflake provider sends a rename as DROP and ADD COLUMN, which
            loses the data.
        description: what a row of its raw table is, for the table's comment.
        appended: columns added after the raw table was first deployed. Snowflake adds columns at the end, after
            the load metadata, so that is where they are declared.
        is_parquet: whether its files are Parquet instead; the raw table is the same.
    """

    name: str
    file_format: FileFormat
    delivered: tuple[Column, ...]
    description: str
    appended: tuple[Column, ...] = ()
    is_parquet: bool = False

    @property
    def extensions(self) -> tuple[str, ...]:
        """The ends of the names of this feed's files."""
        return EXTENSIONS["PARQUET"] if self.is_parquet else self.file_format.extensions

    @property
    def other_extensions(self) -> tuple[str, ...]:
        """The ends of the names of the files that it would have in its other format."""
        return replace(self, is_parquet=not self.is_parquet).extensions

    @property
    def prefix(self) -> str:
        """Where its files land in the bucket, with the trailing slash: ``customers/``."""
        return f"{self.name}/"

    @property
    def table(self) -> str:
        """Name of its raw table, pipe and notification entry: ``CUSTOMERS``."""
        return self.name.upper()

    @property
    def is_csv(self) -> bool:
        """Whether its raw table has a column per field, as lines of fields have them."""
        return self.file_format is FileFormat.CSV

    @property
    def columns(self) -> tuple[Column, ...]:
        """The raw table's columns, in the table's order."""
        surplus = (SURPLUS,) if self.is_csv else ()
        return self.delivered + surplus + LOAD_METADATA + self.appended

    @property
    def content_columns(self) -> tuple[Column, ...]:
        """The raw table's columns that come from a file's content; two rows equal in these say the same."""
        return tuple(column for column in self.columns if column not in LOAD_METADATA)


FEEDS: tuple[Feed, ...] = (
    Feed(
        "customers",
        FileFormat.CSV,
        (
            Column("CUSTOMER_ID", VARCHAR, "Id of the customer, as delivered"),
            Column("LOYALTY_SCORE", VARCHAR, "Loyalty score, as delivered"),
        ),
        "Lines of the customers files, every field as text; append-only",
    ),
    Feed(
        "products",
        FileFormat.CSV,
        (
            Column("PRODUCT_ID", VARCHAR, "Id of the product, as delivered"),
            Column("PRODUCT_DESCRIPTION", VARCHAR, "What the product is, as delivered"),
            Column("PRODUCT_CATEGORY", VARCHAR, "Category of the product, as delivered"),
        ),
        "Lines of the products files, every field as text; append-only",
    ),
    Feed(
        "transactions",
        FileFormat.JSON,
        (Column("RECORD", VARIANT, "The transaction as delivered: customer, time of purchase and basket"),),
        "JSON values of the transactions files, unread; append-only",
    ),
)
"""Every feed; dimensions before facts, so that a listing in this order is also a landing order."""


def parquet_names(written: str, feeds: Sequence[Feed]) -> tuple[str, ...] | None:
    """Return the names of feeds of a JSON list, each once; None if it is none, or one of them is no feed's."""
    try:
        names = json.loads(written)
    except ValueError:
        return None
    known = [feed.name for feed in feeds]
    return tuple(dict.fromkeys(names)) if isinstance(names, list) and all(name in known for name in names) else None


def as_delivered(feeds: Sequence[Feed], parquet: Collection[str]) -> tuple[Feed, ...]:
    """Return the feeds with those of these names as Parquet."""
    return tuple(replace(feed, is_parquet=feed.name in parquet) for feed in feeds)
