"""The HTTP server of both endpoints, with a service that only repeats what it hears."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.endpoints.http import HttpRequest, HttpResponse, HttpServer, HttpService, RefusedRequestError

LARGEST = 1_000_000


def echo(request: HttpRequest) -> HttpResponse:
    if request.target == "/fault":
        raise ZeroDivisionError("inside")
    if request.target == "/nothing":
        return HttpResponse(status=204)
    return HttpResponse(request.body, headers={"X-Method": request.method, "Content-Length": "77"})


def refuse(error: RefusedRequestError) -> HttpResponse:
    return HttpResponse(f"refused: {error}".encode(), error.status)


def fail(_: HttpRequest, error: Exception) -> HttpResponse:
    return HttpResponse(f"failed: {error}".encode(), 500)


ECHO = HttpService(echo, refuse, fail, LARGEST)


@pytest.fixture
def server() -> Iterator[HttpServer]:
    started = HttpServer("127.0.0.1", 0, "echo")
    started.start(ECHO)
    yield started
    started.close()
    started.finish(0)


def send(server: HttpServer, raw: bytes) -> bytes:
    """Send bytes and nothing more, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def put(headers: str, body: bytes = b"") -> bytes:
    return f"PUT /a HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode() + body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"PUT /a HTTP/1.1\r\n" + tail))
def test_any_bytes_get_the_services_own_answer_or_none_and_the_next_client_is_served(
    server: HttpServer, raw: bytes
) -> None:
    answer = send(server, raw + b"\r\n\r\n")

    assert not answer or answer.startswith(b"HTTP/1.1 200 ") or b"refused: " in answer
    assert send(server, put("Content-Length: 2", b"hi")).endswith(b"hi")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: 5", b"four", 400),
        ("Content-Length: -1", b"", 400),
        ("Content-Length: ten", b"", 400),
        ("Content-Length: 1_0", b"0123456789", 400),
        (f"Content-Length: {LARGEST + 1}", b"", 413),
        (f"Content-Length: {'9' * 5000}", b"", 413),
        ("Transfer-Encoding: chunked", b"zz\r\n", 400),
        ("Transfer-Encoding: chunked", b"-5\r\nhello\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", b"3\r\nlonger\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", b"9\r\nshort", 400),
        ("Transfer-Encoding: chunked", b"f4241\r\n", 413),
    ],
)
def test_a_body_that_is_not_what_it_says_or_too_long_is_refused(
    server: HttpServer, headers: str, body: bytes, status: int
) -> None:
    head, _, answer = send(server, put(headers, body)).partition(b"\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in head
    assert answer.startswith(b"refused: ")


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"BREW /a HTTP/1.1\r\n\r\n", 501), (b"GET /a b HTTP/1.1\r\n\r\n", 400), (b"GET /a HTTP/9.9\r\n\r\n", 505)],
    ids=["unknown method", "a blank in the target", "a version to come"],
)
def test_what_http_does_not_know_is_refused_by_the_service(server: HttpServer, raw: bytes, status: int) -> None:
    head, _, answer = send(server, raw).partition(b"\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.startswith(b"refused: ")


def test_a_body_in_chunks_is_put_together(server: HttpServer) -> None:
    body = b"6;ignored=1\r\nhello \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n"

    assert send(server, put("Transfer-Encoding: chunked", body)).endswith(b"\r\n\r\nhello world")


def test_requests_share_a_connection_even_after_one_that_failed(server: HttpServer) -> None:
    fault = b"GET /fault HTTP/1.1\r\n\r\n"

    answer = send(server, put("Content-Length: 3", b"one") + fault + put("Content-Length: 3", b"two"))

    assert re.findall(rb"HTTP/1.1 (\d+) ", answer) == [b"200", b"500", b"200"]
    assert b"failed: inside" in answer
    assert answer.endswith(b"two")


def test_a_head_says_the_length_that_the_service_names_and_has_no_body(server: HttpServer) -> None:
    answer = send(server, b"HEAD /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")

    assert b"\r\nContent-Length: 77\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_an_answer_without_content_has_no_length(server: HttpServer) -> None:
    assert b"content-length" not in send(server, b"GET /nothing HTTP/1.1\r\n\r\n").lower()


def test_the_body_is_asked_for_at_once_and_not_after_the_clients_patience(server: HttpServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(put("Expect: 100-continue\r\nContent-Length: 1"))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"x")
        assert connection.recv(1000).endswith(b"x")


def test_a_client_that_stops_inside_a_request_is_cut(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.endpoints.http.READ_SECONDS", 0.05)
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(put("Content-Length: 10", b"{"))

        assert connection.recv(10) == b""
    assert time.monotonic() - started < 5


class Gate:
    """A service whose answer waits until the test lets it."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()
        self.service = HttpService(self.answer, refuse, fail, LARGEST)

    def answer(self, _: HttpRequest) -> HttpResponse:
        self.entered.set()
        self.open.wait(10)
        return HttpResponse(b"done")


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def gated(gate: Gate) -> Iterator[HttpServer]:
    started = HttpServer("127.0.0.1", 0, "gated")
    started.start(gate.service)
    yield started
    started.close()
    started.finish(0)


def asked(server: HttpServer) -> http.client.HTTPConnection:
    """Return a connection on which a request was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/")
    return connection


def test_a_request_that_was_begun_is_answered_before_the_end(gate: Gate, gated: HttpServer) -> None:
    connection = asked(gated)
    assert gate.entered.wait(10)
    assert gated.answering == 1
    gated.close()
    threading.Timer(0.05, gate.open.set).start()

    gated.finish(10)

    assert gated.answering == 0
    assert connection.getresponse().read() == b"done"
    connection.close()


def test_a_request_that_takes_too_long_is_cut_at_the_end(gate: Gate, gated: HttpServer) -> None:
    connection = asked(gated)
    assert gate.entered.wait(10)
    gated.close()

    gated.finish(0.05)

    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()


def test_once_closed_it_refuses_requests_on_connections_that_were_kept_and_takes_no_new_ones(
    server: HttpServer,
) -> None:
    connection = asked(server)
    connection.getresponse().read()
    server.close()

    connection.request("GET", "/")

    assert connection.getresponse().status == 503
    connection.close()
    with pytest.raises(ConnectionError):
        asked(server)


def test_the_end_does_not_wait_for_a_client_that_only_keeps_its_connection_and_cuts_it(server: HttpServer) -> None:
    connection = asked(server)
    connection.getresponse().read()
    started = time.monotonic()

    server.close()
    server.finish(5)

    assert time.monotonic() - started < 2
    assert connection.sock.recv(10) == b""
    connection.close()
