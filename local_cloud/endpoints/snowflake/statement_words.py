"""What kind of statement a text is, as far as the protocol has to know: its type id, its parts, its columns."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.result import Column

SELECT = 0x1000
_DDL = 0x6000
_TYPE_IDS = {
    **dict.fromkeys(("SELECT", "WITH", "VALUES", "(", "CALL"), SELECT),
    "INSERT": 0x3100,
    "UPDATE": 0x3200,
    "DELETE": 0x3300,
    "MERGE": 0x3400,
    "COPY": 0x3600,
    "USE": 0x4300,
    "SHOW": 0x4400,
    "DESCRIBE": 0x4500,
    "DESC": 0x4500,
    **dict.fromkeys(("BEGIN", "START", "COMMIT", "ROLLBACK"), 0x5000),
}
"""https://github.com/snowflakedb/snowflake-jdbc, SFStatementType; what is not here is DDL."""

_SCAN = ["SELECT", "*", "FROM", "TABLE", "(", "RESULT_SCAN", "(", ")", ")"]
_COUNTED = range(0x3000, 0x3600)
_INSERTED, _UPDATED = Column("number of rows inserted", "FIXED"), Column("number of rows updated", "FIXED")
_COUNT_COLUMNS = {
    0x3100: (_INSERTED,),
    0x3200: (_UPDATED, Column("number of multi-joined rows updated", "FIXED")),
    0x3300: (Column("number of rows deleted", "FIXED"),),
    0x3400: (_INSERTED, _UPDATED),
}
_ANSWER_ONLY = (0x4400, 0x4500)


def type_id(sql: str) -> int:
    """Return Snowflake's id for a statement's type."""
    try:
        tokens = Snowflake().tokenize(sql.lstrip()[:4096])
    except SqlglotError:
        tokens = []
    return _TYPE_IDS.get(tokens[0].text.upper() if tokens else "", _DDL)


def alters_session(sql: str) -> bool:
    """Tell whether a statement is ALTER SESSION."""
    return type_id(sql) == _DDL and [token.text.upper() for token in _tokens(sql)[:2]] == ["ALTER", "SESSION"]


def counts_rows(statement_type: int) -> bool:
    """Tell whether a type of statement answers how many rows it changed: the drivers read that from JSON."""
    return statement_type in _COUNTED


def _tokens(sql: str) -> list[Token]:
    try:
        return Snowflake().tokenize(sql)
    except SqlglotError as error:
        raise SqlSyntaxError(str(error).splitlines()[0]) from error


def split(sql: str) -> list[str]:
    """Return the statements of a text that has several.

    Raises:
        SqlSyntaxError: the text cannot be split into tokens.
    """
    tokens = _tokens(sql)
    ends = [token.start for token in tokens if token.token_type is TokenType.SEMICOLON]
    starts = [0, *(end + 1 for end in ends)]
    parts = [sql[start:end].strip() for start, end in zip(starts, [*ends, len(sql)], strict=True)]
    return [part for part in parts if part]


def scanned_query(sql: str) -> str | None:
    """Return the id of the query whose result a statement asks for: how the connector fetches it later.

    Only the connector's own text counts; RESULT_SCAN inside another query is the account's business.
    """
    if "RESULT_SCAN" not in sql.upper():
        return None
    texts = [token.text for token in _tokens(sql)]
    asked, query_id = [*texts[:-3], *texts[-2:]], texts[-3] if len(texts) > len(_SCAN) else ""
    return query_id if [text.upper() for text in asked] == _SCAN else None


def check_count(statements: list[str], wanted: int) -> None:
    """Refuse a text with another number of statements than its sender says; 0 says any.

    Raises:
        SnowflakeError: it has another number.
    """
    if len(statements) > 1 and wanted == 0:
        return
    if len(statements) != wanted and (len(statements) > 1 or wanted > 1):
        message = f"Actual statement count {len(statements)} did not match the desired statement count {wanted}."
        raise SnowflakeError(message, code=8, sqlstate="0A000")


def columns_of_change(statement_type: int) -> tuple[Column, ...]:
    """Return the columns of the answer of a statement that is no query."""
    return _COUNT_COLUMNS.get(statement_type, (Column("status"),))


def without_rows(sql: str, statement_type: int) -> str | None:
    """Return a statement that has a statement's columns and changes nothing, None where there is none.

    Values that are to be bound count as NULL.
    """
    if statement_type in _ANSWER_ONLY:
        return sql
    try:
        tree = sqlglot.parse_one(sql, read="snowflake")
    except SqlglotError as error:
        raise SqlSyntaxError(str(error).splitlines()[0]) from error
    if not isinstance(tree, exp.Query):
        return None
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(exp.null())
    return tree.limit(0).sql("snowflake")
