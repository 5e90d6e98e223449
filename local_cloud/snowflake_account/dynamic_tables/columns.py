"""Columns of intermediate answers of a query, and where their values come from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from local_cloud.snowflake_account.language.tokens import Name


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


def spelled(identifier: exp.Expr) -> str:
    """Return an identifier as Snowflake has it: in upper case, unless it is in quotes."""
    return identifier.name if identifier.args.get("quoted") else identifier.name.upper()
