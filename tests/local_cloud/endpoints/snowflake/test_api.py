"""The HTTP API: whatever is sent to it, it answers in Snowflake's form and lives."""

from __future__ import annotations

import gzip
import json
import socket
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from tests.local_cloud.endpoints.snowflake.driver import PASSWORD, USER, Door, gzipped, open_endpoint

PATHS = [
    "/session/v1/login-request",
    "/session/token-request",
    "/session/heartbeat",
    "/session",
    "/queries/v1/query-request",
    "/queries/v1/abort-request",
    "/queries/x/result",
    "//queries/x/result",
    "//[",
    "/queries/x/abort-request",
    "/monitoring/queries/x",
    "/telemetry/send",
    "/chunks/x/0",
    "/",
]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
VOCABULARY = """
    select show describe create drop alter table tables database in like 'x' "X" ( ) , ; . * = 1 ? :1 null from as
    where insert into values -- /* */ $$ ' " \\ @ % { } with grant begin use schema RETAIL.RAW ü
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\ud800", "\0", "\n"])


@pytest.fixture(scope="module")
def served() -> Iterator[SnowflakeEndpoint]:
    """One endpoint for many requests: that it lives on is the point."""
    with tempfile.TemporaryDirectory() as folder, open_endpoint(Path(folder) / "snowflake") as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def token(served: SnowflakeEndpoint) -> str:
    return Door(served).token()


def is_reply(status: int, body: bytes) -> bool:
    """Tell whether an answer has the form of Snowflake's, and says nothing of the inside."""
    if b"Traceback" in body or b'File "' in body:
        return False
    reply = json.loads(body)
    refused = not reply["success"] and reply["code"] and reply["message"]
    return reply.keys() >= {"data", "success", "code", "message"} and (refused or (reply["success"] and status == 200))


@FEW
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]),
    path=st.sampled_from(PATHS),
    body=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
    encoding=st.sampled_from(["", "identity", "gzip", "br", "GZIP"]),
    authorization=st.sampled_from(["", "Snowflake Token", 'Snowflake Token="', 'Snowflake Token="x"', "Basic x"]),
)
def test_any_body_on_any_path_gets_an_answer_of_snowflakes_form(
    served: SnowflakeEndpoint, method: str, path: str, body: bytes, encoding: str, authorization: str
) -> None:
    headers = {"Content-Encoding": encoding, "Authorization": authorization}

    assert is_reply(*Door(served).send(method, path, body, **headers))


@FEW
@given(
    data=st.dictionaries(
        st.sampled_from(["LOGIN_NAME", "PASSWORD", "TOKEN", "AUTHENTICATOR", "SESSION_PARAMETERS", "CLIENT_APP_ID"]),
        JSON | st.sampled_from([USER, PASSWORD, "SNOWFLAKE_JWT", "SNOWFLAKE"]),
    )
)
def test_any_login_is_answered(served: SnowflakeEndpoint, data: dict[str, Any]) -> None:
    assert is_reply(
        *Door(served).send("POST", "/session/v1/login-request", gzipped({"data": data}), Content_Encoding="gzip")
    )


@FEW
@given(
    more=st.dictionaries(
        st.sampled_from(["sqlText", "bindings", "parameters", "describeOnly", "asyncExec", "sequenceId"]), JSON
    ),
    bindings=st.dictionaries(
        st.sampled_from(["1", "2", "x", ""]),
        JSON
        | st.fixed_dictionaries({"type": st.sampled_from(["FIXED", "DATE", "TIME", "BINARY", "TEXT"]), "value": JSON}),
    ),
)
def test_any_query_body_is_answered(
    served: SnowflakeEndpoint, token: str, more: dict[str, Any], bindings: dict[str, Any]
) -> None:
    body = json.dumps({"sqlText": "select ? as A", "bindings": bindings, **more}).encode()
    path = f"/queries/v1/query-request?requestId={uuid.uuid4()}"

    assert is_reply(*Door(served).send("POST", path, body, Authorization=f'Snowflake Token="{token}"'))


@FEW
@given(words=st.lists(WORDS, max_size=12))
def test_any_sql_is_answered_with_a_result_or_an_error_and_never_with_an_internal_one(
    served: SnowflakeEndpoint, token: str, words: list[str]
) -> None:
    answer = Door(served).query(token, " ".join(words))

    assert answer["success"] or len(answer["code"]) == 6
    assert answer["code"] != "000603", answer["message"]


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [("gzip", gzip.compress(b"{}")[:-4], 400), ("gzip", b"{}", 400), ("br", b"{}", 415)],
    ids=["cut gzip", "no gzip", "brotli"],
)
def test_a_body_that_is_packed_otherwise_than_it_says_is_refused(
    served: SnowflakeEndpoint, encoding: str, body: bytes, status: int
) -> None:
    answered, answer = Door(served).send("POST", "/session", body, Content_Encoding=encoding)

    assert answered == status
    assert is_reply(status, answer)


@pytest.mark.parametrize("raw", [b"no request\r\n\r\n", b"POST /session HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
def test_what_is_no_request_is_refused_in_snowflakes_form(served: SnowflakeEndpoint, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(raw)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert is_reply(400, answer.rpartition(b"\r\n\r\n")[2])


def test_a_body_that_unpacks_to_more_than_is_read_is_refused(
    served: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.endpoints.snowflake.driver_requests.LARGEST_BODY", 1_000_000)

    status, body = Door(served).send("POST", "/session", gzip.compress(b" " * 1_000_001), Content_Encoding="gzip")

    assert (status, json.loads(body)["code"]) == (413, "390400")


def test_json_nested_without_end_is_refused(served: SnowflakeEndpoint) -> None:
    assert Door(served).send("POST", "/session/v1/login-request", b"[" * 200_000)[0] == 400
