"""Which columns of a query's answer divide its work: for each of their values, only source rows of that value count.

A refresh that knows such columns, the keys, makes again only the answer's rows whose keys occur in changed rows,
from only the source rows with these keys. A window divides along the columns of its PARTITION BY, a group along
its own, an inner or left join along what it sets equal, and what is done row by row along everything. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from local_cloud.snowflake_account.dialect.relations import name_of
from local_cloud.snowflake_account.language.tokens import Name

ColumnsOf = Callable[[Name], list[str] | None]
"""Returns the columns of a table, None for what is no table."""

_SCALAR_FUNCTIONS = {"HASH", "ARRAY_SIZE", "GET_PATH", "TRY_TO_NUMBER", "TO_VARIANT", "AS_VARCHAR"}
"""Functions that sqlglot has no class for and that are known to take one row; another might be an aggregate."""

_CHANGING = (exp.Rand, exp.Uuid, exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentUser)
_PARTS = {"expressions", "from_", "joins", "laterals", "where", "group", "having", "qualify", "distinct", "with_"}
_PARTS |= {"order", "kind", "hint"}


class NotDividedError(Exception):
    """A query has a part along which the rule does not know how it divides.

    Attributes:
        construct: the part, as it is called in SQL.
    """

    def __init__(self, construct: str) -> None:
        super().__init__(construct)
        self.construct = construct


@dataclass(frozen=True)
class Column:
    """A column of an intermediate answer.

    Attributes:
        origins: for leaves of the query, by their numbers, the expression over their columns that gives its value.
        divides: whether what is below divides along it.
    """

    origins: Mapping[int, exp.Expr] = field(default_factory=dict)
    divides: bool = False


Columns = dict[str, Column]


@dataclass(frozen=True)
class Leaf:
    """A place in a query where a table is read.

    Attributes:
        name: the table's full name.
        node: the place.
    """

    name: Name
    node: exp.Table


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
            steps = {**steps, **{_spelled(cte.args["alias"].this): cte for cte in with_.expressions}}
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
        scope = _Scope(sources)
        clauses = list(_clauses(select))
        for clause in clauses:
            _check(clause)
        windows = [window for clause in clauses for window in clause.find_all(exp.Window)]
        is_aggregate = bool(select.args.get("group")) or any(map(_aggregates, clauses))
        if windows or is_aggregate or select.args.get("distinct"):
            self.is_row_by_row = False
        answer = self._answer(select, scope)
        for window in windows:
            scope.restrict(answer, window.args.get("partition_by") or [])
        if is_aggregate:
            scope.restrict(answer, _group_keys(select))
        return {name: column for name, (_, column) in answer.items()}

    def _answer(self, select: exp.Select, scope: _Scope) -> _Answer:
        answer: _Answer = {}
        for expression in select.expressions:
            if isinstance(expression, exp.Star) or (
                isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star)
            ):
                answer |= scope.all_columns(expression)
                continue
            value = expression.unalias()
            name = _spelled(expression.args["alias"]) if isinstance(expression, exp.Alias) else _column_name(value)
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
            _join(join, sources, name)
        return sources

    def _source(self, source: exp.Expr, steps: Mapping[str, exp.CTE]) -> tuple[str, Columns]:
        if isinstance(source, exp.Subquery):
            return _alias(source), self.query(source.this, steps)
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            raise NotDividedError("a table function")
        if refused := {part for part, value in source.args.items() if value} - {"this", "db", "catalog", "alias"}:
            raise NotDividedError(min(refused).upper())
        if not source.db and (step := steps.get(_spelled(source.this))):
            before = {name: cte for name, cte in steps.items() if cte is not step}
            columns = self.query(step.this, before)
            renamed = step.args["alias"].args.get("columns") or []
            named = dict(zip(map(_spelled, renamed), columns.values(), strict=True)) if renamed else columns
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


_Answer = dict[str, tuple[exp.Expr, Column]]


@dataclass
class _Scope:
    """The tables that a SELECT reads, by the names that they go by in it."""

    sources: dict[str, Columns]

    def find(self, column: exp.Column) -> Column | None:
        name = _spelled(column.this)
        if column.table:
            return self.sources.get(_spelled(column.args["table"]), {}).get(name)
        found = [columns[name] for columns in self.sources.values() if name in columns]
        return found[0] if len(found) == 1 else None

    def inlined(self, value: exp.Expr, before: _Answer) -> exp.Expr:
        """Put the meaning of a column's name in its place where it is another column of the same SELECT."""

        def meant(node: exp.Expr) -> exp.Expr:
            is_own = isinstance(node, exp.Column) and not node.table and self.find(node) is None
            earlier = before.get(_spelled(node.this)) if is_own else None
            return exp.paren(earlier[0].copy()) if earlier else node

        return value.copy().transform(meant)

    def column(self, value: exp.Expr) -> Column:
        """Return what an expression is as a column: its origins are those that all its columns have."""
        if value.find(exp.Window, exp.AggFunc) or (isinstance(value, exp.Column) and self.find(value) is None):
            return Column()
        named = list(value.find_all(exp.Column))
        found = [self.find(column) for column in named]
        if not named or any(column is None for column in found):
            return Column()
        known = [column for column in found if column is not None]
        leaves = set.intersection(*(set(column.origins) for column in known))
        return Column({leaf: self._over(value, leaf) for leaf in leaves}, all(column.divides for column in known))

    def _over(self, value: exp.Expr, leaf: int) -> exp.Expr:
        """Write an expression over the columns of a leaf."""

        def origin(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and (found := self.find(node)):
                expression = found.origins[leaf].copy()
                return expression if isinstance(expression, exp.Column) else exp.paren(expression)
            return node

        return value.copy().transform(origin)

    def restrict(self, answer: _Answer, keys: list[exp.Expr]) -> None:
        """Let only what follows from these keys divide: columns that are keys, or are made of nothing but keys."""
        named = [self.inlined(key, answer) for key in keys]
        texts = {self._text(key) for key in named}
        for name, (value, column) in answer.items():
            parts = {self._text(part) for part in value.find_all(exp.Column)}
            if self._text(value) not in texts and not (parts and parts <= texts):
                answer[name] = value, replace(column, divides=False)

    def _text(self, value: exp.Expr) -> str:
        """Return an expression's text with each column in one spelling."""

        def full(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
                name = _spelled(node.this)
                owners = [table for table, columns in self.sources.items() if name in columns]
                table = _spelled(node.args["table"]) if node.table else owners[0] if len(owners) == 1 else ""
                return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True))
            return node

        return value.unnest().copy().transform(full).sql("snowflake")

    def all_columns(self, star: exp.Expr) -> _Answer:
        inside = star.this if isinstance(star, exp.Column) else star
        if {name for name, value in inside.args.items() if value}:
            raise NotDividedError("SELECT * EXCLUDE")
        table = _spelled(star.args["table"]) if isinstance(star, exp.Column) else None
        return {
            name: (
                exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(source, quoted=True)),
                column,
            )
            for source, columns in self.sources.items()
            if table in (None, source)
            for name, column in columns.items()
        }


