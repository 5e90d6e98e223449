"""INFORMATION_SCHEMA.TABLE_CONSTRAINTS and REFERENTIAL_CONSTRAINTS.

https://docs.snowflake.com/en/sql-reference/info-schema/table_constraints
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.language.constraints import FOREIGN_KEY, Constraint, stored_constraints
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name


def table_constraints(tables: Iterable[StoredObject]) -> Iterator[dict[str, Any]]:
    """Yield the rows of TABLE_CONSTRAINTS."""
    for table in tables:
        for constraint in stored_constraints(table.attributes):
            yield _common(table, constraint) | {
                **_named("TABLE", table.name.parts),
                "CONSTRAINT_TYPE": constraint.kind,
                **dict.fromkeys(("IS_DEFERRABLE", "ENFORCED"), "NO"),
                "INITIALLY_DEFERRED": "YES",
                "RELY": "YES" if constraint.rely else "NO",
            }


def referential_constraints(catalog: Catalog, tables: Iterable[StoredObject]) -> Iterator[dict[str, Any]]:
    """Yield the rows of REFERENTIAL_CONSTRAINTS; a key whose other table is gone has none."""
    for table in tables:
        for constraint in stored_constraints(table.attributes):
            referred = catalog.find(Kind.TABLE, Name(constraint.table)) if constraint.kind == FOREIGN_KEY else None
            if referred is None:
                continue
            keys = stored_constraints(referred.attributes)
            key = next((other.name for other in keys if other.columns == constraint.referenced), "")
            yield _common(table, constraint) | {
                **_named("UNIQUE_CONSTRAINT", (*referred.name.parts[:2], key)),
                "MATCH_OPTION": "FULL",
                **dict.fromkeys(("UPDATE_RULE", "DELETE_RULE"), "NO ACTION"),
            }


def _common(table: StoredObject, constraint: Constraint) -> dict[str, Any]:
    created = datetime.fromtimestamp(table.created_on, UTC)
    name = _named("CONSTRAINT", (*table.name.parts[:2], constraint.name))
    return {**name, "CREATED": created, "LAST_ALTERED": created}


def _named(prefix: str, parts: Iterable[str]) -> dict[str, Any]:
    return dict(zip((f"{prefix}_CATALOG", f"{prefix}_SCHEMA", f"{prefix}_NAME"), parts, strict=True))
