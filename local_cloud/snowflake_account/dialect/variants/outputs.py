"""The columns that a query gives, converted to other types: for the other side of a UNION, or for a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from local_cloud.snowflake_account.dialect.variants.conversions import call, from_variant, to_variant
from local_cloud.snowflake_account.dialect.variants.scopes import Columns
from local_cloud.snowflake_account.dialect.variants.types import Type


def stored_as(value: exp.Expr, from_: Type, to: Type, *, in_groups: bool = False) -> exp.Expr:
    """Return a value as a column of a table takes it; numbers go there as text, which keeps all of their digits."""
    if from_ is Type.VARIANT and to is not Type.VARIANT:
        return from_variant(value, Type.TEXT if to in (Type.NUMBER, Type.FLOAT) else to, in_groups=in_groups)
    if to is Type.VARIANT and from_ not in (Type.VARIANT, Type.NULL, Type.UNKNOWN, Type.TEXT):
        return to_variant(value)
    return call("_INSTANT", value) if to is Type.TIMESTAMP_TZ and from_ is Type.TEXT else value


def met_by(value: exp.Expr, from_: Type, to: Type, *, in_groups: bool = False) -> exp.Expr:
    """Return a value as it meets values of a type."""
    return from_variant(value, to, in_groups=in_groups) if from_ is Type.VARIANT and to is not Type.VARIANT else value


def convert_output(query: exp.Expr, columns: Columns, types: Sequence[Type], *, stored: bool = False) -> None:
    """Convert the columns that a query gives.

    Args:
        query: the query; changed.
        columns: the columns that it gives.
        types: the types that they are to have.
        stored: whether a table takes them.
    """
    converted = stored_as if stored else met_by
    if all(converted(value := exp.null(), from_, to) is value for (_, from_), to in zip(columns, types, strict=True)):
        return
    if isinstance(query, exp.SetOperation):
        for side in (query.this, query.expression):
            convert_output(side, columns, types, stored=stored)
    elif isinstance(query, exp.Subquery) and not query.alias:
        convert_output(query.this, columns, types, stored=stored)
    elif isinstance(query, exp.Select) and not any(each.is_star for each in query.expressions):
        projections = []
        for each, (name, from_), to in zip(query.expressions, columns, types, strict=True):
            value = each.unalias()
            new = converted(value, from_, to, in_groups=bool(query.args.get("group")))
            projections.append(each if new is value else exp.alias_(new, name or "_", quoted=True))
        query.set("expressions", projections)
    else:
        _convert_outside(query, columns, types, stored=stored)


def _convert_outside(query: exp.Expr, columns: Columns, types: Sequence[Type], *, stored: bool) -> None:
    """Convert what a query gives in a query around it, as for a star."""
    converted = stored_as if stored else met_by
    marker = exp.Placeholder()
    query.replace(marker)
    projections = [
        exp.alias_(converted(exp.column(name, quoted=True), from_, to), name, quoted=True)
        for (name, from_), to in zip(columns, types, strict=True)
    ]
    inner = query if isinstance(query, exp.Subquery) else exp.Subquery(this=query)
    inner.set("alias", inner.args.get("alias") or exp.TableAlias(this=exp.to_identifier("_GIVEN", quoted=True)))
    marker.replace(exp.select(*projections).from_(inner))
