"""A cursor over the tokens of one statement: the grammar's small tools.

sqlglot's tokenizer reads Snowflake's strings, quoted identifiers and comments; what it cannot parse into a
tree (pipes, SHOW, most of ALTER) is read here word by word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.language.statement_text import StatementText, tokenised

Value: TypeAlias = "str | bool | int | tuple[Value, ...] | dict[str, Value] | None"
"""The value of a property: text, truth, a number, a list, or properties in brackets."""


_PLAIN = re.compile(r"[A-Z_][A-Z0-9_$]*")
_LITERALS = (TokenType.STRING, TokenType.RAW_STRING)


@dataclass(frozen=True)
class Name:
    """The name of an object, in up to three parts; an unquoted part is upper case."""

    parts: tuple[str, ...]

    @property
    def last(self) -> str:
        """The object's own name."""
        return self.parts[-1]

    def __str__(self) -> str:
        return ".".join(self.parts)

    def moved(self, old: Name, new: Name) -> Name:
        """Return the name after one of its containers, or it itself, was renamed."""
        return Name((*new.parts, *self.parts[len(old.parts) :]))

    @property
    def quoted(self) -> str:
        """The name as SQL, each part in double quotes."""
        return ".".join('"' + part.replace('"', '""') + '"' for part in self.parts)

    @property
    def spelled(self) -> str:
        """The name as SQL, with quotes only around the parts that need them."""
        return ".".join(part if _PLAIN.fullmatch(part) else Name((part,)).quoted for part in self.parts)


def _words(token: Token) -> list[Token]:
    """Return a keyword of several words (sqlglot has STORAGE INTEGRATION as one) as one token a word."""
    words = token.text.split()
    if token.token_type in (*_LITERALS, TokenType.IDENTIFIER) or len(words) < 2:
        return [token]
    return [Token(TokenType.VAR, word, token.line, token.col, token.start, token.end) for word in words]


