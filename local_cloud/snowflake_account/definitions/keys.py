"""PRIMARY KEY, UNIQUE and FOREIGN KEY of tables: checked for what they name when they are declared, and kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.constraints import (
    FOREIGN_KEY,
    PRIMARY_KEY,
    Constraint,
    stored_constraints,
)
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name


def named_constraints(
    constraints: Iterable[Constraint], table: Name, columns: Sequence[ColumnDefinition], home: Name, catalog: Catalog
) -> list[Constraint]:
    """Return the constraints of a table, each with a name, and with the full name of the table that it refers to.

    Args:
        constraints: they.
        table: the table's full name.
        columns: the table's columns.
        home: the session's current database and schema.
        catalog: the account's objects.

    Raises:
        SnowflakeError: a constraint names a column or table that is not there.
    """
    names = {column.name for column in columns}
    found = []
    for constraint in constraints:
        _check_columns(constraint.columns, names)
        if constraint.kind == FOREIGN_KEY:
            constraint = _referring(constraint, table, constraints, home, catalog)
        found.append(replace(constraint, name=constraint.name or f"SYS_CONSTRAINT_{uuid.uuid4()}"))
    return found


def _referring(
    constraint: Constraint, table: Name, own: Iterable[Constraint], home: Name, catalog: Catalog
) -> Constraint:
    """Return a foreign key with the full name and the columns of what it refers to."""
    name = full_name(Kind.TABLE, Name(constraint.table), home)
    others = stored_constraints(catalog.get(Kind.TABLE, name).attributes)
    if name == table:
        others += own
    referenced = constraint.referenced or next((other.columns for other in others if other.kind == PRIMARY_KEY), ())
    if len(referenced) != len(constraint.columns):
        raise SnowflakeError(
            f"SQL compilation error:\nForeign key on {', '.join(constraint.columns)} needs as many columns of "
            f"'{name}', or its primary key.",
            code=2200,
        )
    return replace(constraint, table=name.parts, referenced=referenced)


def _check_columns(columns: Iterable[str], names: set[str]) -> None:
    if unknown := next((column for column in columns if column not in names), None):
        raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{unknown}'", code=904)


def without_constraint(constraints: list[Constraint], dropped: Constraint, table: Name) -> list[Constraint]:
    """Return constraints without the one that a DROP names.

    Raises:
        SnowflakeError: there is none.
    """
    kept = [constraint for constraint in constraints if not _is(constraint, dropped)]
    if len(kept) == len(constraints):
        what = dropped.name or dropped.kind
        raise SnowflakeError(
            f"SQL compilation error:\nConstraint '{what}' does not exist in table '{table}'.",
            code=2003,
            sqlstate="02000",
        )
    return kept


def _is(constraint: Constraint, dropped: Constraint) -> bool:
    if dropped.name:
        return constraint.name == dropped.name
    return constraint.kind == dropped.kind and dropped.columns in ((), constraint.columns)


def with_renamed_column(constraints: list[Constraint], old: str, new: str) -> list[Constraint]:
    """Return constraints after one of the table's columns has got another name."""
    return [
        replace(constraint, columns=tuple(new if column == old else column for column in constraint.columns))
        for constraint in constraints
    ]
