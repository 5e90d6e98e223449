"""SHOW PRIMARY KEYS, UNIQUE KEYS, IMPORTED KEYS and EXPORTED KEYS.

https://docs.snowflake.com/en/sql-reference/sql/show-primary-keys
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.language.constraints import (
    FOREIGN_KEY,
    PRIMARY_KEY,
    UNIQUE,
    Constraint,
    stored_constraints,
)
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

_OF_TABLE = (
    "created_on:TIMESTAMP_LTZ database_name schema_name table_name column_name key_sequence:FIXED constraint_name rely "
    "comment"
)
_BETWEEN_TABLES = (
    "created_on:TIMESTAMP_LTZ pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name "
    "fk_schema_name fk_table_name fk_column_name key_sequence:FIXED update_rule delete_rule fk_name pk_name "
    "deferrability rely comment"
)

COLUMNS = {
    "PRIMARY KEYS": _OF_TABLE,
    "UNIQUE KEYS": _OF_TABLE,
    "IMPORTED KEYS": _BETWEEN_TABLES,
    "EXPORTED KEYS": _BETWEEN_TABLES,
}
"""The columns of each list."""


def keys(catalog: Catalog, what: str, tables: Iterable[StoredObject]) -> Iterator[dict[str, Any]]:
    """Yield the rows of one of the lists.

    Args:
        catalog: the account's objects.
        what: which list.
        tables: the tables that it looks in; of EXPORTED KEYS those that others refer to.
    """
    found = list(tables)
    if what in ("PRIMARY KEYS", "UNIQUE KEYS"):
        kind = PRIMARY_KEY if what == "PRIMARY KEYS" else UNIQUE
        for table in found:
            yield from _of_table(table, kind)
        return
    names = {table.name for table in found}
    for table in found if what == "IMPORTED KEYS" else catalog.list(Kind.TABLE):
        for constraint in stored_constraints(table.attributes):
            if constraint.kind != FOREIGN_KEY or (what == "EXPORTED KEYS" and Name(constraint.table) not in names):
                continue
            if referred := catalog.find(Kind.TABLE, Name(constraint.table)):
                yield from _between(table, referred, constraint)


def _of_table(table: StoredObject, kind: str) -> Iterator[dict[str, Any]]:
    for constraint in stored_constraints(table.attributes):
        if constraint.kind == kind:
            for position, column in enumerate(constraint.columns, 1):
                yield _common(table, constraint) | {
                    **dict(zip(("database_name", "schema_name", "table_name"), table.name.parts, strict=True)),
                    "column_name": column,
                    "key_sequence": position,
                    "constraint_name": constraint.name,
                }


def _between(table: StoredObject, referred: StoredObject, constraint: Constraint) -> Iterator[dict[str, Any]]:
    key = next(
        (other for other in stored_constraints(referred.attributes) if other.columns == constraint.referenced), None
    )
    for position, (column, other) in enumerate(zip(constraint.columns, constraint.referenced, strict=True), 1):
        yield _common(table, constraint) | {
            **dict(zip(("pk_database_name", "pk_schema_name", "pk_table_name"), referred.name.parts, strict=True)),
            "pk_column_name": other,
            **dict(zip(("fk_database_name", "fk_schema_name", "fk_table_name"), table.name.parts, strict=True)),
            "fk_column_name": column,
            "key_sequence": position,
            **dict.fromkeys(("update_rule", "delete_rule"), "NO ACTION"),
            "fk_name": constraint.name,
            "pk_name": key.name if key else None,
            "deferrability": "NOT DEFERRABLE",
        }


def _common(table: StoredObject, constraint: Constraint) -> dict[str, Any]:
    return {
        "created_on": datetime.fromtimestamp(table.created_on, UTC),
        "rely": "true" if constraint.rely else "false",
        "comment": None,
    }
