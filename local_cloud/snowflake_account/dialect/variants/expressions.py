"""The expressions of a query: the type of each, and its VARIANTs converted to what they meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from local_cloud.snowflake_account.dialect import time_formats
from local_cloud.snowflake_account.dialect.variants import coercions, conversions
from local_cloud.snowflake_account.dialect.variants.conversions import from_variant
from local_cloud.snowflake_account.dialect.variants.functions import given, takes_variants, wanted
from local_cloud.snowflake_account.dialect.variants.outputs import convert_output, stored_as
from local_cloud.snowflake_account.dialect.variants.scopes import Columns, Scope
from local_cloud.snowflake_account.dialect.variants.types import Type, common, of_word

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)
_ORDERING = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.EqualNull, *_ORDERING)
_TIMES = (Type.TIMESTAMP, Type.TIMESTAMP_TZ)
_OPAQUE = (exp.Query, exp.DataType, exp.JSONPath, exp.Identifier)
"""What is not looked into from outside."""


class Expressions:
    """Converts expressions.

    Args:
        query: goes through a query inside; returns its columns.
        coerces: whether texts are converted to what they meet too, and other values where a text is wanted.
    """

    def __init__(self, query: Callable[[exp.Expr, Scope | None], Columns], *, coerces: bool = False) -> None:
        self._query = query
        self._coerces = coerces
        self._types: dict[int, Type] = {}
        self._seen: list[exp.Expr] = []
        """Everything that has a type: what is replaced must not give its number to something else."""
        self._in_groups = False

    def convert(self, root: exp.Expr, scope: Scope, to: Type | None = None, *, alias_first: bool = False) -> Type:
        """Convert the VARIANTs in an expression, and with `to` the expression itself; return its type."""
        root = self._through(root, scope, alias_first)
        type_ = self._type(root)
        if to and type_ is Type.VARIANT:
            self._put(root, lambda value: self._converted(value, to), to)
            return to
        return type_

    def store(self, root: exp.Expr, scope: Scope, to: Type) -> None:
        """Convert an expression to what a column of a table takes."""
        root = self._through(root, scope, alias_first=False)
        self._put(root, lambda value: stored_as(value, self._type(value), to), to)

    def _through(self, root: exp.Expr, scope: Scope, alias_first: bool) -> exp.Expr:
        self._in_groups = scope.grouped
        nodes = list(root.walk(bfs=False, prune=lambda node: isinstance(node, _OPAQUE)))
        for node in reversed(nodes):
            new = self._visit(node, scope, alias_first)
            if node is root:
                root = new
        return root

    def _visit(self, node: exp.Expr, scope: Scope, alias_first: bool) -> exp.Expr:
        """Convert what an expression is made of; return it, or what stands in its place."""
        self._seen.append(node)
        match node:
            case exp.Query():
                columns = self._query(node, scope)
                self._in_groups = scope.grouped
                self._types[id(node)] = columns[0][1] if columns else Type.UNKNOWN
            case exp.Column():
                self._types[id(node)] = scope.type_of(node, alias_first=alias_first)
            case exp.Bracket() | exp.GetExtract():
                return self._item(node)
            case exp.Min() | exp.Max() if self._type(node.this) is Type.VARIANT:
                name = "arg_min" if isinstance(node, exp.Min) else "arg_max"
                return self._put(node, lambda call: _of_order(name, call.this), Type.VARIANT)
            case exp.Greatest() | exp.Least():
                return self._greatest(node)
            case _:
                self._types[id(node)] = self._operation(node)
                if self._types[id(node)] is Type.DATE and time_formats.stays_date(node):
                    return self._put(node, lambda made: exp.cast(made, "date"), Type.DATE)
        return node

    def _operation(self, node: exp.Expr) -> Type:
        match node:
            case exp.Literal():
                return Type.TEXT if node.is_string else Type.NUMBER
            case exp.Boolean():
                return Type.BOOLEAN
            case exp.Null():
                return Type.NULL
            case exp.Paren() | exp.Alias() | exp.Window() | exp.WithinGroup() | exp.Filter() | exp.IgnoreNulls():
                return self._type(node.this)
            case exp.Cast():
                return self._cast(node)
            case exp.ToChar() if not node.args.get("format") and self._type(node.this) in _TIMES:
                with_zone = self._type(node.this) is Type.TIMESTAMP_TZ
                self._put(node.this, lambda time: time_formats.as_text(time, with_zone=with_zone), Type.TEXT)
                return Type.TEXT
            case exp.Ordered():
                return self._ordered(node)
            case exp.Binary() if isinstance(node.expression, exp.Any | exp.All):
                return self._any(node)
            case exp.Typeof() if self._type(node.this) is Type.VARIANT:
                node.replace(conversions.call("_VARIANT_TYPE", node.this))
                return Type.TEXT
            case exp.Between():
                self._meet([node.this, node.args["low"], node.args["high"]], ordered=True)
                return Type.BOOLEAN
            case exp.In():
                return self._in(node)
            case exp.Connector() | exp.Not():
                self._all_to(node.iter_expressions(), Type.BOOLEAN)
                return Type.BOOLEAN
            case exp.Is():
                if isinstance(node.expression, exp.Boolean):
                    self._all_to([node.this], Type.BOOLEAN)
                return Type.BOOLEAN
            case exp.Like() | exp.ILike() | exp.SimilarTo():
                self._all_to([node.this, node.expression], Type.TEXT)
                return Type.BOOLEAN
            case exp.DPipe():
                self._all_to([node.this, node.expression], Type.TEXT)
                return Type.TEXT
            case exp.If() | exp.Case() | exp.Coalesce() | exp.Nvl2() | exp.Nullif() | exp.DecodeCase():
                return self._choice(node)
        if isinstance(node, _COMPARISONS):
            self._meet([node.this, node.expression], ordered=isinstance(node, _ORDERING))
            return Type.BOOLEAN
        if isinstance(node, _ARITHMETIC):
            return self._arithmetic(node)
        return self._function(node) if isinstance(node, exp.Func | exp.Neg) else Type.UNKNOWN

    def _cast(self, cast: exp.Cast) -> Type:
        to = of_word(cast.to)
        value = cast.this
        if to is Type.TEXT and self._type(value) in (Type.TIMESTAMP, Type.TIMESTAMP_TZ):
            with_zone = self._type(value) is Type.TIMESTAMP_TZ
            self._put(value, lambda time: time_formats.as_text(time, with_zone=with_zone), Type.TEXT)
            return to
        if to is Type.TIMESTAMP_TZ and self._type(value) is Type.TEXT:
            self._put(value, lambda text: conversions.call("_INSTANT_TEXT", text), Type.TEXT)
            return to
        if self._type(value) is not Type.VARIANT:
            if to is Type.VARIANT and self._type(value) in (Type.NULL, Type.UNKNOWN):
                return to
            if to is Type.VARIANT:
                self._put(value, conversions.to_variant, Type.VARIANT)
            return to
        # a path as text is one step for DuckDB, which fakesnow makes of its cast
        if to is not Type.VARIANT and (self._in_groups or not conversions.is_path(value)):
            known = to if to in (Type.BOOLEAN, Type.DATE) else Type.TEXT
            self._put(value, lambda variant: self._converted(variant, known), known)
        return to

    def _ordered(self, ordered: exp.Ordered) -> Type:
        if self._type(ordered.this) is Type.VARIANT:
            group = ordered.find_ancestor(exp.WithinGroup)
            if group and isinstance(group.this, exp.PercentileCont | exp.PercentileDisc):
                self._all_to([ordered.this], Type.FLOAT)
            else:
                self._put(ordered.this, conversions.order_key, Type.UNKNOWN)
        return Type.UNKNOWN

    def _in(self, in_: exp.In) -> Type:
        query = in_.args.get("query")
        if query is None:
            self._meet([in_.this, *in_.expressions])
        else:
            self._meet_all_of(in_.this, query)
        return Type.BOOLEAN

    def _any(self, node: exp.Binary) -> Type:
        """Let a value meet all rows of a query, or all values of a list, as `= ANY (…)` has them."""
        among = node.expression.this
        if isinstance(among, exp.Query):
            self._meet_all_of(node.this, among)
        elif isinstance(node, exp.Like | exp.ILike):
            self._all_to([node.this, *(among.expressions or [among.this])], Type.TEXT)
        return Type.BOOLEAN

    def _meet_all_of(self, value: exp.Expr, query: exp.Expr) -> None:
        inner, outer = self._type(query), self._type(value)
        if (inner is Type.VARIANT) != (outer is Type.VARIANT):
            target = common((inner, outer))
            self._all_to([value], target)
            if inner is Type.VARIANT:
                convert_output(query, [("_", inner)], [target])

    def _choice(self, node: exp.Expr) -> Type:
        """Convert the values that one is chosen from to one type, and the values that decide."""
        args = node.args
        match node:
            case exp.If():
                in_case = isinstance(node.parent, exp.Case)
                if not (in_case and node.parent and node.parent.args.get("this")):
                    self._all_to([node.this], Type.BOOLEAN)
                if in_case:
                    return self._type(args["true"])
                return self._unite([args["true"], args.get("false")])
            case exp.Case():
                if operand := args.get("this"):
                    self._unite([operand, *(each.this for each in node.args["ifs"])])
                return self._unite([*(each.args["true"] for each in node.args["ifs"]), args.get("default")])
            case exp.DecodeCase():
                of, *rest = node.expressions
                self._unite([of, *rest[: len(rest) // 2 * 2 : 2]])
                return self._unite([*rest[1::2], *(rest[-1:] if len(rest) % 2 else [])])
            case exp.Nvl2():
                return self._unite([args["true"], args.get("false")])
            case exp.Nullif():
                return self._unite([node.this, node.expression])
        return self._unite([node.this, *node.expressions])

    def _unite(self, values: Sequence[exp.Expr | None]) -> Type:
        given_values = [value for value in values if value is not None]
        types = {self._type(value) for value in given_values}
        type_ = common(types)
        if Type.VARIANT in types and type_ is not Type.VARIANT:
            type_ = Type.FLOAT if type_ is Type.NUMBER else type_
            self._all_to(given_values, type_)
        elif self._coerces and coercions.unite(types):
            self._all_to(given_values, type_)
        return type_

    def _meet(self, values: Sequence[exp.Expr], *, ordered: bool = False) -> None:
        """Convert values to what they are compared as."""
        types = [self._type(value) for value in values]
        type_ = common(types)
        if Type.VARIANT not in types:
            if (self._coerces or type_ is Type.TIMESTAMP_TZ) and coercions.unite(set(types)):
                self._coerce(values, type_)
            return
        if type_ is Type.VARIANT:
            for value in values if ordered else ():
                if self._type(value) is Type.VARIANT:
                    self._put(value, conversions.order_key, Type.UNKNOWN)
        elif type_ is Type.NUMBER:
            for value, each in zip(values, types, strict=True):
                if each in (Type.VARIANT, Type.NUMBER):
                    self._put(value, lambda number, each=each: conversions.exact(number, each), Type.NUMBER)
        else:
            self._all_to(values, type_)

    def _greatest(self, node: exp.Expr) -> exp.Expr:
        values = [node.this, *node.expressions]
        type_ = self._unite(values)
        self._types[id(node)] = type_
        if type_ is not Type.VARIANT:
            return node
        name = "list_min" if isinstance(node, exp.Least) else "list_max"
        return self._put(node, lambda call: _best(name, [call.this, *call.expressions]), Type.VARIANT)

    def _arithmetic(self, node: exp.Expr) -> Type:
        types = {self._type(node.this), self._type(node.expression)}
        self._all_to([node.this, node.expression], Type.FLOAT)
        times = types & {Type.DATE, Type.TIMESTAMP, Type.TIMESTAMP_TZ}
        if times:
            return Type.NUMBER if len(times) == 1 and isinstance(node, exp.Sub) and len(types) == 1 else times.pop()
        return Type.FLOAT if types & {Type.VARIANT, Type.FLOAT} else Type.NUMBER

    def _item(self, node: exp.Expr) -> exp.Expr:
        """Return an element by a key or index; one that is not a literal is looked up row by row."""
        key = node.expression if isinstance(node, exp.GetExtract) else node.expressions[0]
        if len(node.args.get("expressions") or [key]) != 1 or isinstance(key, exp.Literal | exp.Slice):
            self._types[id(node)] = Type.VARIANT
            return node
        self._all_to([key], Type.TEXT)
        key = node.expression if isinstance(node, exp.GetExtract) else node.expressions[0]
        return self._put(node, lambda item: conversions.call("_VARIANT_ITEM", item.this, key), Type.VARIANT)

    def _function(self, call: exp.Expr) -> Type:
        arguments = [
            (key, each) for key, value in call.args.items() for each in (value if isinstance(value, list) else [value])
        ]
        parts = [
            (key, part)
            for key, each in arguments
            if isinstance(each, exp.Expr)
            for part in (each.expressions if isinstance(each, exp.Distinct) else [each])
            for part in ([part.this] if isinstance(part, exp.Order) else [part])
        ]
        first = self._type(call.this if isinstance(call, exp.DateTrunc) else parts[0][1]) if parts else Type.UNKNOWN
        if not takes_variants(call):
            for key, part in parts:
                self._all_to([part], wanted(call, key))
        return given(call, first)

    def _type(self, node: exp.Expr) -> Type:
        return self._types.get(id(node), Type.UNKNOWN)

    def _all_to(self, values: Sequence[exp.Expr] | object, type_: Type) -> None:
        for value in list(values):  # pyright: ignore[reportArgumentType, reportCallIssue]
            if self._type(value) is Type.VARIANT:
                self._put(value, lambda variant: self._converted(variant, type_), type_)
            elif self._coerces:
                self._coerce([value], type_)

    def _coerce(self, values: Sequence[exp.Expr], type_: Type) -> None:
        for value in values:
            if make := coercions.coercion(self._type(value), type_):
                self._put(value, make, type_)

    def _converted(self, variant: exp.Expr, to: Type) -> exp.Expr:
        return from_variant(variant, to, in_groups=self._in_groups)

    def _put(self, old: exp.Expr, made: Callable[[exp.Expr], exp.Expr], type_: Type) -> exp.Expr:
        """Put in an expression's place what is made of it."""
        marker = exp.Placeholder()
        old.replace(marker)
        new = made(old)
        marker.replace(new)
        self._seen += [old, new]
        self._types[id(new)] = type_
        return new


def _of_order(name: str, variant: exp.Expr) -> exp.Expr:
    return conversions.call(name, variant, conversions.order_key(variant.copy()))


def _best(name: str, variants: Sequence[exp.Expr]) -> exp.Expr:
    """Return the greatest or least of VARIANTs; NULL if one is."""
    pairs = [conversions.call("row", conversions.order_key(variant), variant.copy()) for variant in variants]
    best = conversions.call(name, conversions.call("list_value", *pairs))
    found = conversions.call("struct_extract_at", best, exp.Literal.number(2))
    has_null = exp.or_(*(variant.copy().is_(exp.null()) for variant in variants))
    return exp.case().when(has_null, exp.null()).else_(found)
