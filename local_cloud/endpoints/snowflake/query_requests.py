"""Requests about statements: run one, wait for it, fetch its rows, stop it."""

from __future__ import annotations

import uuid

from local_cloud.endpoints.http import HttpResponse
from local_cloud.endpoints.snowflake import statement_words as words
from local_cloud.endpoints.snowflake.client_queries import ClientQueries
from local_cloud.endpoints.snowflake.client_query import ClientQuery
from local_cloud.endpoints.snowflake.client_sessions import ClientSession, ClientSessions, session_of
from local_cloud.endpoints.snowflake.client_statements import ClientStatement, session_facts
from local_cloud.endpoints.snowflake.driver_requests import DriverRequest
from local_cloud.endpoints.snowflake.forms.results import StoredResult
from local_cloud.endpoints.snowflake.replies import Reply, failure, malformed, success
from local_cloud.endpoints.snowflake.statement_requests import client_statements
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Column, Result

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
        try:
            statements = client_statements(request, body, session)
            text = statements[0].text
            if scanned := words.scanned_query(text):
                return self.result(request, scanned)
            if stopped := words.canceled_query(text):
                return self._stop(session, statements[0], self._seen(request, stopped))
            if words.canceled_session(text) == str(session.id):
                self._queries.cancel(self._queries.running(session))
        except SnowflakeError as error:
            return failure(error, "")
        request_id = request.query.get("requestId", "")
        query = self._queries.submit(session, request_id, statements, is_async=bool(body.get("asyncExec")))
        if query.is_async:
            return query.pending()
        query.done.wait(WAIT_SECONDS)
        return query.reply(self._chunks_url)

    def _stop(self, session: ClientSession, statement: ClientStatement, query: ClientQuery | None) -> Reply:
        """Stop a query by a statement of SQL, which does not wait for its turn behind that query."""
        if query is None or query.done.is_set():
            text = "Identified SQL statement is not currently executing."
        else:
            self._queries.cancel([query])
            text = f"query [{query.id}] terminated."
        answer = StoredResult(Result([Column(statement.text.text.partition(" ")[2])], [(text,)]), "json")
        return success(
            {"queryId": str(uuid.uuid4()), **answer.data(self._chunks_url), **session_facts(session, statement)}
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
        # as the storage that Snowflake's chunks are in: Node's driver parses what says that it is JSON
        return HttpResponse(result.chunk(number), headers={"Content-Type": "binary/octet-stream"})
