"""Statements of several clients: bound values, transactions, waiting, stopping, and what an error looks like."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector import SnowflakeConnection
from snowflake.connector.constants import QueryStatus
from snowflake.connector.errors import ProgrammingError

from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from tests.local_cloud.endpoints.snowflake.driver import Door, connect, fetched

FOR_MINUTES = """
    select count(*)
    from (select seq8() as N from table(generator(rowcount => 1000000))) as A
    join (select seq8() as N from table(generator(rowcount => 1000000))) as B on A.N * B.N % 7 = 3
"""


def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition that another thread makes true."""
    moment = threading.Event()
    for _ in range(1_000):
        if condition():
            return
        moment.wait(0.01)
    raise AssertionError("it never came true")


def bound(endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> SnowflakeConnection:
    monkeypatch.setattr(snowflake.connector, "paramstyle", "qmark")
    return connect(endpoint, paramstyle="qmark")


@pytest.mark.parametrize(
    "value",
    [
        1,
        -(10**20),
        Decimal("1.50"),
        1.5,
        "it's ? and \\",
        "",
        True,
        None,
        dt.date(2026, 1, 2),
        dt.time(1, 2, 3, 400_000),
        dt.datetime(2026, 1, 2, 3, 4, 5, 600_000),  # noqa: DTZ001
    ],
    ids=repr,
)
def test_a_bound_value_comes_back_as_it_went(
    endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch, value: Any
) -> None:
    with bound(endpoint, monkeypatch) as connection:
        assert fetched(connection, "select ? as V, '?' as TEXT", (value,)) == [(value, "?")]


def test_many_bound_rows_are_one_statement_with_one_count(
    endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound(endpoint, monkeypatch) as connection:
        cursor = connection.cursor()
        cursor.execute("create database SHOP")
        cursor.execute("create table SHOP.PUBLIC.T (A number(38,0), B varchar)")

        cursor.executemany("insert into SHOP.PUBLIC.T values (?, ?)", [(n, f"b{n}") for n in range(50)])

        assert cursor.rowcount == 50
        cursor.execute("select count(*), sum(A), max(B) from SHOP.PUBLIC.T")
        assert cursor.fetchall() == [(50, 1225, "b9")]


def test_changes_say_how_many_rows_they_touched(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("create table T (A number(38,0))")

    counts = [
        cursor.execute(sql).rowcount  # pyright: ignore[reportOptionalMemberAccess]
        for sql in ("insert into T values (1), (2), (3)", "update T set A = 0 where A > 1", "delete from T where A = 0")
    ]

    assert counts == [3, 2, 2]


def test_a_rolled_back_change_is_gone_and_a_committed_one_stays(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("create table T (A number(38,0))")
    cursor.execute("begin")
    cursor.execute("insert into T values (1)")
    cursor.execute("rollback")
    cursor.execute("begin")
    cursor.execute("insert into T values (2)")
    cursor.execute("commit")

    assert fetched(connection, "select A from T") == [(2,)]


def test_an_open_transaction_is_seen_by_nobody_else(
    endpoint: SnowflakeEndpoint, connection: SnowflakeConnection
) -> None:
    connection.cursor().execute("create table T (A number(38,0))")
    connection.cursor().execute("begin")
    connection.cursor().execute("insert into T values (1)")

    with connect(endpoint, database="SHOP", schema="PUBLIC") as other:
        assert fetched(other, "select count(*) from T") == [(0,)]
        connection.cursor().execute("commit")
        assert fetched(other, "select count(*) from T") == [(1,)]


def test_autocommit_can_be_switched_off(endpoint: SnowflakeEndpoint, connection: SnowflakeConnection) -> None:
    connection.cursor().execute("create table T (A number(38,0))")
    connection.autocommit(False)
    connection.cursor().execute("insert into T values (1)")
    connection.rollback()
    connection.cursor().execute("insert into T values (2)")
    connection.commit()

    with connect(endpoint, database="SHOP", schema="PUBLIC") as other:
        assert fetched(other, "select A from T") == [(2,)]


def test_a_client_is_told_the_time_zone_that_it_sets(connection: SnowflakeConnection) -> None:
    connection.cursor().execute("alter session set TIMEZONE = 'Asia/Tokyo'")

    ((now,),) = fetched(connection, "select current_timestamp()")

    assert now.utcoffset() == dt.timedelta(hours=9)
    assert abs(dt.datetime.now(dt.UTC) - now) < dt.timedelta(minutes=1)


def test_each_session_has_its_own_database_and_schema(
    endpoint: SnowflakeEndpoint, connection: SnowflakeConnection
) -> None:
    connection.cursor().execute("create schema SHOP.OTHER")
    connection.cursor().execute("use schema PUBLIC")
    with connect(endpoint, database="SHOP", schema="OTHER") as other:
        assert (other.database, other.schema) == ("SHOP", "OTHER")
        assert (connection.database, connection.schema) == ("SHOP", "PUBLIC")
        other.cursor().execute("create table OTHER_T (A number)")

        with pytest.raises(ProgrammingError):
            connection.cursor().execute("select * from OTHER_T")


def test_a_database_that_is_not_there_does_not_keep_a_client_out(endpoint: SnowflakeEndpoint) -> None:
    with connect(endpoint, database="NOWHERE", schema="NOTHING", warehouse="NONE") as connection:
        assert fetched(connection, "select 1") == [(1,)]


def test_sessions_work_at_the_same_time(endpoint: SnowflakeEndpoint, connection: SnowflakeConnection) -> None:
    connection.cursor().execute("create table T (A number(38,0))")

    def work(number: int) -> int:
        with connect(endpoint, database="SHOP", schema="PUBLIC") as own:
            for step in range(5):
                own.cursor().execute(f"insert into T values ({number * 5 + step})")
            return len(fetched(own, "select * from T"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert fetched(connection, "select count(*), sum(A) from T") == [(40, 780)]


@pytest.mark.parametrize(
    ("sql", "errno", "sqlstate", "words"),
    [
        ("select * from NOWHERE", 2003, "42S02", "does not exist or not authorized"),
        ("selec 1", 1003, "42000", "syntax error"),
        ("create database SHOP", 2002, "42710", "already exists"),
        ("drop table NOWHERE", 2003, "02000", "does not exist or not authorized"),
        ("create share X", 2, "0A000", "Unsupported"),
        ("select 1; select 2", 8, "0A000", "Actual statement count 2 did not match the desired statement count 1."),
    ],
    ids=["no such table", "syntax", "exists", "drop of nothing", "unsupported", "two statements"],
)
def test_an_error_has_snowflakes_number_state_and_words(
    connection: SnowflakeConnection, sql: str, errno: int, sqlstate: str, words: str
) -> None:
    with pytest.raises(ProgrammingError) as refused:
        connection.cursor().execute(sql)

    assert (refused.value.errno, refused.value.sqlstate) == (errno, sqlstate)
    assert words in str(refused.value)


def test_an_error_is_a_good_http_answer_with_a_query_id(door: Door) -> None:
    answer = door.query(door.token(), "drop table A.B.C")

    assert (answer["success"], answer["code"]) == (False, answer["data"]["errorCode"])
    assert uuid.UUID(answer["data"]["queryId"])
    assert answer["data"]["sqlState"] == "02000"


def test_a_fault_of_the_account_is_an_internal_error_without_a_word_of_its_inside(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    token = door.token()
    monkeypatch.setattr("local_cloud.endpoints.snowflake.client_queries.execute", fail)

    answer = door.query(token, "select 1")

    assert (answer["code"], answer["data"]["sqlState"]) == ("000603", "XX000")
    assert "secret" not in str(answer)
    assert "Traceback" not in str(answer)


def test_several_statements_of_one_text_answer_one_after_the_other(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("select 1; select 'a;b' as T -- ; \n; select 3", num_statements=3)

    answers = [cursor.fetchall()]
    while cursor.nextset():
        answers.append(cursor.fetchall())

    assert answers == [[(1,)], [("a;b",)], [(3,)]]


def test_a_query_can_be_described_without_being_run(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("create table T (A number(38,0), B varchar)")

    assert [column.name for column in cursor.describe("select A, B as X from T limit 5")] == ["A", "X"]
    assert [column.name for column in cursor.describe("insert into T values (1, 'x')")] == ["number of rows inserted"]
    assert [column.name for column in cursor.describe("drop table T")] == ["status"]
    assert fetched(connection, "select count(*) from T") == [(0,)]


INSERTS = [
    ("insert into T values (?, ?, ?)", ["fixed", "text", "timestamp_ntz"], True),
    ("insert into T (C, A) values (?, ?)", ["timestamp_ntz", "fixed"], True),
    ("insert into T (B, A) values (:2, :1)", ["fixed", "text"], True),
    ("insert into T (A, B) values (?, upper(?))", ["fixed", "text"], True),
    ("insert into T (B) values (1)", [], False),
    ("insert into T (A) values (?), (?)", ["text", "text"], False),
    ("insert into T (A) select ?", ["text"], False),
    ("update T set A = ? where B = ?", ["text", "text"], False),
    ("delete from T where A = ? or A = ? + 1", ["text", "text"], False),
    ("select ?, A + ? from T where B like ? limit ?", ["text"] * 4, False),
    ("select 1", [], False),
    ("create table U (A number)", [], False),
]


@pytest.mark.parametrize(("sql", "types", "in_arrays"), INSERTS, ids=[sql for sql, *_ in INSERTS])
def test_a_client_that_prepares_a_statement_is_told_the_values_it_wants_and_whether_as_arrays(
    door: Door, sql: str, types: list[str], in_arrays: bool
) -> None:
    token = door.token()
    door.query(token, "create database SHOP")
    door.query(token, "create table SHOP.PUBLIC.T (A number(10,2), B varchar, C timestamp_ntz)")

    data = door.query(token, sql, describeOnly=True)["data"]

    assert (data["numberOfBinds"], data["arrayBindSupported"]) == (len(types), in_arrays)
    assert [bind["type"] for bind in data["metaDataOfBinds"]] == types
    assert door.query(token, "select count(*) as N from T")["data"]["rowset"] == [["0"]]


def test_what_would_be_inserted_into_no_table_cannot_be_prepared(door: Door) -> None:
    assert door.query(door.token(), "insert into A.B.NOWHERE values (?)", describeOnly=True)["code"] == "002003"


def test_who_may_only_insert_prepares_an_insert_of_many_rows(door: Door) -> None:
    own = door.token()
    for sql in (
        "create database SHOP",
        "create table SHOP.PUBLIC.T (A number)",
        "create role WRITER",
        "create warehouse W",
        "create user ANNA password = 'a' default_role = WRITER default_warehouse = W",
        "grant role WRITER to user ANNA",
        "grant usage on warehouse W to role WRITER",
        "grant usage on database SHOP to role WRITER",
        "grant usage on schema SHOP.PUBLIC to role WRITER",
        "grant insert on table SHOP.PUBLIC.T to role WRITER",
    ):
        assert door.query(own, sql)["success"]
    token = door.log_in("ANNA", "a")["data"]["token"]

    data = door.query(token, "insert into SHOP.PUBLIC.T values (?)", describeOnly=True)["data"]

    assert (data["numberOfBinds"], data["arrayBindSupported"]) == (1, True)


def test_a_statement_is_not_run_again_when_its_request_is_sent_again(door: Door) -> None:
    token, request_id = door.token(), str(uuid.uuid4())
    door.query(token, "create database SHOP")
    door.query(token, "create table SHOP.PUBLIC.T (A number(38,0))")

    first = door.query(token, "insert into SHOP.PUBLIC.T values (1)", request_id)
    second = door.query(token, "insert into SHOP.PUBLIC.T values (1)", request_id)

    assert second == first
    assert door.query(token, "select count(*) as N from SHOP.PUBLIC.T")["data"]["rowset"] == [["1"]]


def test_a_client_that_does_not_wait_asks_for_its_result_later(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute_async("select seq4() as N from table(generator(rowcount => 20000))")
    query_id = cursor.sfqid
    assert query_id is not None

    until(lambda: connection.get_query_status(query_id) is QueryStatus.SUCCESS)

    cursor.get_results_from_sfqid(query_id)
    assert len(cursor.fetchall()) == 20_000


def test_an_error_of_a_statement_nobody_waits_for_is_told_to_who_asks(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute_async("drop table SHOP.PUBLIC.NOWHERE")
    query_id = cursor.sfqid
    assert query_id is not None
    until(lambda: not connection.is_still_running(connection.get_query_status(query_id)))

    with pytest.raises(ProgrammingError, match="does not exist") as refused:
        connection.get_query_status_throw_if_error(query_id)

    assert refused.value.errno == 2003


def test_a_long_statement_is_asked_after_until_it_is_done(
    endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.endpoints.snowflake.query_requests.WAIT_SECONDS", 0.01)
    door = Door(endpoint)
    token = door.token()

    started = door.query(token, FOR_MINUTES)
    asked = door.ask("GET", started["data"]["getResultUrl"], token=token)

    assert [(answer["code"], answer["success"]) for answer in (started, asked)] == [("333333", True)] * 2
    assert asked["data"]["queryId"] == started["data"]["queryId"]
    door.ask("POST", f"/queries/{started['data']['queryId']}/abort-request", {}, token)
    assert door.ask("GET", started["data"]["getResultUrl"], token=token)["code"] == "000604"


def test_a_statement_nobody_waits_for_is_seen_running_and_can_be_stopped(door: Door) -> None:
    token = door.token()
    started = door.query(token, FOR_MINUTES, asyncExec=True)
    assert (started["code"], started["success"]) == ("333334", True)
    query_id = started["data"]["queryId"]
    status = door.ask("GET", f"/monitoring/queries/{query_id}", token=token)["data"]["queries"][0]["status"]
    assert status == "RUNNING"

    assert door.ask("POST", f"/queries/{query_id}/abort-request", {}, token)["success"]

    result = door.ask("GET", started["data"]["getResultUrl"], token=token)
    assert (result["code"], result["data"]["sqlState"]) == ("000604", "57014")


def test_a_query_is_stopped_by_sql_of_its_own_session_or_of_another_but_of_no_other_user(door: Door) -> None:
    own, same = door.token(), door.token()
    door.query(own, "create user OTHER password = 'o'")
    other = door.log_in("OTHER", "o")["data"]["token"]
    first, second, third = (
        door.query(token, FOR_MINUTES, asyncExec=True)["data"]["queryId"] for token in (own, own, same)
    )

    def stopped(token: str, query_id: str) -> str:
        return door.query(token, f"select system$cancel_query('{query_id}')")["data"]["rowset"][0][0]

    not_executing = "Identified SQL statement is not currently executing."
    assert [stopped(other, first), stopped(own, "unknown")] == [not_executing] * 2
    for token, query_id in ((own, second), (same, first), (own, third)):
        assert stopped(token, query_id) == f"query [{query_id}] terminated."
    for query_id in (first, second, third):
        assert door.ask("GET", f"/queries/{query_id}/result", token=own)["code"] == "000604"
    assert stopped(own, first) == not_executing


def test_a_session_stops_all_of_its_own_queries_before_it_leaves(door: Door) -> None:
    login = door.log_in()["data"]
    token = login["token"]
    queries = [door.query(token, FOR_MINUTES, asyncExec=True)["data"]["queryId"] for _ in range(2)]

    assert door.query(token, f"select SYSTEM$CANCEL_ALL_QUERIES({login['sessionId']})")["success"]

    assert [door.ask("GET", f"/queries/{query}/result", token=token)["code"] for query in queries] == ["000604"] * 2


def test_a_statement_that_waits_for_its_turn_can_be_stopped_too(door: Door) -> None:
    token = door.token()
    first = door.query(token, FOR_MINUTES, asyncExec=True)["data"]["queryId"]
    second = door.query(token, "create database NEVER", asyncExec=True)["data"]["queryId"]

    door.ask("POST", f"/queries/{second}/abort-request", {}, token)
    door.ask("POST", f"/queries/{first}/abort-request", {}, token)

    codes = [door.ask("GET", f"/queries/{query}/result", token=token)["code"] for query in (first, second)]
    assert codes == ["000604", "000604"]
    assert door.query(token, "show databases")["data"]["rowset"] == []


def test_a_timeout_of_the_connector_stops_the_statement(connection: SnowflakeConnection) -> None:
    with pytest.raises(ProgrammingError, match="cancel") as stopped:
        connection.cursor().execute(FOR_MINUTES, timeout=1)

    assert stopped.value.errno == 604
    assert fetched(connection, "select 1") == [(1,)]


def test_stopping_the_endpoint_takes_less_than_a_second_whatever_runs(endpoint: SnowflakeEndpoint) -> None:
    door = Door(endpoint)
    query_id = door.query(door.token(), FOR_MINUTES, asyncExec=True)["data"]["queryId"]
    started = time.monotonic()

    endpoint.stop()

    assert time.monotonic() - started < 1
    assert query_id
    with pytest.raises(ConnectionError):
        door.send("GET", "/")


def test_stopping_cuts_clients_that_stay_connected(endpoint: SnowflakeEndpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=10) as connection:
        connection.sendall(b"POST /telemetry/send HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200 ")

        endpoint.stop()

        assert connection.recv(4096) == b""


def test_a_user_sees_no_query_of_another(door: Door) -> None:
    own, same = door.token(), door.token()
    door.query(own, "create user OTHER password = 'o'")
    other = door.log_in("OTHER", "o")["data"]["token"]
    query_id = door.query(own, "select 1")["data"]["queryId"]

    answers = [door.ask("GET", f"/queries/{query_id}/result", token=token) for token in (own, same, other)]

    assert [answer["success"] for answer in answers] == [True, True, False]
    assert answers[2]["code"] == "000709"
    assert door.ask("POST", f"/queries/{query_id}/abort-request", {}, other)["code"] == "000605"


def test_a_taken_port_is_an_error_at_once(endpoint: SnowflakeEndpoint, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        SnowflakeEndpoint(None, port=endpoint.port, user="U", password="p")  # pyright: ignore[reportArgumentType]


def test_an_error_among_several_statements_ends_them(door: Door) -> None:
    token = door.token()
    several = {"parameters": {"MULTI_STATEMENT_COUNT": 0}}

    answer = door.query(token, "create database A; drop table A.PUBLIC.NONE; create database B", None, **several)

    assert answer["code"] == "002003"
    assert [row[1] for row in door.query(token, "show databases")["data"]["rowset"]] == ["A"]


def rowset(door: Door, token: str, query_id: str) -> list[list[Any]]:
    """Return the rows of a query by its id, by a path with two slashes as a connector has asked for it."""
    return door.ask("GET", f"//queries/{query_id}/result", token=token)["data"]["rowset"]


@pytest.mark.parametrize("is_async", [False, True], ids=["waiting", "asynchronous"])
def test_several_statements_are_one_query_with_a_query_each(door: Door, is_async: bool) -> None:
    token = door.token()
    several = {"parameters": {"MULTI_STATEMENT_COUNT": "0"}, "asyncExec": is_async}
    text = "create database A; create table A.PUBLIC.T (N number); insert into T values (?), (?); select N + ? from T"
    bindings = {str(n): {"type": "FIXED", "value": str(n)} for n in (1, 2, 3)}

    parent = door.query(token, text, bindings=bindings, **several)["data"]
    if is_async:
        parent = door.ask("GET", f"/queries/{parent['queryId']}/result", token=token)["data"]

    assert parent["rowset"] == [["Multiple statements executed successfully."]]
    assert parent["statementTypeId"] == 0xA000
    assert parent["resultTypes"] == f"{0x6000},{0x6000},{0x3100},{0x1000}"
    children = parent["resultIds"].split(",")
    assert parent["queryId"] not in children
    assert [rowset(door, token, child) for child in children[2:]] == [[["2"]], [["4"], ["5"]]]
    assert parent["finalSchemaName"] == "PUBLIC"


def test_stopping_several_statements_stops_the_one_that_runs_and_those_after_it(door: Door) -> None:
    token = door.token()
    parent = door.query(
        token,
        f"create database A; {FOR_MINUTES}; create database B",
        asyncExec=True,
        parameters={"MULTI_STATEMENT_COUNT": 3},
    )["data"]["queryId"]

    assert door.ask("POST", f"/queries/{parent}/abort-request", {}, token)["success"]

    assert door.ask("GET", f"/queries/{parent}/result", token=token)["code"] == "000604"
    assert "B" not in str(door.query(token, "show databases")["data"]["rowset"])


def test_several_statements_cannot_be_prepared_as_one_and_none_of_them_is_run(door: Door) -> None:
    token = door.token()

    answer = door.query(
        token, "create database A; select 1", describeOnly=True, parameters={"MULTI_STATEMENT_COUNT": 2}
    )

    assert answer["code"] == "000007"
    assert door.query(token, "show databases")["data"]["rowset"] == []


@pytest.mark.parametrize("path", ["//queries/{}/result", "/queries//{}/result", "///queries/{}/result?requestId=a//b"])
def test_a_path_with_more_slashes_is_the_same_path(door: Door, path: str) -> None:
    token = door.token()
    query_id = door.query(token, "select 1 as A", asyncExec=True)["data"]["queryId"]

    assert door.ask("GET", path.format(query_id), token=token)["data"]["rowset"] == [["1"]]


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_a_statement_answers_no_more_rows_than_its_request_wants(connection: SnowflakeConnection, form: str) -> None:
    cursor = connection.cursor()
    sql = "select seq4() as N from table(generator(rowcount => 40000))"

    for most, rows in (("3", 3), (0, 40_000), (20_001, 20_001)):
        own = {"ROWS_PER_RESULTSET": most, "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": form}
        cursor.execute(sql, _statement_params=own)
        assert (cursor.rowcount, cursor.fetchall()) == (rows, [(n,) for n in range(rows)])

    cursor.execute("alter session set ROWS_PER_RESULTSET = 2")
    cursor.execute(sql)
    assert len(cursor.fetchall()) == 2


def test_a_parameter_of_a_request_holds_for_its_statement_alone(door: Door) -> None:
    token = door.token()

    def shown(name: str, **own: Any) -> str:
        rows = door.query(token, f"show parameters like '{name}'", parameters=own)["data"]["rowset"]
        return rows[0][1]

    assert shown("QUERY_TAG", query_tag="nightly") == "nightly"
    assert shown("QUERY_TAG") == ""
    noon = "select '2026-01-01 00:00:00 +0000'::timestamp_ltz::varchar as T"
    rows = [door.query(token, noon, parameters=own)["data"]["rowset"] for own in ({"TIMEZONE": "Asia/Tokyo"}, {})]
    assert rows == [[["2026-01-01 09:00:00.000 +0900"]], [["2026-01-01 00:00:00.000 +0000"]]]


def test_what_a_statement_sets_stays_whatever_its_request_says(door: Door) -> None:
    token = door.token()
    door.query(token, "alter session set QUERY_TAG = 'mine'", parameters={"QUERY_TAG": "of the request"})

    assert door.query(token, "show parameters like 'QUERY_TAG'")["data"]["rowset"][0][1] == "mine"


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"ROWS_PER_RESULTSET": "many"}, "001008"),
        ({"MULTI_STATEMENT_COUNT": []}, "001008"),
        ({"TIMEZONE": "Nowhere/At_all"}, "001008"),
        ({"WEEK_START": 1}, "000002"),
        ({"UNHEARD_OF": 1, "AUTOCOMMIT": "false", "QUERY_TAG": None}, None),
    ],
    ids=str,
)
def test_a_parameter_that_a_statement_cannot_have_is_its_error_and_an_unknown_one_is_passed_over(
    door: Door, own: dict[str, Any], code: str | None
) -> None:
    token = door.token()

    assert door.query(token, "select 1", parameters=own)["code"] == code
    assert door.query(token, "select 1")["success"]


@pytest.mark.parametrize("own", [{"STATEMENT_TIMEOUT_IN_SECONDS": "1"}, {}], ids=["of the request", "of the session"])
def test_a_statement_is_stopped_after_the_time_that_it_may_take(door: Door, own: dict[str, str]) -> None:
    token = door.token()
    if not own:
        door.query(token, "alter session set STATEMENT_TIMEOUT_IN_SECONDS = 1")

    answer = door.query(token, FOR_MINUTES, parameters=own)

    assert (answer["code"], answer["data"]["sqlState"]) == ("000630", "57014")
    assert "timeout of 1 second(s)" in answer["message"]
    assert door.query(token, "select 1")["success"]


def test_a_text_without_a_statement_is_an_error(door: Door) -> None:
    token = door.token()

    assert [door.query(token, sql)["success"] for sql in ("", " ", ";", "-- nothing")] == [False] * 4


def test_nothing_is_stopped_where_nothing_runs(door: Door) -> None:
    token, request_id = door.token(), str(uuid.uuid4())
    door.query(token, "select 1", request_id)

    for known in (request_id, "unknown"):
        answer = door.ask("POST", "/queries/v1/abort-request", {"requestId": known, "sqlText": "select 1"}, token)
        assert answer["code"] == "000605"
    assert door.ask("GET", "/queries/unknown/result", token=token)["code"] == "000709"
    assert door.ask("GET", "/monitoring/queries/unknown", token=token)["data"]["queries"] == []


def test_leaving_stops_what_still_runs(door: Door) -> None:
    token, other = door.token(), door.token()
    query_id = door.query(token, FOR_MINUTES, asyncExec=True)["data"]["queryId"]

    assert door.ask("POST", "/session?delete=true", {}, token)["success"]

    assert door.ask("GET", f"/queries/{query_id}/result", token=other)["code"] == "000604"


def test_what_a_session_left_open_ends_with_it(endpoint: SnowflakeEndpoint, connection: SnowflakeConnection) -> None:
    with connect(endpoint, database="SHOP", schema="PUBLIC") as leaving:
        leaving.cursor().execute("create temporary table SCRATCH (A number)")
        assert len(fetched(connection, "show tables in schema SHOP.PUBLIC")) == 1

    assert fetched(connection, "show tables in schema SHOP.PUBLIC") == []


def test_old_results_make_room_for_new_ones(endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.endpoints.snowflake.client_queries.KEPT_BYTES", 400_000)
    door = Door(endpoint)
    token = door.token()
    long = "select seq8() as N from table(generator(rowcount => 30000))"
    first, second = door.query(token, long)["data"], door.query(token, long)["data"]
    statuses = [door.send("GET", data["chunks"][0]["url"].removeprefix(endpoint.url))[0] for data in (first, second)]

    assert statuses == [404, 200]
    assert door.ask("GET", f"/queries/{first['queryId']}/result", token=token)["code"] == "000709"
    assert len(door.ask("GET", f"/queries/{second['queryId']}/result", token=token)["data"]["rowset"]) == 10_000


def test_statements_that_are_done_are_forgotten_in_time_and_their_requests_with_them(
    endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.endpoints.snowflake.client_queries.KEPT_QUERIES", 2)
    door = Door(endpoint)
    token = door.token()
    requests = [str(uuid.uuid4()) for _ in range(4)]
    queries = [door.query(token, "select 1", request)["data"]["queryId"] for request in requests]

    codes = [door.ask("GET", f"/queries/{query}/result", token=token)["code"] for query in queries]

    assert codes == ["000709", "000709", None, None]
    assert door.query(token, "select 1", requests[3])["data"]["queryId"] == queries[3]
    assert door.query(token, "select 1", requests[0])["data"]["queryId"] not in queries
