"""A request to run statements: what it says of them, in its text, its values, its parameters and its headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot.tokenizer_core import TokenType

from local_cloud.endpoints.snowflake import statement_words as words
from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.endpoints.snowflake.client_statements import ClientStatement
from local_cloud.endpoints.snowflake.driver_requests import DriverRequest
from local_cloud.endpoints.snowflake.forms.bindings import bound_rows
from local_cloud.endpoints.snowflake.replies import malformed
from local_cloud.snowflake_account.catalog.parameters import typed
from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.language.statement_text import StatementText, statements_of
from local_cloud.snowflake_account.sessions.binds import Row
from local_cloud.snowflake_account.sessions.session_parameters import is_session_parameter

SNOWFLAKES_OWN = "application/snowflake"
"""What a request accepts whose driver reads Snowflake's own forms."""

_JSON_APPS = ("JavaScript", ".NET")

_OF_SESSIONS_ONLY = ("AUTOCOMMIT",)
"""A parameter that a statement has no own value of: a transaction is a session's."""


def client_statements(request: DriverRequest, body: Mapping[str, Any], session: ClientSession) -> list[ClientStatement]:
    """Return the statements that a client wants run one after the other; most often it is one.

    Args:
        request: the client's request.
        body: its JSON.
        session: the client's session.

    Raises:
        ApiError: a request that no driver sends.
        SnowflakeError: the text has no statement or another number than its sender says, a value that is bound or a
            parameter is none of its type.
    """
    own = _own_parameters(body.get("parameters"))
    parameters = {**session.parameters, **session.sql.parameters.all(), **own}
    texts = _texts(body.get("sqlText"), _number("MULTI_STATEMENT_COUNT", parameters, 1))
    describe_only = bool(body.get("describeOnly"))
    if describe_only and len(texts) > 1:
        raise SnowflakeError("Several statements cannot be prepared as one.", code=7, sqlstate="0A000")
    rows = bound_rows(body.get("bindings"))
    return [
        ClientStatement(
            text,
            of_text,
            _form(request, session, parameters),
            describe_only,
            {name: value for name, value in own.items() if is_session_parameter(name)},
            _number("ROWS_PER_RESULTSET", parameters, 0),
            _number("STATEMENT_TIMEOUT_IN_SECONDS", parameters, 0),
        )
        for text, of_text in zip(texts, _shared_out(rows, texts), strict=True)
    ]


def _own_parameters(given: Any) -> dict[str, Any]:
    """Return the parameters that a request has for its statements alone."""
    named = given.items() if isinstance(given, dict) else ()
    upper = {str(name).upper(): value for name, value in named if value is not None}
    return {name: value for name, value in upper.items() if name not in _OF_SESSIONS_ONLY}


def _number(name: str, parameters: Mapping[str, Any], default: int) -> int:
    return max(0, int(typed(name, parameters[name]))) if name in parameters else default


def _texts(sql: Any, count: int) -> list[StatementText]:
    """Return the statements of a request's text, which has as many as its sender says."""
    if not isinstance(sql, str):
        raise malformed("a query without sqlText")
    if not sql.isascii() and any(0xD800 <= ord(sign) < 0xE000 for sign in sql):
        raise SqlSyntaxError("unexpected half of a surrogate pair.")
    if not (texts := statements_of(sql)):
        raise SnowflakeError("Empty SQL statement.", code=900)
    words.check_count(texts, count)
    return texts


def _shared_out(rows: list[Row], texts: Sequence[StatementText]) -> list[list[Row]]:
    """Give each of several statements as many values as it has question marks; values with names are everybody's."""
    if len(texts) == 1:
        return [rows]
    shares: list[list[Row]] = []
    start = 0
    for text in texts:
        marks = sum(token.token_type is TokenType.PLACEHOLDER for token in text.tokens)
        shares.append([row[start : start + marks] if marks and not isinstance(row, Mapping) else row for row in rows])
        start += marks
    return shares


def _form(request: DriverRequest, session: ClientSession, parameters: Mapping[str, Any]) -> str:
    """Return how rows travel: as the client asks, else as Arrow where it accepts what only Snowflake sends.

    Python's connector 5 says so when it logs in, the others for each statement; Node's driver and .NET's say so too,
    and read no Arrow unless they ask for it.
    """
    asked = [str(value).upper() for name, value in parameters.items() if name.endswith("_QUERY_RESULT_FORMAT")]
    if asked:
        return "arrow" if asked[-1].startswith("ARROW") else "json"
    accepts = SNOWFLAKES_OWN in f"{session.accept} {request.accept}"
    return "arrow" if accepts and session.app not in _JSON_APPS else "json"
