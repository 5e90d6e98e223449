"""The keys of an object constant, `{'a': 1}`: texts, as they are written.

sqlglot has them as identifiers, which would be taken for names and written in upper case.
https://docs.snowflake.com/en/sql-reference/data-types-semistructured#object-constants
"""

from __future__ import annotations

from sqlglot import exp


def with_object_keys(tree: exp.Expr) -> exp.Expr:
    """Write the keys of object constants as texts.

    Args:
        tree: the statement; changed.
    """
    for entry in tree.find_all(exp.PropertyEQ):
        if isinstance(entry.this, exp.Identifier) and isinstance(entry.parent, exp.Struct):
            entry.set("this", exp.Literal.string(entry.name))
    return tree
