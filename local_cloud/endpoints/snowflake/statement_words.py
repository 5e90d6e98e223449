"""What kind of statement a text is, as far as the protocol has to know: its type id, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.statement_text import StatementText

SELECT = 0x1000
SEVERAL = 0xA000
"""The type of a text with several statements."""

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

_SCAN = ("SELECT", "*", "FROM", "TABLE", "(", "RESULT_SCAN", "(", "", ")", ")")
_CANCEL = ("SELECT", "SYSTEM$CANCEL_QUERY", "(", "", ")")
_CANCEL_ALL = ("SELECT", "SYSTEM$CANCEL_ALL_QUERIES", "(", "", ")")
_COUNTED = range(0x3000, 0x3600)


def type_id(statement: StatementText) -> int:
    """Return Snowflake's id for a statement's type."""
    return _TYPE_IDS.get(statement.tokens[0].text.upper(), _DDL)


def alters_session(statement: StatementText) -> bool:
    """Tell whether a statement is ALTER SESSION."""
    return statement.begins_with("ALTER", "SESSION")


def moves_files(statement: StatementText) -> bool:
    """Tell whether a statement is PUT or GET: its driver moves the files."""
    return statement.begins_with("PUT") or statement.begins_with("GET")


def counts_rows(statement: StatementText) -> bool:
    """Tell whether a statement answers how many rows it changed: the drivers read that from JSON."""
    return type_id(statement) in _COUNTED


def scanned_query(statement: StatementText) -> str | None:
    """Return the id of the query whose result a statement asks for: how the connector fetches it later.

    Only the connector's own text counts; RESULT_SCAN inside another query is the account's business.
    """
    return _filled_in(statement, _SCAN)


def canceled_query(statement: StatementText) -> str | None:
    """Return the id of the query that a statement stops: it cannot wait for its turn, which comes after that query."""
    return _filled_in(statement, _CANCEL)


def canceled_session(statement: StatementText) -> str | None:
    """Return the number of the session whose queries a statement stops."""
    return _filled_in(statement, _CANCEL_ALL)


def _filled_in(statement: StatementText, form: tuple[str, ...]) -> str | None:
    """Return the word that stands in a form's blank, if a statement has the form."""
    texts = [token.text for token in statement.tokens[: len(form) + 1]]
    has_form = len(texts) == len(form) and all(
        word in ("", text.upper()) for word, text in zip(form, texts, strict=True)
    )
    return texts[form.index("")] if has_form else None


def check_count(statements: Sequence[StatementText], wanted: int) -> None:
    """Refuse a text with another number of statements than its sender says; 0 says any.

    Raises:
        SnowflakeError: it has another number.
    """
    if len(statements) > 1 and wanted == 0:
        return
    if len(statements) != wanted and (len(statements) > 1 or wanted > 1):
        message = f"Actual statement count {len(statements)} did not match the desired statement count {wanted}."
        raise SnowflakeError(message, code=8, sqlstate="0A000")
