"""What ALTER does to a table's columns, and COMMENT ON.

https://docs.snowflake.com/en/sql-reference/sql/alter-table
https://docs.snowflake.com/en/sql-reference/sql/alter-table-column
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.constraints import FOREIGN_KEY, PRIMARY_KEY, UNIQUE, Constraint
from local_cloud.snowflake_account.language.grammar.constraints import (
    at_constraint,
    constraint_of_table,
    names_in_brackets,
)
from local_cloud.snowflake_account.language.grammar.words import (
    check_unique,
    column,
    column_type,
    named_kind,
    with_keys,
)
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Alter, ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name, Tokens, Value

COLUMN_ACTIONS = ("RENAME COLUMN", "ADD", "DROP", "ALTER", "MODIFY")
"""The words that an action on columns begins with; COLUMN may follow each of them."""

COMMENT_COLUMN = "COMMENT COLUMN"
"""The action of COMMENT ON COLUMN, which may be a view's."""

_REFUSED = ("SET DEFAULT", "SET MASKING POLICY", "UNSET MASKING POLICY", "SET TAG", "UNSET TAG")


def parse_column_action(tokens: Tokens, word: str, alter: Alter) -> Alter:
    """Read what follows one of COLUMN_ACTIONS.

    Args:
        tokens: the statement.
        word: which of them.
        alter: the ALTER, as far as it was read.
    """
    match word:
        case "RENAME COLUMN":
            old = tokens.identifier()
            tokens.expect("TO")
            return replace(alter, names=(old, tokens.identifier()))
        case "ADD":
            return _add(tokens, alter)
        case "DROP":
            return _drop(tokens, alter)
    return _change(tokens, alter)


def _add(tokens: Tokens, alter: Alter) -> Alter:
    if at_constraint(tokens):
        return replace(alter, action="ADD CONSTRAINT", constraints=(constraint_of_table(tokens),))
    in_brackets = False
    columns, optional, constraints = list[ColumnDefinition](), set[str](), list[Constraint]()
    while not columns or tokens.accept(","):
        tokens.accept("COLUMN")
        if_not_exists = tokens.accept("IF", "NOT", "EXISTS")
        in_brackets = in_brackets or (not columns and tokens.accept("("))
        read, of_it = column(tokens)
        columns.append(read)
        constraints += of_it
        if if_not_exists:
            optional.add(columns[-1].name)
    if in_brackets:
        tokens.expect(")")
    check_unique([each.name for each in columns])
    added = with_keys(tuple(columns), constraints)
    return replace(
        alter, action="ADD COLUMN", columns=added, constraints=tuple(constraints), optional=frozenset(optional)
    )


def _drop(tokens: Tokens, alter: Alter) -> Alter:
    if (dropped := _dropped_constraint(tokens)) is not None:
        tokens.accept_one("CASCADE", "RESTRICT")
        return replace(alter, action="DROP CONSTRAINT", constraints=(dropped,))
    tokens.accept("COLUMN")
    if_exists = tokens.accept("IF", "EXISTS")
    names = _listed(tokens, tokens.identifier)
    optional = frozenset(names) if if_exists else frozenset[str]()
    return replace(alter, action="DROP COLUMN", names=tuple(names), optional=optional)


def _dropped_constraint(tokens: Tokens) -> Constraint | None:
    """Read PRIMARY KEY, UNIQUE (…), FOREIGN KEY (…) or CONSTRAINT <name>, if one stands here."""
    if tokens.accept("PRIMARY", "KEY"):
        return Constraint(PRIMARY_KEY, ())
    if tokens.accept("CONSTRAINT"):
        return Constraint("", (), tokens.identifier())
    if word := tokens.accept_one(UNIQUE, FOREIGN_KEY):
        return Constraint(word, names_in_brackets(tokens))
    return None


def _change(tokens: Tokens, alter: Alter) -> Alter:
    """Read ALTER or MODIFY [(] [COLUMN] <name> <change> [, …] [)]; several changes of one column are one."""
    in_brackets = tokens.accept("(")
    changes: dict[str, dict[str, Value]] = {}
    while not changes or tokens.accept(","):
        tokens.accept("COLUMN")
        name = tokens.identifier()
        changes.setdefault(name, {}).update(_column_change(tokens))
    if in_brackets:
        tokens.expect(")")
    return replace(alter, action="ALTER COLUMN", column_changes=changes)


def _column_change(tokens: Tokens) -> dict[str, Value]:
    if tokens.accept("SET", "DATA", "TYPE") or tokens.accept("TYPE"):
        return {"TYPE": column_type(tokens)}
    if tokens.accept("SET", "NOT", "NULL") or tokens.accept("NOT", "NULL"):
        return {"NULLABLE": False}
    if tokens.accept("DROP", "NOT", "NULL"):
        return {"NULLABLE": True}
    if tokens.accept("DROP", "DEFAULT"):
        return {"DEFAULT": None}
    if tokens.accept("UNSET", "COMMENT"):
        return {"COMMENT": None}
    if refused := tokens.accept_one(*_REFUSED):
        raise UnsupportedError(f"ALTER TABLE ALTER COLUMN {refused}")
    tokens.expect("COMMENT")
    return {"COMMENT": tokens.string()}


def _listed(tokens: Tokens, read: Callable[[], str]) -> list[str]:
    found = [read()]
    while tokens.accept(","):
        found.append(read())
    return found


def parse_comment(tokens: Tokens) -> Alter:
    """Read what follows COMMENT: [IF EXISTS] ON <kind> <name> IS '…'.

    https://docs.snowflake.com/en/sql-reference/sql/comment

    Raises:
        SnowflakeError: a column's name says no table.
    """
    if_exists = tokens.accept("IF", "EXISTS")
    tokens.expect("ON")
    on_column = tokens.accept("COLUMN")
    kind = Kind.TABLE if on_column else named_kind(tokens)
    name = tokens.name()
    tokens.expect("IS")
    comment: dict[str, Value] = {"COMMENT": tokens.string()}
    tokens.expect_end()
    if not on_column:
        return Alter(kind, name, "SET", comment, if_exists=if_exists)
    if len(name.parts) < 2:
        raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{name}'", code=904)
    table = Name(name.parts[:-1])
    return Alter(kind, table, COMMENT_COLUMN, column_changes={name.last: comment}, if_exists=if_exists)
