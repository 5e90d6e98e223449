"""Queries while they run and after: each in a thread of its own, found by its id or by its request's.

A request that a client sends again (its connection broke, it has waited long enough) meets the statement it
already started, which is never run twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from local_cloud.endpoints.snowflake import statement_words as words
from local_cloud.endpoints.snowflake.client_query import ClientQuery
from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.endpoints.snowflake.client_statements import ClientStatement, execute
from local_cloud.endpoints.snowflake.file_transfers import FileTransfers
from local_cloud.endpoints.snowflake.forms.results import StoredResult
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Result, status

log = logging.getLogger(__name__)

KEPT_QUERIES = 10_000
"""How many statements that are done are remembered."""

KEPT_BYTES = 256 * 1024**2
"""Bytes of results kept for clients that come back for them; the newest is kept whatever its size."""

CANCEL_SECONDS = 5.0
"""How long the request to stop a statement waits for it."""


class ClientQueries:
    """The statements of all sessions.

    Args:
        files: answers PUT and GET.
    """

    def __init__(self, files: FileTransfers) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, ClientQuery] = OrderedDict()
        self._by_request: dict[tuple[int, str], ClientQuery] = {}
        self._results: OrderedDict[str, ClientQuery] = OrderedDict()
        self._bytes = 0

    def submit(
        self, session: ClientSession, request_id: str, statements: Sequence[ClientStatement], *, is_async: bool
    ) -> ClientQuery:
        """Start a query of one statement or several, or return the one that this request has started before."""
        with self._lock:
            if request_id and (known := self._by_request.get((session.id, request_id))):
                return known
            query = ClientQuery(session, request_id, statements, is_async)
            self._queries[query.id] = query
            if request_id:
                self._by_request[session.id, request_id] = query
        threading.Thread(target=self._run, args=(query,), name=f"query-{query.id}", daemon=True).start()
        return query

    def _run(self, query: ClientQuery) -> None:
        with query.session.lock:
            self._run_in_turn(query)

    def _run_in_turn(self, query: ClientQuery) -> None:
        """Execute a query, whose turn in its session has come, and keep what came of it."""
        try:
            answer = self._answer(query)
            last = query.statements[-1]
            query.result = StoredResult(answer, last.form, last.most_rows)
        except SnowflakeError as error:
            query.error = _stopped(query) or error
        except Exception:
            log.exception("query %s failed", query.id)
            message = f"SQL execution internal error:\nProcessing aborted by error 300010:{query.id[:8]}."
            query.error = _stopped(query) or SnowflakeError(message, code=603, sqlstate="XX000")
        query.ended_at = time.time()
        self._keep(query)
        query.done.set()

    def _answer(self, query: ClientQuery) -> Result:
        query.executing = True
        try:
            if query.is_canceled:
                raise SnowflakeError("SQL execution canceled", code=604, sqlstate="57014")
            if len(query.statements) > 1:
                return self._answer_of_several(query)
            (statement,) = query.statements
            with self._timeout(query, statement.timeout):
                answer, query.facts = execute(query.session, statement, query.id, self._files)
            return answer
        finally:
            query.executing = False

    def _answer_of_several(self, query: ClientQuery) -> Result:
        """Execute the statements of a text one after the other; its client asks for their results by their ids.

        Raises:
            SnowflakeError: one of them failed; those after it do not run.
        """
        done: list[ClientQuery] = []
        for statement in query.statements:
            child = ClientQuery(query.session, "", [statement], parent=query)
            with self._lock:
                self._queries[child.id] = child
            self._run_in_turn(child)
            if child.error is not None:
                raise child.error
            done.append(child)
        query.facts = {
            **done[-1].facts,
            "statementTypeId": words.SEVERAL,
            "resultIds": ",".join(child.id for child in done),
            "resultTypes": ",".join(str(child.statements[0].type_id) for child in done),
        }
        return status("Multiple statements executed successfully.")

    @contextmanager
    def _timeout(self, query: ClientQuery, seconds: int) -> Iterator[None]:
        """Stop what is executed in a with block after so many seconds; 0 is no limit."""

        def stop() -> None:
            query.timed_out = seconds
            self.cancel([query])

        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), stop)
        if seconds:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _keep(self, query: ClientQuery) -> None:
        """Remember a statement that is done, and let go of the oldest that there is no room for."""
        with self._lock:
            if query.result is not None:
                self._results[query.result.key] = query
                self._bytes += query.result.bytes
            while self._bytes > KEPT_BYTES and len(self._results) > 1:
                self._let_go(next(iter(self._results.values())))
            while len(self._queries) > KEPT_QUERIES and (oldest := next(iter(self._queries.values()))).done.is_set():
                del self._queries[oldest.id]
                self._by_request.pop((oldest.session.id, oldest.request_id), None)
                self._let_go(oldest)

    def _let_go(self, query: ClientQuery) -> None:
        if query.result is not None and self._results.pop(query.result.key, None) is not None:
            self._bytes -= query.result.bytes
            query.result = None

    def get(self, query_id: str) -> ClientQuery | None:
        """Return a statement by its id."""
        with self._lock:
            return self._queries.get(query_id)

    def of_request(self, session: ClientSession, request_id: str) -> ClientQuery | None:
        """Return the statement that a request of this session started."""
        with self._lock:
            return self._by_request.get((session.id, request_id))

    def result(self, key: str) -> StoredResult | None:
        """Return a result by its key."""
        with self._lock:
            query = self._results.get(key)
        return query.result if query else None

    def cancel(self, queries: Sequence[ClientQuery], within: float = CANCEL_SECONDS) -> None:
        """Stop queries: one that runs is waited for, one that waits for its turn will not run.

        Args:
            queries: the queries.
            within: how many seconds to wait for those that run.
        """
        for query in queries:
            query.canceled = True
        until = time.monotonic() + within
        while (executing := [query for query in queries if query.executing]) and time.monotonic() < until:
            for query in executing:
                # again and again: what is still being prepared has nothing yet that could be interrupted
                query.session.sql.cancel()
            executing[0].done.wait(0.02)

    def running(self, session: ClientSession | None = None) -> list[ClientQuery]:
        """Return the statements that are not done, of one session or of all."""
        with self._lock:
            return [q for q in self._queries.values() if not q.done.is_set() and session in (None, q.session)]


def _stopped(query: ClientQuery) -> SnowflakeError | None:
    """Return the error of a query that was stopped."""
    if query.timed_out:
        message = (
            f"Statement reached its statement or warehouse timeout of {query.timed_out} second(s) and was canceled."
        )
        return SnowflakeError(message, code=630, sqlstate="57014")
    return SnowflakeError("SQL execution canceled", code=604, sqlstate="57014") if query.is_canceled else None
