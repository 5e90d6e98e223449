"""The CREATE statements that GET_DDL answers, kind by kind.

https://docs.snowflake.com/en/sql-reference/functions/get_ddl
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.relation_columns import columns_of
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.constraints import FOREIGN_KEY, Constraint, stored_constraints
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name

KINDS = {
    kind.value: kind
    for kind in (
        *(Kind.DATABASE, Kind.SCHEMA, Kind.TABLE, Kind.VIEW, Kind.DYNAMIC_TABLE),
        *(Kind.SEQUENCE, Kind.FILE_FORMAT, Kind.PIPE),
    )
}
"""What GET_DDL is had of, by its word."""

_INSIDE = (Kind.SEQUENCE, Kind.FILE_FORMAT, Kind.TABLE, Kind.DYNAMIC_TABLE, Kind.VIEW, Kind.PIPE)
"""What the definition of a schema holds, in an order in which it can be made again."""


def definition_of(stored: StoredObject, catalog: Catalog, databases: Databases, *, qualified: bool) -> str:
    """Return the statement that makes an object; of a database or schema also those of what it holds.

    Args:
        stored: the object.
        catalog: the account's objects.
        databases: the data.
        qualified: whether names are in full.
    """
    name = stored.name.spelled if qualified else Name((stored.name.last,)).spelled
    given = stored.attributes
    match stored.kind:
        case Kind.DATABASE | Kind.SCHEMA:
            inside = (Kind.SCHEMA,) if stored.kind is Kind.DATABASE else _INSIDE
            held = [
                definition_of(found, catalog, databases, qualified=qualified or stored.kind is Kind.DATABASE)
                for kind in inside
                for found in catalog.list(kind, stored.name)
            ]
            return "\n\n".join([f"create or replace {_kind(stored)} {name}{_comment(stored)};", *held])
        case Kind.TABLE:
            return _table(stored, name, columns_of([stored], databases)[stored.name])
        case Kind.VIEW:
            listed = _listed(columns_of([stored], databases)[stored.name])
            return f"create or replace {_kind(stored)} {name}{listed}{_comment(stored)} as {given['QUERY']};"
        case Kind.DYNAMIC_TABLE:
            options = " ".join(
                f"{key.lower()} = {_value(given[key]) if key == 'TARGET_LAG' else given[key]}"
                for key in ("TARGET_LAG", "REFRESH_MODE", "INITIALIZE", "WAREHOUSE")
                if key in given
            )
            return f"create or replace {_kind(stored)} {name} {options}{_comment(stored)} as {given['QUERY']};"
        case Kind.SEQUENCE:
            order = "order" if given["ORDERED"] else "noorder"
            numbers = f"start with {given['START']} increment by {given['INCREMENT']}"
            return f"create or replace sequence {name} {numbers} {order}{_comment(stored)};"
        case Kind.PIPE:
            ingest = f" auto_ingest={_value(bool(given.get('AUTO_INGEST')))}"
            return f"create or replace pipe {name}{ingest}{_comment(stored)} as {given['DEFINITION']};"
        case Kind.FILE_FORMAT:
            options = "".join(f"\n\t{key} = {_value(value)}" for key, value in given.items() if key != "TEMPORARY")
            return f"CREATE OR REPLACE FILE FORMAT {name}{options}\n;"
    raise UnsupportedError(f"GET_DDL of a {stored.kind.value}")


def _kind(stored: StoredObject) -> str:
    words = [word for word in ("TEMPORARY", "TRANSIENT", "SECURE") if stored.attributes.get(word)]
    return " ".join([*words, stored.kind.value.upper() if stored.kind is Kind.TABLE else stored.kind.value.lower()])


def _table(stored: StoredObject, name: str, columns: Iterable[ColumnDefinition]) -> str:
    parts = [_column(column) for column in columns]
    parts += [_constraint(constraint) for constraint in stored_constraints(stored.attributes)]
    key = stored.attributes.get("CLUSTER_BY")
    clustered = f" cluster by ({key})" if key else ""
    listed = ",\n\t".join(parts)
    return f"create or replace {_kind(stored)} {name}{clustered} (\n\t{listed}\n){_comment(stored)};"


def _column(column: ColumnDefinition) -> str:
    words = [Name((column.name,)).spelled, column.type]
    if not column.nullable:
        words.append("NOT NULL")
    if column.identity:
        words.append(column.identity.lower().replace("identity", "autoincrement"))
    elif column.default is not None:
        words.append(f"DEFAULT {column.default}")
    if column.comment:
        words.append(f"COMMENT {_value(column.comment)}")
    return " ".join(words)


def _constraint(constraint: Constraint) -> str:
    made_up = constraint.name.startswith("SYS_CONSTRAINT_")
    named = "" if made_up else f"constraint {Name((constraint.name,)).spelled} "
    text = f"{named}{constraint.kind.lower()} {_names(constraint.columns)}"
    if constraint.kind == FOREIGN_KEY:
        text += f" references {Name(constraint.table).spelled}{_names(constraint.referenced)}"
    return text + (" rely" if constraint.rely else "")


def _names(columns: Iterable[str]) -> str:
    return f"({', '.join(Name((column,)).spelled for column in columns)})"


def _listed(columns: Iterable[ColumnDefinition]) -> str:
    texts = [
        Name((column.name,)).spelled + (f" COMMENT {_value(column.comment)}" if column.comment else "")
        for column in columns
    ]
    return "(\n\t" + ",\n\t".join(texts) + "\n)"


def _comment(stored: StoredObject) -> str:
    return f" COMMENT={_value(stored.comment)}" if stored.comment else ""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_value, value))})"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"
