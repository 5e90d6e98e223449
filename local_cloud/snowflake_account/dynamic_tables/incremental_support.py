"""What keeps a query from being refreshed incrementally, by Snowflake's documentation. Pure.

https://docs.snowflake.com/en/user-guide/dynamic-tables/supported-queries
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError

_OUTER = ("LEFT", "RIGHT", "FULL")
_CLOCK = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp)
_FILTERS = (exp.Where, exp.Having, exp.Qualify)
_CONTEXT = {"CURRENT_ACCOUNT", "CURRENT_REGION", "CURRENT_ROLE", "CURRENT_WAREHOUSE", "CURRENT_USER"}
_REFUSED_FUNCTIONS = {"RANDOM", "RANDSTR", "UUID_STRING", "SEQ1", "SEQ2", "SEQ4", "SEQ8", *_CONTEXT}


def check_incremental(query: exp.Expr, mode: str) -> str | None:
    """Return why a query is refreshed in full, None where it can be refreshed incrementally.

    Args:
        query: a dynamic table's, in Snowflake's SQL.
        mode: the REFRESH_MODE that was asked for.

    Raises:
        SnowflakeError: INCREMENTAL or ADAPTIVE was asked for, and the query cannot be.
    """
    construct = next(_unsupported(query), None)
    if construct is None:
        return None
    reason = f"This dynamic table contains a query construct that does not support incremental refresh: {construct}."
    if mode in ("INCREMENTAL", "ADAPTIVE"):
        raise SnowflakeError(f"SQL compilation error:\n{reason} Use REFRESH_MODE = FULL or AUTO.")
    return reason


def _unsupported(query: exp.Expr) -> Iterator[str]:
    for node in query.walk():
        if construct := _construct(node):
            yield construct


def _construct(node: exp.Expr) -> str | None:
    match node:
        case exp.With() if node.args.get("recursive"):
            return "WITH RECURSIVE"
        case exp.Connect():
            return "CONNECT BY"
        case exp.Except() | exp.Intersect():
            return "EXCEPT" if isinstance(node, exp.Except) else "INTERSECT"
        case exp.Limit() | exp.Fetch():
            return "LIMIT"
        case exp.TableSample():
            return "SAMPLE"
        case exp.Rollup() | exp.Cube() | exp.GroupingSets():
            return "GROUP BY " + {"rollup": "ROLLUP", "cube": "CUBE"}.get(node.key, "GROUPING SETS")
        case exp.Pivot() if node.args.get("unpivot"):
            return "UNPIVOT"
        case exp.AnyValue():
            return "ANY_VALUE"
        case exp.Exists():
            return "a subquery outside of FROM"
        case exp.Join():
            return _join(node)
        case exp.Lateral() if not isinstance(node.this, exp.Explode):
            return "LATERAL"
        case exp.Column() if node.name.upper() == "NEXTVAL" and node.table:
            return "a sequence"
    return _subquery(node) or _function(node)


def _subquery(node: exp.Expr) -> str | None:
    """Name a query that stands where a value does."""
    if not isinstance(node, exp.Query) or node.parent is None:
        return None
    around = node.parent
    while isinstance(around, exp.Subquery | exp.Union | exp.Paren):
        around = around.parent
    in_from = (exp.From, exp.Join, exp.CTE, exp.With, exp.Lateral, type(None))
    return None if isinstance(around, in_from) else "a subquery outside of FROM"


def _join(join: exp.Join) -> str | None:
    if str(join.args.get("side") or "").upper() not in _OUTER or not (condition := join.args.get("on")):
        return None
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    if any(isinstance(part, exp.EQ | exp.NullSafeEQ) for part in parts):
        return None
    return "an outer join without an equality predicate"


def _function(node: exp.Expr) -> str | None:
    if isinstance(node, _CLOCK) and not node.find_ancestor(*_FILTERS):
        return f"{node.sql_name()} outside of WHERE, HAVING and QUALIFY"
    if isinstance(node, exp.Rand | exp.Uuid | exp.CurrentUser | exp.CurrentRole | exp.CurrentWarehouse):
        return node.sql_name()
    if isinstance(node, exp.Anonymous) and node.name.upper() in _REFUSED_FUNCTIONS:
        return node.name.upper()
    return None
