"""What the rows of SHOW are made of: facts beyond an object's attributes, and spellings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.language.tokens import Name


@dataclass(frozen=True)
class Facts:
    """What rows say that is not an attribute of their object.

    Attributes:
        catalog: the account's objects.
        grants: the account's grants.
        region: the account's AWS region.
        rows: how many rows tables have, and which value sequences give next.
    """

    catalog: Catalog
    grants: Grants
    region: str | None
    rows: Mapping[Name, int] = field(default_factory=dict)


RowOf: TypeAlias = Callable[[StoredObject, Facts], Mapping[str, Any]]
"""Makes what SHOW says of one object, by column."""


def truth(value: object) -> str:
    """Return a truth as the provider reads it: anything but true and false fails there."""
    return "true" if value else "false"


def on_off(value: object) -> str:
    """Return a switch as ON or OFF."""
    return "ON" if value else "OFF"


def time_of(seconds: float | None) -> datetime | None:
    """Return seconds since 1970 as a time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def upper(value: object) -> str:
    """Return a word in upper case."""
    return str(value).upper()


def number_of(stored: StoredObject) -> str:
    """Return an identifier of the object that stays the same as long as it lives."""
    digest = hashlib.sha256(f"{stored.kind.name}{stored.created_on!r}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
