"""Which privileges there are on each kind of object, and on the account.

https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

from __future__ import annotations

from collections.abc import Mapping

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind

OWNERSHIP = "OWNERSHIP"

ON_ACCOUNT = "ACCOUNT"
"""What stands in a kind's place for the account itself."""

_MADE_IN_SCHEMAS = (
    *("ALERT", "DYNAMIC TABLE", "EVENT TABLE", "EXTERNAL TABLE", "FILE FORMAT", "FUNCTION", "HYBRID TABLE"),
    *("ICEBERG TABLE", "MASKING POLICY", "MATERIALIZED VIEW", "MODEL", "NETWORK RULE", "NOTEBOOK", "PIPE"),
    *("PROCEDURE", "ROW ACCESS POLICY", "SECRET", "SEMANTIC VIEW", "SEQUENCE", "STAGE", "STREAM", "STREAMLIT"),
    *("TABLE", "TAG", "TASK", "TYPE", "VIEW"),
)

ALL: Mapping[Kind | None, tuple[str, ...]] = {
    None: (
        *("APPLY MASKING POLICY", "APPLY ROW ACCESS POLICY", "APPLY TAG", "ATTACH POLICY", "AUDIT"),
        *("CREATE DATABASE", "CREATE INTEGRATION", "CREATE NETWORK POLICY", "CREATE NOTIFICATION INTEGRATION"),
        *("CREATE ROLE", "CREATE SHARE", "CREATE STORAGE INTEGRATION", "CREATE USER", "CREATE WAREHOUSE"),
        *("EXECUTE ALERT", "EXECUTE MANAGED ALERT", "EXECUTE MANAGED TASK", "EXECUTE TASK", "IMPORT SHARE"),
        *("MANAGE GRANTS", "MANAGE WAREHOUSES", "MONITOR", "MONITOR EXECUTION", "MONITOR ROLE", "MONITOR SECURITY"),
        *("MONITOR USAGE", "MONITOR USER", "READ SESSION", "RESOLVE ALL"),
    ),
    Kind.WAREHOUSE: ("APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"),
    Kind.RESOURCE_MONITOR: ("MODIFY", "MONITOR"),
    Kind.USER: ("IMPERSONATE", "MODIFY PROGRAMMATIC AUTHENTICATION METHODS", "MONITOR"),
    Kind.ROLE: (),
    Kind.DATABASE_ROLE: (),
    Kind.DATABASE: ("APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "MODIFY", "MONITOR", "USAGE"),
    Kind.SCHEMA: (*(f"CREATE {word}" for word in _MADE_IN_SCHEMAS), "APPLYBUDGET", "MODIFY", "MONITOR", "USAGE"),
    Kind.TABLE: ("APPLYBUDGET", "DELETE", "EVOLVE SCHEMA", "INSERT", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"),
    Kind.VIEW: ("DELETE", "INSERT", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"),
    Kind.DYNAMIC_TABLE: ("MONITOR", "OPERATE", "SELECT"),
    Kind.PIPE: ("APPLYBUDGET", "MONITOR", "OPERATE"),
    Kind.TASK: ("APPLYBUDGET", "MONITOR", "OPERATE"),
    Kind.TAG: ("APPLY", "READ"),
    Kind.STAGE: ("READ", "USAGE", "WRITE"),
}
"""By kind, None for the account; every other kind has USAGE. A table's can be granted on a view, to no effect."""

_NOT_GIVEN_BY_ALL = {
    Kind.TABLE: ("APPLYBUDGET", "EVOLVE SCHEMA"),
    Kind.VIEW: ("DELETE", "INSERT", "TRUNCATE", "UPDATE"),
    Kind.PIPE: ("APPLYBUDGET",),
    Kind.TASK: ("APPLYBUDGET",),
}


def privileges_of(kind: Kind | None) -> tuple[str, ...]:
    """Return the privileges that can be granted on a kind, or on the account, beside ownership."""
    return ALL.get(kind, ("USAGE",))


def all_privileges(kind: Kind | None) -> tuple[str, ...]:
    """Return what GRANT ALL gives on a kind, or on the account."""
    return tuple(word for word in privileges_of(kind) if kind is None or word not in _NOT_GIVEN_BY_ALL.get(kind, ()))


def check_privilege(privilege: str, kind: Kind | None) -> None:
    """Refuse a privilege that a kind does not have.

    Raises:
        SnowflakeError: as Snowflake's for a privilege on the wrong kind of object.
    """
    if privilege != OWNERSHIP and privilege not in privileges_of(kind):
        raise SnowflakeError(
            f"SQL compilation error:\nInvalid object type '{kind.word if kind else ON_ACCOUNT}' for privilege "
            f"'{privilege}'",
            code=3008,
            sqlstate="42601",
        )
