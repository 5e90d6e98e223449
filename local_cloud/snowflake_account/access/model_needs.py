"""What views, dynamic tables and tables made of a query need: to read what the query reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from local_cloud.snowflake_account.access.needs import Find, Need, usage
from local_cloud.snowflake_account.access.query_needs import relation_needs, staged_needs
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.read_relations import written_relations
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.statements import Create
from local_cloud.snowflake_account.language.tokens import Name


def refresh_needs(table: StoredObject, reads: Iterable[StoredObject]) -> list[Need]:
    """Return what a dynamic table's owner needs for a refresh.

    https://docs.snowflake.com/en/user-guide/dynamic-tables/privileges#understand-the-owner-role-refresh-model
    """
    warehouse = Name((str(table.attributes["WAREHOUSE"]),))
    return [usage(Kind.WAREHOUSE, warehouse), *(Need(("SELECT",), read.kind, read.name) for read in reads)]


def create_model_needs(statement: Create, home: Name, find: Find) -> list[Need]:
    """Return what a CREATE … AS needs beside its place, all of the primary role.

    https://docs.snowflake.com/en/user-guide/dynamic-tables/privileges

    Raises:
        SnowflakeError: the query is none, or reads what is not there.
    """
    place = home if statement.kind is Kind.TABLE else Name(statement.name.parts[:2])
    needs = [
        replace(need, primary=True)
        for written in written_relations(statement.body)
        for need in relation_needs(written, ("SELECT",), place, find)
    ]
    needs += [replace(need, primary=True) for need in staged_needs(parsed(statement.body), place, find)]
    if statement.kind is Kind.DYNAMIC_TABLE:
        if warehouse := statement.properties.get("WAREHOUSE"):
            needs.append(usage(Kind.WAREHOUSE, Name((str(warehouse),)), primary=True))
        if str(statement.properties.get("INITIALIZE", "ON_CREATE")).upper() == "ON_CREATE":
            needs += [replace(need, privileges=("OPERATE",)) for need in needs if need.kind is Kind.DYNAMIC_TABLE]
    return needs
