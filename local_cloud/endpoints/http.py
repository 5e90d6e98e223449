"""HTTP/1.1 on a loopback socket, for both endpoints: a thread a connection, bounded bodies, an end within a moment.

Knows requests and responses and nothing of a service; what a service answers to bytes that are no request, it says
itself. The standard library's server is enough here: its clients keep their connections, and it costs nothing to
start. (Werkzeug's ends every connection after one answer, which takes three times as long: 1.0 against 0.35 ms.)
"""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

log = logging.getLogger(__name__)

READ_SECONDS = 120.0
"""How long a client may pause inside a request or its answer; between requests it may rest as long as it likes."""

_CHUNK_SIZE = re.compile(rb"\s*([0-9a-fA-F]{1,16})\s*(;.*)?\s*", re.DOTALL)
_WITHOUT_CONTENT = HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED


@dataclass(frozen=True)
class HttpRequest:
    """A request, its body read.

    Attributes:
        target: path and query, as sent.
    """

    method: str
    target: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class HttpResponse:
    """A response; its length and its date are the server's to say.

    Attributes:
        headers: beside those; Content-Length counts where a HEAD is answered, for the body that a GET would have.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedRequestError(Exception):
    """Bytes that never become a request of the service: they are none, or none that is read to its end.

    Attributes:
        status: the HTTP status that says so.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class HttpService:
    """What is served.

    Attributes:
        answer: makes the response to a request.
        refuse: makes the response to what is no request, or to one that came when the server was about to stop (503).
        fail: makes the response to a request for which `answer` raised something.
        largest_body: the largest body that is read, in bytes.
    """

    answer: Callable[[HttpRequest], HttpResponse]
    refuse: Callable[[RefusedRequestError], HttpResponse]
    fail: Callable[[HttpRequest, Exception], HttpResponse]
    largest_body: int


class HttpServer:
    """Serves on a socket of this machine.

    Args:
        host: the address to listen on.
        port: the port, 0 for a free one.
        name: of the thread that waits for connections.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, host: str, port: int, name: str) -> None:
        self._sockets = _Sockets(host, port)
        self._thread = threading.Thread(target=self._sockets.serve_forever, args=(0.05,), name=name, daemon=True)

    @property
    def host(self) -> str:
        """The address that is listened on."""
        return str(self._sockets.server_address[0])

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._sockets.server_address[1])

    @property
    def url(self) -> str:
        """What clients take for their endpoint."""
        return f"http://{self.host}:{self.port}"

    @property
    def answering(self) -> int:
        """How many requests are being answered now."""
        return self._sockets.answering

    def start(self, service: HttpService) -> None:
        """Serve, in threads of the server's own."""
        self._sockets.service = service
        self._thread.start()

    def close(self) -> None:
        """Take no more connections, and refuse the requests that come over those there are."""
        if self._thread.is_alive():
            self._sockets.shutdown()
            self._thread.join()
        self._sockets.refuse_requests()
        self._sockets.server_close()

    def finish(self, within: float) -> None:
        """Wait for the requests that were begun, then cut every connection.

        Args:
            within: how many seconds to wait.
        """
        self._sockets.finish(within)


class _Sockets(ThreadingHTTPServer):
    """The listening socket, its connections, and how many requests are being answered on them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    service: HttpService

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), _Connection)
        self.answering = 0
        self._stopping = False
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, and remember it so that it can be cut."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._changed:
            self._open.discard(request)
        super().shutdown_request(request)

    def begin(self) -> bool:
        """Count a request as being answered, unless the server is about to stop."""
        with self._changed:
            self.answering += not self._stopping
            return not self._stopping

    def end(self) -> None:
        """Count a request as answered."""
        with self._changed:
            self.answering -= 1
            self._changed.notify_all()

    def refuse_requests(self) -> None:
        """Let `begin` say no from now on."""
        with self._changed:
            self._stopping = True

    def finish(self, within: float) -> None:
        """Wait for what was begun, then close every connection, whatever it is doing."""
        with self._changed:
            self._changed.wait_for(lambda: self.answering == 0, within)
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Note a connection that broke; it is its client's doing, or that of `finish`."""
        log.debug("a connection broke", exc_info=True)


class _Connection(BaseHTTPRequestHandler):
    """One connection: requests one after the other."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"  # what says no version is answered with a head too
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True
    server: _Sockets  # pyright: ignore[reportIncompatibleVariableOverride]

    def handle_one_request(self) -> None:
        """Wait for a request for as long as it takes, and then for its end no longer than READ_SECONDS at a time."""
        self.connection.settimeout(None)
        try:
            begun = self.rfile.peek(1)  # pyright: ignore[reportAttributeAccessIssue]  # a BufferedReader
        except OSError:
            begun = b""
        if not begun:
            self.close_connection = True
            return
        self.connection.settimeout(READ_SECONDS)
        super().handle_one_request()

    def handle_expect_100(self) -> bool:
        """Ask for the body at once: clients would wait a second for this line."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def _serve(self) -> None:
        service = self.server.service
        try:
            request = HttpRequest(self.command, self.path, self.headers, self._body(service.largest_body))
        except RefusedRequestError as error:
            self._refuse(error)
            return
        if not self.server.begin():
            self._refuse(RefusedRequestError(HTTPStatus.SERVICE_UNAVAILABLE, "the embedded cloud is stopping"))
            return
        try:
            self._send(self._answer(service, request))
        finally:
            self.server.end()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _serve  # noqa: N815 - http.server's names

    def _answer(self, service: HttpService, request: HttpRequest) -> HttpResponse:
        try:
            return service.answer(request)
        except Exception as error:
            log.exception("%s %s failed", self.command, self.path.split("?")[0])
            return service.fail(request, error)

    def _refuse(self, error: RefusedRequestError) -> None:
        """Answer what is no request; where the next one would begin is not known then."""
        self.close_connection = True
        self._send(self.server.service.refuse(error))

    def _body(self, largest: int) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks(largest)
        length = self.headers.get("Content-Length", "0").strip()
        if not length.isascii() or not length.isdigit():
            raise RefusedRequestError(400, "Content-Length is no number")
        if len(length) > 18 or int(length) > largest:
            raise RefusedRequestError(413, f"a body of {length[:20]} bytes, at most {largest} are read")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise RefusedRequestError(400, "the body ends early")
        return body

    def _chunks(self, largest: int) -> bytes:
        body = bytearray()
        while True:
            found = _CHUNK_SIZE.fullmatch(self.rfile.readline(1026))
            if found is None:
                raise RefusedRequestError(400, "a chunk's size is no number")
            size = int(found[1], 16)
            if len(body) + size > largest:
                raise RefusedRequestError(413, f"at most {largest} bytes are read")
            if size == 0:
                while self.rfile.readline(65537).strip():
                    pass
                return bytes(body)
            part = self.rfile.read(size)
            if len(part) < size or self.rfile.readline(3).strip():
                raise RefusedRequestError(400, "a chunk has another size than it says")
            body += part

    def _send(self, response: HttpResponse) -> None:
        has_no_content = response.status in _WITHOUT_CONTENT
        length = len(response.body)
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
            elif self.command == "HEAD":
                length = int(value)
        self.send_header("Date", self.date_time_string(time.time()))
        if response.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        try:
            self.end_headers()
            if self.command != "HEAD" and not has_no_content:
                self.wfile.write(response.body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse what http.server cannot read, with an error of the service's form."""
        self._refuse(RefusedRequestError(code, message or HTTPStatus(code).phrase))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Write to the debug log, without query strings, which may hold names."""
        log.debug("%s", (format % args).split("?")[0])
