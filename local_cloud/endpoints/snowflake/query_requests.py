"""Requests about statements: run one, wait for it, fetch its rows, stop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud.endpoints.http import HttpResponse
from local_cloud.endpoints.snowflake import statement_words as words
from local_cloud.endpoints.snowflake.client_queries import ClientQueries, ClientQuery
from local_cloud.endpoints.snowflake.client_sessions import ClientSession, ClientSessions, session_of
from local_cloud.endpoints.snowflake.client_statements import ClientStatement
from local_cloud.endpoints.snowflake.driver_requests import DriverRequest
from local_cloud.endpoints.snowflake.forms.bindings import bound_rows
from local_cloud.endpoints.snowflake.replies import Reply, failure, malformed, success
from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.language.statement_text import StatementText, statements_of

WAIT_SECONDS = 45.0
"""How long a request waits for its statement before it is told to ask again, as in Snowflake."""


class QueryRequests:
    """Answers the requests about statements.

    Args:
        sessions: the sessions that are open.
        queries: the statements that run and have run.
        chunks_url: where clients find the chunks of long results.
    """

    def __init__(self, sessions: ClientSessions, queries: ClientQueries, chunks_url: str) -> None:
        self._sessions = sessions
        self._queries = queries
        self._chunks_url = chunks_url

    def query(self, request: DriverRequest) -> Reply:
        """Run a statement, or several, and answer with the result, or with where to ask for it."""
        session = session_of(self._sessions, request)
        self._sessions.keep_alive(session)
        body = request.json()
        parameters = _parameters(session, body.get("parameters"))
        request_id = request.query.get("requestId", "")
        try:
            texts = _texts(body.get("sqlText"), parameters.get("MULTI_STATEMENT_COUNT", 1))
            if len(texts) > 1:
                return self._several(session, request_id, texts, parameters)
            if scanned := words.scanned_query(texts[0]):
                return self.result(request, scanned)
            statement = ClientStatement(
                texts[0],
                bound_rows(body.get("bindings")),
                _form(session, parameters),
                describe_only=bool(body.get("describeOnly")),
            )
        except SnowflakeError as error:
            return failure(error, "")
        query = self._queries.submit(session, request_id, statement, is_async=bool(body.get("asyncExec")))
        if query.is_async:
            return query.pending()
        query.done.wait(WAIT_SECONDS)
        return query.reply(self._chunks_url)

    def _several(
        self, session: ClientSession, request_id: str, texts: Sequence[StatementText], parameters: Mapping[str, Any]
    ) -> Reply:
        """Run the statements of a text one after the other; the answer names their results."""
        done: list[ClientQuery] = []
        for number, text in enumerate(texts):
            statement = ClientStatement(text, asked_form=_form(session, parameters))
            query = self._queries.submit(session, f"{request_id}/{number}", statement, is_async=False)
            query.done.wait()
            if query.error is not None:
                return failure(query.error, query.id)
            done.append(query)
        return success(
            {
                **done[-1].reply(self._chunks_url)["data"],
                "resultIds": ",".join(query.id for query in done),
                "resultTypes": ",".join(str(query.statement.type_id) for query in done),
            }
        )

    def _seen(self, request: DriverRequest, query_id: str) -> ClientQuery | None:
        """Return a query that this client may see: one of its user."""
        session = session_of(self._sessions, request)
        query = self._queries.get(query_id)
        return query if query is not None and query.session.user == session.user else None

    def result(self, request: DriverRequest, query_id: str) -> Reply:
        """Answer with a statement's result."""
        if (query := self._seen(request, query_id)) is None:
            error = SnowflakeError(f"Statement {query_id[:40]} not found", code=709, sqlstate="02000")
            return failure(error, query_id[:40])
        query.done.wait(WAIT_SECONDS)
        return query.reply(self._chunks_url)

    def status(self, request: DriverRequest, query_id: str) -> Reply:
        """Answer with where a statement is."""
        query = self._seen(request, query_id)
        return success({"queries": [query.status()] if query else []})

    def abort_request(self, request: DriverRequest) -> Reply:
        """Stop the statement that a request has started."""
        session = session_of(self._sessions, request)
        return self._aborted(self._queries.of_request(session, str(request.json().get("requestId") or "")))

    def abort_query(self, request: DriverRequest, query_id: str) -> Reply:
        """Stop a statement."""
        return self._aborted(self._seen(request, query_id))

    def _aborted(self, query: ClientQuery | None) -> Reply:
        if query is None or query.done.is_set():
            return success(code="000605", message="Identified SQL statement is not currently executing.")
        self._queries.cancel([query])
        return success()

    def chunk(self, key: str, number: int) -> HttpResponse:
        """Answer with some rows of a long result; who knows its key may have them, as with a presigned address."""
        result = self._queries.result(key)
        if result is None or number >= result.chunks:
            raise malformed("no such chunk", status=404)
        kind = "application/vnd.apache.arrow.stream" if result.form == "arrow" else "application/json"
        return HttpResponse(result.chunk(number), headers={"Content-Type": kind})


def _texts(sql: Any, wanted: Any) -> list[StatementText]:
    """Return the statements of a request's text, which has as many as its sender says."""
    if not isinstance(sql, str):
        raise malformed("a query without sqlText")
    if not sql.isascii() and any(0xD800 <= ord(sign) < 0xE000 for sign in sql):
        raise SqlSyntaxError("unexpected half of a surrogate pair.")
    try:
        count = int(wanted)
    except (TypeError, ValueError, OverflowError) as error:
        raise malformed("MULTI_STATEMENT_COUNT is no number") from error
    if not (texts := statements_of(sql)):
        raise SnowflakeError("Empty SQL statement.", code=900)
    words.check_count(texts, count)
    return texts


def _parameters(session: ClientSession, given: Any) -> dict[str, Any]:
    """Return the parameters that hold for a statement: its own before its session's."""
    own = {str(name).upper(): value for name, value in given.items()} if isinstance(given, dict) else {}
    return {**session.parameters, **own}


def _form(session: ClientSession, parameters: Mapping[str, Any]) -> str:
    """Return how rows travel: as the client asks; Arrow for Python's connector, JSON for the others, if it does not."""
    default = "ARROW" if session.app == "PythonConnector" else "JSON"
    asked = parameters.get("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", default)
    return "arrow" if str(asked).upper().startswith("ARROW") else "json"
