"""INFORMATION_SCHEMA: its views, made from the catalog when a query reads them, and its table functions.

What the account keeps for itself (its hidden schema, fakesnow's) is in no catalog, so no view shows it.
https://docs.snowflake.com/en/sql-reference/info-schema
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.catalog.objects import Catalog, Sees, StoredObject
from local_cloud.snowflake_account.data import load_history
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.relation_columns import columns_of, digits
from local_cloud.snowflake_account.data.sequences import next_value
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.inspection.constraint_rows import referential_constraints, table_constraints
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name

NAME = "INFORMATION_SCHEMA"

_CATALOG, _TIMES = "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME ", "CREATED:time LAST_ALTERED:time "

_CONSTRAINT = "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME "

_COLUMNS = {
    "DATABASES": "DATABASE_NAME DATABASE_OWNER IS_TRANSIENT COMMENT " + _TIMES + "RETENTION_TIME:number TYPE",
    "SCHEMATA": "CATALOG_NAME SCHEMA_NAME SCHEMA_OWNER IS_TRANSIENT IS_MANAGED_ACCESS RETENTION_TIME:number "
    "DEFAULT_CHARACTER_SET_CATALOG DEFAULT_CHARACTER_SET_SCHEMA DEFAULT_CHARACTER_SET_NAME SQL_PATH "
    + _TIMES
    + "COMMENT OWNER_ROLE_TYPE",
    "TABLES": _CATALOG + "TABLE_OWNER TABLE_TYPE IS_TRANSIENT CLUSTERING_KEY ROW_COUNT:number BYTES:number "
    "RETENTION_TIME:number SELF_REFERENCING_COLUMN_NAME REFERENCE_GENERATION USER_DEFINED_TYPE_CATALOG "
    "USER_DEFINED_TYPE_SCHEMA USER_DEFINED_TYPE_NAME IS_INSERTABLE_INTO IS_TYPED COMMIT_ACTION "
    + _TIMES
    + "LAST_DDL:time LAST_DDL_BY AUTO_CLUSTERING_ON COMMENT IS_TEMPORARY IS_ICEBERG IS_DYNAMIC IS_IMMUTABLE IS_HYBRID",
    "VIEWS": _CATALOG
    + "TABLE_OWNER VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE INSERTABLE_INTO IS_SECURE "
    + _TIMES
    + "LAST_DDL:time LAST_DDL_BY COMMENT",
    "COLUMNS": _CATALOG + "COLUMN_NAME ORDINAL_POSITION:number COLUMN_DEFAULT IS_NULLABLE DATA_TYPE DATA_TYPE_ALIAS "
    "CHARACTER_MAXIMUM_LENGTH:number CHARACTER_OCTET_LENGTH:number NUMERIC_PRECISION:number "
    "NUMERIC_PRECISION_RADIX:number NUMERIC_SCALE:number DATETIME_PRECISION:number INTERVAL_TYPE INTERVAL_PRECISION "
    "CHARACTER_SET_CATALOG CHARACTER_SET_SCHEMA CHARACTER_SET_NAME COLLATION_CATALOG COLLATION_SCHEMA COLLATION_NAME "
    "DOMAIN_CATALOG DOMAIN_SCHEMA DOMAIN_NAME UDT_CATALOG UDT_SCHEMA UDT_NAME SCOPE_CATALOG SCOPE_SCHEMA SCOPE_NAME "
    "MAXIMUM_CARDINALITY:number DTD_IDENTIFIER IS_SELF_REFERENCING IS_IDENTITY IDENTITY_GENERATION IDENTITY_START "
    "IDENTITY_INCREMENT IDENTITY_MAXIMUM IDENTITY_MINIMUM IDENTITY_CYCLE IDENTITY_ORDERED SCHEMA_EVOLUTION_RECORD "
    "COMMENT",
    "PIPES": "PIPE_CATALOG PIPE_SCHEMA PIPE_NAME PIPE_OWNER DEFINITION IS_AUTOINGEST_ENABLED "
    "NOTIFICATION_CHANNEL_NAME " + _TIMES + "COMMENT PATTERN",
    "STAGES": "STAGE_CATALOG STAGE_SCHEMA STAGE_NAME STAGE_URL STAGE_REGION STAGE_TYPE STAGE_OWNER COMMENT " + _TIMES,
    "FILE_FORMATS": "FILE_FORMAT_CATALOG FILE_FORMAT_SCHEMA FILE_FORMAT_NAME FILE_FORMAT_OWNER FILE_FORMAT_TYPE "
    + _TIMES
    + "COMMENT",
    "SEQUENCES": "SEQUENCE_CATALOG SEQUENCE_SCHEMA SEQUENCE_NAME SEQUENCE_OWNER DATA_TYPE NUMERIC_PRECISION:number "
    "NUMERIC_PRECISION_RADIX:number NUMERIC_SCALE:number START_VALUE MINIMUM_VALUE MAXIMUM_VALUE NEXT_VALUE INCREMENT "
    "CYCLE_OPTION " + _TIMES + "ORDERED COMMENT",
    "TABLE_CONSTRAINTS": _CONSTRAINT
    + _CATALOG
    + "CONSTRAINT_TYPE IS_DEFERRABLE INITIALLY_DEFERRED ENFORCED COMMENT "
    + _TIMES
    + "RELY",
    "REFERENTIAL_CONSTRAINTS": _CONSTRAINT
    + "UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE "
    "COMMENT " + _TIMES,
}
"""The views and their columns; one that has no value here is NULL."""

_ARROW = {"time": pa.timestamp("us", tz="UTC"), "number": pa.int64(), "": pa.string()}

NO_ROWS = {
    "POLICY_REFERENCES": "POLICY_DB POLICY_SCHEMA POLICY_NAME POLICY_KIND REF_DATABASE_NAME REF_SCHEMA_NAME "
    "REF_ENTITY_NAME REF_ENTITY_DOMAIN REF_COLUMN_NAME REF_ARG_COLUMN_NAMES TAG_DATABASE TAG_SCHEMA TAG_NAME "
    "POLICY_STATUS",
    "DATA_METRIC_FUNCTION_REFERENCES": "METRIC_DATABASE_NAME METRIC_SCHEMA_NAME METRIC_NAME ARGUMENT_SIGNATURE "
    "DATA_TYPE REF_DATABASE_NAME REF_SCHEMA_NAME REF_ENTITY_NAME REF_ENTITY_DOMAIN REF_ARGUMENTS REF_ID SCHEDULE "
    "SCHEDULE_STATUS",
}
"""Table functions about policies and metrics, which the embedded account has none of."""


class InformationSchema:
    """Answers the views of INFORMATION_SCHEMA."""

    def __init__(self, catalog: Catalog, databases: Databases) -> None:
        self._catalog = catalog
        self._databases = databases

    def view(self, database: str, view: str, sees: Sees) -> pa.Table:
        """Return a view's rows.

        Args:
            database: the database whose view it is.
            view: the view's name.
            sees: tells whether the session may know of an object.

        Raises:
            DoesNotExistError: the database is not there.
            UnsupportedError: the embedded account does not have the view.
        """
        self._catalog.get(Kind.DATABASE, Name((database,)))
        makers: Mapping[str, tuple[tuple[Kind, ...], Callable[[list[StoredObject]], Iterable[dict[str, Any]]]]] = {
            "DATABASES": ((Kind.DATABASE,), lambda found: map(_database, found)),
            "SCHEMATA": ((Kind.SCHEMA,), lambda found: map(_schema, found)),
            "TABLES": (RELATIONS, self._tables),
            "VIEWS": ((Kind.VIEW,), lambda found: map(_view, found)),
            "COLUMNS": (RELATIONS, self._columns),
            "PIPES": ((Kind.PIPE,), lambda found: map(_pipe, found)),
            "STAGES": ((Kind.STAGE,), lambda found: map(_stage, found)),
            "FILE_FORMATS": ((Kind.FILE_FORMAT,), lambda found: map(_format, found)),
            "SEQUENCES": ((Kind.SEQUENCE,), self._sequences),
            "TABLE_CONSTRAINTS": ((Kind.TABLE,), table_constraints),
            "REFERENTIAL_CONSTRAINTS": ((Kind.TABLE,), partial(referential_constraints, self._catalog)),
        }
        if view not in makers:
            raise UnsupportedError(f"{NAME}.{view}")
        kinds, rows_of = makers[view]
        scope = None if view == "DATABASES" else Name((database,))
        found = [stored for kind in kinds for stored in self._catalog.list(kind, scope) if sees(stored)]
        declared = [column.partition(":") for column in _COLUMNS[view].split()]
        schema = pa.schema([(name, _ARROW[type_]) for name, _, type_ in declared])
        return pa.Table.from_pylist(list(rows_of(found)), schema)

    def _tables(self, relations: list[StoredObject]) -> list[dict[str, Any]]:
        counts = self._databases.row_counts(stored.name for stored in relations if stored.kind is not Kind.VIEW)
        return [_table(stored, counts.get(stored.name)) for stored in relations]

    def _sequences(self, sequences: list[StoredObject]) -> Iterable[dict[str, Any]]:
        for stored in sequences:
            given, (database, *_) = stored.attributes, stored.name.parts
            yield _common(stored, "SEQUENCE") | {
                "DATA_TYPE": "NUMBER",
                "NUMERIC_PRECISION": 38,
                "NUMERIC_PRECISION_RADIX": 10,
                "NUMERIC_SCALE": 0,
                "START_VALUE": str(given["START"]),
                "NEXT_VALUE": str(next_value(self._databases, database, given["STORED_AS"])),
                "INCREMENT": str(given["INCREMENT"]),
                "CYCLE_OPTION": "NO",
                "ORDERED": _yes(given["ORDERED"]),
            }

    def _columns(self, relations: list[StoredObject]) -> Iterable[dict[str, Any]]:
        for name, columns in columns_of(relations, self._databases).items():
            for position, column in enumerate(columns, 1):
                yield _named("TABLE", name) | {"ORDINAL_POSITION": position} | _column(column)

    def load_history(self, database: str, sees: Sees) -> exp.Expr:
        """Return a query for INFORMATION_SCHEMA.LOAD_HISTORY."""
        tables = self._catalog.list(Kind.TABLE, Name((database,)))
        return _load_history_query(database, [table.name for table in tables if not sees(table)])


def _load_history_query(database: str, hidden: Iterable[Name]) -> exp.Expr:
    """Return a query for INFORMATION_SCHEMA.LOAD_HISTORY, which leaves out what pipes loaded."""
    renamed = {
        "SCHEMA_NAME": "TABLE_SCHEMA_NAME",
        "FIRST_ERROR_CHARACTER_POSITION": "FIRST_ERROR_CHARACTER_POS",
        "FIRST_ERROR_COL_NAME": "FIRST_ERROR_COLUMN_NAME",
        "STATUS": "upper(replace(STATUS, ' ', '_'))",
    }
    names = (
        *("SCHEMA_NAME", "FILE_NAME", "TABLE_NAME", "LAST_LOAD_TIME", "STATUS", "ROW_COUNT", "ROW_PARSED"),
        *("FIRST_ERROR_MESSAGE", "FIRST_ERROR_LINE_NUMBER", "FIRST_ERROR_CHARACTER_POSITION"),
        *("FIRST_ERROR_COL_NAME", "ERROR_COUNT", "ERROR_LIMIT"),
    )
    table = load_history.history_table(Name((database,)))
    columns = [f"{renamed.get(name, name)} as {name}" for name in names]
    found = exp.select(*columns, dialect="snowflake").from_(table, dialect="snowflake").where("PIPE_NAME is null")
    for name in hidden:
        _, schema, last = name.parts
        is_hidden = exp.and_(
            exp.column("TABLE_SCHEMA_NAME").eq(exp.Literal.string(schema)),
            exp.column("TABLE_NAME").eq(exp.Literal.string(last)),
        )
        found = found.where(exp.not_(is_hidden))
    return found


def _time(stored: StoredObject) -> datetime:
    return datetime.fromtimestamp(stored.created_on, UTC)


def _yes(value: object) -> str:
    return "YES" if value else "NO"


def _named(prefix: str, name: Name) -> dict[str, Any]:
    words = (f"{prefix}_CATALOG", f"{prefix}_SCHEMA", f"{prefix}_NAME")
    return dict(zip(words, name.parts, strict=True))


def _common(stored: StoredObject, prefix: str) -> dict[str, Any]:
    times = dict.fromkeys(("CREATED", "LAST_ALTERED", "LAST_DDL"), _time(stored))
    named = _named(prefix, stored.name) if len(stored.name.parts) == 3 else {}
    owner = stored.owner.last
    return {**named, **times, "COMMENT": stored.comment, f"{prefix}_OWNER": owner, "LAST_DDL_BY": owner}


def _retention(stored: StoredObject) -> int:
    return int(stored.attributes.get("DATA_RETENTION_TIME_IN_DAYS", 1))


def _database(stored: StoredObject) -> dict[str, Any]:
    return _common(stored, "DATABASE") | {
        "DATABASE_NAME": stored.name.last,
        "IS_TRANSIENT": _yes(stored.attributes.get("TRANSIENT")),
        "RETENTION_TIME": _retention(stored),
        "TYPE": "STANDARD",
    }


def _schema(stored: StoredObject) -> dict[str, Any]:
    return _common(stored, "SCHEMA") | {
        "CATALOG_NAME": stored.name.parts[0],
        "SCHEMA_NAME": stored.name.last,
        "IS_TRANSIENT": _yes(stored.attributes.get("TRANSIENT")),
        "IS_MANAGED_ACCESS": _yes(stored.attributes.get("MANAGED_ACCESS")),
        "RETENTION_TIME": _retention(stored),
        "OWNER_ROLE_TYPE": "ROLE",
    }


def _table(stored: StoredObject, rows: int | None) -> dict[str, Any]:
    is_view = stored.kind is Kind.VIEW
    noes = ("AUTO_CLUSTERING_ON", "IS_TEMPORARY", "IS_ICEBERG", "IS_IMMUTABLE", "IS_HYBRID")
    return _common(stored, "TABLE") | {
        **dict.fromkeys(noes, "NO"),
        "TABLE_TYPE": "VIEW" if is_view else "BASE TABLE",
        "IS_TRANSIENT": _yes(stored.attributes.get("TRANSIENT")),
        "ROW_COUNT": rows,
        "BYTES": None if is_view else 0,
        "RETENTION_TIME": None if is_view else _retention(stored),
        "IS_INSERTABLE_INTO": _yes(stored.kind is Kind.TABLE),
        "IS_TYPED": "YES",
        "IS_DYNAMIC": _yes(stored.kind is Kind.DYNAMIC_TABLE),
        "IS_TEMPORARY": _yes(stored.attributes.get("TEMPORARY")),
    }


def _view(stored: StoredObject) -> dict[str, Any]:
    return _common(stored, "TABLE") | {
        "VIEW_DEFINITION": view_text(stored),
        "CHECK_OPTION": "NONE",
        "IS_UPDATABLE": "NO",
        "INSERTABLE_INTO": "NO",
        "IS_SECURE": _yes(stored.attributes.get("SECURE")),
    }


def view_text(stored: StoredObject) -> str:
    """Return a view's CREATE statement."""
    comment = stored.comment.replace("\\", "\\\\").replace("'", "\\'")
    modifiers = "".join(f"{word} " for word in ("SECURE", "TEMPORARY") if stored.attributes.get(word))
    return f"CREATE {modifiers}VIEW {stored.name.quoted} COMMENT = '{comment}' AS {stored.attributes['QUERY']}"


