"""Brings the catalog and the data together after a process was killed between the one's commit and the other's.

A definition is committed to the data first and to the catalog then, and only after both is it answered. So what
only one of them has belongs to a statement that nobody was told the end of: it is taken out there.
"""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.data.databases import NOT_FOR_SCHEMAS, Databases
from local_cloud.snowflake_account.definitions.tables import forget_sequences
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

_RELATIONS = Kind.TABLE, Kind.VIEW, Kind.DYNAMIC_TABLE


def recover(catalog: Catalog, databases: Databases) -> list[Name]:
    """Take out what only the catalog or only the data has; return the names."""
    taken_out: list[Name] = []
    for database in [stored.name.last for stored in catalog.list(Kind.DATABASE)]:
        schemas, relations = _schemas(databases, database), _relations(databases, database)
        for kind, there in ((Kind.SCHEMA, schemas), *((kind, relations.keys()) for kind in _RELATIONS)):
            for stored in list(catalog.list(kind, Name((database,)))):
                if stored.name not in there:
                    catalog.drop(stored)
                    taken_out.append(stored.name)
        declared = {stored.name for kind in (Kind.SCHEMA, *_RELATIONS) for stored in catalog.list(kind)}
        for name in schemas - declared:
            databases.drop_relation("schema", name)
            taken_out.append(name)
        for name, kind in relations.items():
            if name not in declared and Name(name.parts[:2]) in declared:
                databases.drop_relation(kind, name)
                taken_out.append(name)
        forget_sequences(catalog, databases, database)
    return taken_out


def _schemas(databases: Databases, database: str) -> set[Name]:
    rows = databases.duck.execute("select schema_name from duckdb_schemas() where database_name = ?", [database])
    found = {name for (name,) in rows.fetchall()}
    return {Name((database, name)) for name in found if name.upper() not in (*NOT_FOR_SCHEMAS, "INFORMATION_SCHEMA")}


def _relations(databases: Databases, database: str) -> dict[Name, str]:
    """Return the tables and views of a database with their DuckDB kinds."""
    found: dict[Name, str] = {}
    for kind in ("table", "view"):
        sql = f"select schema_name, {kind}_name from duckdb_{kind}s() where database_name = ? and not internal"
        for schema, name in databases.duck.execute(sql, [database]).fetchall():
            if schema.upper() not in NOT_FOR_SCHEMAS:
                found[Name((database, schema, name))] = kind
    return found
