"""What is worked out of a dynamic table's query once, so that each of its refreshes only runs SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.derived_relations import query_tree, translated_tree
from local_cloud.snowflake_account.dynamic_tables.columns import NotDividedError
from local_cloud.snowflake_account.dynamic_tables.lineage import ColumnsOf, Lineage, lineage_of
from local_cloud.snowflake_account.language.tokens import Name

_VOLATILE = (exp.Rand, exp.Uuid, exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.TableFromRows)
"""What gives something else although no table has changed: a table function may read the load history."""


@dataclass(frozen=True)
class LeafPlan:
    """A place where a query reads a table.

    Attributes:
        source: the table's full name.
        keys: in DuckDB's SQL, what the query divides along, over the table's columns.
    """

    source: Name
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How a dynamic table is refreshed; SQL is DuckDB's.

    Attributes:
        full: the query.
        is_steady: whether it answers the same as long as no table changes.
        reason: what keeps it from being refreshed incrementally, None where nothing does.
        partial: the query over temporary tables in the place of those it reads; see `part`.
        leaves: where it reads tables.
        keys: the columns of the answer along which it divides, each with its expression in every leaf.
        is_row_by_row: whether new source rows only add rows.
        counts: the columns that count the rows of a group and nothing else, if the query is no more than that.
        group_size: the one among them that counts every row.
        origins: the columns of the answer, each with the table and its column that it is passed on from, if it is;
            empty where that is not known.
    """

    full: str
    is_steady: bool
    reason: str | None = None
    partial: str = ""
    leaves: tuple[LeafPlan, ...] = ()
    keys: tuple[str, ...] = ()
    is_row_by_row: bool = False
    counts: tuple[str, ...] = ()
    group_size: str = ""
    origins: Mapping[str, tuple[Name, str] | None] = field(default_factory=dict)


def part(number: int) -> Name:
    """Return the temporary table that stands for a leaf in a partial query."""
    return Name(("temp", "main", f"_SOURCE_{number}"))


def plan_of(connection: Connection, query: str, home: Name, columns_of: ColumnsOf) -> Plan:
    """Work out how a dynamic table's query is refreshed.

    Args:
        connection: translates it.
        query: it, in Snowflake's SQL.
        home: the database and schema in which it looks names up.
        columns_of: returns the columns of a table.

    Raises:
        SnowflakeError: the query is refused.
    """
    tree = query_tree("table", query, home)
    full = translated_tree(connection, tree.copy(), connection.is_table)
    is_steady = not any(tree.find_all(*_VOLATILE)) or _has_only_flattens(tree)
    try:
        lineage = lineage_of(tree, columns_of)
        return _divided(connection, tree, lineage, full)
    except NotDividedError as error:
        return Plan(full, is_steady, error.construct)


def _has_only_flattens(tree: exp.Expr) -> bool:
    return all(
        isinstance(node, exp.TableFromRows) and isinstance(node.this, exp.Explode) for node in tree.find_all(*_VOLATILE)
    )


def _divided(connection: Connection, tree: exp.Query, lineage: Lineage, full: str) -> Plan:
    keys = _narrow_keys(connection, lineage)
    if not keys and not lineage.is_row_by_row:
        raise NotDividedError("a window or group whose keys are no columns of the answer")
    counts, size = _counts(tree, lineage, keys)
    passed_on = {name: _passed_on(lineage, column.origins) for name, column in lineage.columns.items()}
    leaves = tuple(
        LeafPlan(leaf.name, tuple(_translated(connection, [origins[number] for origins in keys.values()])))
        for number, leaf in enumerate(lineage.leaves)
    )
    for number, leaf in enumerate(lineage.leaves):
        alias = leaf.node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(leaf.node.name, quoted=True))
        places = dict(zip(("catalog", "db", "table"), part(number).parts, strict=True))
        leaf.node.replace(exp.table_(places.pop("table"), **places, quoted=True, alias=alias.this.copy()))
    partial = translated_tree(connection, tree, lambda _: False)
    if counts:  # the groups of one value stand together, and to look one up reads no more than these
        full = f"select * from ({full}) order by {Name((next(iter(keys)),)).quoted}"
    return Plan(full, True, None, partial, leaves, tuple(keys), lineage.is_row_by_row, counts, size, passed_on)


def _passed_on(lineage: Lineage, origins: Mapping[int, exp.Expr]) -> tuple[Name, str] | None:
    for number, expression in origins.items():
        if isinstance(expression, exp.Column):
            return lineage.leaves[number].name, expression.name
    return None


def _translated(connection: Connection, expressions: Sequence[exp.Expr]) -> list[str]:
    if not expressions:
        return []
    aliased = [exp.alias_(expression.copy(), f"K{number}") for number, expression in enumerate(expressions)]
    select = exp.select(*aliased).from_(exp.table_("_SOURCE", db="main", catalog="temp", quoted=True))
    return [each.unalias().sql("duckdb") for each in connection.translated(select).find(exp.Select).expressions]  # pyright: ignore[reportOptionalMemberAccess]


def _narrow_keys(connection: Connection, lineage: Lineage) -> dict[str, dict[int, exp.Expr]]:
    """Return of the columns that a query divides along those that are found fastest.

    Any of them will do. Columns as they stand in the tables go before computed ones, and VARIANTs are left out where
    there is another: the hash beside a record finds it without reading the records.
    """
    found = lineage.keys()
    types = {name: _types(connection, lineage, origins) for name, origins in found.items()}
    same = {name: origins for name, origins in found.items() if len(types[name]) == 1}
    plain = {name for name, origins in same.items() if all(isinstance(each, exp.Column) for each in origins.values())}
    narrow = {name for name in same if types[name] != {"JSON"}}
    chosen = (plain & narrow) or narrow or plain or set(same)
    return {name: origins for name, origins in same.items() if name in chosen}


def _types(connection: Connection, lineage: Lineage, origins: dict[int, exp.Expr]) -> set[str]:
    """Return the types that a key has in the leaves: '05' and 5 may join, but are not the same key."""
    found = set()
    for number, expression in origins.items():
        (key,) = _translated(connection, [expression])
        connection.execute(f"describe select {key} from {lineage.leaves[number].name.quoted}")
        found |= {row[1] for row in connection.duck.fetchall()}
    return found


def _counts(tree: exp.Query, lineage: Lineage, keys: dict[str, dict[int, exp.Expr]]) -> tuple[tuple[str, ...], str]:
    """Return the columns of a query that is nothing but counts of groups, and the one that counts every row."""
    nothing: tuple[tuple[str, ...], str] = (), ""
    if not isinstance(tree, exp.Select) or not tree.args.get("group") or len(lineage.leaves) != 1:
        return nothing
    if len(list(tree.find_all(exp.Group))) > 1 or tree.find(exp.Window, exp.Distinct, exp.Having, exp.Union):
        return nothing
    names = list(lineage.columns)
    counts = [
        name for name, value in zip(names, tree.expressions, strict=True) if isinstance(value.unalias(), exp.Count)
    ]
    if {*names} - {*counts} != set(keys) or len(keys) != len(tree.args["group"].expressions):
        return nothing
    sizes = [
        name
        for name, value in zip(names, tree.expressions, strict=True)
        if isinstance(value.unalias(), exp.Count) and isinstance(value.unalias().this, exp.Star)
    ]
    inner = [call for call in tree.find_all(exp.AggFunc) if call.find_ancestor(exp.Select) is not tree]
    return (tuple(counts), sizes[0]) if sizes and not inner else nothing
