"""PRIMARY KEY, UNIQUE and FOREIGN KEY, at a column or beside the columns.

https://docs.snowflake.com/en/sql-reference/sql/create-table-constraint
"""

from __future__ import annotations

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.constraints import FOREIGN_KEY, PRIMARY_KEY, UNIQUE, Constraint
from local_cloud.snowflake_account.language.tokens import Tokens

_WORDS = ("PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "REFERENCES")
_WITHOUT_EFFECT = (
    *("NOT ENFORCED", "NOT DEFERRABLE", "DEFERRABLE", "INITIALLY DEFERRED", "INITIALLY IMMEDIATE", "ENABLE", "DISABLE"),
    *("VALIDATE", "NOVALIDATE", "MATCH FULL", "MATCH SIMPLE", "MATCH PARTIAL"),
)
_ACTIONS = ("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION")


def at_constraint(tokens: Tokens) -> bool:
    """Tell whether a constraint stands here."""
    return any(tokens.peek(*word.split()) for word in ("CONSTRAINT", *_WORDS))


def constraint_of_column(tokens: Tokens, column: str) -> Constraint:
    """Read a constraint that stands at a column."""
    name = tokens.identifier() if tokens.accept("CONSTRAINT") else ""
    word = tokens.accept_one(*_WORDS)
    if word is None:
        raise tokens.unexpected()
    if word in (PRIMARY_KEY, UNIQUE):
        return Constraint(word, (column,), name, rely=_properties(tokens))
    if word == FOREIGN_KEY:
        tokens.expect("REFERENCES")
    return _foreign_key(tokens, name, (column,))


def constraint_of_table(tokens: Tokens) -> Constraint:
    """Read a constraint that stands beside the columns."""
    name = tokens.identifier() if tokens.accept("CONSTRAINT") else ""
    word = tokens.accept_one(PRIMARY_KEY, UNIQUE, FOREIGN_KEY)
    if word is None:
        raise tokens.unexpected()
    columns = names_in_brackets(tokens)
    if word == FOREIGN_KEY:
        tokens.expect("REFERENCES")
        return _foreign_key(tokens, name, columns)
    return Constraint(word, columns, name, rely=_properties(tokens))


def _foreign_key(tokens: Tokens, name: str, columns: tuple[str, ...]) -> Constraint:
    table = tokens.name().parts
    referenced = names_in_brackets(tokens) if tokens.peek("(") else ()
    return Constraint(FOREIGN_KEY, columns, name, table, referenced, _properties(tokens))


def names_in_brackets(tokens: Tokens) -> tuple[str, ...]:
    """Read names of columns, in brackets."""
    tokens.expect("(")
    names = [tokens.identifier()]
    while tokens.accept(","):
        names.append(tokens.identifier())
    tokens.expect(")")
    return tuple(names)


def _properties(tokens: Tokens) -> bool:
    """Read what follows a constraint; return whether it says RELY."""
    rely = False
    while True:
        if tokens.accept("ENFORCED"):
            raise UnsupportedError("ENFORCED")
        if word := tokens.accept_one("RELY", "NORELY"):
            rely = word == "RELY"
        elif tokens.accept_one("ON DELETE", "ON UPDATE"):
            if tokens.accept_one(*_ACTIONS) is None:
                raise tokens.unexpected()
        elif not tokens.accept_one(*_WITHOUT_EFFECT):
            return rely
