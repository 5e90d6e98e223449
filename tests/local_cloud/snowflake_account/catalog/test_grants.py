"""Grants: given, taken, shown; those on objects to come; gone with what they are on."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.stages.stages import Aws


@pytest.fixture
def retail(account: Account) -> Account:
    """Database R, schema R.S, tables T1 and T2, warehouse W, roles X and Y, database role R.D."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create table T1 (A number)",
        "create table T2 (A number)",
        "create warehouse W",
        "create role X",
        "create role Y",
        "create database role R.D",
    ):
        account.execute(sql)
    return account


def test_what_an_earlier_version_had_and_this_one_has_not_is_gone_when_it_is_opened(tmp_path: Path, aws: Aws) -> None:
    folder = tmp_path / "earlier"
    with contextlib.closing(Account(folder, aws)) as account:
        for sql in ("create database R", "create table R.PUBLIC.T (A number)", "create role X"):
            account.execute(sql)
        account.execute("grant select on table R.PUBLIC.T to role X")
        catalog = account.shared.catalog
        catalog.write(
            "insert into objects select 'STREAM', name, attributes, 0, owner from objects where kind = 'TABLE'"
        )
        catalog.write("update grants set on_kind = 'STREAM' where on_kind = 'TABLE'")
    with contextlib.closing(Account(folder, aws)) as account:
        assert account.execute("show grants to role X").rows == []
        account.execute("drop schema R.PUBLIC")
        assert "STREAM" not in {kind for (kind,) in account.shared.catalog.read("select kind from objects")}


def granted(account: Account, show: str) -> list[tuple[Any, ...]]:
    """Return what a SHOW GRANTS lists, but for the ownership that every object has."""
    rows = [row for row in account.execute(show).dicts() if row["privilege"] != "OWNERSHIP"]
    return sorted((row["privilege"], row["name"], row["grantee_name"], row["grant_option"]) for row in rows)


def refusal(account: Account, sql: str) -> tuple[int, str]:
    with pytest.raises(SnowflakeError) as caught:
        account.execute(sql)
    return caught.value.code, caught.value.message


def test_privileges_are_given_and_taken_one_by_one(retail: Account) -> None:
    retail.execute("grant select, insert on table T1 to role X with grant option")
    retail.execute("grant select on table T1 to X")
    assert granted(retail, "show grants on table T1") == [
        ("INSERT", "R.S.T1", "X", "true"),
        ("SELECT", "R.S.T1", "X", "true"),
    ]
    retail.execute("revoke grant option for select on table T1 from role X cascade")
    retail.execute("revoke insert on table T1 from role X")
    assert granted(retail, "show grants on table T1") == [("SELECT", "R.S.T1", "X", "false")]


def test_all_privileges_are_those_of_the_kind(retail: Account) -> None:
    retail.execute("grant all on warehouse W to role X")
    assert len(granted(retail, "show grants on warehouse W")) == 5
    retail.execute("revoke all privileges on warehouse W from role X")
    assert granted(retail, "show grants on warehouse W") == []


def test_privileges_on_every_object_of_a_schema_are_given_to_each(retail: Account) -> None:
    retail.execute("grant select on all tables in schema R.S to role X")
    retail.execute("grant update on all tables in database R to database role R.D")
    assert granted(retail, "show grants on table T2") == [
        ("SELECT", "R.S.T2", "X", "false"),
        ("UPDATE", "R.S.T2", "D", "false"),
    ]
    assert granted(retail, "show grants to role X") == [
        ("SELECT", "R.S.T1", "X", "false"),
        ("SELECT", "R.S.T2", "X", "false"),
    ]


def test_future_privileges_are_given_to_what_is_created_later(retail: Account) -> None:
    retail.execute("grant select on future tables in schema S to role X")
    retail.execute("grant insert on future tables in database R to role X with grant option")
    retail.execute("grant usage on future schemas in database R to role X")
    retail.execute("create table T3 (A number)")
    retail.execute("create schema R.U")
    retail.execute("create table R.U.T4 (A number)")
    # the schema's come before the database's, which then do not count
    assert granted(retail, "show grants on table R.S.T3") == [("SELECT", "R.S.T3", "X", "false")]
    assert granted(retail, "show grants on table R.U.T4") == [("INSERT", "R.U.T4", "X", "true")]
    assert granted(retail, "show grants on schema R.U") == [("USAGE", "R.U", "X", "false")]
    assert granted(retail, "show grants on table R.S.T1") == []
    assert [row["name"] for row in retail.execute("show future grants in database R").dicts()] == [
        "R.<SCHEMA>.<TABLE>",
        "R.<SCHEMA>",
    ]
    assert len(retail.execute("show future grants to role X").rows) == 3


