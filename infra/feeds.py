"""The feeds: what arrives in the bucket, one declaration each.

A feed's prefix, raw table, copy statement, pipe, notification entry and the rights to read its files all
derive from its declaration here and from ``sql/copy/<feed>.sql``. A fourth feed is one more entry of
``FEEDS`` and its SQL files.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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
        return _EXTENSIONS[self]


_EXTENSIONS = {FileFormat.CSV: (".csv",), FileFormat.JSON: (".json", ".json.gz", ".json.zst")}


@dataclass(frozen=True)
class Column:
    """A column of a raw table; types are spelled in full, as Snowflake's SHOW answers them."""

    name: str
    type: str


LOAD_METADATA = (
    Column("_FILE", VARCHAR),
    Column("_FILE_ROW", NUMBER),
    Column("_FILE_MODIFIED_AT", TIMESTAMP_NTZ),
    Column("_LOADED_AT", TIMESTAMP_NTZ),
)
"""Where each row of a raw table came from, and when it was loaded: the METADATA$ columns of the copy."""

SURPLUS = Column("_SURPLUS", VARCHAR)
"""The first field beyond the declared ones. A COPY with a SELECT rejects no row for its number of fields,
so a wrong number has to show in the data."""


@dataclass(frozen=True)
class Feed:
    """One kind of file that is delivered to the bucket.

    Attributes:
        name: lower-case word; names the prefix, the copy statement's file and, in upper case, the raw table
            and the pipe.
        file_format: how its files are written.
        delivered: the raw table's columns as first declared, without the load metadata. Never rename, reorder
            or insert one: the Snowflake provider sends a rename as DROP and ADD COLUMN, which loses the data.
        appended: columns added after the raw table was first deployed. Snowflake adds columns at the end, after
            the load metadata, so that is where they are declared.
    """

    name: str
    file_format: FileFormat
    delivered: tuple[Column, ...]
    appended: tuple[Column, ...] = ()

    @property
    def extensions(self) -> tuple[str, ...]:
        """The ends of the names of this feed's files."""
        return self.file_format.extensions

    @property
    def prefix(self) -> str:
        """Where its files land in the bucket, with the trailing slash: ``customers/``."""
        return f"{self.name}/"

    @property
    def table(self) -> str:
        """Name of its raw table, pipe and notification entry: ``CUSTOMERS``."""
        return self.name.upper()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The raw table's columns, in the table's order."""
        return self.delivered + LOAD_METADATA + self.appended


def _text_columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, VARCHAR) for name in names)


FEEDS: tuple[Feed, ...] = (
    Feed("customers", FileFormat.CSV, (*_text_columns("CUSTOMER_ID", "LOYALTY_SCORE"), SURPLUS)),
    Feed(
        "products",
        FileFormat.CSV,
        (*_text_columns("PRODUCT_ID", "PRODUCT_DESCRIPTION", "PRODUCT_CATEGORY"), SURPLUS),
    ),
    Feed("transactions", FileFormat.JSON, (Column("RECORD", VARIANT),)),
)
"""Every feed; dimensions before facts, so that a listing in this order is also a landing order."""
