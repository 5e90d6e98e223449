"""Snowflake's HTTP API: which path does what.

The paths and fields are those that the drivers use:
https://github.com/snowflakedb/snowflake-connector-python and https://github.com/snowflakedb/gosnowflake
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from local_cloud.endpoints.http import HttpRequest, HttpResponse, HttpService, RefusedRequestError
from local_cloud.endpoints.snowflake.client_queries import ClientQueries
from local_cloud.endpoints.snowflake.client_sessions import ClientSessions
from local_cloud.endpoints.snowflake.driver_requests import LARGEST_BODY, DriverRequest, driver_request
from local_cloud.endpoints.snowflake.file_transfers import PATH as FILES_PATH
from local_cloud.endpoints.snowflake.file_transfers import FileTransfers
from local_cloud.endpoints.snowflake.logins import Logins
from local_cloud.endpoints.snowflake.query_requests import QueryRequests
from local_cloud.endpoints.snowflake.replies import ApiError, Reply, json_response, malformed, success
from local_cloud.endpoints.snowflake.session_requests import SessionRequests
from local_cloud.snowflake_account import Account


class Api:
    """Answers the requests of Snowflake's drivers.

    Args:
        account: the account to answer from.
        logins: who may come in.
        url: where the clients find the endpoint, for the chunks of long results and the files of stages.
    """

    def __init__(self, account: Account, logins: Logins, url: str) -> None:
        self._sessions = ClientSessions()
        self._files = FileTransfers(url)
        self._queries = ClientQueries(self._files)
        sessions = SessionRequests(account, logins, self._sessions, self._queries)
        queries = QueryRequests(self._sessions, self._queries, f"{url}/chunks")
        self._chunk = queries.chunk
        routes: list[tuple[str, str, Callable[..., Reply]]] = [
            ("POST", r"/session/v1/login-request", sessions.log_in),
            ("POST", r"/session/token-request", sessions.renew),
            ("POST", r"/session/heartbeat", sessions.heartbeat),
            ("POST", r"/session", sessions.end),
            ("POST", r"/queries/v1/query-request", queries.query),
            ("POST", r"/queries/v1/abort-request", queries.abort_request),
            ("POST", r"/queries/([^/]+)/abort-request", queries.abort_query),
            ("GET", r"/queries/([^/]+)/result", queries.result),
            ("GET", r"/monitoring/queries/([^/]+)", queries.status),
            ("POST", r"/telemetry/send(?:/sessionless)?", _telemetry),
        ]
        self._routes = [(method, re.compile(path), handler) for method, path, handler in routes]

    @property
    def service(self) -> HttpService:
        """What the endpoint's server serves."""
        return HttpService(self._answer, _refused, _failed, LARGEST_BODY)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            if request.target.startswith(FILES_PATH):
                return self._files.respond(request)
            return self._routed(driver_request(request))
        except ApiError as error:
            return json_response(error.reply, error.status)

    def _routed(self, request: DriverRequest) -> HttpResponse:
        if request.method == "GET" and (found := re.fullmatch(r"/chunks/([^/]+)/(\d{1,9})", request.path)):
            return self._chunk(found[1], int(found[2]))
        for method, path, handler in self._routes:
            if method == request.method and (found := path.fullmatch(request.path)):
                return json_response(handler(request, *found.groups()))
        raise malformed(f"no {request.method[:20]} {request.path[:200]!r}", status=404)

    def close(self, seconds: float) -> None:
        """Cancel what is running and end every session, in about so many seconds at most."""
        until = time.monotonic() + seconds
        self._queries.cancel(self._queries.running(), within=seconds)
        for session in self._sessions.all():
            self._sessions.close(session)
            if session.lock.acquire(timeout=max(0.0, until - time.monotonic())):
                try:
                    session.sql.close()
                finally:
                    session.lock.release()


def _telemetry(_: DriverRequest) -> Reply:
    """Take what drivers report about themselves, and keep nothing of it."""
    return success("Log Received")


def _refused(error: RefusedRequestError) -> HttpResponse:
    return json_response(malformed(str(error)).reply, error.status)


def _failed(_: HttpRequest, __: Exception) -> HttpResponse:
    """Tell a client that the fault is not its own, and nothing of the inside; HTTP 200 keeps it from asking again."""
    return json_response(ApiError("000603", "SQL execution internal error: the server's log says more.").reply)
