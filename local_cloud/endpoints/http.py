"""HTTP/1.1 on a loopback socket: one thread a connection, bounded bodies, and an end within a moment.

Knows requests and responses, nothing of Snowflake but the form of an error. The standard library's server is
enough here: its clients keep their connections, and it costs nothing to start.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from local_cloud.endpoints.snowflake.replies import ApiError, malformed

log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024 * 1024
"""The largest request in bytes, unpacked; a batch of bound rows can be long."""

READ_TIMEOUT = 30.0
"""Seconds that a client may pause inside a request; between requests it may rest as long as it likes."""


@dataclass(frozen=True)
class Request:
    """A request, its body read and unpacked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; an empty body is an empty one.

        Raises:
            ApiError: it is none.
        """
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise malformed("the body is not JSON") from error
        if not isinstance(value, dict):
            raise malformed("the body is no JSON object")
        return value


@dataclass(frozen=True)
class Response:
    """A response."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


def json_response(value: Any, status: int = 200) -> Response:
    """Return a response of one JSON value."""
    return Response(json.dumps(value, separators=(",", ":")).encode(), status)


Answer = Callable[[Request], Response]
"""What makes a response of a request."""


def _not_found(request: Request) -> Response:
    raise malformed(f"no {request.path[:200]!r}", status=404)


class HttpServer(ThreadingHTTPServer):
    """Serves `answer` on a socket of this machine.

    Args:
        host: the address to listen on.
        port: the port, 0 for a free one.

    Attributes:
        answer: makes the responses; what it raises, other than ApiError, is answered as an internal error.

    Raises:
        OSError: the port is taken.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), _Connection)
        self.answer: Answer = _not_found
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, and remember it so that it can be cut."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        """Close every connection that is open, whatever it is doing."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Note a connection that broke; it is its client's doing, or that of `cut_connections`."""
        log.debug("a connection broke", exc_info=True)


class _Connection(BaseHTTPRequestHandler):
    """One connection: requests one after the other."""

    protocol_version = "HTTP/1.1"
    server_version = "Snowflake"
    sys_version = ""
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Wait for a request for as long as it takes, and then for its end no longer than READ_TIMEOUT."""
        self.connection.settimeout(None)
        try:
            begun = self.rfile.peek(1)  # pyright: ignore[reportAttributeAccessIssue]  # a BufferedReader
        except OSError:
            begun = b""
        if not begun:
            self.close_connection = True
            return
        self.connection.settimeout(READ_TIMEOUT)
        super().handle_one_request()

    def _serve(self) -> None:
        try:
            response = cast(HttpServer, self.server).answer(self._request())
        except ApiError as error:
            self.close_connection = self.close_connection or error.status != HTTPStatus.OK
            response = json_response(error.reply, error.status)
        except TimeoutError:
            self.close_connection = True
            return
        except Exception:
            log.exception("%s %s failed", self.command, urlsplit(self.path).path)
            error = ApiError("000603", "SQL execution internal error: the server's log says more.")
            response = json_response(error.reply)
        self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _serve  # noqa: N815

    def _request(self) -> Request:
        try:
            url = urlsplit(self.path)
        except ValueError as error:
            raise malformed("the path is none") from error
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return Request(self.command, url.path, query, self.headers, self._body())

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = self._chunked_body()
        else:
            length = self.headers.get("Content-Length", "0").strip()
            if not length.isascii() or not length.isdigit():
                raise malformed("Content-Length is no number")
            if int(length) > MAX_BODY:
                raise malformed(f"a body of {length} bytes, at most {MAX_BODY} are read", status=413)
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                raise malformed("the body ends early")
        match self.headers.get("Content-Encoding", "identity").strip().lower():
            case "" | "identity":
                return body
            case "gzip":
                return _gunzip(body)
            case other:
                raise malformed(f"Content-Encoding {other[:40]!r}, gzip and identity are read", status=415)

    def _chunked_body(self) -> bytes:
        body = bytearray()
        while True:
            size_text = self.rfile.readline(1026).split(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError as error:
                raise malformed("a chunk's size is no number") from error
            if size < 0 or len(body) + size > MAX_BODY:
                raise malformed(f"at most {MAX_BODY} bytes are read", status=413)
            if size == 0:
                while self.rfile.readline(65537).strip():
                    pass
                return bytes(body)
            part = self.rfile.read(size)
            if len(part) < size or self.rfile.readline(3).strip():
                raise malformed("a chunk has another size than it says")
            body += part

    def _send(self, response: Response) -> None:
        try:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)
        except OSError:
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer a request that is no HTTP with an error of Snowflake's form."""
        self.close_connection = True
        phrase = message or HTTPStatus(code).phrase
        self._send(json_response(malformed(phrase).reply, code))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Write requests to the debug log, without query strings, which may hold names."""
        log.debug("%s", (format % args).split("?")[0])


def _gunzip(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        raise malformed("the body is not gzip") from error
    if len(unpacked) > MAX_BODY:
        raise malformed(f"at most {MAX_BODY} bytes are read, unpacked", status=413)
    if not unpacker.eof:
        raise malformed("the gzip body ends early")
    return unpacked
