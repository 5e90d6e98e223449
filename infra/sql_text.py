"""One spelling for SQL: the same statement gives the same text, however its file is laid out. Pure.

The Snowflake provider replaces a pipe, and with it the pipe's load history, for a change of whitespace, of a
keyword's case or of a comment. So what is deployed is never a file's text but its canonical form: the file's
own tokens, comments gone, one space where one is needed, and everything in upper case that Snowflake reads
without regard to case. Strings, quoted identifiers, stage paths and the keys of a path into a VARIANT keep
their case. The text is built from tokens rather than printed from a syntax tree, because a tree is printed in
another wording (``x:key`` as ``GET_PATH``, ``join lateral`` as a comma), which would change what is deployed
with every version of the printer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot.dialects import Snowflake
from sqlglot.tokenizer_core import Token, TokenType

_NO_SPACE_BEFORE = {",", ")", ".", "::", ":", "[", "]"}
_NO_SPACE_AFTER = {"(", ".", "::", ":", "[", "$", "@"}
_VERBATIM = {TokenType.IDENTIFIER, TokenType.STRING, TokenType.RAW_STRING, TokenType.NUMBER}


@dataclass(frozen=True)
class Span:
    """A stretch of a statement's text, first and last character included."""

    start: int
    end: int


@dataclass(frozen=True)
class _Word:
    """A token as it is written out, and what the words behind it need to know of it."""

    text: str
    end: int
    of_variant_path: bool = False
    of_stage: bool = False
    is_name: bool = False


def canonical_parts(sql: str, slots: Iterable[Span] = ()) -> tuple[str | Span, ...]:
    """Return a statement's canonical text, cut at the given spans, which stand in the result as themselves.

    Args:
        sql: one statement that Snowflake's tokenizer takes; semicolons at its end are dropped.
        slots: spans to leave out of the text; each must begin and end with a token.
    """
    ends = {slot.start: slot for slot in slots}
    parts: list[str | Span] = []
    text = ""
    words: list[_Word] = []
    skip_to = -1
    for token in _tokens(sql):
        if token.start <= skip_to:
            continue
        slot = ends.get(token.start)
        word = _Word(token.text, slot.end, is_name=False) if slot else _word(sql, token, words)
        text += _gap(words, word, token) if words else ""
        words.append(word)
        if slot:
            skip_to = slot.end
            parts += [text, slot]
            text = ""
        else:
            text += word.text
    return (*parts, text)


def canonical(sql: str) -> str:
    """Return a statement's canonical text."""
    return "".join(part for part in canonical_parts(sql) if isinstance(part, str))


def _tokens(sql: str) -> list[Token]:
    tokens = Snowflake().tokenize(sql)
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    return tokens


def _word(sql: str, token: Token, before: list[_Word]) -> _Word:
    written = sql[token.start : token.end + 1]
    if _continues_stage(token, before):
        return _Word(written, token.end, of_stage=True)
    if written == "@":
        return _Word(written, token.end, of_stage=True)
    if token.token_type in _VERBATIM:
        return _Word(written, token.end, of_variant_path=_continues_variant_path(before))
    if _continues_variant_path(before):
        return _Word(written, token.end, of_variant_path=True)
    # GROUP BY and its like are one token each, with whatever whitespace the file has between the words.
    return _Word(" ".join(written.upper().split()), token.end, is_name=token.token_type is TokenType.VAR)


def _continues_stage(token: Token, before: list[_Word]) -> bool:
    """A stage's path is everything that follows its @ without a gap: ``@"DB"."RAW"."LANDING"/customers/``."""
    return bool(before) and before[-1].of_stage and token.start == before[-1].end + 1 and token.text not in {")", ","}


def _continues_variant_path(before: list[_Word]) -> bool:
    """Keys follow a colon (``record:basket``) or, further down, a dot behind a key or an index."""
    if not before:
        return False
    if before[-1].text == ":":
        return True
    return len(before) > 1 and before[-1].text == "." and (before[-2].of_variant_path or before[-2].text == "]")


def _gap(words: list[_Word], word: _Word, token: Token) -> str:
    last = words[-1]
    if word.of_stage and last.of_stage:
        return ""
    if word.text in _NO_SPACE_BEFORE and token.token_type not in _VERBATIM:
        return ""
    if last.text in _NO_SPACE_AFTER or (word.text == "(" and last.is_name):
        return ""
    return " "
