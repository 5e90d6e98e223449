"""The roles that every account has, what they inherit, and what they may do on the account.

What Snowflake grants them cannot be revoked, so none of this is kept as a grant.
https://docs.snowflake.com/en/user-guide/security-access-control-overview#system-defined-roles
"""

from __future__ import annotations

from collections.abc import Mapping

OWNER = "ACCOUNTADMIN"
"""The role that owns what nobody made: the account itself, and what an earlier version kept no owner of."""

PUBLIC = "PUBLIC"
"""The role that every user and every role has."""

BUILT_IN_ROLES = (OWNER, "ORGADMIN", PUBLIC, "SECURITYADMIN", "SYSADMIN", "USERADMIN")

INHERITS: Mapping[str, tuple[str, ...]] = {OWNER: ("SECURITYADMIN", "SYSADMIN"), "SECURITYADMIN": ("USERADMIN",)}
"""Which of them have been granted to which, beside PUBLIC."""

ON_ACCOUNT_OF: Mapping[str, frozenset[str]] = {
    "SECURITYADMIN": frozenset({"MANAGE GRANTS"}),
    "SYSADMIN": frozenset({"CREATE DATABASE", "CREATE WAREHOUSE"}),
    "USERADMIN": frozenset({"CREATE ROLE", "CREATE USER"}),
}
"""Their privileges on the account; ACCOUNTADMIN has every one."""