def _column(column: ColumnDefinition) -> dict[str, Any]:
    word, numbers = digits(column.type)
    is_text, is_number = word == "VARCHAR", word == "NUMBER"
    return {
        "COLUMN_NAME": column.name,
        "COLUMN_DEFAULT": column.default,
        "IS_NULLABLE": _yes(column.nullable),
        "DATA_TYPE": "TEXT" if is_text else word,
        "DATA_TYPE_ALIAS": word,
        "CHARACTER_MAXIMUM_LENGTH": numbers[0] if is_text else None,
        "CHARACTER_OCTET_LENGTH": min(numbers[0] * 4, 16777216) if is_text else None,
        "NUMERIC_PRECISION": numbers[0] if is_number else None,
        "NUMERIC_PRECISION_RADIX": 10 if is_number else None,
        "NUMERIC_SCALE": numbers[1] if is_number else None,
        "DATETIME_PRECISION": numbers[0] if word.startswith("TIME") else None,
        "IS_SELF_REFERENCING": "NO",
        "IS_IDENTITY": _yes(column.identity),
        **_identity(column),
        "COMMENT": column.comment,
    }


def _identity(column: ColumnDefinition) -> dict[str, Any]:
    if not column.identity:
        return {}
    _, _, start, _, increment, order = column.identity.split()
    return {
        "IDENTITY_GENERATION": "BY DEFAULT",
        "IDENTITY_START": start,
        "IDENTITY_INCREMENT": increment,
        "IDENTITY_CYCLE": "NO",
        "IDENTITY_ORDERED": _yes(order == "ORDER"),
    }


def _pipe(stored: StoredObject) -> dict[str, Any]:
    return _common(stored, "PIPE") | {
        "DEFINITION": stored.attributes["DEFINITION"],
        "IS_AUTOINGEST_ENABLED": _yes(stored.attributes.get("AUTO_INGEST")),
        "NOTIFICATION_CHANNEL_NAME": stored.attributes["NOTIFICATION_CHANNEL"],
    }


def _stage(stored: StoredObject) -> dict[str, Any]:
    url = stored.attributes.get("URL")
    return _common(stored, "STAGE") | {"STAGE_URL": url, "STAGE_TYPE": "External Named" if url else "Internal Named"}


def _format(stored: StoredObject) -> dict[str, Any]:
    return _common(stored, "FILE_FORMAT") | {"FILE_FORMAT_TYPE": stored.attributes["TYPE"]}
