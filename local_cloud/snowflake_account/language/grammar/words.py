"""What several statements have in common: kinds, columns and their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot.tokenizer_core import TokenType

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.kinds import BY_WORD, Kind
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Tokens

_CONSTRAINTS = ("PRIMARY KEY", "UNIQUE", "REFERENCES", "FOREIGN KEY", "CONSTRAINT", "AUTOINCREMENT", "IDENTITY", "AS")
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


def columns(tokens: Tokens) -> tuple[ColumnDefinition, ...]:
    """Read a table's columns, in brackets."""
    tokens.expect("(")
    found = column_list(tokens)
    tokens.expect(")")
    return found


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


def column_list(tokens: Tokens) -> tuple[ColumnDefinition, ...]:
    """Read columns that commas divide.

    Raises:
        SnowflakeError: two have one name.
    """
    found = [column(tokens)]
    while tokens.accept(","):
        found.append(column(tokens))
    check_unique([each.name for each in found])
    return tuple(found)


def check_unique(names: Sequence[str]) -> None:
    """Refuse a list in which two columns have one name.

    Raises:
        SnowflakeError: two have.
    """
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SnowflakeError(f"SQL compilation error:\nduplicate column name '{twice}'", code=2025, sqlstate="42S21")


def column(tokens: Tokens) -> ColumnDefinition:
    """Read one column of a table.

    Raises:
        UnsupportedError: it has what the embedded account does not have.
    """
    if constraint := tokens.accept_one(*_CONSTRAINTS):
        raise UnsupportedError(constraint)
    name = tokens.identifier()
    type_ = column_type(tokens)
    nullable, default, comment = True, None, None
    while not tokens.at_end and not tokens.peek(",") and not tokens.peek(")"):
        if tokens.accept("NOT", "NULL"):
            nullable = False
        elif tokens.accept("NULL"):
            nullable = True
        elif tokens.accept("COLLATE"):
            if collation := tokens.string():
                raise UnsupportedError(f"COLLATE '{collation}'")
        elif tokens.accept("COMMENT"):
            comment = tokens.string()
        elif tokens.accept("DEFAULT"):
            default = _default(tokens)
        elif constraint := tokens.accept_one(*_CONSTRAINTS):
            raise UnsupportedError(constraint)
        else:
            raise tokens.unexpected()
    return ColumnDefinition(name, type_, nullable, default, comment)


def _default(tokens: Tokens) -> str:
    """Read a default as SQL: a literal, or a call such as CURRENT_TIMESTAMP()."""
    sign = "-" if tokens.accept("-") else ""
    if tokens.peek(")") or tokens.peek(","):
        raise tokens.unexpected()
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
