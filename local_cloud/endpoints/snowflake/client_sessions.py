"""Sessions of clients: the tokens they hold, how long these hold, and the account's session behind each."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.endpoints.snowflake.driver_requests import DriverRequest
from local_cloud.endpoints.snowflake.replies import ApiError
from local_cloud.snowflake_account.sessions.session import Session

TOKEN_SECONDS = 3600
"""How long a session token holds; then the client renews it."""

MASTER_SECONDS = 4 * 3600
"""How long a session without a sign of life can be renewed."""

_AUTHORIZATION = 'Snowflake Token="'


@dataclass(eq=False)
class ClientSession:
    """A client that has logged in.

    Attributes:
        user: who logged in.
        app: what the client calls itself, for example PythonConnector.
        sql: the account's session; one statement at a time, under `lock`.
        parameters: the session parameters that the client asked for.
        accept: the kinds of answer that the login took.
        told: the parameters that the client is told, because it keeps step with them.
    """

    user: str
    app: str
    sql: Session
    parameters: dict[str, Any]
    accept: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = ""
    master_token: str = ""
    token_ends: float = 0.0
    master_ends: float = 0.0

    @property
    def id(self) -> int:
        """The session's number, as CURRENT_SESSION() has it."""
        return self.sql.number


class ClientSessions:
    """The sessions that are open, by their tokens.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_token: dict[str, ClientSession] = {}
        self._by_master: dict[str, ClientSession] = {}

    def open(self, user: str, app: str, sql: Session, parameters: Mapping[str, Any]) -> ClientSession:
        """Begin a session."""
        session = ClientSession(user, app, sql, dict(parameters))
        with self._lock:
            self._give_tokens(session)
        return session

    def _give_tokens(self, session: ClientSession) -> None:
        now = self._clock()
        self._forget(session)
        session.token, session.master_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session.token_ends, session.master_ends = now + TOKEN_SECONDS, now + MASTER_SECONDS
        self._by_token[session.token] = session
        self._by_master[session.master_token] = session

    def _forget(self, session: ClientSession) -> None:
        self._by_token.pop(session.token, None)
        self._by_master.pop(session.master_token, None)

    def of(self, authorization: str) -> ClientSession:
        """Return the session that an Authorization header proves.

        Raises:
            ApiError: there is none, or its token has to be renewed.
        """
        with self._lock:
            if (session := self._by_token.get(_token(authorization))) is None:
                raise ApiError("390111", "Session no longer exists.  New login required to access the service.")
            if session.token_ends <= self._clock():
                raise ApiError("390112", "Session token has expired.  Renew it to access the service.")
            return session

    def renew(self, authorization: str) -> ClientSession:
        """Give the session that a master token proves new tokens.

        Raises:
            ApiError: there is none, or it has been silent for too long.
        """
        with self._lock:
            if (session := self._by_master.get(_token(authorization))) is None:
                raise ApiError("390115", "Master token is invalid.  New login required to access the service.")
            if session.master_ends <= self._clock():
                raise ApiError("390114", "Authentication token has expired.  The user must authenticate again.")
            self._give_tokens(session)
            return session

    def keep_alive(self, session: ClientSession) -> None:
        """Note a sign of life: the session can be renewed for another while."""
        session.master_ends = self._clock() + MASTER_SECONDS

    def close(self, session: ClientSession) -> None:
        """End a session."""
        with self._lock:
            self._forget(session)

    def silent(self) -> list[ClientSession]:
        """Return the sessions that cannot be renewed any more."""
        with self._lock:
            now = self._clock()
            return [session for session in self._by_master.values() if session.master_ends <= now]

    def all(self) -> list[ClientSession]:
        """Return every session that is open."""
        with self._lock:
            return list(self._by_master.values())


def session_of(sessions: ClientSessions, request: DriverRequest) -> ClientSession:
    """Return the session that a request belongs to.

    Raises:
        ApiError: there is none, or its token has to be renewed.
    """
    return sessions.of(request.authorization)


def _token(authorization: str) -> str:
    if not authorization.startswith(_AUTHORIZATION) or not authorization.endswith('"'):
        raise ApiError("390103", "Session token not found in the request data.")
    return authorization[len(_AUTHORIZATION) : -1]
