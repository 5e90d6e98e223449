"""A client's query: one statement, or several in one text; where it is, and what its client is answered."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.endpoints.snowflake.client_statements import ClientStatement
from local_cloud.endpoints.snowflake.forms.results import StoredResult
from local_cloud.endpoints.snowflake.replies import (
    QUERY_IN_PROGRESS,
    QUERY_IN_PROGRESS_ASYNC,
    Reply,
    failure,
    success,
)
from local_cloud.snowflake_account.errors import SnowflakeError

RUNNING, SUCCESS, FAILED, ABORTED = "RUNNING", "SUCCESS", "FAILED_WITH_ERROR", "ABORTED"


@dataclass(eq=False)
class ClientQuery:
    """A query of a client; the statements of a text that has several are queries of their own, its children.

    Attributes:
        request_id: the client's name for the request that brought it, empty where it has none.
        statements: what it executes, one after the other.
        parent: the query that it is a part of, if it is one's.
        id: its query id.
        done: set when it has a result or an error.
        facts: what the session was in when it was done (database, schema …), for the answer.
        canceled: whether somebody wants it stopped.
        timed_out: the seconds after which it was stopped, 0 as long as it was not.
        executing: whether it runs, and does not wait for the one before it in its session.
    """

    session: ClientSession
    request_id: str
    statements: Sequence[ClientStatement]
    is_async: bool = False
    parent: ClientQuery | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    done: threading.Event = field(default_factory=threading.Event)
    result: StoredResult | None = None
    error: SnowflakeError | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    canceled: bool = False
    timed_out: int = 0
    executing: bool = False
    started_at: float = field(default_factory=time.time)
    ended_at: float = 0.0

    @property
    def state(self) -> str:
        """Snowflake's word for where the query is."""
        if not self.done.is_set():
            return RUNNING
        return SUCCESS if self.error is None else ABORTED if self.is_canceled else FAILED

    @property
    def is_canceled(self) -> bool:
        """Whether somebody wants it stopped, or the query that it is a part of."""
        return self.canceled or (self.parent is not None and self.parent.is_canceled)

    @property
    def text(self) -> str:
        """Its SQL."""
        return ";\n".join(statement.text.text for statement in self.statements)

    def reply(self, chunks_url: str) -> Reply:
        """Return the answer for the client, for now or for good."""
        if not self.done.is_set():
            return self.pending()
        if self.error is not None:
            return failure(self.error, self.id)
        if self.result is None:
            return failure(SnowflakeError("The result is no longer available.", code=709, sqlstate="02000"), self.id)
        # what became of the files of a PUT or GET is the driver's to tell, in rows of its own
        rows = {} if "command" in self.facts else self.result.data(chunks_url)
        return success({"queryId": self.id, **rows, **self.facts})

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
        """Return what the monitoring says of the query."""
        return {
            "id": self.id,
            "sessionId": self.session.id,
            "status": self.state,
            "state": self.state,
            "sqlText": self.text,
            "startTime": int(self.started_at * 1000),
            "endTime": int(self.ended_at * 1000),
            "errorCode": f"{self.error.code:06d}" if self.error else None,
            "errorMessage": self.error.message if self.error else None,
        }