def _join(join: exp.Expr, sources: dict[str, Columns], right: str) -> None:
    """Give columns that a join sets equal the origins of both sides; a left join only those of its left side."""
    kind = " ".join(str(join.args.get(part) or "") for part in ("side", "kind", "method")).split()
    if join.args.get("using") or not isinstance(join, exp.Join):
        raise NotDividedError("JOIN … USING" if isinstance(join, exp.Join) else "LATERAL")
    if kind not in ([], ["INNER"], ["LEFT"], ["LEFT", "OUTER"]) or not join.args.get("on"):
        raise NotDividedError(" ".join([*kind, "JOIN"]) if join.args.get("on") else "CROSS JOIN")
    _check(join.args["on"])
    scope = _Scope(sources)
    for condition in join.args["on"].flatten() if isinstance(join.args["on"], exp.And) else [join.args["on"]]:
        sides = [condition.this, condition.expression] if isinstance(condition, exp.EQ) else []
        if len(sides) == 2 and all(isinstance(side, exp.Column) for side in sides):
            _equate(scope, sides, right, is_inner="LEFT" not in kind)


def _equate(scope: _Scope, sides: list[exp.Expr], right: str, *, is_inner: bool) -> None:
    places = [(table, name) for side in sides if (place := _place(scope, side)) for table, name in [place]]
    if len(places) != 2 or [table for table, _ in places].count(right) != 1:
        return
    (left_table, left_name), (right_table, right_name) = sorted(places, key=lambda place: place[0] == right)
    one, other = scope.sources[left_table][left_name], scope.sources[right_table][right_name]
    both = Column({**other.origins, **one.origins}, one.divides and other.divides)
    scope.sources[left_table][left_name] = both
    if is_inner:
        scope.sources[right_table][right_name] = both


