"""Which columns of a query's answer divide its work: for each of their values, only source rows of that value count.

A refresh that knows such columns, the keys, makes again only the answer's rows whose keys occur in changed rows,
from only the source rows with these keys. A window divides along the columns of its PARTITION BY, a group along
its own, an inner or left join along what it sets equal, and what is done row by row along everything. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.snowflake_account.dialect.relations import name_of
from local_cloud.snowflake_account.dynamic_tables.clauses import aggregates, check, clauses, group_keys
from local_cloud.snowflake_account.dynamic_tables.columns import Column, Columns, Leaf, NotDividedError, spelled
from local_cloud.snowflake_account.dynamic_tables.joins import join_sources
from local_cloud.snowflake_account.dynamic_tables.scope import Answer, Scope
from local_cloud.snowflake_account.language.tokens import Name

ColumnsOf = Callable[[Name], list[str] | None]
"""Returns the columns of a table, None for what is no table."""

_PARTS = {"expressions", "from_", "joins", "laterals", "where", "group", "having", "qualify", "distinct", "with_"}
_PARTS |= {"order", "kind", "hint"}


@dataclass
class Lineage:
    """How a query divides.

    Attributes:
        leaves: where it reads tables.
        columns: the answer's.
        is_row_by_row: whether each row of the answer comes from one row of one leaf.
    """

    leaves: list[Leaf]
    columns: Columns
    is_row_by_row: bool

    def keys(self) -> dict[str, dict[int, exp.Expr]]:
        """Return the columns that the query divides along, with the expression of each leaf."""
        everywhere = set(range(len(self.leaves)))
        return {
            name: dict(column.origins)
            for name, column in self.columns.items()
            if column.divides and set(column.origins) == everywhere
        }


def lineage_of(query: exp.Query, columns_of: ColumnsOf) -> Lineage:
    """Follow a query's columns down to the tables that it reads.

    Args:
        query: it, in Snowflake's SQL, with full names; not changed.
        columns_of: returns the columns of a table.

    Raises:
        NotDividedError: it has a part that the rule does not cover.
    """
    reader = _Reader(columns_of)
    columns = reader.query(query, {})
    return Lineage(reader.leaves, columns, reader.is_row_by_row)


class _Reader:
    def __init__(self, columns_of: ColumnsOf) -> None:
        self.leaves: list[Leaf] = []
        self.is_row_by_row = True
        self._columns_of = columns_of

    def query(self, query: exp.Expr, steps: Mapping[str, exp.CTE]) -> Columns:
        if with_ := query.args.get("with_"):
            if with_.args.get("recursive"):
                raise NotDividedError("WITH RECURSIVE")
            steps = {**steps, **{spelled(cte.args["alias"].this): cte for cte in with_.expressions}}
        if isinstance(query, exp.Subquery):
            return self.query(query.this, steps)
        if isinstance(query, exp.Union):
            return self._union(query, steps)
        if isinstance(query, exp.Select):
            return self._select(query, steps)
        raise NotDividedError(query.key.upper())

    def _union(self, union: exp.Union, steps: Mapping[str, exp.CTE]) -> Columns:
        if union.args.get("by_name") or union.args.get("limit"):
            raise NotDividedError("UNION BY NAME")
        if union.args.get("distinct"):
            self.is_row_by_row = False
        left, right = (self.query(side, steps) for side in (union.left, union.right))
        return {
            name: Column({**one.origins, **other.origins}, one.divides and other.divides)
            for (name, one), other in zip(left.items(), right.values(), strict=True)
        }

    def _select(self, select: exp.Select, steps: Mapping[str, exp.CTE]) -> Columns:
        if refused := {name for name, value in select.args.items() if value} - _PARTS:
            raise NotDividedError(min(refused).strip("_").upper())
        sources = self._sources(select, steps)
        scope = Scope(sources)
        parts = list(clauses(select))
        for clause in parts:
            check(clause)
        windows = [window for clause in parts for window in clause.find_all(exp.Window)]
        is_aggregate = bool(select.args.get("group")) or any(map(aggregates, parts))
        if windows or is_aggregate or select.args.get("distinct"):
            self.is_row_by_row = False
        answer = self._answer(select, scope)
        for window in windows:
            scope.restrict(answer, window.args.get("partition_by") or [])
        if is_aggregate:
            scope.restrict(answer, group_keys(select))
        return {name: column for name, (_, column) in answer.items()}

    def _answer(self, select: exp.Select, scope: Scope) -> Answer:
        answer: Answer = {}
        for expression in select.expressions:
            if isinstance(expression, exp.Star) or (
                isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star)
            ):
                answer |= scope.all_columns(expression)
                continue
            value = expression.unalias()
            name = spelled(expression.args["alias"]) if isinstance(expression, exp.Alias) else _column_name(value)
            inlined = scope.inlined(value, answer)
            answer[name] = inlined, scope.column(inlined)
        return answer

    def _sources(self, select: exp.Select, steps: Mapping[str, exp.CTE]) -> dict[str, Columns]:
        if not (from_ := select.args.get("from_")):
            raise NotDividedError("SELECT without FROM")
        name, columns = self._source(from_.this, steps)
        sources = {name: columns}
        for join in [*(select.args.get("joins") or []), *(select.args.get("laterals") or [])]:
            joined = join.this if isinstance(join, exp.Join) else join
            if _is_flatten(joined):
                sources[_alias(joined)] = {}
                continue
            self.is_row_by_row = False
            name, columns = self._source(joined, steps)
            sources[name] = columns
            join_sources(join, sources, name)
        return sources

    def _source(self, source: exp.Expr, steps: Mapping[str, exp.CTE]) -> tuple[str, Columns]:
        if isinstance(source, exp.Subquery):
            return _alias(source), self.query(source.this, steps)
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            raise NotDividedError("a table function")
        if refused := {part for part, value in source.args.items() if value} - {"this", "db", "catalog", "alias"}:
            raise NotDividedError(min(refused).upper())
        if not source.db and (step := steps.get(spelled(source.this))):
            before = {name: cte for name, cte in steps.items() if cte is not step}
            columns = self.query(step.this, before)
            renamed = step.args["alias"].args.get("columns") or []
            named = dict(zip(map(spelled, renamed), columns.values(), strict=True)) if renamed else columns
            return _alias(source), named
        return _alias(source), self._leaf(source)

    def _leaf(self, table: exp.Table) -> Columns:
        name = name_of(table)
        if (names := self._columns_of(name)) is None:
            raise NotDividedError(f"{name}, which is no table")
        if any(leaf.node is table for leaf in self.leaves):
            raise NotDividedError("a common table expression that is read twice")
        number = len(self.leaves)
        self.leaves.append(Leaf(name, table))
        return {each: Column({number: exp.column(exp.to_identifier(each, quoted=True))}, True) for each in names}


def _is_flatten(joined: exp.Expr) -> bool:
    return isinstance(joined, exp.Lateral | exp.TableFromRows) and isinstance(joined.this, exp.Explode)


def _alias(source: exp.Expr) -> str:
    alias = source.args.get("alias")
    identifier = alias.this if alias else source.this
    return spelled(identifier) if isinstance(identifier, exp.Identifier) else ""


def _column_name(value: exp.Expr) -> str:
    return spelled(value.this) if isinstance(value, exp.Column) else value.sql("snowflake").upper()
