"""A loopback server between a client and `serve` that keeps every reply, and then gives them again from memory."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_KEPT_HEADERS = ("Content-Type", "Content-Encoding")
_SECONDS = 60

Key = tuple[str, str, str]
"""A request: its method, its path without what a client numbers it by, and its SQL, if it has one."""

Reply = tuple[int, dict[str, str], bytes]


class RecordedReplies:
    """What was answered to which request.

    Attributes:
        port: where it listens.
        replays: whether it answers by itself.
    """

    def __init__(self, host: str, port: int) -> None:
        """Listen on a free port, for a server."""
        self.replays = False
        self._server_address = host, port
        self._kept: dict[Key, list[Reply]] = defaultdict(list)
        self._lock = threading.Lock()
        recorded = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                key = self.command, urlsplit(self.path).path, _sql_in(body)
                status, headers, content = recorded.reply(key, self.path, dict(self.headers.items()), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        for method in ("GET", "POST", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self._http = ThreadingHTTPServer((host, 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]

    def reply(self, key: Key, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Return the reply to a request: the recorded one, or the server's, which is recorded."""
        with self._lock:
            if self.replays:
                kept = self._kept[key]
                return kept.pop(0) if len(kept) > 1 else kept[0]
        connection = http.client.HTTPConnection(*self._server_address, timeout=_SECONDS)
        connection.request(key[0], path, body, headers)
        answer = connection.getresponse()
        named = {name: value for name in _KEPT_HEADERS if (value := answer.getheader(name))}
        made = answer.status, named, answer.read()
        connection.close()
        with self._lock:
            self._kept[key].append(made)
        return made

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Answer for the time of a with block."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()


def _sql_in(body: bytes) -> str:
    try:
        given = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body or b"{}")
    except ValueError:
        return ""
    return str(given.get("sqlText", "")) if isinstance(given, dict) else ""
