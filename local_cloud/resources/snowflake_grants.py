"""The Snowflake provider's part in access: database roles' and account roles' privileges, and who has which role.

Grants are objects of the provider and none of Snowflake's: GRANT makes one, REVOKE removes it, and its id says what
was granted to whom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_cloud.errors import ResourceError
from local_cloud.resources.kind import Inputs, Outputs
from local_cloud.resources.snowflake_sql import literal, quoted
from local_cloud.sql_door import SqlDoor


def grant_kinds(account: SqlDoor) -> dict[str, Any]:
    """Return the kinds of grants by type token."""
    return {
        "grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole": Grant(
            account,
            frozenset({"databaseRoleName", "privileges", "onDatabase", "onSchema", "onSchemaObject"}),
            lambda inputs: _privileges(inputs, f"DATABASE ROLE {inputs['databaseRoleName']}"),
        ),
        "grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole": Grant(
            account,
            frozenset({"accountRoleName", "privileges", "onAccount", "onAccountObject"}),
            lambda inputs: _privileges(inputs, f"ROLE {quoted(inputs['accountRoleName'])}"),
        ),
        "grantDatabaseRole:GrantDatabaseRole": Grant(
            account, frozenset({"databaseRoleName", "parentRoleName"}), _database_role
        ),
    }


def grant_functions(account: SqlDoor) -> dict[str, Callable[[Inputs], Outputs]]:
    """Return the provider's functions about roles by token."""

    def account_roles(arguments: Inputs) -> Outputs:
        like = arguments.get("like")
        shown = account.execute(f"SHOW ROLES LIKE {literal(like)}" if like else "SHOW ROLES").dicts()
        roles = [{"showOutputs": [{"name": row["name"], "comment": row["comment"]}]} for row in shown]
        return {"accountRoles": roles, "id": "account_roles_read", **arguments}

    return {"snowflake:index/getAccountRoles:getAccountRoles": account_roles}


@dataclass(frozen=True)
class Grant:
    """What GRANT gives and REVOKE takes away.

    Attributes:
        account: where the statements go.
        inputs: the inputs it knows.
        parts: inputs → what is granted, and to whom.
    """

    account: SqlDoor
    inputs: frozenset[str]
    parts: Callable[[Inputs], tuple[str, str]]

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Send the GRANT."""
        what, holder = self.parts(inputs)
        self.account.execute(f"GRANT {what} TO {holder}")
        return f"{holder}|{what}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Send the REVOKE."""
        what, holder = self.parts(outputs)
        self.account.execute(f"REVOKE {what} FROM {holder}")


def _database_role(inputs: Inputs) -> tuple[str, str]:
    return f"DATABASE ROLE {inputs['databaseRoleName']}", f"ROLE {quoted(inputs['parentRoleName'])}"


def _privileges(inputs: Inputs, holder: str) -> tuple[str, str]:
    return f"{', '.join(inputs['privileges'])} ON {_object(inputs)}", holder


def _object(inputs: Inputs) -> str:
    """Return what the privileges are on; names that come in full are quoted already."""
    if inputs.get("onAccount"):
        return "ACCOUNT"
    if "onDatabase" in inputs:
        return f"DATABASE {quoted(inputs['onDatabase'])}"
    if "onAccountObject" in inputs:
        on = inputs["onAccountObject"]
        return f"{on['objectType']} {quoted(on['objectName'])}"
    if "onSchema" in inputs:
        return f"SCHEMA {_only(inputs['onSchema'], 'schemaName')['schemaName']}"
    on = inputs["onSchemaObject"]
    if "future" in on:
        future = _only(on["future"], "objectTypePlural", "inSchema")
        return f"FUTURE {future['objectTypePlural']} IN SCHEMA {future['inSchema']}"
    on = _only(on, "objectType", "objectName")
    return f"{on['objectType']} {on['objectName']}"


def _only(given: Inputs, *known: str) -> Inputs:
    if unknown := sorted(given.keys() - set(known)):
        raise ResourceError(
            f"the embedded cloud does not know {', '.join(unknown)} of a grant; it knows {', '.join(known)}"
        )
    return given
