"""The relations that a query names: which they are, and their full names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from local_cloud.snowflake_account.language.tokens import Name


def named_relations(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield the nodes that name a table or view: no table functions or formats, and none of the query's own CTEs."""
    defined = {cte.alias_or_name.upper() for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier) or table.arg_key == "format":
            continue
        if table.args.get("db") or table.name.upper() not in defined:
            yield table


def name_of(table: exp.Table) -> Name:
    """Return the name that a node spells, with as many parts as it has."""
    return Name(tuple(part.name if part.args.get("quoted") else part.name.upper() for part in table.parts))


def column_as_relation(column: exp.Column) -> Name:
    """Return the name of a relation that stands where an expression does, as a function's argument."""
    return Name(tuple(part.name if part.args.get("quoted") else part.name.upper() for part in column.parts))


def relations_read(query: exp.Expr, home: Name) -> set[Name]:
    """Return the full names of the relations that a query reads; `home` is its database and schema."""
    return {full_relation(name_of(table), home) for table in named_relations(query)}


def qualify(query: exp.Expr, home: Name) -> None:
    """Write every relation's name in full, as far as `home`, a database and schema, has its parts."""
    for table in named_relations(query):
        parts = full_relation(name_of(table), home).parts
        places = ("catalog", "db", "this")[-len(parts) :]
        for place, part in zip(places, parts[-3:], strict=True):
            table.set(place, exp.to_identifier(part, quoted=True))


def full_relation(name: Name, home: Name) -> Name:
    """Return a relation's full name, as far as `home`, a database and schema, has its parts."""
    missing = 3 - len(name.parts)
    return Name((*home.parts[:missing], *name.parts)) if missing <= len(home.parts) else name
