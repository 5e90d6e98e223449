"""The columns that a query's expressions can name, and their types. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from local_cloud.snowflake_account.dialect.variants.types import Type

Columns = list[tuple[str, Type]]
"""The columns of a relation or a query, in their order."""

ColumnsOf = Callable[[exp.Table], Columns]
"""Tells the columns of a table or view; of one that does not exist it tells none."""

FLATTENED: Columns = [
    ("SEQ", Type.NUMBER),
    ("KEY", Type.TEXT),
    ("PATH", Type.TEXT),
    ("INDEX", Type.NUMBER),
    ("VALUE", Type.VARIANT),
    ("THIS", Type.VARIANT),
]
"""What FLATTEN gives, https://docs.snowflake.com/en/sql-reference/functions/flatten#output."""


def spelled(identifier: exp.Expr) -> str:
    """Return a name as the account knows it: upper case, unless it is quoted."""
    return identifier.name if identifier.args.get("quoted") else identifier.name.upper()


@dataclass
class Scope:
    """What the expressions of one SELECT, or of one statement, can name.

    Attributes:
        sources: the columns of each relation that is read, by the name that it goes by.
        outer: the scope of the query around.
        aliases: the types of the columns that the SELECT names, so far.
        ctes: the columns of the common table expressions that can be read, by their names.
        grouped: whether the SELECT has a GROUP BY.
    """

    sources: dict[str, Columns] = field(default_factory=dict)
    outer: Scope | None = None
    aliases: dict[str, Type] = field(default_factory=dict)
    ctes: dict[str, Columns] = field(default_factory=dict)
    grouped: bool = False

    def inner(self) -> Scope:
        """Return the scope of a query inside."""
        return Scope(outer=self, ctes=dict(self.ctes))

    def add(self, alias: str, columns: Columns) -> None:
        """Let a relation be read; one without a name of its own gets one that nobody can write."""
        self.sources[alias or f"\0{len(self.sources)}"] = columns

    def type_of(self, column: exp.Column, *, alias_first: bool = False) -> Type:
        """Return the type of a column that an expression names; an alias counts where no relation has the name."""
        name = spelled(column.this)
        if not column.table:
            if alias_first and name in self.aliases:
                return self.aliases[name]
            for columns in self.sources.values():
                for each, type_ in columns:
                    if each == name:
                        return type_
            if name in self.aliases:
                return self.aliases[name]
        else:
            relation = spelled(column.args["table"])
            if relation in self.sources:
                return next((type_ for each, type_ in self.sources[relation] if each == name), Type.UNKNOWN)
        return self.outer.type_of(column) if self.outer else Type.UNKNOWN

    def star(self, star: exp.Expr) -> Columns:
        """Return the columns that a star stands for."""
        table = star.args.get("table") if isinstance(star, exp.Column) else None
        options = star.this if isinstance(star, exp.Column) else star
        found: Iterable[tuple[str, Type]] = (
            self.sources.get(spelled(table), [])
            if table
            else [column for columns in self.sources.values() for column in columns]
        )
        left_out = {
            spelled(each.this if isinstance(each, exp.Column) else each) for each in options.args.get("except_") or []
        }
        renamed = {spelled(each.this.this): spelled(each.args["alias"]) for each in options.args.get("rename") or []}
        return [(renamed.get(name, name), type_) for name, type_ in found if name not in left_out]


def renamed(columns: Columns, alias: exp.Expr | None) -> Columns:
    """Return a relation's columns under the names that its alias gives them."""
    names = [spelled(each) for each in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return [(names[place] if place < len(names) else name, type_) for place, (name, type_) in enumerate(columns)]
