"""What DESCRIBE and SHOW GRANTS need; the other SHOWs list only what the roles may see."""

from __future__ import annotations

from local_cloud.snowflake_account.access.authority import Authority
from local_cloud.snowflake_account.access.needs import Need
from local_cloud.snowflake_account.errors import DoesNotExistError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import ActiveRoles
from local_cloud.snowflake_account.language.statements import ShowGrants
from local_cloud.snowflake_account.language.tokens import Name

_DESCRIBED_WITH = {
    Kind.DATABASE: ("MONITOR", "USAGE"),
    Kind.SCHEMA: ("MONITOR", "USAGE"),
    Kind.PIPE: ("MONITOR", "OPERATE"),
    Kind.TASK: ("MONITOR", "OPERATE"),
    Kind.USER: ("MONITOR",),
}
"""Where a description takes more than any privilege at all."""


def describe_needs(kind: Kind, name: Name) -> list[Need]:
    """Return what a DESCRIBE of an object needs."""
    return [Need(_DESCRIBED_WITH.get(kind, ()), kind, name)]


def grants_needs(statement: ShowGrants, user: str, authority: Authority, active: ActiveRoles) -> list[Need]:
    """Return what a SHOW GRANTS needs: to see what it is about.

    Args:
        statement: it.
        user: who asks; everybody may ask about themselves.
        authority: what roles may do.
        active: the roles of the session.

    Raises:
        DoesNotExistError: the roles may not know of it.
    """
    kind, name = statement.kind, statement.name
    if kind is None or name is None or (kind is Kind.USER and name == Name((user,))):
        return []
    stored = authority.find(kind, name)
    if stored is not None and not authority.sees(stored, active.every):
        raise DoesNotExistError(kind.value, str(name))
    return []
