"""What a statement can ask of the session that it is executed in."""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.snowflake_account.language.tokens import Name

ORGANIZATION = "LOCAL"
ACCOUNT_NAME = "RETAIL_SNOWPIPE"
LOCATOR = "LOCAL0001"
"""What the embedded account is called."""


@dataclass(frozen=True)
class SessionContext:
    """What the functions tell of a session; None where it has none."""

    session_id: int
    user: str
    role: str
    region: str
    database: str | None
    schema: str | None
    warehouse: str | None

    @property
    def home(self) -> Name:
        """Where names without database or schema are looked up: in the current ones, as far as there are."""
        return Name(tuple(part for part in (self.database, self.schema) if part))
