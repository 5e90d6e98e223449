"""What the real Snowflake provider sends, over HTTP: by Snowflake's connector, and in the Go driver's own form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector import DictCursor

from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.stages.assumed_role import SNOWFLAKE_USER
from tests.local_cloud.endpoints.snowflake.driver import Door, connect, open_endpoint
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws
from tests.local_cloud.snowflake_account.sessions.provider_cases import (
    CASES,
    NEVER_NULL,
    ROLE_ARN,
    TEXT_TRUTHS,
    Case,
    Read,
    tracked,
)

Ask = Callable[[str], list[dict[str, Any]]]

GO = {"CLIENT_APP_ID": "Go", "CLIENT_APP_VERSION": "2.1.0", "SVN_REVISION": ""}
GO_PARAMETERS = {"CLIENT_VALIDATE_DEFAULT_PARAMETERS": True}
FORMS = {
    "timestamp_ltz": re.compile(r"-?\d+\.\d{9}"),
    "fixed": re.compile(r"-?\d+"),
    "text": re.compile(r".*", re.DOTALL),
}
"""How a Go driver reads each type of column that the provider is answered with."""


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[SnowflakeEndpoint]:
    """An endpoint whose AWS side has the role `loader`, and its copy `loader2`, which trust the integration."""
    trusted = {
        "Effect": "Allow",
        "Principal": {"AWS": SNOWFLAKE_USER},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": ["retail", "abc"]}},
    }

    def account(aws: FaultyAws) -> Account:
        for name in (ROLE_ARN.rpartition("/")[2], f"{ROLE_ARN.rpartition('/')[2]}2"):
            trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
            aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        return Account(tmp_path / "snowflake", aws)

    with open_endpoint(account) as opened:
        yield opened


@pytest.fixture(params=["connector", "go"])
def ask(request: pytest.FixtureRequest, endpoint: SnowflakeEndpoint) -> Iterator[Ask]:
    """Execute a statement and return its rows; everything but numbers and times is text or None."""
    if request.param == "go":
        yield go_driver(Door(endpoint))
        return
    with connect(endpoint, account="MYORG-ACC") as connection:

        def execute(sql: str) -> list[dict[str, Any]]:
            cursor = connection.cursor(DictCursor)
            cursor.execute(sql)
            return cursor.fetchall()  # pyright: ignore[reportReturnType]  # a DictCursor's rows are mappings

        yield execute


def go_driver(door: Door) -> Ask:
    """Return what sends statements as the recorded Go driver does, and holds every value to what it can read."""
    token = door.log_in(SESSION_PARAMETERS=GO_PARAMETERS, CLIENT_ENVIRONMENT={"APPLICATION": "x"}, **GO)["data"][
        "token"
    ]

    def execute(sql: str) -> list[dict[str, Any]]:
        answer = door.query(token, sql, asyncExec=False, sequenceId=1, isInternal=False, queryContextDTO={})
        assert answer["success"], answer["message"]
        data = answer["data"]
        assert data["queryResultFormat"] == "json"
        assert data["total"] == len(data["rowset"])
        for position, column in enumerate(data["rowtype"]):
            for row in data["rowset"]:
                assert row[position] is None or FORMS[column["type"]].fullmatch(row[position]), (column, row[position])
        names = [column["name"] for column in data["rowtype"]]
        return [dict(zip(names, row, strict=True)) for row in data["rowset"]]

    return execute


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def check(ask: Ask, read: Read, resource: str, operation: str) -> None:
    rows = read.looked_at(ask(tracked(read.sql, resource, operation)))
    if read.count is not None:
        assert len(rows) == read.count
    if read.shows:
        assert {name: as_text(rows[0][name]) for name in read.shows} == read.shows
    assert all(row[name] in ("true", "false") for row in rows for name in TEXT_TRUTHS & row.keys())
    if shown := [what for what in NEVER_NULL if read.sql.startswith(f"SHOW {what} LIKE ")]:
        assert [(name, row) for row in rows for name in NEVER_NULL[shown[0]].split() if row[name] is None] == []
    found = {key: value for row in rows if read.rows for key, value in [keyed(row)]}
    assert {name: found[name] for name in read.rows} == read.rows


def keyed(row: Mapping[str, Any]) -> tuple[str, Any]:
    """Return what a row of properties, of parameters or of columns says."""
    if "property" in row:
        return row["property"], row["property_value"]
    if "key" in row:
        return row["key"], (row["value"], row["level"])
    return row["name"], row["type"]


def check_all(ask: Ask, case: Case, operation: str, changed: dict[str, Read]) -> None:
    for read in case.reads:
        check(ask, changed.get(read.sql, read), case.name, operation)
    for read in changed.values():
        check(ask, read, case.name, operation)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_resource_is_created_read_updated_read_deleted_and_gone(ask: Ask, case: Case) -> None:
    for statement in case.before:
        ask(statement)
    for statement in case.create:
        ask(tracked(statement, case.name, "create"))
    check_all(ask, case, "read", {})
    changed: dict[str, Read] = {}
    for update in case.updates:
        for statement in update.statements:
            ask(tracked(statement, case.name, "update"))
        changed |= {read.sql: read for read in update.reads}
        check_all(ask, case, "update", changed)
    for statement in case.delete:
        ask(tracked(statement, case.name, "delete"))
    assert not case.left(ask(tracked(case.gone, case.name, "read")))


def test_what_a_provider_asks_when_it_starts_is_answered(endpoint: SnowflakeEndpoint) -> None:
    ask = go_driver(Door(endpoint))

    assert [ask("SELECT 1"), ask("SELECT 1")] == [[{"1": "1"}], [{"1": "1"}]]
    for function in ("CURRENT_ACCOUNT", "CURRENT_SESSION"):
        ((name, value),) = ask(f"SELECT {function}() as {function}")[0].items()
        assert name == function
        assert value
