"""What a statement can ask of the session that it is executed in."""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.snowflake_account.language.tokens import Name

ORGANIZATION = "LOCAL"
ACCOUNT_NAME = "RETAIL_SNOWPIPE"
LOCATOR = "LOCAL0001"
"""What the embedded account is called."""


@dataclass(frozen=True)
class ActiveRoles:
    """The roles that a session works with: one primary role, and secondary ones beside it.

    https://docs.snowflake.com/en/user-guide/security-access-control-overview#active-roles

    Attributes:
        primary: the current role; what is made belongs to it, and only its privileges count for making.
        secondary: roles whose privileges count as well for everything else.
    """

    primary: Name
    secondary: frozenset[Name] = frozenset()

    @property
    def every(self) -> frozenset[Name]:
        """All of them."""
        return self.secondary | {self.primary}


@dataclass(frozen=True)
class SessionContext:
    """What a session's current things are, None where it has none.

    Attributes:
        session_id: its number.
        user: who it is of.
        roles: its active roles.
        available_roles: the roles that its user may make active.
        all_secondary: whether every available role is a secondary one.
        region: the account's region.
        database: the current database.
        schema: the current schema.
        warehouse: the current warehouse.
    """

    session_id: int
    user: str
    roles: ActiveRoles
    available_roles: frozenset[Name]
    all_secondary: bool
    region: str
    database: str | None
    schema: str | None
    warehouse: str | None

    @property
    def role(self) -> str:
        """The current role."""
        return self.roles.primary.last

    @property
    def home(self) -> Name:
        """Where names without database or schema are looked up: in the current ones, as far as there are."""
        return Name(tuple(part for part in (self.database, self.schema) if part))
