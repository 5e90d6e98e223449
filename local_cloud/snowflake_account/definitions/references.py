"""What tables say of others by name, after those have got other names: foreign keys, and sequences as defaults."""

from __future__ import annotations

from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_NEXTVAL = ".NEXTVAL"


def follow(catalog: Catalog, old: Name, new: Name) -> None:
    """Let every table's foreign keys and defaults follow an object, or what holds it, to its new name."""
    for table in list(catalog.list(Kind.TABLE)):
        constraints = [_constraint(each, old, new) for each in table.attributes.get("CONSTRAINTS", ())]
        columns = [_column(each, old, new) for each in table.attributes.get("COLUMNS", ())]
        changed = {"CONSTRAINTS": constraints} if constraints else {}
        changed |= {"COLUMNS": columns} if columns else {}
        if {**table.attributes, **changed} != table.attributes:
            catalog.update(table, {**table.attributes, **changed})


def _constraint(constraint: dict[str, Any], old: Name, new: Name) -> dict[str, Any]:
    table = Name(tuple(constraint["table"]))
    return {**constraint, "table": list(_moved(table, old, new).parts)}


def _column(column: dict[str, Any], old: Name, new: Name) -> dict[str, Any]:
    default = column.get("default") or ""
    if not column.get("sequence") or not default.endswith(_NEXTVAL):
        return column
    name = Tokens(default.removesuffix(_NEXTVAL)).name()
    return {**column, "default": f"{_moved(name, old, new).spelled}{_NEXTVAL}"}


def _moved(name: Name, old: Name, new: Name) -> Name:
    return name.moved(old, new) if name.parts[: len(old.parts)] == old.parts else name
