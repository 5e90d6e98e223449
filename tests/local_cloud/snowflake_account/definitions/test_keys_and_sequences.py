"""PRIMARY KEY and its kin, AUTOINCREMENT, sequences, and tables made LIKE, AS and as a CLONE of others."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.stages import Aws

TABLES = (
    "create database R",
    "create schema R.S",
    "create sequence SQ start = 5 increment = 2 comment = 'c'",
    "create table P (ID int autoincrement primary key, N varchar(10) unique)",
    "create table T (ID int identity(10, 5), P_ID int references P (ID), Q int default SQ.nextval, V variant,"
    " constraint UQ unique (P_ID, Q) rely)",
)


@pytest.fixture
def account(account: Account) -> Account:
    """Database R with schema S, sequence SQ, table P with a key, table T that refers to it."""
    for sql in TABLES:
        account.execute(sql)
    return account


def rows(account: Account, sql: str) -> list[tuple[Any, ...]]:
    return account.execute(sql).rows


def shown(account: Account, show: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in account.execute(show).dicts()]


def sequences_in_duckdb(account: Account) -> int:
    found = account.shared.databases.duck.execute("select count(*) from duckdb_sequences()").fetchone()
    assert found
    return found[0]


def test_a_sequence_gives_another_value_each_time(account: Account) -> None:
    assert rows(account, "select SQ.nextval, SQ.nextval, R.S.SQ.nextval") == [(5, 7, 9)]
    assert account.execute("select SQ.nextval").columns[0].name == "NEXTVAL"
    account.execute("create table N as select SQ.nextval as X from (values (1), (2))")
    assert rows(account, "select X from N order by X") == [(13,), (15,)]
    assert shown(account, "show sequences", "name", "next_value", "interval", "comment") == [("SQ", 17, 2, "c")]
    asked = "select NEXT_VALUE, START_VALUE, INCREMENT from information_schema.sequences"
    assert rows(account, asked) == [("17", "5", "2")]
    account.execute("create or replace sequence SQ start with 1 increment by -1 order")
    assert rows(account, "select SQ.nextval, SQ.nextval") == [(1, 0)]


def test_columns_are_numbered_and_take_their_defaults_from_sequences(account: Account) -> None:
    account.execute("insert into P (N) values ('a'), ('b')")
    account.execute("insert into T (P_ID, V) select ID, parse_json('{}') from P order by ID")
    assert rows(account, "select ID, N from P") == [(1, "a"), (2, "b")]
    assert rows(account, "select ID, P_ID, Q from T order by ID") == [(10, 1, 5), (15, 2, 7)]
    with pytest.raises(SnowflakeError, match="NULL result in a non-nullable column"):
        account.execute("insert into P (ID) values (null)")


def test_a_transaction_with_an_error_in_it_numbers_each_row_once(account: Account) -> None:
    with contextlib.closing(account.connect("R", "S")) as session:
        session.execute("begin")
        session.execute("insert into P (N) values ('a')")
        with pytest.raises(SnowflakeError):
            session.execute("insert into P (N) select to_number('x')")
        session.execute("insert into P (N) values ('b')")
        session.execute("commit")
        assert session.execute("select N, ID from P order by N").rows[0] == ("a", 1)
        assert len(session.execute("select distinct ID from P").rows) == 2


def test_keys_are_kept_shown_and_not_enforced(account: Account) -> None:
    account.execute("insert into P (ID, N) values (1, 'a'), (1, 'a')")
    described = shown(account, "describe table P", "name", "null?", "default", "primary key", "unique key")
    assert described == [("ID", "N", "IDENTITY START 1 INCREMENT 1 NOORDER", "Y", "N"), ("N", "Y", None, "N", "Y")]
    assert shown(account, "show primary keys in table P", "table_name", "column_name") == [("P", "ID")]
    unique = shown(account, "show unique keys in table T", "constraint_name", "column_name", "key_sequence", "rely")
    assert unique == [("UQ", "P_ID", 1, "true"), ("UQ", "Q", 2, "true")]
    for show in ("show imported keys in table T", "show exported keys in table P"):
        assert shown(account, show, "pk_table_name", "pk_column_name", "fk_table_name", "fk_column_name") == [
            ("P", "ID", "T", "P_ID")
        ]
    assert shown(account, "show imported keys in table P") == shown(account, "show exported keys in table T") == []
    kinds = "select CONSTRAINT_TYPE from information_schema.table_constraints order by 1"
    assert rows(account, kinds) == [("FOREIGN KEY",), ("PRIMARY KEY",), ("UNIQUE",), ("UNIQUE",)]
    between = """select count(*) from information_schema.referential_constraints r
                 join information_schema.table_constraints k on k.CONSTRAINT_NAME = r.UNIQUE_CONSTRAINT_NAME"""
    assert rows(account, between) == [(1,)]
    identity = "select IS_IDENTITY, IDENTITY_START from information_schema.columns where TABLE_NAME = 'T' limit 1"
    assert rows(account, identity) == [("YES", "10")]


def test_keys_are_added_and_dropped(account: Account) -> None:
    account.execute("alter table P drop primary key")
    account.execute("create table K (A int, B int)")
    account.execute("alter table K add constraint PK primary key (A, B)")
    assert shown(account, "describe table K", "null?", "primary key") == [("N", "Y"), ("N", "Y")]
    account.execute("alter table K add constraint FK foreign key (A, B) references K")
    account.execute("alter table K add column C int unique")
    assert shown(account, "show unique keys in table K", "column_name") == [("C",)]
    account.execute("alter table K rename column C to D")
    assert shown(account, "show unique keys in table K", "column_name") == [("D",)]
    account.execute("alter table K drop column D")
    account.execute("alter table K drop constraint FK")
    assert shown(account, "show unique keys in table K") == shown(account, "show imported keys in table K") == []


def test_what_a_table_refers_to_may_get_another_name(account: Account) -> None:
    account.execute("alter table P rename to P2")
    account.execute("alter sequence SQ rename to SQ2")
    account.execute("alter schema R.S rename to R.S2")
    account.execute("alter database R rename to Q")
    account.execute("use schema Q.S2")
    account.execute("insert into T (P_ID) values (1)")
    assert rows(account, "select ID, Q from T") == [(10, 5)]
    assert rows(account, "select SQ2.nextval") == [(7,)]
    assert shown(account, "show imported keys in table T", "pk_schema_name", "pk_table_name") == [("S2", "P2")]
    assert account.execute("describe table T").dicts()[2]["default"] == "Q.S2.SQ2.NEXTVAL"


def test_a_table_is_made_like_another_without_its_rows(account: Account) -> None:
    account.execute("insert into T (P_ID) values (1)")
    account.execute("create table L like T")
    assert shown(account, "describe table L") == shown(account, "describe table T")
    assert shown(account, "show unique keys in table L", "column_name") == [("P_ID",), ("Q",)]
    account.execute("insert into L (P_ID) values (1)")
    assert rows(account, "select ID, Q from L") == [(10, 7)]


def test_a_clone_has_the_rows_and_numbers_its_own_on(account: Account) -> None:
    account.execute("insert into P (N) values ('a'), ('b')")
    account.execute("create table C clone P comment = 'copy'")
    account.execute("insert into C (N) values ('c')")
    account.execute("insert into P (N) values ('d')")
    assert rows(account, "select ID, N from C order by 1") == [(1, "a"), (2, "b"), (3, "c")]
    assert rows(account, "select ID, N from P order by 1") == [(1, "a"), (2, "b"), (3, "d")]
    assert shown(account, "show tables like 'C'", "comment") == [("copy",)]


def test_a_table_of_a_query_may_declare_its_columns(account: Account) -> None:
    account.execute("create table D (A number(10, 2) not null, B varchar(10) comment 'b') as select 1, 'x'")
    assert rows(account, "select A, B from D") == [(1, "x")]
    assert shown(account, "describe table D", "type", "comment")[1] == ("VARCHAR(10)", "b")
    account.execute("create table E (A, B) as select 1, 'x'")
    assert rows(account, "select B, A from E") == [("x", 1)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("create table X (A int primary key, primary key (A))", 2200),
        ("create table X (A int, primary key (B))", 904),
        ("create table X (A int references NOPE)", 2003),
        ("create table X (A int, B int, foreign key (A, B) references P)", 2200),
        ("create table X (A int check (A > 1))", 2),
        ("create table X (A int primary key enforced)", 2),
        ("create table X (A int default NOPE.nextval)", 2003),
        ("create table X (A)", 2040),
        ("create table X (A, B) as select 1", 1044),
        ("create table X clone NOPE", 2003),
        ("create table X clone P at (offset => -60)", 2),
        ("create schema X clone S", 2),
        ("create sequence X increment = 0", 1008),
        ("alter sequence SQ set increment = 3", 2),
        ("alter table T add constraint X primary key (NOPE)", 904),
        ("alter table T drop constraint NOPE", 2003),
        ("alter table T add column X int autoincrement", 2),
        ("select NOPE.nextval", 904),
        ("select * from T, table(getnextval(SQ))", 2),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(account: Account, sql: str, code: int) -> None:
    def all_that_is() -> tuple[list[Any], int]:
        return account.shared.catalog.read("select kind, name, attributes from objects"), sequences_in_duckdb(account)

    before = all_that_is()
    with pytest.raises(SnowflakeError) as caught:
        account.execute(sql)
    assert caught.value.code == code, caught.value
    assert all_that_is() == before


def test_sequences_go_with_what_has_them_and_outlive_the_process(tmp_path: Path, aws: Aws) -> None:
    folder = tmp_path / "own"
    with contextlib.closing(Account(folder, aws)) as account:
        for sql in TABLES:
            account.execute(sql)
        account.execute("insert into P (N) values ('a')")
        account.execute("create sequence GONE")
        catalog = account.shared.catalog  # a process that is killed between two commits leaves such a sequence
        catalog.drop(catalog.get(Kind.SEQUENCE, Name(("R", "S", "GONE"))))
    with contextlib.closing(Account(folder, aws)) as account:
        assert sequences_in_duckdb(account) == 3
        account.execute("use schema R.S")
        account.execute("insert into P (N) values ('b')")
        assert rows(account, "select max(ID) from P") == [(2,)]
        account.execute("drop table P")
        account.execute("drop sequence SQ")
        assert sequences_in_duckdb(account) == 2  # T's own, and SQ, which T's column has still
        account.execute("drop schema R.S")
        assert sequences_in_duckdb(account) == 0
