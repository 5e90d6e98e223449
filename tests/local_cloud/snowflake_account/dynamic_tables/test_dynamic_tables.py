"""Dynamic tables: refreshed in order, old rows until the new ones are complete, one failure not that of all."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.dynamic_tables.order import in_dependency_order, upstream
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

_LAG = "TARGET_LAG = '1 minute' WAREHOUSE = W"


@pytest.fixture
def retail(account: Account) -> Account:
    """R.S.T with a row; DT A_LAST reads view V, which reads DT Z_FIRST, which reads T."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table T (N number)",
        "insert into T values (1)",
        f"create dynamic table Z_FIRST {_LAG} as select N from T",
        "create view V as select N from Z_FIRST",
        f"create dynamic table A_LAST {_LAG} as select N from V",
    ):
        account.execute(sql)
    return account


def numbers(account: Account, table: str) -> list[Any]:
    return [row[0] for row in account.execute(f"select N from R.S.{table} order by 1").rows]


def name(table: str) -> Name:
    return Name(("R", "S", table))


def test_tables_are_refreshed_after_those_that_they_read_also_through_views(retail: Account) -> None:
    retail.execute("insert into T values (2)")
    assert numbers(retail, "A_LAST") == [1]
    assert retail.refresh_dynamic_tables() == [name("Z_FIRST"), name("A_LAST")]
    assert numbers(retail, "A_LAST") == [1, 2]


def test_a_refresh_of_one_table_takes_those_that_it_reads_with_it(retail: Account) -> None:
    retail.execute(f"create dynamic table OTHER {_LAG} as select N from T")
    retail.execute("insert into T values (2)")
    retail.execute("alter dynamic table A_LAST refresh")
    assert (numbers(retail, "A_LAST"), numbers(retail, "OTHER")) == ([1, 2], [1])


def test_only_tables_that_read_what_changed_are_refreshed(retail: Account) -> None:
    retail.execute("create table U (N number)")
    retail.execute(f"create dynamic table OTHER {_LAG} as select N from U")
    assert retail.refresh_dynamic_tables([name("U")]) == [name("OTHER")]


def test_suspended_tables_keep_their_rows(retail: Account) -> None:
    retail.execute("alter dynamic table A_LAST suspend")
    retail.execute("insert into T values (2)")
    assert retail.refresh_dynamic_tables() == [name("Z_FIRST")]
    assert numbers(retail, "A_LAST") == [1]
    retail.execute("alter dynamic table A_LAST refresh")
    assert numbers(retail, "A_LAST") == [1, 2]


