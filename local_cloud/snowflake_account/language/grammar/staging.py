"""What is done with staged files as such: PUT, GET, LIST, REMOVE and COPY FILES.

Their places and their files' addresses are no SQL, so they are read from the text and only the options as tokens.
https://docs.snowflake.com/en/sql-reference/sql/put, …/get, …/list, …/remove, …/copy-files
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_cloud.snowflake_account.errors import InvalidValueError, SnowflakeError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import MOST_FILES, checked_pattern
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath, stage_path
from local_cloud.snowflake_account.language.statement_text import StatementText
from local_cloud.snowflake_account.language.statements import (
    CopyFiles,
    FileStatement,
    GetFiles,
    ListFiles,
    PutFiles,
    RemoveFiles,
)
from local_cloud.snowflake_account.language.tokens import Tokens, Value

_QUOTED = r"'(?:[^'\\]|\\.|'')*'"
_PLACE = re.compile(rf"""\s*({_QUOTED}|@(?:"(?:[^"]|"")*"|[^\s"'();,])+|\?)""", re.DOTALL)
_ADDRESS = re.compile(rf"\s*({_QUOTED}|file://[^\s;']+)", re.DOTALL | re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)
_FILE = "file://"

_COMPRESSIONS = ("AUTO_DETECT", "GZIP", "BZ2", "BROTLI", "ZSTD", "DEFLATE", "RAW_DEFLATE", "NONE")
_MOST_THREADS = 99


def parse_file_statement(statement: StatementText, bound: Sequence[Any] = ()) -> FileStatement | None:
    """Return a statement about staged files, or None for any other.

    Args:
        statement: it.
        bound: the values of its placeholders, which stand for places.

    Raises:
        SnowflakeError: it is one, and wrong.
    """
    word = statement.tokens[0].text.upper()
    if word == "COPY":
        return _copy_files(_Text(statement.text, bound)) if statement.begins_with("COPY", "FILES") else None
    if parse := _PARSERS.get(word):
        text = _Text(statement.text, bound)
        text.word(word)
        return parse(text)
    return None


class _Text:
    """A statement's text and a position in it."""

    def __init__(self, text: str, bound: Sequence[Any]) -> None:
        self._text = text
        self._bound = iter(bound)
        self._position = 0

    def word(self, *words: str) -> None:
        """Go past words, which must stand here."""
        for word in words:
            found = re.compile(rf"\s*{word}\b", re.IGNORECASE).match(self._text, self._position)
            if found is None:
                raise self._unexpected()
            self._position = found.end()

    def place(self) -> StagePath:
        """Read a place in a stage."""
        written = self._read(_PLACE)
        if written != "?":
            return stage_path(written)
        if (value := next(self._bound, None)) is None:
            raise SnowflakeError("SQL compilation error:\nBind variable ? not set.", code=2049)
        return stage_path(str(value))

    def address(self) -> str:
        """Read the address of files on the client's machine, and return their path there."""
        text = self._read(_ADDRESS)
        if not text.lower().startswith(_FILE):
            raise SqlSyntaxError(f"unexpected '{text}': a file's address begins with {_FILE}.")
        return text[len(_FILE) :]

    def starts_with(self, sign: str) -> bool:
        """Tell whether a sign comes next."""
        return self._text[self._position :].lstrip().startswith(sign)

    def options(self, *known: str) -> Mapping[str, Value]:
        """Read the options up to the end."""
        rest = self._text[self._position :]
        if not rest.strip():
            return {}
        tokens = Tokens(rest)
        found = tokens.properties()
        tokens.expect_end()
        if unknown := next((name for name in found if name not in known), None):
            raise SnowflakeError(f"SQL compilation error:\ninvalid parameter '{unknown}'", code=1423)
        return found

    def _read(self, what: re.Pattern[str]) -> str:
        found = what.match(self._text, self._position)
        if found is None:
            raise self._unexpected()
        self._position = found.end()
        text = found[1]
        return _ESCAPED.sub(lambda escaped: escaped[1] or "'", text[1:-1]) if text.startswith("'") else text

    def _unexpected(self) -> SqlSyntaxError:
        rest = self._text[self._position :].split()
        return SqlSyntaxError(f"unexpected '{rest[0] if rest else '<EOF>'}'.")


def _list(text: _Text) -> ListFiles:
    return ListFiles(text.place(), _pattern(text.options("PATTERN")))


def _remove(text: _Text) -> RemoveFiles:
    return RemoveFiles(text.place(), _pattern(text.options("PATTERN")))


def _put(text: _Text) -> PutFiles:
    source, where = text.address(), text.place()
    given = text.options("PARALLEL", "AUTO_COMPRESS", "SOURCE_COMPRESSION", "OVERWRITE")
    compression = str(given.get("SOURCE_COMPRESSION", "AUTO_DETECT")).upper()
    if compression not in _COMPRESSIONS:
        raise _invalid(compression, "SOURCE_COMPRESSION")
    return PutFiles(
        source,
        where,
        parallel=_threads(given, 4),
        auto_compress=_truth(given, "AUTO_COMPRESS", default=True),
        source_compression=compression,
        overwrite=_truth(given, "OVERWRITE", default=False),
    )


def _get(text: _Text) -> GetFiles:
    where, folder = text.place(), text.address()
    given = text.options("PARALLEL", "PATTERN")
    return GetFiles(where, folder, _threads(given, 10), _pattern(given))


def _copy_files(text: _Text) -> CopyFiles:
    text.word("COPY", "FILES", "INTO")
    target = text.place()
    text.word("FROM")
    if text.starts_with("("):
        raise UnsupportedError("COPY FILES from a query")
    source = text.place()
    if Kind.STAGE not in (target.kind, source.kind) or target.kind is not source.kind:
        raise UnsupportedError("COPY FILES of the stage of a table or a user")
    given = text.options("FILES", "PATTERN", "DETAILED_OUTPUT")
    files = given.get("FILES", ())
    if not isinstance(files, tuple) or not all(isinstance(name, str) for name in files) or len(files) > MOST_FILES:
        raise _invalid(files, "FILES")
    detailed = _truth(given, "DETAILED_OUTPUT", default=True)
    return CopyFiles(source, target, tuple(map(str, files)), _pattern(given), detailed=detailed)


def _pattern(given: Mapping[str, Any]) -> str | None:
    return checked_pattern(given["PATTERN"]) if "PATTERN" in given else None


def _threads(given: Mapping[str, Any], default: int) -> int:
    number = given.get("PARALLEL", default)
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= _MOST_THREADS:
        raise _invalid(number, "PARALLEL")
    return number


def _truth(given: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise _invalid(value, name)
    return value


def _invalid(value: object, name: str) -> InvalidValueError:
    return InvalidValueError(name, value, code=1008)


_PARSERS: Mapping[str, Callable[[_Text], FileStatement]] = {
    "PUT": _put,
    "GET": _get,
    "LIST": _list,
    "LS": _list,
    "REMOVE": _remove,
    "RM": _remove,
}
