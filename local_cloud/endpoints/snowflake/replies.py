"""The JSON that every answer of Snowflake's HTTP API has, and the errors of the API itself."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.endpoints.http import HttpResponse
from local_cloud.snowflake_account.errors import SnowflakeError

Reply = dict[str, Any]
"""`data`, `success`, `code` and `message`."""

QUERY_IN_PROGRESS = "333333"
QUERY_IN_PROGRESS_ASYNC = "333334"


class ApiError(Exception):
    """A request that is refused before any statement runs.

    Attributes:
        code: Snowflake's code, six digits; the drivers act on it.
        status: the HTTP status; the drivers read the body only of 200.
    """

    def __init__(self, code: str, message: str, *, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    @property
    def reply(self) -> Reply:
        """The answer's body."""
        return {"data": None, "code": self.code, "message": self.message, "success": False, "headers": None}


def malformed(detail: str, *, status: int = 400) -> ApiError:
    """Return the error for a request that no driver sends."""
    return ApiError("390400", f"Bad request: {detail}.", status=status)


def success(data: Any = None, *, code: str | None = None, message: str | None = None) -> Reply:
    """Return a good answer."""
    return {"data": data, "code": code, "message": message, "success": True}


def failure(error: SnowflakeError, query_id: str) -> Reply:
    """Return the answer for a statement that failed: HTTP 200, and Snowflake's code and SQL state inside."""
    code = f"{error.code:06d}"
    data = {
        "internalError": False,
        "errorCode": code,
        "age": 0,
        "sqlState": error.sqlstate,
        "queryId": query_id,
        "line": -1,
        "pos": -1,
        "type": "COMPILATION" if error.sqlstate.startswith("42") else "EXECUTION",
    }
    return {"data": data, "code": code, "message": error.message, "success": False, "headers": None}


def json_response(reply: Reply, status: int = 200) -> HttpResponse:
    """Return an answer as a response."""
    return HttpResponse(json.dumps(reply, separators=(",", ":")).encode(), status, {"Content-Type": "application/json"})
