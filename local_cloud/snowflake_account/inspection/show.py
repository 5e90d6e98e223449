"""What SHOW answers: which objects, in which order, with which columns."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, Sees, StoredObject
from local_cloud.snowflake_account.catalog.parameters import is_like
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.relation_columns import columns_of, digits
from local_cloud.snowflake_account.data.sequences import next_value
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError
from local_cloud.snowflake_account.inspection import show_account_rows, show_keys, show_schema_rows
from local_cloud.snowflake_account.inspection.show_facts import Facts
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.statements import ColumnDefinition, Scope, Show
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result, rows_of

COLUMNS = show_account_rows.COLUMNS | show_schema_rows.COLUMNS
"""The columns of each kind; what is in them is in `show_account_rows` and `show_schema_rows`."""

_ROWS = show_account_rows.ROWS | show_schema_rows.ROWS
_TERSE = "created_on:TIMESTAMP_LTZ name kind database_name schema_name"
_OBJECTS = (
    "created_on:TIMESTAMP_LTZ name database_name schema_name kind comment cluster_by rows:FIXED bytes:FIXED owner "
    "retention_time owner_role_type budget is_hybrid is_dynamic is_iceberg"
)
_TABLE_COLUMNS = (
    "table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement "
    "schema_evolution_record"
)
_NO_ROWS = {
    "REPLICATION DATABASES": "region_group snowflake_region created_on:TIMESTAMP_LTZ account_name name comment "
    "is_primary primary replication_allowed_to_accounts failover_allowed_to_accounts organization_name account_locator",
}
"""Lists of what the embedded account has none of."""


class Shown:
    """Answers SHOW."""

    def __init__(self, catalog: Catalog, databases: Databases, grants: Grants) -> None:
        self._catalog = catalog
        self._databases = databases
        self._grants = grants

    def show(self, statement: Show, context: SessionContext, sees: Sees) -> Result:
        """Answer a SHOW of objects.

        Args:
            statement: the SHOW.
            context: the session.
            sees: tells whether the session may know of an object.

        Raises:
            DoesNotExistError: the database, schema or relation that it looks in is not there.
        """
        if isinstance(statement.what, Kind):
            return self._objects(statement, (statement.what,), COLUMNS[statement.what], context, sees)
        if statement.what == "OBJECTS":
            return self._objects(statement, RELATIONS, _OBJECTS, context, sees)
        if statement.what == "COLUMNS":
            return self._columns(statement, context, sees)
        scope = self._within(statement.scope, context, sees)
        if statement.what in show_keys.COLUMNS:
            tables = [stored for stored in self._catalog.list(Kind.TABLE, scope) if sees(stored)]
            return _answer(show_keys.COLUMNS[statement.what], show_keys.keys(self._catalog, statement.what, tables))
        return rows_of(_NO_ROWS[statement.what].split(), [])

    def row(self, stored: StoredObject, context: SessionContext | None = None) -> dict[str, Any]:
        """Return what SHOW says of one object, by column."""
        return self._rows([stored], context)[0]

    def _objects(
        self, statement: Show, kinds: Iterable[Kind], columns: str, context: SessionContext, sees: Sees
    ) -> Result:
        in_account = all(kind.depth == 1 for kind in kinds)
        scope = None if in_account else self._within(statement.scope, context, sees)
        found = [stored for kind in kinds for stored in self._catalog.list(kind, scope)]
        found = [
            stored
            for stored in sorted(found, key=lambda stored: (stored.name.last, stored.name.parts))
            if is_like(stored.name.last, statement.like)
            and sees(stored)
            and (statement.starts_with is None or stored.name.last.startswith(statement.starts_with))
            and (statement.after is None or stored.name.last > statement.after)
        ]
        rows = self._rows(found[: statement.limit], context)
        if statement.what == "OBJECTS":
            # unlike SHOW TABLES, which tells transient tables apart; dbt takes any other word for an external table
            rows = [{**row, "kind": "VIEW" if row["kind"] == "VIEW" else "TABLE"} for row in rows]
        return _answer(_TERSE if statement.terse else columns, rows)

    def _rows(self, found: list[StoredObject], context: SessionContext | None) -> list[dict[str, Any]]:
        counts = self._databases.row_counts(
            stored.name for stored in found if stored.kind in (Kind.TABLE, Kind.DYNAMIC_TABLE)
        )
        counts |= {
            stored.name: next_value(self._databases, stored.name.parts[0], stored.attributes["STORED_AS"])
            for stored in found
            if stored.kind is Kind.SEQUENCE
        }
        facts = Facts(self._catalog, self._grants, context.region if context else None, counts)
        return [{**_common(stored, context), **_ROWS[stored.kind](stored, facts)} for stored in found]

    def _within(self, scope: Scope | None, context: SessionContext, sees: Sees) -> Name | None:
        """Return what a SHOW looks in, None for the whole account.

        Without IN it is the current database, if there is one.
        """
        if scope is None:
            return Name((context.database,)) if context.database else None
        if scope.word == "ACCOUNT":
            return None
        home = context.home.parts
        given = scope.name.parts if scope.name else ()
        if not scope.word and len(given) == 1 and self._catalog.find(Kind.SCHEMA, Name((*home[:1], *given))):
            given = (*home[:1], *given)  # without a word, a schema of the current database comes before a database
        depth = {"DATABASE": 1, "SCHEMA": 2, "TABLE": 3, "VIEW": 3}.get(scope.word, len(given))
        if len(given) > depth:
            raise SnowflakeError(f"SQL compilation error:\ntoo many parts in the name '{scope.name}'.")
        name = Name((*home[: depth - len(given)], *given))
        if len(name.parts) < depth:
            raise SnowflakeError(
                f"Cannot perform SHOW. This session does not have a current {'schema' if home else 'database'}.",
                code=90106 if home else 90105,
                sqlstate="22000",
            )
        kind = {1: Kind.DATABASE, 2: Kind.SCHEMA}.get(depth)
        found = self._catalog.find(kind, name) if kind else self._catalog.find_relation(name)
        if found is None or not sees(found):
            raise DoesNotExistError((kind or Kind.TABLE).value, str(name))
        return name

    def _columns(self, statement: Show, context: SessionContext, sees: Sees) -> Result:
        scope = self._within(statement.scope, context, sees)
        relations = [stored for kind in RELATIONS for stored in self._catalog.list(kind, scope) if sees(stored)]
        rows = [
            {
                "table_name": name.last,
                "schema_name": name.parts[1],
                "database_name": name.parts[0],
                "column_name": column.name,
                "data_type": _data_type(column),
                "null?": "true" if column.nullable else "NOT_NULL",
                "default": column.default or "",
                "kind": "COLUMN",
                "expression": "",
                "comment": column.comment or "",
                "autoincrement": column.identity or "",
            }
            for name, columns in columns_of(relations, self._databases).items()
            for column in columns
            if is_like(column.name, statement.like)
        ]
        return _answer(_TABLE_COLUMNS, rows[: statement.limit])


def _answer(columns: str, rows: Iterable[dict[str, Any]]) -> Result:
    names = [column.partition(":")[0] for column in columns.split()]
    return rows_of(columns.split(), [tuple(row.get(name) for name in names) for row in rows])


def _common(stored: StoredObject, context: SessionContext | None) -> dict[str, Any]:
    parts = stored.name.parts
    current = (context.database, context.schema) if context else (None, None)
    is_current = stored.kind in (Kind.DATABASE, Kind.SCHEMA) and parts == current[: len(parts)]
    return {
        "created_on": datetime.fromtimestamp(stored.created_on, UTC),
        "name": stored.name.last,
        "kind": stored.kind.value,
        "database_name": parts[0] if len(parts) > 1 else None,
        "schema_name": parts[1] if len(parts) > 2 else None,
        "owner": stored.owner.last,
        "owner_role_type": "ROLE" if len(stored.owner.parts) == 1 else "DATABASE_ROLE",
        "comment": stored.comment,
        "is_default": "N",
        "is_current": "Y" if is_current else "N",
        **dict.fromkeys(("is_inherited", "is_dynamic", "is_hybrid", "is_iceberg"), "N"),
        "reserved": "",
    }


def _data_type(column: ColumnDefinition) -> str:
    word, numbers = digits(column.type)
    if word == "VARCHAR":
        length = numbers[0]
        described = {"type": "TEXT", "length": length, "byteLength": min(length * 4, 16777216)}
        return json.dumps(described | {"nullable": column.nullable, "fixed": False})
    if word == "NUMBER":
        return json.dumps({"type": "FIXED", "precision": numbers[0], "scale": numbers[1], "nullable": column.nullable})
    if word == "FLOAT":
        return json.dumps({"type": "REAL", "nullable": column.nullable})
    if word.startswith("TIME"):
        return json.dumps({"type": word, "precision": 0, "scale": numbers[0], "nullable": column.nullable})
    return json.dumps({"type": word, "nullable": column.nullable})
