"""What a statement needs, as values: one of some privileges on an object or on the account. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from local_cloud.snowflake_account.catalog.built_in_roles import OWNER
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

Find: TypeAlias = Callable[[Kind, Name], StoredObject | None]
"""Looks an object up."""

GLOBAL_INSTEAD: Mapping[Kind, Mapping[str, str]] = {
    Kind.WAREHOUSE: dict.fromkeys(("MODIFY", "MONITOR", "OPERATE"), "MANAGE WAREHOUSES"),
    Kind.PIPE: {"MONITOR": "MONITOR EXECUTION"},
    Kind.TASK: {"MONITOR": "MONITOR EXECUTION"},
    Kind.USER: {"MONITOR": "MONITOR USER"},
    Kind.TAG: {"APPLY": "APPLY TAG"},
}
"""Privileges on the account that are as good as one on each object of a kind."""


@dataclass(frozen=True)
class Need:
    """A privilege that a statement needs.

    Ownership is always enough, and an object is reached only through its database and schema, on each of which
    the role needs a privilege, whichever it is.

    Attributes:
        privileges: one of these is enough; where there are none, any privilege at all is.
        kind: what it is on, None for the account.
        name: the object's full name, None for the account.
        primary: whether only the primary role counts, as for all that makes an object.
        written: of a relation in a query, its name as the query has it.
        through: a role beside the session's own whose privilege is as good.
    """

    privileges: tuple[str, ...]
    kind: Kind | None = None
    name: Name | None = None
    primary: bool = False
    written: Name | None = None
    through: Name | None = None


def usage(kind: Kind, name: Name, *, primary: bool = False) -> Need:
    """Return the need of USAGE on an object."""
    return Need(("USAGE",), kind, name, primary)


def ownership(kind: Kind, name: Name) -> Need:
    """Return the need to own an object."""
    return Need(("OWNERSHIP",), kind, name)


def administration() -> Need:
    """Return the need of what only ACCOUNTADMIN can do: a privilege that nobody can be granted."""
    return Need((OWNER,))
