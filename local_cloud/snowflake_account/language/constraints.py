"""Constraints of tables: Snowflake keeps and shows them, and enforces none but NOT NULL. Pure.

https://docs.snowflake.com/en/sql-reference/constraints-overview
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PRIMARY_KEY, UNIQUE, FOREIGN_KEY = "PRIMARY KEY", "UNIQUE", "FOREIGN KEY"


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table.

    Attributes:
        kind: PRIMARY KEY, UNIQUE or FOREIGN KEY.
        columns: the columns that it is on.
        name: its name, '' for one that Snowflake makes up.
        table: the parts of the name of the table that a foreign key refers to.
        referenced: the columns that it refers to there, none for that table's primary key.
        rely: whether queries may rely on it.
    """

    kind: str
    columns: tuple[str, ...]
    name: str = ""
    table: tuple[str, ...] = ()
    referenced: tuple[str, ...] = ()
    rely: bool = False


def stored_constraints(attributes: Mapping[str, Any]) -> list[Constraint]:
    """Return a table's constraints as the catalog keeps them."""
    found: list[Constraint] = []
    for given in attributes.get("CONSTRAINTS", ()):
        lists = {key: tuple(given[key]) for key in ("columns", "table", "referenced")}
        found.append(Constraint(**{**given, **lists}))
    return found


def as_stored(constraints: list[Constraint]) -> dict[str, Any]:
    """Return the attribute that the catalog keeps a table's constraints in; none where it has none."""
    return {"CONSTRAINTS": [vars(constraint) for constraint in constraints]} if constraints else {}
