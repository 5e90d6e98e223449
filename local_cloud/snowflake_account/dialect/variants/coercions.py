"""What Snowflake converts by itself where a text meets something else, or something else stands where a text is wanted.

DuckDB refuses most of it, so a statement that it refuses for its types is tried again with these conversions made.
https://docs.snowflake.com/en/sql-reference/data-type-conversion#data-types-that-can-be-cast
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from sqlglot import exp

from local_cloud.snowflake_account.dialect.variants import conversions
from local_cloud.snowflake_account.dialect.variants.types import Type

_OF_TEXT = {
    Type.NUMBER: partial(conversions.call, "_EXACT_NUMBER"),
    Type.FLOAT: partial(exp.cast, to="double"),
    Type.BOOLEAN: partial(exp.cast, to="boolean"),
    Type.DATE: partial(exp.cast, to="date"),
    Type.TIME: partial(exp.cast, to="time"),
    Type.TIMESTAMP: partial(exp.cast, to="timestamp"),
    Type.TIMESTAMP_TZ: partial(conversions.call, "_INSTANT"),
}
_AS_TEXT = (Type.NUMBER, Type.FLOAT, Type.BOOLEAN, Type.DATE, Type.TIME)


def unite(types: Collection[Type]) -> bool:
    """Tell whether values of these types are made the same by converting the texts among them."""
    others = set(types) - {Type.TEXT, Type.NULL}
    return Type.TEXT in types and bool(others) and others <= _OF_TEXT.keys()


def coercion(given: Type, wanted: Type) -> Callable[[exp.Expr], exp.Expr] | None:
    """Return what converts a value of one type to another, None where nothing does by itself."""
    if given is Type.TEXT:
        return _OF_TEXT.get(wanted)
    return partial(exp.cast, to="varchar") if wanted is Type.TEXT and given in _AS_TEXT else None
