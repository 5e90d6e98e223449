"""ROW_NUMBER over keys that hardly ever repeat, as when a query looks for what was delivered twice.

DuckDB numbers the rows of all partitions by sorting them, records and all. Counting how often each hash of the
keys occurs is far cheaper; a row whose hash occurs once is alone in its partition and number one, and only the
others need the window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

IsTable = Callable[[exp.Table], bool]

_ONLY = {"expressions", "from_", "qualify"}
"""The clauses of a step that this knows."""

_ONE = "1::bigint"
"""The number of a row that is alone, in the type that DuckDB numbers rows in."""


@dataclass(frozen=True)
class _Step:
    """A common table expression that numbers the rows of a source.

    Attributes:
        name: its name.
        select: its query.
        window: the row number, which is one of the query's columns or is compared with 1 by its QUALIFY.
    """

    name: str
    select: exp.Select
    window: exp.Window

    @property
    def key_hash(self) -> exp.Expr:
        """The hash of a row's keys: equal keys have the same."""
        return exp.Anonymous(this="hash", expressions=[key.copy() for key in self.window.args["partition_by"]])


def with_repeats_apart(tree: exp.Expr, is_table: IsTable) -> exp.Expr:
    """Let only the rows whose keys repeat go through the window of a step that numbers rows.

    The source is read three times for that, so it must be the same each time: a table, or a step of this form.

    Args:
        tree: a query in DuckDB's SQL; changed.
        is_table: tells whether a name is a table's, and not a view's.
    """
    for with_ in list(tree.find_all(exp.With)):
        steps: list[exp.Expr] = []
        names = {cte.alias.upper() for cte in with_.expressions}
        steady: set[str] = set()
        for cte in with_.expressions:
            step = _numbering(cte)
            if step and _is_steady(step.select.args["from_"].this, names, steady, is_table):
                steps += _apart(step, cte)
                steady.add(step.name.upper())
            else:
                steps.append(cte)
        with_.set("expressions", steps)
    return tree


def _numbering(cte: exp.CTE) -> _Step | None:
    """Return a step of the known form, or None: plain columns and one ROW_NUMBER over the rows of one source."""
    select = cte.this
    if not isinstance(select, exp.Select) or cte.args["alias"].columns or cte.args.get("materialized") is not None:
        return None
    if {clause for clause, value in select.args.items() if value} - _ONLY or not isinstance(_source(select), exp.Table):
        return None
    windows = list(select.find_all(exp.Window))
    if len(windows) != 1 or not isinstance(windows[0].this, exp.RowNumber):
        return None
    (window,) = windows
    keys = window.args.get("partition_by")
    columns = (each.unalias() for each in select.expressions if each.unalias() is not window)
    if not keys or not all(isinstance(column, exp.Column) for column in (*keys, *columns)):
        return None
    qualify = select.args.get("qualify")
    is_known = qualify is None or qualify.this == exp.EQ(this=window, expression=exp.Literal.number(1))
    return _Step(cte.alias, select, window) if is_known else None


def _source(select: exp.Select) -> exp.Expr | None:
    source = select.args.get("from_")
    return (
        source.this
        if source
        and not {key for key, value in source.this.args.items() if value}
        - {
            "this",
            "db",
            "catalog",
            "alias",
        }
        else None
    )


def _is_steady(source: exp.Table, names: set[str], steady: set[str], is_table: IsTable) -> bool:
    if not source.db and source.name.upper() in names:
        return source.name.upper() in steady
    return is_table(source)


def _apart(step: _Step, cte: exp.CTE) -> list[exp.Expr]:
    """Return the steps in the place of one: the hashes that repeat, the rows that have them, all rows."""
    source = step.select.args["from_"].this
    hashes, repeated = f"_{step.name}_HASHES", f"_{step.name}_REPEATED"
    repeats = exp.In(this=step.key_hash, query=exp.Subquery(this=exp.select("KEY_HASH").from_(exp.table_(hashes))))
    alone = step.select.copy()
    alone.set("qualify", None)
    for window in alone.find_all(exp.Window):
        window.replace(exp.maybe_parse(_ONE, dialect="duckdb"))
    return [
        _step(
            hashes,
            exp.select(exp.alias_(step.key_hash, "KEY_HASH"))
            .from_(source.copy())
            .group_by(exp.Literal.number(1))
            .having("count(*) > 1"),
            materialized=True,
        ),
        _step(repeated, step.select.copy().where(repeats), materialized=True),
        _step(
            cte.alias,
            alone.where(exp.Not(this=repeats)).union(exp.select("*").from_(exp.table_(repeated)), distinct=False),
            materialized=False,
        ),
    ]


def _step(name: str, query: exp.Query, *, materialized: bool) -> exp.CTE:
    return exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)), materialized=materialized)
