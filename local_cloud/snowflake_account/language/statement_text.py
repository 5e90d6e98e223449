"""Statements as text and tokens: a text is split into tokens once, and whoever reads it next is handed these."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.language.syntax_errors import UnfinishedError

SNOWFLAKE = Snowflake()
"""sqlglot's dialect, which tokenises and parses."""

# What it cannot read of a COPY it warns of, on the error output of `serve`; whoever sent it is told in the answer.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

TRACKING_COMMENT = " --terraform_provider_usage_tracking "
"""What the Snowflake provider appends to nearly every statement, on its last line."""

_ADDRESS = re.compile(r"(?im)((?:^|;)\s*(?:PUT|GET\s+(?:'[^']*'|\S+))\s+)(file://[^\s;']+)")


@dataclass(frozen=True)
class StatementText:
    """One statement.

    Attributes:
        source: the text that it stands in, maybe among others.
        tokens: its own tokens, at least one; their positions are those in `source`.
        start: where it begins in `source`.
        end: where it ends there: its semicolon, or the end of the text.
    """

    source: str
    tokens: Sequence[Token]
    start: int
    end: int

    @property
    def text(self) -> str:
        """The statement without outer blanks, its semicolon and the provider's tracking comment."""
        return self.source[self.start : self.end].strip()

    def begins_with(self, *words: str) -> bool:
        """Tell whether the statement begins with these words, given in upper case."""
        return [token.text.upper() for token in self.tokens[: len(words)]] == list(words)


def tokenised(sql: str) -> list[Token]:
    """Split a text into tokens.

    Raises:
        SqlSyntaxError: it cannot be.
    """
    try:
        tokens = SNOWFLAKE.tokenize(sql)
    except TokenError as error:
        raise UnfinishedError(sql) from error
    if "?::" not in sql:
        return tokens
    return [part for token in tokens for part in _placeholder_and_cast(token)]


def _placeholder_and_cast(token: Token) -> list[Token]:
    """Return a token, or the two that `?::` is: to sqlglot it is an operator of another dialect."""
    if token.token_type is not TokenType.QDCOLON:
        return [token]
    mark = Token(TokenType.PLACEHOLDER, "?", token.line, token.col - 2, token.start, token.start)
    return [mark, Token(TokenType.DCOLON, "::", token.line, token.col, token.start + 1, token.end, token.comments)]


def statements_of(sql: str) -> list[StatementText]:
    """Return the statements of a text that semicolons divide; what is only blanks or comments is none.

    Raises:
        SqlSyntaxError: it cannot be split into tokens.
    """
    source = _with_quoted_addresses(_without_tracking(sql))
    found: list[StatementText] = []
    start, own = 0, list[Token]()
    for token in tokenised(source):
        if token.token_type is TokenType.SEMICOLON:
            if own:
                found.append(StatementText(source, own, start, token.start))
            start, own = token.end + 1, []
        else:
            own.append(token)
    if own:
        found.append(StatementText(source, own, start, len(source)))
    return found


def one_statement(sql: str) -> StatementText:
    """Return the one statement of a text.

    Raises:
        SnowflakeError: there is none.
        SqlSyntaxError: there are several, or the text cannot be split into tokens.
    """
    statements = statements_of(sql)
    if not statements:
        raise SnowflakeError("Empty SQL statement.", code=900)
    if len(statements) > 1:
        raise SqlSyntaxError("expected one statement.")
    return statements[0]


def _with_quoted_addresses(sql: str) -> str:
    """Put quotes around the addresses of PUT and GET that have none: to a tokenizer `/*` in one begins a comment."""
    if "file://" not in sql.lower():
        return sql
    return _ADDRESS.sub(lambda found: found[1] + "'" + found[2].replace("\\", "\\\\") + "'", sql)


def _without_tracking(sql: str) -> str:
    text, mark, tracking = sql.rpartition(TRACKING_COMMENT)
    is_tracked = mark and tracking.startswith("{") and "\n" not in tracking
    return text if is_tracked else sql
