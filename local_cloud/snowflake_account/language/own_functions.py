"""Functions that are left as calls when a statement is parsed, because the account has them itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

JSON_FUNCTIONS = frozenset(
    {
        *("ARRAY_APPEND", "ARRAY_PREPEND", "ARRAY_CAT", "ARRAY_INSERT", "ARRAY_CONTAINS", "ARRAY_POSITION"),
        *("ARRAY_SLICE", "ARRAY_TO_STRING", "ARRAY_DISTINCT", "ARRAY_COMPACT", "ARRAY_SORT", "ARRAY_MIN"),
        *("ARRAY_MAX", "ARRAY_FLATTEN", "ARRAY_GENERATE_RANGE", "ARRAYS_OVERLAP", "ARRAY_INTERSECTION"),
        *("ARRAY_EXCEPT", "ARRAY_REMOVE", "ARRAY_REMOVE_AT", "ARRAY_SIZE", "ARRAY_CONSTRUCT_COMPACT"),
        *("REGEXP_SUBSTR_ALL", "OBJECT_INSERT", "OBJECT_DELETE", "OBJECT_PICK", "TO_OBJECT"),
        *("IS_OBJECT", "IS_BOOLEAN", "IS_VARCHAR", "IS_CHAR", "IS_INTEGER", "IS_DECIMAL", "IS_DOUBLE", "IS_REAL"),
        *("AS_VARCHAR", "AS_CHAR", "AS_INTEGER", "AS_DOUBLE", "AS_REAL", "AS_BOOLEAN", "AS_ARRAY", "AS_OBJECT"),
        *("IS_TIMESTAMP_NTZ", "IS_TIMESTAMP_LTZ", "AS_TIMESTAMP_NTZ", "AS_TIMESTAMP_LTZ"),
    }
)
"""Functions on arrays and objects."""


PREFIX = "_SF_"
"""What stands before their names where they are calls, so that sqlglot makes nothing of its own of them."""

_PREFIXED = re.compile(rf"\b{PREFIX}(?=(?:{'|'.join(sorted(JSON_FUNCTIONS))})\()")

_NO_CALL_AFTER = ("INTO", "TABLE", "VIEW", "UPDATE", "FROM", "JOIN", ".")


def with_own_calls(tokens: Sequence[Token]) -> list[Token]:
    """Return a statement's tokens in which these functions have their prefix."""
    found: list[Token] = []
    for position, token in enumerate(tokens):
        is_call = (
            token.text.upper() in JSON_FUNCTIONS
            and token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)
            and position + 1 < len(tokens)
            and tokens[position + 1].token_type is TokenType.L_PAREN
            and not (position and tokens[position - 1].text.upper() in _NO_CALL_AFTER)
        )
        name = f"{PREFIX}{token.text.upper()}"
        found.append(Token(TokenType.VAR, name, token.line, token.col, token.start, token.end) if is_call else token)
    return found


def own_name(call: str) -> str:
    """Return what a function is called in Snowflake, in upper case."""
    return call.upper().removeprefix(PREFIX)


def without_prefix(text: str) -> str:
    """Return a text of SQL in upper case with the functions' own names."""
    return _PREFIXED.sub("", text)
