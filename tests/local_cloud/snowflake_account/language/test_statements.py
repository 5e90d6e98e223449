"""The grammar: text in, typed values out; everything that is no statement is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.snowflake_account import SnowflakeError
from local_cloud.snowflake_account.errors import SqlSyntaxError
from local_cloud.snowflake_account.language.grammar import parse
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statement_text import one_statement
from local_cloud.snowflake_account.language.statements import (
    Alter,
    AlterSession,
    ColumnDefinition,
    Create,
    Describe,
    Drop,
    Grantee,
    GrantPrivileges,
    GrantRole,
    Scope,
    SetTags,
    Show,
    ShowGrants,
    ShowParameters,
    Transaction,
    Use,
)
from local_cloud.snowflake_account.language.tokens import Name, Tokens
from tests.local_cloud.snowflake_account.sessions.provider_cases import tracked


def name(text: str) -> Name:
    return Name(tuple(text.split(".")))


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        (
            "create or replace transient table a.b (x number(38, 0) not null comment 'it''s', y varchar default 'a')",
            Create(
                Kind.TABLE,
                name("A.B"),
                {"TRANSIENT": True},
                (
                    ColumnDefinition("X", "NUMBER(38,0)", nullable=False, comment="it's"),
                    ColumnDefinition("Y", "VARCHAR", default="'a'"),
                ),
                or_replace=True,
            ),
        ),
        ("create table t (x character varying(9))", Create(
            Kind.TABLE, name("T"), columns=(ColumnDefinition("X", "VARCHAR(9)"),))),
        ("create table t (x double precision default -1)", Create(
            Kind.TABLE, name("T"), columns=(ColumnDefinition("X", "DOUBLE PRECISION", default="-1"),))),
        ("create table t (x timestamp_ltz default current_timestamp() null)", Create(
            Kind.TABLE, name("T"), columns=(ColumnDefinition("X", "TIMESTAMP_LTZ", default="CURRENT_TIMESTAMP"),))),
        ("create schema if not exists d.s with managed access comment = $$x$$", Create(
            Kind.SCHEMA, name("D.S"), {"MANAGED_ACCESS": True, "COMMENT": "x"}, if_not_exists=True)),
        ("create stage s url='s3://x/' file_format=(type=csv, null_if=('a','b') skip_header=1)", Create(
            Kind.STAGE, name("S"),
            {"URL": "s3://x/", "FILE_FORMAT": {"TYPE": "CSV", "NULL_IF": ("a", "b"), "SKIP_HEADER": 1}})),
        ("create view v copy grants as\n select 1 -- end", Create(
            Kind.VIEW, name("V"), {"COPY_GRANTS": True}, body="select 1 -- end")),
        ("create secure view v as /* first */ select 1", Create(
            Kind.VIEW, name("V"), {"SECURE": True}, body="/* first */ select 1")),
        ("create task t after a, b.c.d when x = (select 1 as y) as select 1", Create(
            Kind.TASK, name("T"),
            {"AFTER": (("A",), ("B", "C", "D")), "WHEN": "x = (select 1 as y)"}, body="select 1")),
        ("create tag t allowed_values 'a', 'b'", Create(Kind.TAG, name("T"), {"ALLOWED_VALUES": ("a", "b")})),
        ("create resource monitor m with credit_quota = 1 triggers on 5 percent do suspend_immediate", Create(
            Kind.RESOURCE_MONITOR, name("M"), {"CREDIT_QUOTA": 1, "TRIGGERS": ((5, "SUSPEND_IMMEDIATE"),)})),
        ("drop integration if exists i cascade", Drop(Kind.STORAGE_INTEGRATION, name("I"), if_exists=True)),
        ("alter table if exists t rename to u.v", Alter(
            Kind.TABLE, name("T"), "RENAME", new_name=name("U.V"), if_exists=True)),
        ("alter table t drop column a, b", Alter(Kind.TABLE, name("T"), "DROP COLUMN", names=("A", "B"))),
        ("alter task t modify as select 'a'", Alter(Kind.TASK, name("T"), "MODIFY AS", body="select 'a'")),
        ("alter task t resume if suspended", Alter(Kind.TASK, name("T"), "RESUME")),
        ("alter table t set tag a.b = 'x', c = 'y'", SetTags(
            Kind.TABLE, name("T"), {name("A.B"): "x", name("C"): "y"})),
        ("alter table t unset tag a", SetTags(Kind.TABLE, name("T"), {name("A"): None})),
        ("alter session set a = 1 b = true", AlterSession({"A": 1, "B": True})),
        ("alter session unset a, b", AlterSession({"A": None, "B": None})),
        ("show terse tables like 'a%' in account starts with 'A' limit 5 from 'A1'", Show(
            Kind.TABLE, "a%", Scope("ACCOUNT"), "A", 5, "A1", terse=True)),
        ("show schemas in database d", Show(Kind.SCHEMA, scope=Scope("DATABASE", name("D")))),
        ("show tables in schema limit 1", Show(Kind.TABLE, scope=Scope("SCHEMA"), limit=1)),
        ('show tables in "a"."b"', Show(Kind.TABLE, scope=Scope("", name("a.b")))),
        ("show integrations", Show(Kind.STORAGE_INTEGRATION)),
        ("show replication databases with primary a.b.c", Show("REPLICATION DATABASES")),
        ("show parameters", ShowParameters()),
        ("show parameters like 'x' in account", ShowParameters(like="x")),
        ("show parameters for schema d.s", ShowParameters(Kind.SCHEMA, name("D.S"))),
        ("show grants", ShowGrants("TO")),
        ("show grants on account", ShowGrants("ON")),
        ("show grants of database role d.r", ShowGrants("OF", Kind.DATABASE_ROLE, name("D.R"))),
        ("show future grants in database d", ShowGrants("IN", Kind.DATABASE, name("D"), future=True)),
        ("desc table t type = columns", Describe(Kind.TABLE, name("T"))),
        ("use secondary roles all", Use("SECONDARY ROLES", name("ALL"))),
        ('use "d"."s"', Use("SCHEMA", name("d.s"))),
        ("begin transaction name x", Transaction("BEGIN")),
        ("start transaction", Transaction("BEGIN")),
        ("commit work", Transaction("COMMIT")),
        ("rollback", Transaction("ROLLBACK")),
        ("grant select, create view on schema s to r with grant option", GrantPrivileges(
            ("SELECT", "CREATE VIEW"), Kind.SCHEMA, name("S"), Grantee("ROLE", name("R")), with_grant_option=True)),
        ("revoke all privileges on future tables in schema s from database role d.r restrict", GrantPrivileges(
            ("ALL",), Kind.TABLE, name("S"), Grantee("DATABASE ROLE", name("D.R")),
            "SCHEMA", future=True, revoke=True)),
        ("revoke role a from user b", GrantRole(Kind.ROLE, name("A"), Grantee("USER", name("B")), revoke=True)),
        ("select 1", None),
        ("copy into t from @s", None),
    ],
)  # fmt: skip
def test_a_statement_is_a_value(sql: str, value: Any) -> None:
    assert parse(one_statement(sql)) == value


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("create", "<EOF>"),
        ("create table", "<EOF>"),
        ("create table 'x' (a number)", "unexpected 'x'"),
        ("create table 1 (a number)", "unexpected '1'"),
        ('create table "" (a number)', "unexpected ''"),
        ("create table t (a number(38)", "<EOF>"),
        ("create table t (a number b)", "unexpected 'b'"),
        ("create table t (a number default)", "unexpected ')'"),
        ("create table t (a timestamp default current_timestamp(3))", "unexpected '3'"),
        ("create schema s with", "unexpected 'with'"),
        ("create warehouse w size", "<EOF>"),
        ("create warehouse w size = ", "<EOF>"),
        ("create warehouse w size = (", "<EOF>"),
        ("create warehouse w size = (a", "<EOF>"),
        ("create warehouse w size = (a = ", "<EOF>"),
        ("create warehouse w size = - x", "unexpected 'x'"),
        ("create pipe p as", "<EOF>"),
        ("create resource monitor m triggers on x percent do notify", "unexpected 'x'"),
        ("create resource monitor m triggers on 5 percent do dance", "unexpected 'dance'"),
        ("create task t when as select 1", "unexpected 'as'"),
        ("alter table", "<EOF>"),
        ("alter table t", "<EOF>"),
        ("alter table t set tag a", "<EOF>"),
        ("alter table t add column", "<EOF>"),
        ("alter table t suspend now", "unexpected 'now'"),
        ("alter session", "<EOF>"),
        ("alter session set", "<EOF>"),
        ("drop table t u", "unexpected 'u'"),
        ("describe table t type = stage", "unexpected 'stage'"),
        ("use", "<EOF>"),
        ("use database a b", "unexpected 'b'"),
        ("begin now", "unexpected 'now'"),
        ("commit now", "unexpected 'now'"),
        ("show tables like x", "unexpected 'x'"),
        ("grant", "<EOF>"),
        ("create table t (a number) comment = 'open", "parse error line 1"),
    ],
)
def test_what_is_no_statement_is_refused_at_its_place(sql: str, words: str) -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        parse(one_statement(sql))
    assert words in caught.value.message, caught.value.message
    assert (caught.value.code, caught.value.sqlstate) == (1003, "42000")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("create table t (a number default f())", "DEFAULT f"),
        ("create secure table t (a number)", "SECURE TABLE"),
        ("show shares", "SHOW SHARES"),
        ("drop share s", "SHARE"),
    ],
)
def test_what_the_account_does_not_have_is_refused_by_name(sql: str, words: str) -> None:
    with pytest.raises(SnowflakeError) as caught:
        parse(one_statement(sql))
    assert (caught.value.code, caught.value.sqlstate, words in caught.value.message) == (2, "0A000", True)


@pytest.mark.parametrize(
    "sql",
    ["select 1", 'CREATE STAGE "A"."B"."C" URL = \'s3://x/\'', "select '-- x' /* tail */", "select ' --terraform '"],
)
@pytest.mark.parametrize("end", ["", ";", " ;\n", ";\n;"])
def test_tracking_comment_blanks_and_semicolons_do_not_belong_to_a_statement(sql: str, end: str) -> None:
    assert one_statement(tracked(f"  {sql}{end}", "stage", "create")).text == sql
    assert one_statement(f"\n{sql}{end}").text == sql


def test_text_that_only_looks_like_a_tracking_comment_stays() -> None:
    sql = "select ' --terraform_provider_usage_tracking {}\n'"
    assert one_statement(sql).text == sql
    sql = "select ' --terraform_provider_usage_tracking '"
    assert one_statement(sql).text == sql


@pytest.mark.parametrize(
    ("text", "parts", "spelled"),
    [
        ("a.B.c", ("A", "B", "C"), "A.B.C"),
        ('"a"."B c"', ("a", "B c"), '"a"."B c"'),
        ('"q""q".x$1', ('q"q', "X$1"), '"q""q".X$1'),
    ],
)
def test_a_name_is_its_parts(text: str, parts: tuple[str, ...], spelled: str) -> None:
    found = Tokens(text).name()
    assert (found.parts, found.spelled, found.last) == (parts, spelled, parts[-1])
    assert Tokens(found.quoted).name() == Tokens(found.spelled).name() == found


def test_a_name_moves_with_its_container() -> None:
    assert name("A.B.C").moved(name("A.B"), name("X.Y")) == name("X.Y.C")


@pytest.mark.parametrize(
    ("text", "value"),
    [("-5", -5), ("5", 5), ("1.5", "1.5"), ("null", None), ("true", True), ("a.b", "A.B"), ('"a"', "a"), ("()", ())],
)
def test_a_value_is_typed(text: str, value: Any) -> None:
    assert Tokens(text).value() == value


@pytest.mark.parametrize(("kind", "depth", "word"), [
    (Kind.ROLE, 1, "ROLE"),
    (Kind.DATABASE_ROLE, 2, "DATABASE_ROLE"),
    (Kind.FILE_FORMAT, 3, "FILE_FORMAT"),
])  # fmt: skip
def test_a_kind_knows_its_words(kind: Kind, depth: int, word: str) -> None:
    assert (kind.depth, kind.word) == (depth, word)