def test_their_states_are_told_while_a_load_keeps_the_accounts_own_connection(
    retail: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    retail.refresh_dynamic_tables()

    def kept(_: Databases) -> None:
        raise AssertionError("the account's own connection is asked")

    with monkeypatch.context() as loading:
        loading.setattr(Databases, "duck", property(kept))
        told = retail.execute(
            "select NAME, LAST_COMPLETED_REFRESH_STATE from table(R.information_schema.dynamic_tables()) order by 1"
        )
    assert told.rows == [("A_LAST", "SUCCEEDED"), ("Z_FIRST", "SUCCEEDED")]


def test_a_table_that_initializes_on_schedule_is_empty_until_its_first_refresh(retail: Account) -> None:
    retail.execute(f"create dynamic table LATER {_LAG} INITIALIZE = ON_SCHEDULE as select N from T")
    assert numbers(retail, "LATER") == []
    retail.refresh_dynamic_tables()
    assert numbers(retail, "LATER") == [1]


def test_a_new_table_and_a_resumed_one_are_refreshed_although_nothing_that_they_read_changes(retail: Account) -> None:
    retail.execute("alter dynamic table Z_FIRST suspend")
    retail.execute("insert into T values (2)")
    told: list[Name] = []
    retail.tell_of_changes(lambda names: told.extend(names or ()))

    retail.execute(f"create dynamic table LATER {_LAG} initialize = on_schedule as select N from T")
    assert retail.refresh_dynamic_tables(told) == [name("LATER")]
    told.clear()
    retail.execute("alter dynamic table Z_FIRST resume")
    assert retail.refresh_dynamic_tables(told) == [name("Z_FIRST"), name("A_LAST")]

    assert numbers(retail, "LATER") == numbers(retail, "A_LAST") == [1, 2]


def test_a_failing_refresh_is_named_and_does_not_stop_tables_that_do_not_depend_on_it(retail: Account) -> None:
    retail.execute("create table TEXTS (S varchar)")
    retail.execute("insert into TEXTS values ('7')")
    retail.execute(f"create dynamic table BAD {_LAG} as select S::number as N from TEXTS")
    retail.execute(f"create dynamic table ON_BAD {_LAG} as select N from BAD")
    retail.execute("insert into TEXTS values ('no number')")
    retail.execute("insert into T values (2)")
    before = retail.execute("show dynamic tables like 'ON_BAD'").rows
    with pytest.raises(SnowflakeError, match=r"Refresh of dynamic table R\.S\.BAD failed") as caught:
        retail.refresh_dynamic_tables()
    assert "ON_BAD" not in caught.value.message
    assert retail.execute("show dynamic tables like 'ON_BAD'").rows == before
    assert numbers(retail, "A_LAST") == [1, 2]
    assert numbers(retail, "BAD") == numbers(retail, "ON_BAD") == [7]


def test_readers_see_the_old_rows_until_the_new_ones_are_complete(retail: Account) -> None:
    reader = retail.connect("R", "S")
    reader.execute("begin")
    assert reader.execute("select N from A_LAST").rows == [(1,)]
    retail.execute("insert into T values (2)")
    retail.refresh_dynamic_tables()
    assert reader.execute("select N from A_LAST").rows == [(1,)]
    reader.execute("commit")
    assert sorted(reader.execute("select N from A_LAST").rows) == [(1,), (2,)]


def test_queries_definitions_and_loads_go_on_while_tables_are_refreshed(retail: Account) -> None:
    errors: list[Exception] = []
    done = threading.Event()

    def refresh() -> None:
        try:
            while not done.is_set():
                retail.refresh_dynamic_tables()
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=refresh)
    thread.start()
    session = retail.connect("R", "S")
    for number in range(20):
        session.execute("insert into T values (?)", [number])
        session.execute(f"create table C_{number} as select count(*) as N from A_LAST")
        session.execute(f"drop table C_{number}")
        session.execute(f"create or replace dynamic table OTHER {_LAG} as select N from T")
    done.set()
    thread.join(timeout=60)
    retail.refresh_dynamic_tables()
    assert errors == []
    assert len(numbers(retail, "A_LAST")) == len(numbers(retail, "OTHER")) == 21


def test_a_table_that_is_dropped_before_its_turn_is_passed_over(
    retail: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = list(retail.shared.catalog.list(Kind.DYNAMIC_TABLE))
    retail.execute("drop dynamic table A_LAST")
    catalog_list = retail.shared.catalog.list
    monkeypatch.setattr(
        retail.shared.catalog,
        "list",
        lambda kind, *args: listed if kind is Kind.DYNAMIC_TABLE else catalog_list(kind, *args),
    )
    assert retail.refresh_dynamic_tables() == [name("Z_FIRST")]


def test_show_tells_when_a_table_was_refreshed(retail: Account) -> None:
    first = retail.execute("show dynamic tables like 'A_LAST'").dicts()[0]
    retail.refresh_dynamic_tables()
    second = retail.execute("show dynamic tables like 'A_LAST'").dicts()[0]
    assert first["data_timestamp"] < second["data_timestamp"]
    assert first["created_on"] == second["created_on"]


def stored(table: str, *reads: str) -> StoredObject:
    return StoredObject(Kind.DYNAMIC_TABLE, Name((table,)), {"READS": list(reads)})


def test_a_circle_is_refused() -> None:
    with pytest.raises(SnowflakeError, match="in a circle: "):
        in_dependency_order([stored("A", "B"), stored("B", "A")])


def test_upstream_is_all_that_is_read_directly_or_not() -> None:
    reads = {"A": ["B", "T"], "B": ["C"], "C": ["A"]}
    assert upstream("A", reads) == {"A", "B", "C", "T"}
    assert upstream("NONE", reads) == set()


def test_two_equal_windows_partitions_are_the_same_rows(retail: Account) -> None:
    retail.execute(
        f"create dynamic table W1 {_LAG} as select row_number() over (partition by N order by N) as N from T"
    )
    retail.execute("insert into T values (1)")
    retail.refresh_dynamic_tables()
    assert numbers(retail, "W1") == [1, 2]
