"""Two clients of a Snowflake endpoint: Snowflake's own connector, and bare HTTP for what no driver sends."""

from __future__ import annotations

import gzip
import http.client
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import snowflake.connector

from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from local_cloud.snowflake_account import Account
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws
from tests.local_cloud.snowflake_account.landing import open_aws

USER, PASSWORD = "LOADER", "correct horse"


class Door:
    """Bare HTTP to an endpoint; every request is a connection of its own."""

    def __init__(self, endpoint: SnowflakeEndpoint) -> None:
        self.port = endpoint.port

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Send a request and return status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def kind(self, method: str, path: str) -> str | None:
        """Send a request and return the kind of content that the answer says it has."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path)
            return connection.getresponse().getheader("Content-Type")
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> dict[str, Any]:
        """Send JSON and return the JSON of the answer."""
        if token is not None:
            headers["Authorization"] = f'Snowflake Token="{token}"'
        _, answer = self.send(method, path, json.dumps(body).encode() if body is not None else b"", **headers)
        return json.loads(answer)

    def log_in(self, user: str = USER, password: str = PASSWORD, query: str = "", **more: Any) -> dict[str, Any]:
        """Log in and return the answer."""
        data = {"LOGIN_NAME": user, "PASSWORD": password, "ACCOUNT_NAME": "ANY", **more}
        return self.ask("POST", f"/session/v1/login-request?{query}", {"data": data})

    def token(self) -> str:
        """Log in and return the session's token."""
        return self.log_in()["data"]["token"]

    def query(self, token: str, sql: str, request_id: str | None = None, **body: Any) -> dict[str, Any]:
        """Run a statement and return the answer."""
        path = f"/queries/v1/query-request?requestId={request_id or uuid.uuid4()}"
        return self.ask("POST", path, {"sqlText": sql, "asyncExec": False, **body}, token)


def gzipped(value: Any) -> bytes:
    """Return a value as the connector sends it: JSON in gzip."""
    return gzip.compress(json.dumps(value).encode())


@contextmanager
def open_endpoint(make: Path | Callable[[FaultyAws], Account], **more: Any) -> Iterator[SnowflakeEndpoint]:
    """Serve an account on a free port for the time of a with block: a fresh one in a folder, or one to be made."""
    with open_aws() as aws:
        served = Account(make, aws) if isinstance(make, Path) else make(aws)
        endpoint = SnowflakeEndpoint(served, port=0, user=USER, password=PASSWORD, **more)
        endpoint.start()
        try:
            yield endpoint
        finally:
            endpoint.stop()
            served.close()


def connect(endpoint: SnowflakeEndpoint, **more: Any) -> snowflake.connector.SnowflakeConnection:
    """Connect with Snowflake's connector."""
    options = {"account": "MYORG-ACC", "user": USER, "password": PASSWORD, "login_timeout": 5, "network_timeout": 20}
    place = {"host": "127.0.0.1", "port": endpoint.port, "protocol": "http", "platform_detection_timeout_seconds": 0}
    return snowflake.connector.connect(**{**options, **place, **more})


def fetched(
    connection: snowflake.connector.SnowflakeConnection, sql: str, binds: tuple[Any, ...] | None = None
) -> list[Any]:
    """Execute a statement with a connection and return its rows."""
    cursor = connection.cursor()
    cursor.execute(sql, binds)
    return cursor.fetchall()
