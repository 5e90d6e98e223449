"""ALTER TABLE on columns, SWAP WITH, clustering keys, COMMENT ON, TRUNCATE IF EXISTS: as people type them."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError


@pytest.fixture
def account(account: Account) -> Account:
    """Database R with schema S, table T of one row, view V."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create table T (A number(38,0) not null, B varchar default 'b')",
        "insert into T values (1, 'x')",
        "create view V (P comment 'pee', Q) as select 1, 2",
    ):
        account.execute(sql)
    return account


def rows(account: Account, sql: str) -> list[tuple[Any, ...]]:
    return account.execute(sql).rows


def comments(account: Account, relation: str) -> dict[str, str | None]:
    return {row["name"]: row["comment"] for row in account.execute(f"describe {relation}").dicts()}


def test_a_renamed_column_keeps_its_values_its_default_and_its_rule(account: Account) -> None:
    account.execute("alter table T rename column A to C")
    account.execute("alter table T rename column B to A")
    account.execute("insert into T (C) values (2)")
    assert rows(account, "select C, A from T order by C") == [(1, "x"), (2, "b")]
    with pytest.raises(SnowflakeError, match="NULL result in a non-nullable column"):
        account.execute("insert into T (A) values ('y')")


def test_columns_are_added_and_dropped_only_if_they_are_not_or_are_there(account: Account) -> None:
    account.execute("alter table T add column if not exists A varchar, C int, if not exists D varchar default 'd'")
    account.execute("alter table T add if not exists C int")
    account.execute("alter table T add (E int, F int)")
    assert rows(account, "select A, B, C, D, E, F from T") == [(1, "x", None, "d", None, None)]
    account.execute("alter table T drop column if exists C, NOPE")
    account.execute("alter table T drop E, F")
    assert rows(account, "select * from T") == [(1, "x", "d")]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("alter table T rename column A to B", 2028),
        ("alter table T rename column NOPE to C", 904),
        ("alter table T add A int", 2028),
        ("alter table T add if not exists C int, C int", 2025),
        ("alter table T drop NOPE", 904),
        ("alter table T drop if exists A, B", 1003),
        ("alter table T swap with NOPE", 2003),
        ("alter view V swap with T", 2),
        ("alter table T cluster by", 1003),
        ("alter table T suspend recluster", 2),
        ("alter table T add search optimization", 2),
        ("alter table T alter A set masking policy P", 2),
        ("alter view V cluster by (P)", 2),
        ("comment on table NOPE is 'x'", 2003),
        ("comment on column T.NOPE is 'x'", 904),
        ("comment on column A is 'x'", 904),
        ("truncate table NOPE", 2003),
        ("truncate NOPE", 2003),
    ],
)
def test_a_wrong_change_is_refused_and_leaves_the_table_as_it_was(account: Account, sql: str, code: int) -> None:
    before = account.execute("describe table T").rows
    with pytest.raises(SnowflakeError) as caught:
        account.execute(sql)
    assert caught.value.code == code
    assert account.execute("describe table T").rows == before
    assert rows(account, "select * from T") == [(1, "x")]


def test_several_columns_are_changed_by_one_statement(account: Account) -> None:
    account.execute("alter table T alter column A comment 'one', column B comment 'two'")
    account.execute("alter table T modify (B set data type varchar(20), A drop not null)")
    account.execute("alter table T alter B drop default")
    (a, b) = account.execute("describe table T").dicts()
    assert (a["null?"], a["comment"], b["type"], b["default"], b["comment"]) == ("Y", "one", "VARCHAR(20)", None, "two")
    account.execute("insert into T (B) values (default)")
    assert rows(account, "select B from T where A is null") == [(None,)]


def test_two_tables_swap_their_names_with_all_that_they_are(account: Account) -> None:
    account.execute("create table U (X int) comment = 'u'")
    account.execute("create role X")
    account.execute("grant select on table U to role X")
    account.execute("alter table T swap with U")
    assert rows(account, "select * from U") == [(1, "x")]
    assert rows(account, "select X from T") == []
    (shown,) = account.execute("show tables like 'T'").dicts()
    assert shown["comment"] == "u"
    assert [row["name"] for row in account.execute("show grants to role X").dicts()] == ["R.S.T"]


def test_a_table_has_a_clustering_key_until_it_is_dropped(account: Account) -> None:
    account.execute("alter table T cluster by (A, upper(B))")
    assert account.execute("show tables like 'T'").dicts()[0]["cluster_by"] == "LINEAR(A, upper(B))"
    account.execute("alter table T drop clustering key")
    assert account.execute("show tables like 'T'").dicts()[0]["cluster_by"] == ""


@pytest.mark.parametrize(
    ("on", "show"),
    [
        ("table T", "show tables like 'T'"),
        ("view R.S.V", "show views like 'V'"),
        ("schema R.S", "show schemas like 'S'"),
        ("database R", "show databases like 'R'"),
    ],
)
def test_comment_on_sets_an_objects_comment(account: Account, on: str, show: str) -> None:
    account.execute(f"comment on {on} is 'said'")
    assert account.execute(show).dicts()[0]["comment"] == "said"
    account.execute("comment if exists on table NOPE is 'x'")


def test_columns_of_tables_and_views_have_comments(account: Account) -> None:
    assert comments(account, "view V") == {"P": "pee", "Q": None}
    account.execute("comment on column V.Q is 'queue'")
    account.execute("comment on column R.S.T.B is 'bee'")
    assert comments(account, "view V") == {"P": "pee", "Q": "queue"}
    assert comments(account, "table T") == {"A": None, "B": "bee"}
    account.execute("alter view V rename to W")
    assert rows(account, "select P, Q from W") == [(1, 2)]


def test_a_truncate_if_exists_passes_over_what_is_not_there(account: Account) -> None:
    for sql in ("truncate table if exists NOPE", "truncate if exists R.S.NOPE", "truncate table if exists T"):
        assert rows(account, sql) == [("Statement executed successfully.",)]
    assert rows(account, "select count(*) from T") == [(0,)]
