"""The account roles that a stack's config names: whether they are there, asked before anything is made."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_snowflake as snowflake

from infra.errors import SettingsError

_OF_EVERY_ACCOUNT = "SECURITYADMIN"
"""A role that every account has; it is shown to whoever may see every role, and to nobody else.

https://docs.snowflake.com/en/sql-reference/sql/show-roles#usage-notes
"""


def check_account_roles(roles: Sequence[str]) -> None:
    """Refuse account roles that are not there, as far as that can be known.

    To a role with no more privileges than deploying takes, Snowflake shows no role of others; it may grant to them all
    the same, and Snowflake refuses that where they are not there.

    Raises:
        SettingsError: some are not there.
    """
    if not roles or not _is_shown(_OF_EVERY_ACCOUNT):
        return
    if missing := [role for role in roles if not _is_shown(role)]:
        raise SettingsError(
            f"readers and operators name {', '.join(missing)}, and the account has no such role; make it with "
            f"CREATE ROLE {missing[0]}, or take it out of the config"
        )


def _is_shown(role: str) -> bool:
    found = snowflake.get_account_roles(like=role).account_roles  # LIKE: an underscore stands for any character
    return role in [output.name for each in found for output in each.show_outputs]
