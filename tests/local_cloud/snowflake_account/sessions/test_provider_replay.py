"""Every statement that the real provider sends, from create to gone, is answered as it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, Result, SnowflakeError
from local_cloud.snowflake_account.stages.assumed_role import SNOWFLAKE_USER
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


@pytest.fixture
def account(tmp_path: Path, aws: FaultyAws) -> Iterator[Account]:
    """An account whose role `loader`, and its copy `loader2`, trust the recorded integration."""
    trusted = {
        "Effect": "Allow",
        "Principal": {"AWS": SNOWFLAKE_USER},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": ["retail", "abc"]}},
    }
    for name in (ROLE_ARN.rpartition("/")[2], f"{ROLE_ARN.rpartition('/')[2]}2"):
        trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
        aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    opened = Account(tmp_path / "snowflake", aws)
    yield opened
    opened.close()


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def check_form(sql: str, result: Result) -> None:
    """Hold an answer against what makes the provider fail hard, whatever the object."""
    for column in result.columns:
        values = [row[result.columns.index(column)] for row in result.rows]
        if column.name in TEXT_TRUTHS:
            assert set(values) <= {"true", "false"}, column
        if column.type == "TIMESTAMP_LTZ":
            assert all(value is None or (isinstance(value, datetime) and value.tzinfo) for value in values), column
        elif column.type == "FIXED":
            assert all(value is None or isinstance(value, int) for value in values), column
        else:
            assert all(value is None or isinstance(value, str) for value in values), column
    for what, names in NEVER_NULL.items():
        if sql.startswith((f"SHOW {what} ", f"SHOW {what}")) and " FUTURE " not in sql and " OF " not in sql:
            for row in result.dicts():
                assert [name for name in names.split() if row[name] is None] == []


def check(account: Account, read: Read, resource: str, operation: str) -> None:
    result = account.execute(tracked(read.sql, resource, operation))
    check_form(read.sql, result)
    rows = read.looked_at(result.dicts())
    if read.count is not None:
        assert len(rows) == read.count
    assert {name: as_text(rows[0][name]) for name in read.shows} == read.shows if read.shows else True
    found: dict[str, Any] = {}
    for row in rows if read.rows else ():
        if "property" in row:
            assert None not in row.values()
            found[row["property"]] = row["property_value"]
        elif "key" in row:
            found[row["key"]] = (row["value"], row["level"])
        else:
            found[row["name"]] = row["type"]
    assert {name: found[name] for name in read.rows} == read.rows
    if read.sql.startswith("DESCRIBE TABLE"):
        assert list(found) == list(read.rows)


def check_all(account: Account, case: Case, operation: str, changed: tuple[Read, ...] = ()) -> None:
    """Read the object as the provider does, twice: a preview and a refresh see the same."""
    unchanged = [read for read in case.reads if read.sql not in {other.sql for other in changed}]
    for read in [*unchanged, *changed] * 2:
        check(account, read, case.name, operation)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_resource_is_created_read_updated_and_deleted_as_the_provider_expects(account: Account, case: Case) -> None:
    for statement in case.before:
        account.execute(statement)
    for statement in case.create:
        account.execute(tracked(statement, case.name, "create"))
    check_all(account, case, "read")
    changed: dict[str, Read] = {}
    for update in case.updates:
        for statement in update.statements:
            account.execute(tracked(statement, case.name, "update"))
        changed |= {read.sql: read for read in update.reads}
        check_all(account, case, "update", tuple(changed.values()))
    again = [statement for statement in case.delete if "IF EXISTS" in statement or statement.startswith("REVOKE")]
    for statement in (*case.delete, *again):
        account.execute(tracked(statement, case.name, "delete"))
    assert not case.left(account.execute(tracked(case.gone, case.name, "read")).dicts())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_resource_reads_the_same_after_the_account_was_opened_again(
    account: Account, case: Case, tmp_path: Path, aws: FaultyAws
) -> None:
    for statement in (*case.before, *case.create):
        account.execute(statement)
    reads = [read.sql for read in case.reads if "CURRENT_SESSION" not in read.sql]
    before = [account.execute(sql).rows for sql in reads]
    account.execute("use role ACCOUNTADMIN")
    account.close()

    again = Account(tmp_path / "snowflake", aws)

    for sql, rows in zip(reads, before, strict=True):
        found = again.execute(sql)
        names = [column.name for column in found.columns]
        current = names.index("is_current") if "is_current" in names else None
        assert [_without(row, current) for row in found.rows] == [_without(row, current) for row in rows]
    again.close()


def _without(row: tuple[Any, ...], index: int | None) -> tuple[Any, ...]:
    return row if index is None else row[:index] + row[index + 1 :]


def test_a_pipe_has_a_notification_channel_exactly_with_auto_ingest(account: Account) -> None:
    case = CASES["pipe"]
    for statement in (*case.before, *case.create):
        account.execute(statement)
    (shown,) = account.execute(case.gone).dicts()
    assert shown["notification_channel"].startswith("arn:aws:sqs:")


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("SELECT 1", "1"),
        ("SELECT CURRENT_ACCOUNT() as CURRENT_ACCOUNT", "CURRENT_ACCOUNT"),
        ("SELECT CURRENT_SESSION() as CURRENT_SESSION", "CURRENT_SESSION"),
    ],
)
def test_the_provider_is_answered_when_it_is_configured(account: Account, sql: str, column: str) -> None:
    result = account.execute(sql)
    assert [found.name for found in result.columns] == [column]
    assert result.rows[0][0] is not None


@pytest.mark.parametrize(
    "sql",
    [
        """SHOW PIPES LIKE 'P' IN SCHEMA "DB1"."NONE\"""",
        """SHOW TABLES LIKE 'T' IN SCHEMA "DB9"."RAW\"""",
        'SHOW PARAMETERS IN DATABASE "DB9"',
        'SHOW PARAMETERS IN SCHEMA "DB1"."NONE"',
        'SHOW PARAMETERS IN WAREHOUSE "WH9"',
        'SHOW PARAMETERS IN TASK "DB1"."RAW"."T"',
        'REVOKE USAGE ON WAREHOUSE "WH9" FROM ROLE "PUBLIC"',
        'DESCRIBE TABLE "DB1"."RAW"."NONE"',
    ],
)
def test_what_is_gone_is_told_in_the_words_that_the_provider_matches(account: Account, sql: str) -> None:
    account.execute('CREATE DATABASE "DB1"')
    account.execute('CREATE SCHEMA "DB1"."RAW"')
    with pytest.raises(SnowflakeError, match="does not exist or not authorized") as caught:
        account.execute(tracked(sql, "pipe", "read"))
    assert (caught.value.code, caught.value.sqlstate) == (2003, "02000")