def _place(scope: _Scope, column: exp.Expr) -> tuple[str, str] | None:
    name = _spelled(column.this)
    table = _spelled(column.args["table"]) if column.args.get("table") else None
    owners = [each for each, columns in scope.sources.items() if name in columns and table in (None, each)]
    return (owners[0], name) if len(owners) == 1 else None


def _check(clause: exp.Expr) -> None:
    """Refuse in an expression what does not depend on its row and window alone."""
    if clause.find(exp.Query, exp.SubqueryPredicate):
        raise NotDividedError("a subquery outside of FROM")
    if changing := clause.find(*_CHANGING):
        raise NotDividedError(changing.sql_name() if isinstance(changing, exp.Func) else changing.key.upper())
    if any(column.db for column in clause.find_all(exp.Column)):
        raise NotDividedError("a column named with its schema")
    for call in clause.find_all(exp.Anonymous):
        if call.name.upper() not in _SCALAR_FUNCTIONS:
            raise NotDividedError(call.name.upper())


def _aggregates(clause: exp.Expr) -> bool:
    """Tell whether an expression has an aggregate that is no window's own function."""
    return any(not isinstance(_outer(call), exp.Window) for call in clause.find_all(exp.AggFunc))


def _outer(call: exp.Expr) -> exp.Expr | None:
    parent = call.parent
    while isinstance(parent, exp.IgnoreNulls | exp.RespectNulls | exp.Filter | exp.WithinGroup):
        parent = parent.parent
    return parent


def _clauses(select: exp.Select) -> Iterator[exp.Expr]:
    yield from select.expressions
    for part in ("where", "group", "having", "qualify"):
        if clause := select.args.get(part):
            yield clause


def _group_keys(select: exp.Select) -> list[exp.Expr]:
    group = select.args.get("group")
    if group is None:
        return []
    if {part for part, value in group.args.items() if value} - {"expressions"}:
        raise NotDividedError("GROUP BY with ROLLUP, CUBE, GROUPING SETS or ALL")
    return [
        select.expressions[int(key.name) - 1].unalias() if isinstance(key, exp.Literal) and key.is_int else key
        for key in group.expressions
    ]


def _is_flatten(joined: exp.Expr) -> bool:
    return isinstance(joined, exp.Lateral | exp.TableFromRows) and isinstance(joined.this, exp.Explode)


def _alias(source: exp.Expr) -> str:
    alias = source.args.get("alias")
    identifier = alias.this if alias else source.this
    return _spelled(identifier) if isinstance(identifier, exp.Identifier) else ""


def _column_name(value: exp.Expr) -> str:
    return _spelled(value.this) if isinstance(value, exp.Column) else value.sql("snowflake").upper()


def _spelled(identifier: exp.Expr) -> str:
    return identifier.name if identifier.args.get("quoted") else identifier.name.upper()
