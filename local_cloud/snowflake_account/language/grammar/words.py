"""What several statements have in common: kinds, columns and their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot.tokenizer_core import TokenType

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.constraints import PRIMARY_KEY, Constraint
from local_cloud.snowflake_account.language.grammar.constraints import (
    at_constraint,
    constraint_of_column,
    constraint_of_table,
)
from local_cloud.snowflake_account.language.kinds import BY_WORD, Kind
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Tokens

_REFUSED = ("AS", "CHECK", "MASKING POLICY", "WITH MASKING POLICY", "PROJECTION POLICY", "WITH TAG", "TAG")
"""What a column may have in Snowflake and not here."""


def accept_kind(tokens: Tokens, words: Mapping[str, Kind] = BY_WORD) -> Kind | None:
    """Go past the kind that stands here, and return it."""
    word = tokens.accept_one(*sorted(words, key=len, reverse=True))
    return words[word] if word else None


def named_kind(tokens: Tokens, words: Mapping[str, Kind] = BY_WORD) -> Kind:
    """Read a kind.

    Raises:
        UnsupportedError: another word stands here.
    """
    if kind := accept_kind(tokens, words):
        return kind
    if tokens.here is None:
        raise tokens.unexpected()
    raise UnsupportedError(tokens.here.text.upper())


def table_elements(tokens: Tokens) -> tuple[tuple[ColumnDefinition, ...], tuple[Constraint, ...]]:
    """Read a table's columns and constraints, in brackets.

    Raises:
        SnowflakeError: two columns have one name, or there are two primary keys.
    """
    columns, constraints = list[ColumnDefinition](), list[Constraint]()
    tokens.expect("(")
    while not (columns or constraints) or tokens.accept(","):
        if at_constraint(tokens):
            constraints.append(constraint_of_table(tokens))
        else:
            read, of_it = column(tokens)
            columns.append(read)
            constraints += of_it
    tokens.expect(")")
    check_unique([each.name for each in columns])
    return with_keys(tuple(columns), constraints), tuple(constraints)


def with_keys(columns: tuple[ColumnDefinition, ...], constraints: Sequence[Constraint]) -> tuple[ColumnDefinition, ...]:
    """Return columns of which those in the primary key are NOT NULL.

    Raises:
        SnowflakeError: there are two primary keys.
    """
    keys = [constraint for constraint in constraints if constraint.kind == PRIMARY_KEY]
    if len(keys) > 1:
        raise SnowflakeError("SQL compilation error:\nprimary key already exists for table", code=2200)
    in_key = keys[0].columns if keys else ()
    return tuple(replace(each, nullable=False) if each.name in in_key else each for each in columns)


def view_columns(tokens: Tokens) -> dict[str, str | None]:
    """Read a view's columns, in brackets: their names, each with its comment.

    Raises:
        SnowflakeError: two have one name.
    """
    tokens.expect("(")
    found = [_view_column(tokens)]
    while tokens.accept(","):
        found.append(_view_column(tokens))
    tokens.expect(")")
    check_unique([name for name, _ in found])
    return dict(found)


def _view_column(tokens: Tokens) -> tuple[str, str | None]:
    return tokens.identifier(), tokens.string() if tokens.accept("COMMENT") else None


def check_unique(names: Sequence[str]) -> None:
    """Refuse a list in which two columns have one name.

    Raises:
        SnowflakeError: two have.
    """
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SnowflakeError(f"SQL compilation error:\nduplicate column name '{twice}'", code=2025, sqlstate="42S21")


def column(tokens: Tokens) -> tuple[ColumnDefinition, list[Constraint]]:
    """Read one column of a table, and the constraints that stand at it.

    A column without a type is one of CREATE TABLE … AS.

    Raises:
        UnsupportedError: it has what the embedded account does not have.
    """
    if refused := tokens.accept_one("CHECK"):
        raise UnsupportedError(refused)
    name = tokens.identifier()
    read = ColumnDefinition(name, "" if tokens.peek(",") or tokens.peek(")") else column_type(tokens))
    constraints: list[Constraint] = []
    while not tokens.at_end and not tokens.peek(",") and not tokens.peek(")"):
        if tokens.accept("NOT", "NULL"):
            read = replace(read, nullable=False)
        elif tokens.accept("NULL"):
            read = replace(read, nullable=True)
        elif tokens.accept("COLLATE"):
            if collation := tokens.string():
                raise UnsupportedError(f"COLLATE '{collation}'")
        elif tokens.accept("COMMENT"):
            read = replace(read, comment=tokens.string())
        elif tokens.accept("DEFAULT"):
            read = replace(read, default=_default(tokens))
        elif tokens.accept_one("AUTOINCREMENT", "IDENTITY"):
            read = replace(read, identity=_identity(tokens), nullable=False)
        elif at_constraint(tokens):
            constraints.append(constraint_of_column(tokens, name))
        elif refused := tokens.accept_one(*_REFUSED):
            raise UnsupportedError(refused)
        else:
            raise tokens.unexpected()
    return read, constraints


def _identity(tokens: Tokens) -> str:
    """Read [(start, step) | START n INCREMENT n] [ORDER | NOORDER]; return it as DESCRIBE spells it."""
    start, step = 1, 1
    if tokens.accept("("):
        start = whole_number(tokens)
        tokens.expect(",")
        step = whole_number(tokens)
        tokens.expect(")")
    if tokens.accept("START"):
        tokens.accept_one("WITH", "=")
        start = whole_number(tokens)
    if tokens.accept("INCREMENT"):
        tokens.accept_one("BY", "=")
        step = whole_number(tokens)
    order = tokens.accept_one("ORDER", "NOORDER") or "NOORDER"
    return f"IDENTITY START {start} INCREMENT {step} {order}"


def whole_number(tokens: Tokens) -> int:
    """Read a whole number with its sign."""
    return -tokens.integer() if tokens.accept("-") else tokens.integer()


def _default(tokens: Tokens) -> str:
    """Read a default as SQL: a literal, or a call such as CURRENT_TIMESTAMP()."""
    sign = "-" if tokens.accept("-") else ""
    if tokens.peek(")") or tokens.peek(","):
        raise tokens.unexpected()
    if name := tokens.accept_name_before("NEXTVAL"):
        return f"{name.spelled}.NEXTVAL"
    token = tokens.next()
    if token.token_type in (TokenType.STRING, TokenType.RAW_STRING):
        return "'" + token.text.replace("'", "''") + "'"
    if token.token_type == TokenType.NUMBER:
        return sign + token.text
    if sign or token.text.upper() not in ("TRUE", "FALSE", "NULL", "CURRENT_TIMESTAMP", "CURRENT_DATE"):
        raise UnsupportedError(f"DEFAULT {sign}{token.text}")
    if tokens.accept("(") and not tokens.accept(")"):
        raise tokens.unexpected()
    return token.text.upper()


def column_type(tokens: Tokens) -> str:
    """Read a type as text: VARCHAR(10), NUMBER(38,0)."""
    word = tokens.identifier()
    if word == "DOUBLE" and tokens.accept("PRECISION"):
        word = "DOUBLE PRECISION"
    if word in ("CHAR", "CHARACTER", "NCHAR") and tokens.accept("VARYING"):
        word = "VARCHAR"
    return f"{word}({tokens.in_brackets().replace(' ', '')})" if tokens.peek("(") else word
