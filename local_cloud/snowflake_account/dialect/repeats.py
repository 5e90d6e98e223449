"""ROW_NUMBER over keys that hardly ever repeat, as when a query looks for what was delivered twice.

It is looked for in the steps of a query, and in the query itself where that is no more than such a step.

DuckDB numbers the rows of all partitions by sorting them, records and all. Counting how often each hash of the
keys occurs is far cheaper; a row whose hash occurs once is alone in its partition and number one, and only the
others need the window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

IsTable = Callable[[exp.Table], bool]

_CLAUSES, _PARTS = {"expressions", "from_", "qualify"}, {"this", "db", "catalog", "alias"}
"""What a step may be made of, and the table that it reads: not a condition, a join, a sample."""

_ONE = "1::bigint"
"""The number of a row that is alone, in the type that DuckDB numbers rows in."""


@dataclass(frozen=True)
class _Step:
    """A common table expression that numbers the rows of a source.

    Attributes:
        cte: the expression.
        select: its query.
        source: the table or step that it reads.
        window: the row number, which is one of the query's columns or is compared with 1 by its QUALIFY.
    """

    cte: exp.CTE
    select: exp.Select
    source: exp.Table
    window: exp.Window

    @property
    def key_hash(self) -> exp.Expr:
        """The hash of a row's keys: equal keys have the same."""
        return exp.Anonymous(this="hash", expressions=[key.copy() for key in self.window.args["partition_by"]])


def with_repeats_apart(tree: exp.Expr, is_table: IsTable) -> exp.Expr:
    """Let only the rows whose keys repeat go through the window of a step, or of a query, that numbers rows.

    The source is read three times for that, so it must be the same each time: a table, or a step of this form.

    Args:
        tree: a query in DuckDB's SQL; changed.
        is_table: tells whether a name is a table's, and not a view's.
    """
    tree = _as_step(tree)
    for with_ in list(tree.find_all(exp.With)):
        steps: list[exp.Expr] = []
        names = {cte.alias.upper() for cte in with_.expressions}
        steady: set[str] = set()
        for cte in with_.expressions:
            step = _numbering(cte)
            if step and _is_steady(step.source, names, steady, is_table):
                steady.add(cte.alias.upper())
                steps += _apart(step, names)
            else:
                steps.append(cte)
        with_.set("expressions", steps)
    return tree


def _as_step(tree: exp.Expr) -> exp.Expr:
    """Return a query that numbers rows as the one that reads a step which does; any other as it is."""
    if not isinstance(tree, exp.Select) or tree.args.get("with_"):
        return tree
    step = exp.CTE(this=tree.copy(), alias=exp.TableAlias(this=exp.to_identifier("_ROWS")))
    if not _numbering(step):
        return tree
    source = tree.args["from_"].this
    name = _new_name("_ROWS", {source.name.upper()})
    step.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    whole = exp.select("*").from_(exp.table_(name))
    whole.set("with_", exp.With(expressions=[step]))
    return whole


def _numbering(cte: exp.CTE) -> _Step | None:
    """Return a step of the known form, or None: columns, their hashes and one ROW_NUMBER over one source's rows."""
    select = cte.this
    if not isinstance(select, exp.Select) or _given(select) - _CLAUSES or "from_" not in _given(select):
        return None
    source = select.args["from_"].this
    if not isinstance(source, exp.Table) or _given(source) - _PARTS or _given(cte) - {"this", "alias"}:
        return None
    windows = list(select.find_all(exp.Window))
    if len(windows) != 1 or not isinstance(windows[0].this, exp.RowNumber) or cte.args["alias"].columns:
        return None
    (window,) = windows
    keys = window.args.get("partition_by") or []
    columns = [each.unalias() for each in select.expressions if each.unalias() is not window]
    aliases = {each.alias.upper() for each in select.expressions if isinstance(each, exp.Alias)}
    if any(key.name.upper() in aliases for key in keys):  # a key may be the alias, which the source does not have
        return None
    qualify = select.args.get("qualify")
    is_first = qualify is None or qualify.this == exp.EQ(this=window, expression=exp.Literal.number(1))
    if keys and is_first and all(isinstance(key, exp.Column) for key in keys) and all(map(_is_plain, columns)):
        return _Step(cte, select, source, window)
    return None


def _is_plain(column: exp.Expr) -> bool:
    """Tell whether a column is one of the source's, or the hash of some."""
    parts = column.expressions if isinstance(column, exp.Anonymous) and column.name.upper() == "HASH" else [column]
    return all(isinstance(part, exp.Column) for part in parts)


def _given(expression: exp.Expr) -> set[str]:
    return {name for name, value in expression.args.items() if value is not None and value != [] and value is not False}


def _is_steady(source: exp.Table, names: set[str], steady: set[str], is_table: IsTable) -> bool:
    if not source.db and source.name.upper() in names:
        return source.name.upper() in steady
    return is_table(source)


def _apart(step: _Step, names: set[str]) -> list[exp.Expr]:
    """Return the steps in the place of one: the hashes that repeat, the rows that have them, all rows."""
    hashes, repeated = (_new_name(f"_{step.cte.alias}_{what}", names) for what in ("HASHES", "REPEATED"))
    of_repeats = exp.select(exp.alias_(step.key_hash, "KEY_HASH")).from_(step.source.copy())
    of_repeats = of_repeats.group_by(exp.Literal.number(1)).having("count(*) > 1")
    repeats = exp.In(this=step.key_hash, query=exp.select("KEY_HASH").from_(exp.table_(hashes)).subquery())
    alone = step.select.copy()
    alone.set("qualify", None)
    for window in alone.find_all(exp.Window):
        window.replace(exp.maybe_parse(_ONE, dialect="duckdb"))
    everything = alone.where(exp.Not(this=repeats)).union(exp.select("*").from_(exp.table_(repeated)), distinct=False)
    step.cte.set("this", everything)
    step.cte.set("materialized", False)
    return [_kept(hashes, of_repeats), _kept(repeated, step.select.copy().where(repeats)), step.cte]


def _new_name(name: str, names: set[str]) -> str:
    while name.upper() in names:
        name += "_"
    return name


def _kept(name: str, query: exp.Query) -> exp.CTE:
    return exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)), materialized=True)
