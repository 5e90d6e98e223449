"""Why a dynamic table is suspended.

https://docs.snowflake.com/en/user-guide/dynamic-tables/manage#suspension-reason-codes
"""

from __future__ import annotations

from enum import Enum

from local_cloud.snowflake_account.catalog.objects import StoredObject

MOST_FAILURES = 5
"""Scheduled refreshes that fail one after the other before their table is suspended."""


class Reason(Enum):
    """Why a table is suspended; the value is the REASON_CODE."""

    USER = "USER_SUSPENDED"
    ERRORS = "SUSPENDED_DUE_TO_ERRORS"
    UPSTREAM_USER = "UPSTREAM_USER_SUSPENDED"
    UPSTREAM_ERRORS = "UPSTREAM_SUSPENDED_DUE_TO_ERRORS"

    @property
    def message(self) -> str:
        """The REASON_MESSAGE."""
        which = "A dynamic table upstream" if self in WITH_ANOTHER.values() else "The dynamic table"
        errors = self in (Reason.ERRORS, Reason.UPSTREAM_ERRORS)
        return f"{which} was suspended " + (
            f"due to {MOST_FAILURES} consecutive refresh errors." if errors else "by a user."
        )


WITH_ANOTHER = {Reason.USER: Reason.UPSTREAM_USER, Reason.ERRORS: Reason.UPSTREAM_ERRORS}
"""Why those below a table are suspended with it."""


def reason_of(table: StoredObject) -> Reason | None:
    """Return why a table is suspended, None where it is not; an earlier version noted users' suspensions alone."""
    given = table.attributes
    return Reason(given.get("SUSPENDED_FOR", Reason.USER.value)) if given.get("SUSPENDED") else None