def test_privileges_on_account_and_integrations(retail: Account) -> None:
    retail.execute("grant create database on account to role X")
    assert granted(retail, "show grants on account") == [("CREATE DATABASE", "", "X", "false")]
    retail.execute(
        "create storage integration SI type = external_stage storage_provider = 'S3' storage_aws_role_arn = 'arn' "
        "enabled = true storage_allowed_locations = ('s3://b/')"
    )
    retail.execute("grant usage on integration SI to role X")
    owned, row = retail.execute("show grants on integration SI").dicts()
    assert (row["granted_on"], row["name"], row["privilege"]) == ("INTEGRATION", "SI", "USAGE")
    assert (owned["privilege"], owned["grantee_name"]) == ("OWNERSHIP", "ACCOUNTADMIN")


def test_roles_are_given_to_roles_and_the_user(retail: Account) -> None:
    retail.execute("grant role X to role Y")
    retail.execute("grant role X to user LOCAL")
    retail.execute("grant database role R.D to role X")
    role = retail.execute("show roles like 'X'").dicts()[0]
    assert (role["granted_to_roles"], role["assigned_to_users"], role["granted_roles"]) == (1, 1, 0)
    assert retail.execute("show roles like 'Y'").dicts()[0]["granted_roles"] == 1
    assert [row["granted_to"] for row in retail.execute("show grants of role X").dicts()] == ["ROLE", "USER"]
    retail.execute("revoke role X from role Y")
    retail.execute("revoke role X from user LOCAL")
    assert retail.execute("show grants of role X").rows == []


def test_show_grants_alone_is_about_the_current_role(retail: Account) -> None:
    retail.execute("grant usage on warehouse W to role X")
    retail.execute("grant role X to user LOCAL")
    session = retail.connect()
    session.execute("use role X")
    assert [row["privilege"] for row in session.execute("show grants").dicts()] == ["USAGE"]


def test_grants_go_with_the_object_the_role_and_the_schema(retail: Account) -> None:
    for again in ("create or replace table T1 (A number)", "drop table T1"):
        retail.execute("grant select on table T1 to role X")
        retail.execute(again)
        assert granted(retail, "show grants to role X") == []
    retail.execute("grant select on table T2 to role X")
    retail.execute("create or replace table T2 copy grants as select 1 as A")
    assert granted(retail, "show grants to role X") == [("SELECT", "R.S.T2", "X", "false")]
    retail.execute("drop role X")
    assert granted(retail, "show grants on table T2") == []
    retail.execute("grant select on future tables in schema R.S to role Y")
    retail.execute("create or replace schema R.S")
    assert retail.execute("show future grants in schema R.S").rows == []


def test_grants_follow_a_renamed_role(retail: Account) -> None:
    retail.execute("grant select on table T1 to role X")
    retail.execute("alter role X rename to Z")
    assert granted(retail, "show grants on table T1") == [("SELECT", "R.S.T1", "Z", "false")]


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("grant select on table NONE to role X", 2003, "Table 'R.S.NONE'"),
        ("grant select on table T1 to role NONE", 2003, "Role 'NONE'"),
        ("grant select on table T1 to database role R.NONE", 2003, "Database role 'R.NONE'"),
        ("grant role NONE to role X", 2003, "Role 'NONE'"),
        ("grant role X to user SOMEBODY", 2003, "User 'SOMEBODY'"),
        ("grant select on future tables in schema R.NONE to role X", 2003, "Schema 'R.NONE'"),
        ("grant select on all tables in database NONE to role X", 2003, "Database 'NONE'"),
        ("grant ownership, select on table T1 to role X", 1003, "OWNERSHIP"),
        ("revoke ownership on table T1 from role X", 3007, "OWNERSHIP"),
        ("grant usage on table T1 to role X", 3008, "Invalid object type 'TABLE' for privilege 'USAGE'"),
        ("grant create table on account to role X", 3008, "'ACCOUNT' for privilege 'CREATE TABLE'"),
        ("drop role SYSADMIN", 3001, "the account's own"),
        ("drop user LOCAL", 3001, "the account's own"),
        ("grant select on frobs in schema R.S to role X", 2, "FROBS"),
        ("grant select on future frobs in schema R.S to role X", 2, "FROBS"),
        ("grant select on future tables in R.S to role X", 1003, "unexpected 'R'"),
        ("grant select on table T1", 1003, "<EOF>"),
        ("grant select on table T1 to role X please", 1003, "please"),
        ("revoke select on table T1 to role X", 1003, "to"),
        ("show grants on", 1003, "<EOF>"),
        ("show grants by role X", 1003, "by"),
        ("show grants of table T1", 2, "TABLE"),
        ("show grants on table NONE", 2003, "Table 'R.S.NONE'"),
        ("show future grants", 1003, "<EOF>"),
    ],
)
def test_a_wrong_grant_is_refused(retail: Account, sql: str, code: int, words: str) -> None:
    found = refusal(retail, sql)
    assert (found[0], words in found[1]) == (code, True), found
