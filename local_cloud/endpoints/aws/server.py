"""The AWS endpoint: the account's own door over HTTP, so what is answered here is in its journal too."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

from local_cloud.aws_account.account import AwsAccount
from local_cloud.aws_account.requests import Answer
from local_cloud.endpoints import AWS_PORT, LOOPBACK
from local_cloud.endpoints.aws.addresses import UnknownServiceError, api_request

_LARGEST_BODY = 5 * 1024**3
"""S3 takes no more than 5 GiB in one request."""

_IDLE_SECONDS = 120
_HEADERS_OF_OURS = "connection", "content-length", "date", "server", "transfer-encoding"


class AwsEndpoint:
    """An AWS account on a loopback port: S3 (path style and bucket hosts), SQS, SNS, IAM, STS and KMS."""

    def __init__(self, account: AwsAccount, *, port: int = AWS_PORT, host: str = LOOPBACK) -> None:
        """Take the port; requests are answered from `start` on.

        Args:
            account: answers.
            port: where to listen; 0 takes any free one.
            host: the address to listen on.

        Raises:
            OSError: the port is taken.
        """
        self._server = _Server((host, port), account)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="aws-endpoint")
        self._thread.daemon = True

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.server_address[1]

    @property
    def address(self) -> str:
        """The address that is listened on."""
        return str(self._server.server_address[0])

    @property
    def answering(self) -> int:
        """How many requests are being answered now."""
        return self._server.answering

    @property
    def url(self) -> str:
        """What clients take for their endpoint."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Answer requests, in threads of its own."""
        self._thread.start()

    def stop(self, *, within: float = 1.0) -> None:
        """Take no more requests; those that were begun are answered, unless it takes too long.

        Args:
            within: how many seconds to wait for them.
        """
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.finish(within)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], account: AwsAccount) -> None:
        self.account = account
        self.answering = 0
        self._stopping = False
        self._changed = threading.Condition()
        super().__init__(address, _Handler)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Hand a request to the account, unless the endpoint is about to stop."""
        with self._changed:
            if self._stopping:
                return _error(503, "ServiceUnavailable", "the embedded cloud is stopping")
            self.answering += 1
        try:
            return self._account_answer(method, target, headers, body)
        finally:
            with self._changed:
                self.answering -= 1
                self._changed.notify_all()

    def _account_answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            request = api_request(method, target, headers, body, self.account.region)
            status, answered, content = self.account.answer(request)
        except UnknownServiceError as error:
            return _error(501, "NotImplemented", str(error))
        except Exception as error:
            return _error(500, "InternalError", f"{type(error).__name__}: {error}")
        if request.service == "sqs":
            content = self._with_own_queue_urls(content, request.url)
        return status, answered, content

    def _with_own_queue_urls(self, content: str | bytes, url: str) -> str:
        """A queue's URL is where its clients send to, which is here."""
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        here = f"http://{LOOPBACK}:{self.server_address[1]}/"
        return text.replace(f"https://{url.split('/')[2]}/", here)

    def finish(self, seconds: float) -> None:
        """Refuse what comes from now on and wait for what was begun."""
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: self.answering == 0, seconds)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def _handle(self) -> None:
        body = self._body()
        if body is None:
            return
        headers = dict(self.headers.items())
        self._send(self.server.answer(self.command, self.path, headers, body))

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - http.server looks for these names

    def handle_expect_100(self) -> bool:
        """Let the body come at once: clients would wait a second for this line."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def _body(self) -> bytes | None:
        """Read the whole body; None after an answer to one that cannot be read."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            content = self._chunks()
        else:
            length = self.headers.get("Content-Length", "0")
            size = int(length) if length.isdecimal() else -1
            content = self.rfile.read(size) if 0 <= size <= _LARGEST_BODY else None
            if content is not None and len(content) < size:
                content = None
        if content is None:
            self.close_connection = True
            self._send(_error(400, "IncompleteBody", "the request's body is not as long as its headers say"))
        return content

    def _chunks(self) -> bytes | None:
        parts: list[bytes] = []
        with contextlib.suppress(ValueError):
            while size := int(self.rfile.readline(100).split(b";")[0], 16):
                part = self.rfile.read(size)
                if len(part) < size or self.rfile.readline(3) != b"\r\n":
                    return None
                parts.append(part)
            while self.rfile.readline(65_536).strip():
                pass
            return b"".join(parts)
        return None

    def _send(self, answer: Answer) -> None:
        status, headers, content = answer
        body = content.encode() if isinstance(content, str) else bytes(content or b"")
        self.send_response_only(int(status))
        own_length = next((value for name, value in headers.items() if name.lower() == "content-length"), None)
        for name, value in headers.items():
            if name.lower() not in _HEADERS_OF_OURS:
                self.send_header(name, str(value))
        self.send_header("Date", self.date_time_string(time.time()))
        if status != 204 and status >= 200:
            is_head = self.command == "HEAD"
            self.send_header("Content-Length", str(own_length if is_head and own_length is not None else len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the client has the answer."""


def _error(status: int, code: str, message: str) -> Answer:
    body = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    return status, {"Content-Type": "application/xml"}, body


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a port can be listened on now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
