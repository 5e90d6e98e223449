"""Statements with VARIANTs, in which each VARIANT is converted to what it meets.

DuckDB has VARIANTs as JSON, and takes JSON beside a text for two texts: with quotes, and an error where the other one
is no JSON. So the types of all expressions are told from the columns' types up, and a conversion is put in wherever
Snowflake makes one by itself. What the expressions of one SELECT are made of is `expressions`; here are the clauses.
https://docs.snowflake.com/en/sql-reference/data-type-conversion#implicit-casting-coercion
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from local_cloud.snowflake_account.dialect import time_formats
from local_cloud.snowflake_account.dialect.relations import named_relations
from local_cloud.snowflake_account.dialect.variants import conversions
from local_cloud.snowflake_account.dialect.variants.expressions import Expressions
from local_cloud.snowflake_account.dialect.variants.outputs import convert_output
from local_cloud.snowflake_account.dialect.variants.scopes import FLATTENED, Columns, ColumnsOf, Scope, renamed, spelled
from local_cloud.snowflake_account.dialect.variants.types import Type, common

_MAKERS = (
    exp.Array,
    exp.ArrayAgg,
    exp.Bracket,
    exp.Explode,
    exp.GetExtract,
    exp.JSONExtract,
    exp.JSONObject,
    exp.ObjectAgg,
    exp.ParseJSON,
    exp.Split,
    exp.StarMap,
    exp.Struct,
    exp.ToArray,
    exp.ToVariant,
)
"""What makes a VARIANT of something else."""

_CONVERTED = exp.DataType.NESTED_TYPES | {exp.DType.VARIANT, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ}
"""The types of which a cast says that values are to be converted."""


def with_conversions(tree: exp.Expr, columns_of: ColumnsOf, *, coerces: bool = False) -> exp.Expr:
    """Convert each VARIANT in a statement to what it meets.

    Args:
        tree: a statement in Snowflake's SQL, its relations' names in full; changed.
        columns_of: tells the columns of a table or view.
        coerces: whether texts are converted to what they meet too, and other values where a text is wanted.
    """
    if coerces or _has_variants(tree, columns_of):
        Rewriting(columns_of, coerces=coerces).statement(tree)
    return tree


def _has_variants(tree: exp.Expr, columns_of: ColumnsOf) -> bool:
    columns = [column for table in named_relations(tree) for column in columns_of(table)]
    names = {name for name, type_ in columns if type_ is Type.VARIANT}
    instants = {name for name, type_ in columns if type_ is Type.TIMESTAMP_TZ}
    for node in tree.walk():
        if instants and (
            isinstance(node, exp.Insert) or (isinstance(node, exp.Column) and spelled(node.this) in instants)
        ):
            return True
        if isinstance(node, _MAKERS) or time_formats.depends_on_type(node):
            return True
        if names and (isinstance(node, exp.Star) or (isinstance(node, exp.Column) and spelled(node.this) in names)):
            return True
        if isinstance(node, exp.DataType) and node.this in _CONVERTED:
            return True
        if isinstance(node, exp.Insert | exp.Anonymous) and (names or isinstance(node, exp.Anonymous)):
            return True
    return False


class Rewriting:
    """Goes through one statement.

    Args:
        columns_of: tells the columns of a table or view.
        coerces: whether texts are converted to what they meet too, and other values where a text is wanted.
    """

    def __init__(self, columns_of: ColumnsOf, *, coerces: bool = False) -> None:
        self._columns_of = columns_of
        self._expressions = Expressions(self.query, coerces=coerces)

    def statement(self, tree: exp.Expr) -> None:
        """Go through a query or DML."""
        match tree:
            case exp.Query():
                self.query(tree, None)
            case exp.Insert():
                self._insert(tree)
            case exp.Update():
                self._update(tree)
            case exp.Delete():
                scope = Scope()
                for source in (tree.this, *(tree.args.get("using") or ())):
                    self._source(source, scope)
                self._condition(tree.args.get("where"), "this", scope)
            case exp.Merge():
                self._merge(tree)

    def query(self, query: exp.Expr, outer: Scope | None) -> Columns:
        """Go through a query; return the columns that it gives."""
        scope = outer.inner() if outer else Scope()
        self._ctes(query.args.get("with_"), scope)
        match query:
            case exp.Subquery():
                inner = query.this
                if isinstance(inner, exp.Table):  # a join in brackets
                    return self._select_from(query, scope)
                return renamed(self.query(inner, scope), query.args.get("alias"))
            case exp.SetOperation():
                return self._set_operation(query, scope)
            case exp.Select():
                return self._select(query, scope)
        return []

    def _select_from(self, query: exp.Expr, scope: Scope) -> Columns:
        self._source(query.this, scope)
        return [column for columns in scope.sources.values() for column in columns]

    def _ctes(self, with_: exp.With | None, scope: Scope) -> None:
        for cte in with_.expressions if with_ else ():
            name, alias = spelled(cte.args["alias"].this), cte.args["alias"]
            if with_ and with_.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
                scope.ctes[name] = renamed(self.query(cte.this.this.copy(), scope), alias)
            scope.ctes[name] = renamed(self.query(cte.this, scope), alias)

    def _set_operation(self, query: exp.SetOperation, scope: Scope) -> Columns:
        left, right = (self.query(side, scope) for side in (query.this, query.expression))
        if len(left) != len(right):
            return left
        types = [common((one, other)) for (_, one), (_, other) in zip(left, right, strict=True)]
        for side, columns in ((query.this, left), (query.expression, right)):
            convert_output(side, columns, types)
        return [(name, type_) for (name, _), type_ in zip(left, types, strict=True)]

    def _select(self, select: exp.Select, scope: Scope) -> Columns:
        scope.grouped = bool(select.args.get("group"))
        joins = select.args.get("joins") or []
        from_ = select.args.get("from_")
        for source in (*([from_.this] if from_ else ()), *(select.args.get("laterals") or ())):
            self._source(source, scope)
        for join in joins:
            self._source(join.this, scope)
        for join in joins:
            self._condition(join, "on", scope)
        columns: Columns = []
        for projection in list(select.expressions):
            columns += self._projection(projection, scope)
        for clause in ("where", "having", "qualify"):
            self._condition(select.args.get(clause), "this", scope)
        for clause in ("group", "distinct", "windows"):
            for part in select.args.get(clause) or () if clause == "windows" else [select.args.get(clause)]:
                for each in list(part.iter_expressions()) if part else ():
                    self._expressions.convert(each, scope)
        self._order(select, columns, scope)
        return columns

    def _projection(self, projection: exp.Expr, scope: Scope) -> Columns:
        if projection.is_star and not isinstance(projection, exp.Alias):
            return scope.star(projection)
        type_ = self._expressions.convert(projection, scope)
        if isinstance(projection, exp.Alias):
            name = spelled(projection.args["alias"])
            scope.aliases[name] = type_
            return [(name, type_)]
        return [(spelled(projection.this) if isinstance(projection, exp.Column) else projection.output_name, type_)]

    def _condition(self, clause: exp.Expr | None, key: str, scope: Scope) -> None:
        if clause and (condition := clause.args.get(key)):
            self._expressions.convert(condition, scope, Type.BOOLEAN)

    def _order(self, select: exp.Select, columns: Columns, scope: Scope) -> None:
        """Put VARIANTs in their order, also those that ORDER BY names by their place."""
        order = select.args.get("order")
        for ordered in order.expressions if order else ():
            key = ordered.this
            if isinstance(key, exp.Literal) and key.is_int:
                place = int(key.name) - 1
                if 0 <= place < len(columns) and columns[place][1] is Type.VARIANT:
                    ordered.set("this", conversions.order_key(_column_at(select, place, columns[place][0])))
            elif self._expressions.convert(key, scope, alias_first=True) is Type.VARIANT:
                ordered.set("this", conversions.order_key(ordered.this))

    def _source(self, source: exp.Expr, scope: Scope) -> None:
        """Add what a query reads to what its expressions can name."""
        alias = source.args.get("alias")
        name = spelled(alias.this) if isinstance(alias, exp.TableAlias) and alias.this else ""
        match source:
            case exp.Table() if isinstance(source.this, exp.Identifier):
                cte = None if source.db else scope.ctes.get(spelled(source.this))
                columns = self._columns_of(source) if cte is None else cte
                scope.add(name or spelled(source.this), renamed(columns, alias))
                for join in source.args.get("joins") or ():
                    self._source(join.this, scope)
            case exp.Subquery() if isinstance(source.this, exp.Table) and not name:
                self._source(source.this, scope)
            case exp.Query():
                scope.add(name, self.query(source, scope))
            case exp.Lateral() | exp.TableFromRows() | exp.Table():
                self._table_function(source, name, scope)
            case exp.Values():
                scope.add(name, renamed(self._values(source, scope), alias))
            case _:
                scope.add(name, [])

    def _table_function(self, source: exp.Expr, name: str, scope: Scope) -> None:
        call = source.this
        if isinstance(call, exp.Query):
            scope.add(name, self.query(call, scope))
            return
        for argument in list(call.iter_expressions()) if isinstance(call, exp.Expr) else ():
            value = argument.expression if isinstance(argument, exp.Kwarg) else argument
            self._expressions.convert(value, scope)
        scope.add(name, renamed(FLATTENED, source.args.get("alias")) if isinstance(call, exp.Explode) else [])

    def _values(self, values: exp.Values, scope: Scope) -> Columns:
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in values.expressions]
        types = [[self._expressions.convert(value, scope) for value in list(row)] for row in rows]
        return [(f"COLUMN{place + 1}", common(column)) for place, column in enumerate(zip(*types, strict=False))]

    def _insert(self, insert: exp.Insert) -> None:
        target, query = insert.this, insert.expression
        table = target.this if isinstance(target, exp.Schema) else target
        declared = self._columns_of(table) if isinstance(table, exp.Table) else []
        if isinstance(target, exp.Schema):
            types = dict(declared)
            declared = [(spelled(each), types.get(spelled(each), Type.UNKNOWN)) for each in target.expressions]
        scope = Scope()
        self._ctes(insert.args.get("with_"), scope)
        if isinstance(query, exp.Values):
            for row in query.expressions:
                row_values = row.expressions if isinstance(row, exp.Tuple) else [row]
                self._assign(list(zip(list(row_values), declared, strict=False)), scope)
        elif isinstance(query, exp.Query):
            given = self.query(query, scope)
            if len(given) == len(declared):
                convert_output(query, given, [type_ for _, type_ in declared], stored=True)

    def _assign(self, values: Sequence[tuple[exp.Expr, tuple[str, Type]]], scope: Scope) -> None:
        for value, (_, type_) in values:
            self._expressions.store(value, scope, type_)

    def _update(self, update: exp.Update) -> None:
        scope = Scope()
        from_ = update.args.get("from_")
        for source in (update.this, *([from_.this] if from_ else ())):
            self._source(source, scope)
        for join in (from_.this.args.get("joins") or ()) if from_ else ():
            self._condition(join, "on", scope)
        self._assignments(update.expressions, self._columns_of(update.this), scope)
        self._condition(update.args.get("where"), "this", scope)

    def _assignments(self, assignments: Sequence[exp.Expr], columns: Columns, scope: Scope) -> None:
        types = dict(columns)
        for each in assignments:
            if isinstance(each, exp.EQ) and isinstance(each.this, exp.Column):
                name = spelled(each.this.this)
                self._assign([(each.expression, (name, types.get(name, Type.UNKNOWN)))], scope)

    def _merge(self, merge: exp.Merge) -> None:
        scope = Scope()
        self._source(merge.this, scope)
        self._source(merge.args["using"], scope)
        self._condition(merge, "on", scope)
        columns = self._columns_of(merge.this)
        types = dict(columns)
        for when in merge.args["whens"].expressions:
            self._condition(when, "condition", scope)
            then = when.args["then"]
            if isinstance(then, exp.Update):
                self._assignments(then.expressions, columns, scope)
            elif isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple):
                named = then.this.expressions if then.this else []
                targets = [
                    (spelled(each.this), types.get(spelled(each.this), Type.UNKNOWN)) for each in named
                ] or columns
                self._assign(list(zip(list(then.expression.expressions), targets, strict=False)), scope)


def _column_at(select: exp.Select, place: int, name: str) -> exp.Expr:
    """Return the expression of a column that ORDER BY names by its place."""
    if any(each.is_star for each in select.expressions):
        return exp.column(name, quoted=True)
    return select.expressions[place].unalias().copy()
