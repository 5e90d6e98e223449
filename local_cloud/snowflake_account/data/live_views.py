"""Views that ask the account itself: the status of a pipe, the state of dynamic tables.

DuckDB keeps of them only what columns they have. A query that reads one gets the view's own query in its place, in
which the questions are then answered as they would be in the query itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlglot import exp

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.history_calls import history_calls
from local_cloud.snowflake_account.data.read_relations import written_relations
from local_cloud.snowflake_account.dialect.relations import full_relation, name_of, named_relations, qualify
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.tokens import Name

PIPE_STATUS, DYNAMIC_TABLES = "SYSTEM$PIPE_STATUS", "DYNAMIC_TABLES"

STATE_COLUMNS = {
    **dict.fromkeys(("NAME", "SCHEMA_NAME", "DATABASE_NAME", "QUALIFIED_NAME"), "varchar"),
    "TARGET_LAG_SEC": "number",
    "TARGET_LAG_TYPE": "varchar",
    "SCHEDULING_STATE": "variant",
    **dict.fromkeys(("MEAN_LAG_SEC", "MAXIMUM_LAG_SEC", "TIME_ABOVE_TARGET_LAG_SEC"), "number"),
    "TIME_WITHIN_TARGET_LAG_RATIO": "number",
    "LATEST_DATA_TIMESTAMP": "timestamp_ltz",
    "LAST_COMPLETED_REFRESH_STATE": "varchar",
    "LAST_COMPLETED_REFRESH_STATE_CODE": "varchar",
    "LAST_COMPLETED_REFRESH_STATE_MESSAGE": "varchar",
    "EXECUTING_REFRESH_QUERY_ID": "varchar",
    "RECOMMENDATIONS": "variant",
}
"""https://docs.snowflake.com/en/sql-reference/functions/dynamic_tables#output"""

STATE_ARGUMENTS = ("NAME", "REFRESH_DATA_TIMESTAMP_START", "RESULT_LIMIT", "INCLUDE_CONNECTED")

Find = Callable[[Name], StoredObject | None]
"""Looks a table or view up by its full name."""


def with_placeholders(tree: exp.Expr) -> exp.Expr:
    """Put something of the same type in the place of each question to the account.

    Args:
        tree: a view's query; changed.
    """
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.upper() == PIPE_STATUS:
            call.replace(exp.cast(exp.null(), "varchar"))
    for call in history_calls(tree, DYNAMIC_TABLES, STATE_ARGUMENTS):
        nulls = [f"null::{type_} as {name}" for name, type_ in STATE_COLUMNS.items()]
        call.replace(exp.select(*nulls, dialect="snowflake").where(exp.false()), DYNAMIC_TABLES)
    return tree


def with_live_views(tree: exp.Expr, find: Find) -> exp.Expr:
    """Put its own query in the place of each view that asks the account, itself or through others.

    Args:
        tree: a query or DML, its names in full; changed.
        find: looks an object up.
    """
    for table in list(named_relations(tree)):
        stored = find(name_of(table))
        if stored is None or not _is_live(stored, find):
            continue
        query = parsed(stored.attributes["QUERY"]).copy()
        qualify(query, Name(stored.name.parts[:2]))
        named = table.args.get("alias")
        alias = named.this.copy() if named else exp.to_identifier(stored.name.last, quoted=True)
        columns = [exp.to_identifier(column, quoted=True) for column in stored.attributes.get("COLUMN_COMMENTS", ())]
        inside = exp.Subquery(this=query, alias=exp.TableAlias(this=alias, columns=columns))
        table.replace(inside)
        with_live_views(query, find)
    return tree


def _is_live(stored: StoredObject, find: Find) -> bool:
    if stored.kind is not Kind.VIEW:
        return False
    if _asks(stored.attributes["QUERY"]):
        return True
    home = Name(stored.name.parts[:2])
    read = (find(full_relation(name, home)) for name in written_relations(stored.attributes["QUERY"]))
    return any(view is not None and _is_live(view, find) for view in read)


@lru_cache(maxsize=256)
def _asks(query: str) -> bool:
    names = {call.name.upper() for call in parsed(query).find_all(exp.Anonymous)}
    return not names.isdisjoint((PIPE_STATUS, DYNAMIC_TABLES))
