"""What CREATE and ALTER need.

Each rule is the one of the statement's own page under "Access control requirements"; what they have in common is in
https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

from __future__ import annotations

from typing import Any

from local_cloud.snowflake_account.access.model_needs import create_model_needs
from local_cloud.snowflake_account.access.needs import Find, Need, administration, ownership, usage
from local_cloud.snowflake_account.access.query_needs import copy_needs
from local_cloud.snowflake_account.language.copy_statement import parse_copy
from local_cloud.snowflake_account.language.full_names import full_name, with_full_names
from local_cloud.snowflake_account.language.kinds import INTEGRATIONS, RELATIONS, Kind
from local_cloud.snowflake_account.language.statements import Alter, Create
from local_cloud.snowflake_account.language.tokens import Name

_OPERATED = ("SUSPEND", "RESUME")

_ALTERED_WITH = {
    (Kind.WAREHOUSE, "SUSPEND"): ("OPERATE",),
    (Kind.WAREHOUSE, "RESUME"): ("OPERATE",),
    (Kind.WAREHOUSE, "SET"): ("MODIFY",),
    (Kind.WAREHOUSE, "UNSET"): ("MODIFY",),
    (Kind.RESOURCE_MONITOR, "SET"): ("MODIFY",),
    (Kind.RESOURCE_MONITOR, "UNSET"): ("MODIFY",),
    (Kind.SCHEMA, "SET"): ("MODIFY",),
    (Kind.SCHEMA, "UNSET"): ("MODIFY",),
    **{(Kind.DYNAMIC_TABLE, action): ("OPERATE",) for action in (*_OPERATED, "SET")},
    **{(Kind.TASK, action): ("OPERATE",) for action in _OPERATED},
}
"""What an ALTER of a kind needs where ownership is not all that will do."""

_OF_ITSELF = {Kind.DATABASE: ("COMMENT",), Kind.PIPE: ("PIPE_EXECUTION_PAUSED",)}
_SET_WITH = {Kind.DATABASE: "MODIFY", Kind.PIPE: "OPERATE"}
"""Kinds of which some properties can be set with a lesser privilege."""


def create_needs(statement: Create, home: Name, find: Find) -> list[Need]:
    """Return what a CREATE needs; its name is full.

    Raises:
        SnowflakeError: its body is not one that Snowflake reads, or names what is not there.
    """
    name = statement.name
    needs = [_place(statement)]
    if statement.or_replace and find(statement.kind, name):
        needs.append(ownership(statement.kind, name))
    properties = statement.properties
    match statement.kind:
        case Kind.STAGE if integration := properties.get("STORAGE_INTEGRATION"):
            needs.append(usage(Kind.STORAGE_INTEGRATION, Name((str(integration),)), primary=True))
        case Kind.PIPE:
            needs += pipe_needs(statement.body, Name(name.parts[:2]), find)
            if integration := properties.get("ERROR_INTEGRATION"):
                needs.append(usage(Kind.NOTIFICATION_INTEGRATION, Name((str(integration),)), primary=True))
        case Kind.TASK:
            needs += _task_needs(properties)
        case Kind.STREAMLIT if warehouse := properties.get("QUERY_WAREHOUSE"):
            needs.append(usage(Kind.WAREHOUSE, Name((str(warehouse),)), primary=True))
        case Kind.WAREHOUSE if properties.get("RESOURCE_MONITOR"):
            needs.append(administration())
        case Kind.TABLE if statement.source:
            source = full_name(Kind.TABLE, statement.source, home)
            kind = next((kind for kind in RELATIONS if find(kind, source)), Kind.TABLE)
            needs.append(Need(("SELECT",), kind, source, primary=True))
        case Kind.VIEW | Kind.DYNAMIC_TABLE | Kind.TABLE if statement.body:
            needs += create_model_needs(statement, home, find)
    return needs


def _place(statement: Create) -> Need:
    """Return the privilege to create this kind of object in its place."""
    kind = statement.kind
    if kind is Kind.RESOURCE_MONITOR:
        return administration()
    if kind in INTEGRATIONS:
        return Need(("CREATE INTEGRATION", f"CREATE {kind.value}"), primary=True)
    if kind.depth == 1:
        return Need((f"CREATE {kind.value}",), primary=True)
    container = Kind.DATABASE if kind.depth == 2 else Kind.SCHEMA
    wanted = () if kind is Kind.TABLE and statement.properties.get("TEMPORARY") else (f"CREATE {kind.value}",)
    return Need(wanted, container, Name(statement.name.parts[:-1]), primary=True)


def pipe_needs(body: str, home: Name, find: Find) -> list[Need]:
    """Return what a pipe needs when it is made and whenever it loads.

    https://docs.snowflake.com/en/sql-reference/sql/create-pipe#access-control-requirements
    """
    copy = with_full_names(parse_copy(body), home)
    return [*copy_needs(copy, home, find), Need(("SELECT",), Kind.TABLE, copy.table)]


def _task_needs(properties: Any) -> list[Need]:
    if warehouse := properties.get("WAREHOUSE"):
        return [usage(Kind.WAREHOUSE, Name((str(warehouse),)), primary=True)]
    return [Need(("EXECUTE MANAGED TASK",), primary=True)]


def alter_needs(statement: Alter) -> list[Need]:
    """Return what an ALTER needs; its name is full."""
    kind, name = statement.kind, statement.name
    action, properties = statement.action, statement.properties
    changed = (*properties, *statement.names)
    if action in ("SET", "UNSET") and kind in _SET_WITH and changed and set(changed) <= set(_OF_ITSELF[kind]):
        return [Need((_SET_WITH[kind],), kind, name)]
    needs = [Need(("OWNERSHIP", *_ALTERED_WITH.get((kind, action), ())), kind, name)]
    if warehouse := properties.get("WAREHOUSE"):
        needs.append(usage(Kind.WAREHOUSE, Name((str(warehouse),))))
    if kind is Kind.STAGE and (integration := properties.get("STORAGE_INTEGRATION")):
        needs.append(usage(Kind.STORAGE_INTEGRATION, Name((str(integration),))))
    if kind is Kind.WAREHOUSE and "RESOURCE_MONITOR" in changed:
        needs.append(administration())
    if action == "ENABLE MANAGED ACCESS":  # https://docs.snowflake.com/en/sql-reference/sql/alter-schema#usage-notes
        needs.append(Need(("MANAGE GRANTS",)))
    if action == "SWAP" and statement.new_name:
        needs.append(ownership(kind, Name((*name.parts[: -len(statement.new_name.parts)], *statement.new_name.parts))))
    if action == "RENAME" and statement.new_name:
        needs += _move_needs(kind, name, statement.new_name)
    return needs


def _move_needs(kind: Kind, name: Name, new: Name) -> list[Need]:
    """Return what a new place needs, where an object moves to another schema."""
    full = Name((*name.parts[: -len(new.parts)], *new.parts)) if len(new.parts) <= len(name.parts) else new
    if full.parts[:-1] == name.parts[:-1] or kind.depth != 3:
        return []
    return [Need((f"CREATE {kind.value}",), Kind.SCHEMA, Name(full.parts[:-1]))]
