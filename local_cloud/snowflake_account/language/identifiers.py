"""IDENTIFIER('…') and TABLE('…'): a text, a session variable or a bound value in the place of a name. Pure.

https://docs.snowflake.com/en/sql-reference/identifier-literal
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.statement_text import StatementText
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_WORDS = ("IDENTIFIER", "TABLE")


def no_variable(name: str) -> Any:
    """Refuse a session variable: a statement that is kept, such as a view's, has none.

    Raises:
        SnowflakeError: always.
    """
    raise SnowflakeError(f"SQL compilation error:\nSession variable '${name.upper()}' does not exist")


def with_names(
    statement: StatementText, variable: Callable[[str], Any], bound: Sequence[Any] = ()
) -> tuple[StatementText, list[int]]:
    """Put the names themselves into a statement.

    Args:
        statement: it.
        variable: returns the value of a session variable.
        bound: the values of the statement's placeholders.

    Returns:
        The statement, and the positions of the bound values that stand for names in it, from 0.

    Raises:
        SnowflakeError: a text is no name, or a value is missing.
    """
    if not any(token.text.upper() in _WORDS and token.token_type is not TokenType.STRING for token in statement.tokens):
        return statement, []
    given, tokens, used = list(statement.tokens), list[Token](), list[int]()
    position = placeholders = 0
    while position < len(given):
        group = _group(given, position)
        value = _value(group, variable, bound, placeholders) if group else None
        if value is None:
            placeholders += given[position].token_type is TokenType.PLACEHOLDER
            tokens.append(given[position])
            position += 1
            continue
        if group[0].token_type is TokenType.PLACEHOLDER:
            used.append(placeholders)
            placeholders += 1
        end = position + 2 + len(group)
        tokens += _tokens_of(_name(value), given[position], given[end])
        position = end + 1
    return replace(statement, tokens=tokens), used


def with_values(statement: StatementText, bound: Sequence[Any]) -> StatementText:
    """Put bound values as literals in the place of a statement's placeholders, as far as there are values."""
    values = iter(bound)
    tokens = [
        _literal(value, token)
        if token.token_type is TokenType.PLACEHOLDER and (value := next(values, None)) is not None
        else token
        for token in statement.tokens
    ]
    return replace(statement, tokens=tokens)


def _literal(value: Any, place: Token) -> Token:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    kind = TokenType.NUMBER if is_number else TokenType.STRING
    return Token(kind, str(value), place.line, place.col, place.start, place.end)


def _group(tokens: Sequence[Token], start: int) -> Sequence[Token]:
    """Return what stands between the brackets of IDENTIFIER(…) or TABLE(…) that begins here, if it is one value."""
    if tokens[start].text.upper() not in _WORDS or tokens[start].token_type is TokenType.STRING:
        return []
    for length in (1, 2):
        end = start + 2 + length
        if end < len(tokens) and tokens[start + 1].text == "(" and tokens[end].text == ")":
            return tokens[start + 2 : end]
    return []


def _value(
    group: Sequence[Token], variable: Callable[[str], Any], bound: Sequence[Any], placeholders: int
) -> str | None:
    """Return the text that a group stands for, None where it is something else.

    Args:
        group: one or two tokens.
        variable: returns the value of a session variable.
        bound: the values of the statement's placeholders.
        placeholders: how many placeholders come before it.
    """
    first, last = group[0], group[-1]
    if first.token_type is TokenType.STRING:
        return first.text
    if first.token_type is TokenType.PARAMETER:
        return None if last.text.isdigit() else str(variable(last.text))
    if first.token_type is TokenType.PLACEHOLDER:
        index = placeholders
    elif first.token_type is TokenType.COLON and last.text.isdigit():
        index = int(last.text) - 1
    else:
        return None
    if not 0 <= index < len(bound):
        raise SnowflakeError(f"SQL compilation error:\nBind variable {index + 1} not set.", code=2049)
    return str(bound[index])


def _name(text: str) -> Name:
    tokens = Tokens(text)
    name = tokens.name()
    tokens.expect_end()
    return name


def _tokens_of(name: Name, first: Token, last: Token) -> list[Token]:
    """Return the tokens of a name that take the place of others in the text."""
    found: list[Token] = []
    for part in name.parts:
        if found:
            found.append(Token(TokenType.DOT, ".", first.line, first.col, first.start, last.end))
        found.append(Token(TokenType.IDENTIFIER, part, first.line, first.col, first.start, last.end))
    return found
