"""Rows on their way to a client: types, forms, and results longer than an answer."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from snowflake.connector import DictCursor, SnowflakeConnection

from tests.local_cloud.endpoints.snowflake.driver import PASSWORD, USER, Door

UTC = dt.UTC
VALUES = [
    ("1::number(38,0)", 1),
    ("12345678901234567890123456789012345678", 12345678901234567890123456789012345678),
    ("-1.50::number(10,2)", Decimal("-1.50")),
    ("0.1::float", 0.1),
    ("true", True),
    ("false", False),
    ("'a''ü€𝄞'", "a'ü€𝄞"),
    ("date '1969-12-31'", dt.date(1969, 12, 31)),
    ("'2026-01-02 03:04:05.678901'::timestamp_ntz", dt.datetime(2026, 1, 2, 3, 4, 5, 678901)),  # noqa: DTZ001
    ("'1969-12-31 23:59:59.5'::timestamp_ntz", dt.datetime(1969, 12, 31, 23, 59, 59, 500000)),  # noqa: DTZ001
    ("time '10:11:12.5'", dt.time(10, 11, 12, 500000)),
    ("null", None),
    ("null::timestamp_ntz", None),
    ("null::date", None),
    ("parse_json('{\"a\":[1,null]}')", '{"a":[1,null]}'),
    ("to_binary('616263', 'HEX')", b"abc"),
]


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
@pytest.mark.parametrize(("sql", "expected"), VALUES, ids=[sql for sql, _ in VALUES])
def test_a_value_arrives_as_pythons_own(connection: SnowflakeConnection, form: str, sql: str, expected: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(
        f"select {sql} as V, 1 as N union all select {sql}, 2 order by N",
        _statement_params={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": form},
    )

    assert [row[0] for row in cursor.fetchall()] == [expected, expected]


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_an_instant_arrives_with_its_zone(connection: SnowflakeConnection, form: str) -> None:
    cursor = connection.cursor()
    cursor.execute("select current_timestamp()", _statement_params={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": form})
    ((now,),) = cursor.fetchall()

    assert abs(dt.datetime.now(UTC) - now) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
@pytest.mark.parametrize("rows", [0, 1, 9_999, 10_000, 10_001, 260_001])
def test_every_row_arrives_once_and_in_order_however_many(
    connection: SnowflakeConnection, form: str, rows: int
) -> None:
    cursor = connection.cursor()
    cursor.execute(
        f"select seq4() as N, 'row ' || seq4() as T from table(generator(rowcount => {rows}))"
        if rows
        else "select 1 as N, 'x' as T where false",
        _statement_params={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": form},
    )

    assert cursor.rowcount == rows
    assert cursor.fetchall() == [(n, f"row {n}") for n in range(rows)]


def test_columns_are_described_with_their_types(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor().execute("select 1::number(10,2) as PRICE, 'x' as NAME, true as OK, 1.5::float as F")
    assert cursor is not None

    described = [(column.name, column.type_code, column.precision, column.scale) for column in cursor.description]

    assert described == [("PRICE", 0, 10, 2), ("NAME", 2, None, None), ("OK", 13, None, None), ("F", 1, None, None)]


def test_rows_come_as_mappings_too(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor(DictCursor)
    cursor.execute("select 1 as A, 'b' as B")

    assert cursor.fetchall() == [{"A": 1, "B": "b"}]


def test_a_client_that_accepts_only_json_gets_json_and_every_value_is_text(door: Door) -> None:
    data = door.query(door.token(), "select 1 as A, true as B, null as C, date '1970-01-02' as D")["data"]

    assert data["queryResultFormat"] == "json"
    assert data["rowset"] == [["1", "1", None, "1"]]
    assert [column["type"] for column in data["rowtype"]] == ["fixed", "boolean", "text", "date"]


@pytest.mark.parametrize(
    ("accept", "app", "parameters", "form"),
    [
        ("application/snowflake", "PythonConnector", {}, "arrow"),
        ("application/snowflake", "PythonSnowpark", {}, "arrow"),
        ("application/snowflake", "JDBC", {}, "arrow"),
        ("application/snowflake", "Go", {}, "arrow"),
        ("Application/Snowflake, */*", "one never heard of", {}, "arrow"),
        ("application/snowflake", "JDBC", {"JDBC_QUERY_RESULT_FORMAT": "json"}, "json"),
        ("application/snowflake", "JavaScript", {}, "json"),
        ("application/snowflake", ".NET", {}, "json"),
        ("application/snowflake", ".NET", {"DOTNET_QUERY_RESULT_FORMAT": "ARROW_FORCE"}, "arrow"),
        ("application/json", "PythonConnector", {}, "json"),
        ("application/json; application/snowflake at login", "PythonConnector", {}, "arrow"),
        ("application/json", "Go", {"GO_QUERY_RESULT_FORMAT": "ARROW"}, "arrow"),
    ],
)
def test_rows_travel_as_the_request_accepts_them(
    door: Door, accept: str, app: str, parameters: dict[str, str], form: str
) -> None:
    def answered(session: dict[str, str], statement: dict[str, str], *before: str) -> str:
        login = {"LOGIN_NAME": USER, "PASSWORD": PASSWORD, "CLIENT_APP_ID": app, "SESSION_PARAMETERS": session}
        accepted = {"Accept": at_login} if (at_login := accept.partition("; ")[2]) else {}
        token = door.ask("POST", "/session/v1/login-request", {"data": login}, **accepted)["data"]["token"]
        for sql in before:
            assert door.query(token, sql)["success"]
        body = {"sqlText": "select 1 as A", "parameters": statement}
        data = door.ask("POST", "/queries/v1/query-request", body, token, Accept=accept.partition("; ")[0])["data"]
        assert set(data) & {"rowset", "rowsetBase64"} == {
            "rowset" if data["queryResultFormat"] == "json" else "rowsetBase64"
        }
        return data["queryResultFormat"]

    by_sql = [f"alter session set {name} = '{value}'" for name, value in parameters.items()]
    assert [answered(parameters, {}), answered({}, parameters), answered({}, {}, *by_sql)] == [form] * 3


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_every_chunk_has_the_rows_and_bytes_that_the_answer_says(door: Door, form: str) -> None:
    sql = "select seq4() as N, 'ü' || seq4() as T, '2026-01-02'::timestamp_ntz as D, null as E"
    wanted = {"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": form}

    data = door.query(door.token(), f"{sql} from table(generator(rowcount => 215003))", parameters=wanted)["data"]

    sizes = [chunk["uncompressedSize"] for chunk in data["chunks"]]
    bodies = [door.send("GET", chunk["url"].partition(str(door.port))[2])[1] for chunk in data["chunks"]]
    assert sizes == [chunk["compressedSize"] for chunk in data["chunks"]] == [len(body) for body in bodies]
    counts = [
        len(json.loads(b"[" + body + b"]")) if form == "JSON" else pa.ipc.open_stream(body).read_all().num_rows
        for body in bodies
    ]
    assert counts == [chunk["rowCount"] for chunk in data["chunks"]]
    assert door.kind("GET", data["chunks"][0]["url"].partition(str(door.port))[2]) == "binary/octet-stream"
    assert sum(counts) + 10_000 == data["total"] == data["returned"] == 215_003


def test_a_chunk_is_for_those_who_know_its_address(door: Door) -> None:
    token = door.token()
    data = door.query(token, "select seq4() as N from table(generator(rowcount => 30000))")["data"]
    ((_, chunk),) = [("", chunk) for chunk in data["chunks"]]
    path = chunk["url"].removeprefix(f"http://127.0.0.1:{door.port}")

    status, body = door.send("GET", path)

    assert status == 200
    assert body.startswith(b'["10000"],["10001"]')
    assert len(data["rowset"]) + chunk["rowCount"] == data["total"] == 30_000
    assert door.send("GET", path[:-1] + "1")[0] == 404
    assert door.send("GET", "/chunks/guessed/0")[0] == 404


def test_a_result_is_found_again_by_its_query(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("select seq4() as N from table(generator(rowcount => 20000))")
    assert cursor.sfqid is not None
    again = connection.cursor()

    again.query_result(cursor.sfqid)

    assert len(again.fetchall()) == 20_000
