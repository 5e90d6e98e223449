"""Statements while they run and after: each in a thread of its own, found by its id or by its request's.

A request that a client sends again (its connection broke, it has waited long enough) meets the statement it
already started, which is never run twice.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.endpoints.snowflake.client_statements import ClientStatement, execute
from local_cloud.endpoints.snowflake.forms.results import StoredResult
from local_cloud.endpoints.snowflake.replies import (
    QUERY_IN_PROGRESS,
    QUERY_IN_PROGRESS_ASYNC,
    Reply,
    failure,
    success,
)
from local_cloud.snowflake_account.errors import SnowflakeError

log = logging.getLogger(__name__)

KEPT_QUERIES = 10_000
"""How many statements that are done are remembered."""

KEPT_BYTES = 256 * 1024**2
"""Bytes of results kept for clients that come back for them; the newest is kept whatever its size."""

CANCEL_SECONDS = 5.0
"""How long the request to stop a statement waits for it."""

RUNNING, SUCCESS, FAILED, ABORTED = "RUNNING", "SUCCESS", "FAILED_WITH_ERROR", "ABORTED"


@dataclass(eq=False)
class ClientQuery:
    """A statement of a client.

    Attributes:
        request_id: the client's name for the request that brought it, empty where it has none.
        id: its query id.
        done: set when it has a result or an error.
        facts: what the session was in when it was done (database, schema …), for the answer.
        canceled: whether somebody wants it stopped.
        executing: whether it runs, and does not wait for the one before it in its session.
    """

    session: ClientSession
    request_id: str
    statement: ClientStatement
    is_async: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    done: threading.Event = field(default_factory=threading.Event)
    result: StoredResult | None = None
    error: SnowflakeError | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    canceled: bool = False
    executing: bool = False
    started_at: float = field(default_factory=time.time)
    ended_at: float = 0.0

    @property
    def state(self) -> str:
        """Snowflake's word for where the statement is."""
        if not self.done.is_set():
            return RUNNING
        return SUCCESS if self.error is None else ABORTED if self.canceled else FAILED

    def reply(self, chunks_url: str) -> Reply:
        """Return the answer for the client, for now or for good."""
        if not self.done.is_set():
            return self.pending()
        if self.error is not None:
            return failure(self.error, self.id)
        if self.result is None:
            return failure(SnowflakeError("The result is no longer available.", code=709, sqlstate="02000"), self.id)
        return success({"queryId": self.id, **self.result.data(chunks_url), **self.facts})

    def pending(self) -> Reply:
        """Return the answer for a client that is to ask again."""
        data = {
            "queryId": self.id,
            "getResultUrl": f"/queries/{self.id}/result",
            "queryAbortsAfterSecs": 300,
            "progressDesc": None,
        }
        code = QUERY_IN_PROGRESS_ASYNC if self.is_async else QUERY_IN_PROGRESS
        return success(data, code=code, message="Query execution in progress.")

    def status(self) -> dict[str, Any]:
        """Return what the monitoring says of the statement."""
        return {
            "id": self.id,
            "sessionId": self.session.id,
            "status": self.state,
            "state": self.state,
            "sqlText": self.statement.text.text,
            "startTime": int(self.started_at * 1000),
            "endTime": int(self.ended_at * 1000),
            "errorCode": f"{self.error.code:06d}" if self.error else None,
            "errorMessage": self.error.message if self.error else None,
        }


class ClientQueries:
    """The statements of all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, ClientQuery] = OrderedDict()
        self._by_request: dict[tuple[int, str], ClientQuery] = {}
        self._results: OrderedDict[str, ClientQuery] = OrderedDict()
        self._bytes = 0

    def submit(
        self, session: ClientSession, request_id: str, statement: ClientStatement, *, is_async: bool
    ) -> ClientQuery:
        """Start a statement, or return the one that this request has started before."""
        with self._lock:
            if request_id and (known := self._by_request.get((session.id, request_id))):
                return known
            query = ClientQuery(session, request_id, statement, is_async)
            self._queries[query.id] = query
            if request_id:
                self._by_request[session.id, request_id] = query
        threading.Thread(target=self._run, args=(query,), name=f"query-{query.id}", daemon=True).start()
        return query

    def _run(self, query: ClientQuery) -> None:
        session = query.session
        try:
            with session.lock:
                query.executing = True
                try:
                    if query.canceled:
                        raise _canceled()
                    answer, query.facts = execute(session, query.statement)
                finally:
                    query.executing = False
            query.result = StoredResult(answer, query.statement.form)
        except SnowflakeError as error:
            query.error = _canceled() if query.canceled else error
        except Exception:
            log.exception("query %s failed", query.id)
            message = f"SQL execution internal error:\nProcessing aborted by error 300010:{query.id[:8]}."
            query.error = _canceled() if query.canceled else SnowflakeError(message, code=603, sqlstate="XX000")
        query.ended_at = time.time()
        self._keep(query)
        query.done.set()

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
        """Stop statements: one that runs is waited for, one that waits for its turn will not run.

        Args:
            queries: the statements.
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


def _canceled() -> SnowflakeError:
    return SnowflakeError("SQL execution canceled", code=604, sqlstate="57014")