class Tokens:
    """The tokens of a statement, or of a name in a text, and a position among them.

    Raises:
        SqlSyntaxError: the text cannot be split into tokens; from `expect`, something else stands here.
    """

    def __init__(self, sql: str | StatementText) -> None:
        self._text, tokens = (sql, tokenised(sql)) if isinstance(sql, str) else (sql.source[: sql.end], sql.tokens)
        self._tokens = [word for token in tokens for word in _words(token)]
        self._position = 0

    @property
    def here(self) -> Token | None:
        """The token at the position, or None at the end."""
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    @property
    def at_end(self) -> bool:
        """Whether every token is read."""
        return self.here is None

    def next(self) -> Token:
        """Return the token at the position and go past it."""
        if (token := self.here) is None:
            raise SqlSyntaxError("unexpected '<EOF>'.")
        self._position += 1
        return token

    def peek(self, *words: str) -> bool:
        """Tell whether these words or signs (upper case) stand at the position."""
        ahead = self._tokens[self._position : self._position + len(words)]
        return len(ahead) == len(words) and all(
            token.text.upper() == word and token.token_type not in (*_LITERALS, TokenType.IDENTIFIER)
            for token, word in zip(ahead, words, strict=True)
        )

    def accept(self, *words: str) -> bool:
        """Go past these words if they stand here, and tell whether they did."""
        if found := self.peek(*words):
            self._position += len(words)
        return found

    def accept_one(self, *phrases: str) -> str | None:
        """Go past the first of these phrases that stands here, and return it."""
        return next((phrase for phrase in phrases if self.accept(*phrase.split())), None)

    def expect(self, *words: str) -> None:
        """Go past these words, which must stand here."""
        if not self.accept(*words):
            raise self.unexpected()

    def unexpected(self) -> SqlSyntaxError:
        """Return the error for the token at the position."""
        if (token := self.here) is None:
            return SqlSyntaxError("unexpected '<EOF>'.")
        return SqlSyntaxError(f"line {token.line} at position {token.col} unexpected '{token.text}'.")

    def string(self) -> str:
        """Read a string literal."""
        token = self.next()
        if token.token_type not in _LITERALS:
            self._position -= 1
            raise self.unexpected()
        return token.text

    def name(self) -> Name:
        """Read an object's name."""
        parts = [self._name_part()]
        while self.accept("."):
            parts.append(self._name_part())
        return Name(tuple(parts))

    def accept_name_before(self, word: str) -> Name | None:
        """Go past a name and `.<word>` if they stand here; return the name."""
        start = self._position
        try:
            *parts, last = self.name().parts
        except SqlSyntaxError:
            self._position = start
            return None
        if last == word and parts:
            return Name(tuple(parts))
        self._position = start
        return None

    def _name_part(self) -> str:
        token = self.next()
        if token.token_type == TokenType.IDENTIFIER and token.text:
            return token.text
        is_literal = token.token_type in (*_LITERALS, TokenType.NUMBER)
        if not is_literal and (token.text[:1].isalpha() or token.text[:1] == "_"):
            return token.text.upper()
        self._position -= 1
        raise self.unexpected()

    def identifier(self) -> str:
        """Read a name of one part."""
        return self._name_part()

    def names(self) -> list[Name]:
        """Read names that commas divide."""
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return found

    def strings(self) -> tuple[Value, ...]:
        """Read string literals that commas divide."""
        found: list[Value] = [self.string()]
        while self.accept(","):
            found.append(self.string())
        return tuple(found)

    def integer(self) -> int:
        """Read a whole number."""
        token = self.next()
        if not token.text.isascii() or not token.text.isdigit():
            self._position -= 1
            raise self.unexpected()
        return int(token.text)

    def expect_end(self) -> None:
        """Refuse anything that still follows."""
        if not self.at_end:
            raise self.unexpected()

    def until(self, *words: str) -> str:
        """Return the text from the position up to one of these words outside brackets, and go there."""
        first, depth = self.here, 0
        while (token := self.here) and (depth or not any(self.peek(word) for word in words)):
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
            self._position += 1
        if first is None or token is first:
            raise self.unexpected()
        return self._text[first.start : token.start if token else None].strip()

    def rest(self) -> str:
        """Return the statement's text from the position to the end, and go there."""
        start = self._tokens[self._position - 1].end + 1 if self._position else 0
        self._position = len(self._tokens)
        return self._text[start:].strip()

    def in_brackets(self) -> str:
        """Return the text between the bracket at the position and its partner, and go past it."""
        self.expect("(")
        start, depth = self._position, 1
        while depth:
            sign = self.next()
            if sign.token_type in (TokenType.L_PAREN, TokenType.R_PAREN):
                depth += 1 if sign.token_type == TokenType.L_PAREN else -1
        first, last = self._tokens[start], self._tokens[self._position - 1]
        return self._text[first.start : last.start].strip()

    def properties(self, *stops: str) -> dict[str, Value]:
        """Read `KEY = value` pairs, with or without commas, up to one of the words `stops` or the end.

        Raises:
            SnowflakeError: a key stands there twice.
        """
        found: dict[str, Value] = {}
        while not self.at_end and not any(self.peek(stop) for stop in (*stops, ")")):
            key = self._name_part()
            if key in found:
                raise SnowflakeError(f"SQL compilation error:\nduplicate property '{key}'.")
            self.expect("=")
            value = self.value()
            # a format may be named without FORMAT_NAME: https://docs.snowflake.com/en/user-guide/querying-stage
            found[key] = {"FORMAT_NAME": value} if key == "FILE_FORMAT" and isinstance(value, str) else value
            self.accept(",")
        return found

    def value(self) -> Value:
        """Read a property's value."""
        if self.accept("("):
            return self._bracketed()
        token = self.here
        if token is None:
            raise self.unexpected()
        if token.token_type in _LITERALS:
            return self.next().text
        if token.token_type == TokenType.NUMBER:
            text = self.next().text
            return int(text) if text.isascii() and text.isdigit() else text
        if token.token_type == TokenType.DASH:
            self.next()
            return -self.integer()
        if word := self.accept_one("TRUE", "FALSE"):
            return word == "TRUE"
        if self.accept("NULL"):
            return None
        name = self.name()
        return name.last if len(name.parts) == 1 else name.spelled

    def _bracketed(self) -> Value:
        if len(self._tokens) > self._position + 1 and self._tokens[self._position + 1].text == "=":
            options = self.properties()
            self.expect(")")
            return options
        values: list[Value] = []
        while not self.accept(")"):
            values.append(self.value())
            self.accept(",")
        return tuple(values)
