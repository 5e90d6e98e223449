"""A connection over the ordinary connector: how it is opened, and what becomes of what goes wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud import sql_door
from local_cloud.endpoints import LOOPBACK
from local_cloud.errors import FailedRunError, InputError
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.sql_door import connect
from tests.local_cloud.endpoints.snowflake.driver import PASSWORD, USER, open_endpoint

Variables = dict[str, str]


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[Variables]:
    """The variables of an endpoint with an empty account."""
    with open_endpoint(tmp_path / "snowflake") as endpoint:
        yield {
            "SNOWFLAKE_ACCOUNT": "ANY",
            "SNOWFLAKE_USER": USER,
            "SNOWFLAKE_PASSWORD": PASSWORD,
            "SNOWFLAKE_HOST": LOOPBACK,
            "SNOWFLAKE_PORT": str(endpoint.port),
            "SNOWFLAKE_PROTOCOL": "http",
            "SNOWFLAKE_ROLE": "",
        }


def test_an_answer_has_columns_and_rows_as_the_embedded_accounts(variables: Variables) -> None:
    with connect(variables) as connection:
        assert connection.execute("select 'C1' as CUSTOMER_ID, 7 as SCORE").dicts() == [
            {"CUSTOMER_ID": "C1", "SCORE": 7}
        ]


def test_a_refused_statement_keeps_snowflakes_code_state_and_words(variables: Variables) -> None:
    with connect(variables) as connection, pytest.raises(SnowflakeError) as refused:
        connection.execute("drop database NOWHERE")
    assert (refused.value.code, refused.value.sqlstate) == (2003, "02000")
    assert refused.value.message.endswith("Database 'NOWHERE' does not exist or not authorized.")


@pytest.mark.parametrize("missing", ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER"])
@pytest.mark.parametrize("given", [{}, {"SNOWFLAKE_ACCOUNT": "", "SNOWFLAKE_USER": ""}], ids=["unset", "empty"])
def test_a_variable_that_is_missing_is_named(missing: str, given: Variables) -> None:
    others = {"SNOWFLAKE_ACCOUNT": "ANY", "SNOWFLAKE_USER": USER}
    del others[missing]
    with pytest.raises(InputError, match=f"^{missing} not set: export what the account needs"), connect(given | others):
        pass


def test_a_user_that_is_not_let_in_is_bad_input(variables: Variables) -> None:
    wrong = {**variables, "SNOWFLAKE_PASSWORD": "wrong"}
    with (
        pytest.raises(InputError, match=r"^no connection to Snowflake at 127.0.0.1: .*Incorrect username"),
        connect(wrong),
    ):
        pass


def test_an_account_that_nobody_serves_is_bad_input(variables: Variables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_door, "_TRIES_SECONDS", 1)
    with socket.socket() as bound:
        bound.bind((LOOPBACK, 0))
        nowhere = {**variables, "SNOWFLAKE_PORT": str(bound.getsockname()[1])}
        with pytest.raises(InputError, match=r"^no connection to Snowflake at 127.0.0.1: "), connect(nowhere):
            pass


def test_a_connection_that_is_gone_fails_the_run(variables: Variables) -> None:
    with connect(variables) as connection:
        pass
    with pytest.raises(FailedRunError, match=r"^the connection to Snowflake failed: .*closed"):
        connection.execute("select 1")
