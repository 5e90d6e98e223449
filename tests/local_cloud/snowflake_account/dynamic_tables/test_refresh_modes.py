"""What cannot be refreshed incrementally is refused or refreshed in full, and every refresh is told of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.data.load_history import HIDDEN_SCHEMA
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws

_DYNAMIC = "create dynamic table D TARGET_LAG = '1 minute' WAREHOUSE = W"

UNSUPPORTED = {
    "LIMIT": "select N from T limit 3",
    "EXCEPT": "select N from T except select N from U",
    "INTERSECT": "select N from T intersect select N from U",
    "a subquery outside of FROM": "select N from T where N in (select N from U)",
    "GROUP BY ROLLUP": "select N, count(*) as C from T group by rollup (N)",
    "an outer join without an equality predicate": "select T.N from T left join U on T.N > U.N",
    "ANY_VALUE": "select any_value(N) as N from T group by N",
    "CURRENT_TIMESTAMP outside of WHERE, HAVING and QUALIFY": "select N, current_timestamp() as AT from T",
    "CURRENT_ROLE": "select N, current_role() as R from T",
}


@pytest.fixture
def retail(account: Account) -> Account:
    """R.S with tables T and U, T with a row."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table T (N number)",
        "create table U (N number)",
        "insert into T values (1)",
    ):
        account.execute(sql)
    return account


def history(account: Account, arguments: str = "NAME => 'R.S.D'") -> list[dict[str, Any]]:
    return account.execute(
        f"select * from table(R.INFORMATION_SCHEMA.DYNAMIC_TABLE_REFRESH_HISTORY({arguments}))"
        " order by REFRESH_START_TIME"
    ).dicts()


@pytest.mark.parametrize(("construct", "query"), UNSUPPORTED.items(), ids=UNSUPPORTED)
def test_incremental_is_refused_at_creation_for_what_snowflake_cannot_follow(
    retail: Account, construct: str, query: str
) -> None:
    with pytest.raises(SnowflakeError, match="does not support incremental refresh: ") as refused:
        retail.execute(f"{_DYNAMIC} REFRESH_MODE = INCREMENTAL as {query}")
    assert construct in refused.value.message
    assert retail.execute("show dynamic tables").rows == []


@pytest.mark.parametrize("mode", ["AUTO", "FULL"])
def test_another_mode_takes_the_same_query_in_full_and_says_why(retail: Account, mode: str) -> None:
    retail.execute(f"{_DYNAMIC} REFRESH_MODE = {mode} as select N from T except select N from U")
    (shown,) = retail.execute("show dynamic tables").dicts()
    assert (shown["refresh_mode"], "EXCEPT" in shown["refresh_mode_reason"]) == ("FULL", True)


def test_a_query_that_can_be_followed_has_no_reason(retail: Account) -> None:
    retail.execute(f"{_DYNAMIC} as select N, count(*) as C from T group by N")
    (shown,) = retail.execute("show dynamic tables").dicts()
    assert (shown["refresh_mode"], shown["refresh_mode_reason"]) == ("INCREMENTAL", None)


def test_the_history_tells_what_each_refresh_did_and_from_what(retail: Account) -> None:
    retail.execute(f"{_DYNAMIC} as select N, count(*) as C from T group by N")
    retail.refresh_dynamic_tables()
    retail.execute("insert into T values (1), (2)")
    retail.refresh_dynamic_tables()
    retail.execute("alter dynamic table D refresh")
    first, second, third = history(retail)
    assert [row["REFRESH_ACTION"] for row in (first, second, third)] == ["FULL", "INCREMENTAL", "NO_DATA"]
    assert (second["REFRESH_TRIGGER"], third["REFRESH_TRIGGER"]) == ("SCHEDULED", "MANUAL")
    statistics = json.loads(second["STATISTICS"])
    assert (statistics["numInsertedRows"], statistics["numDeletedRows"]) == (2, 1)
    (changed,) = json.loads(second["INPUTS_WITH_CHANGED_DATA"])
    assert (changed["name"], changed["kind"]) == ("R.S.T", "TABLE")
    assert changed["statistics"]["numRegisteredRows"] == 2


def test_the_history_is_asked_by_name_by_prefix_by_number_and_for_errors(retail: Account) -> None:
    retail.execute("create table X (S varchar)")
    retail.execute(f"{_DYNAMIC} as select S::number as N from X")
    retail.refresh_dynamic_tables()
    retail.execute("insert into X values ('no number')")
    with pytest.raises(SnowflakeError):
        retail.refresh_dynamic_tables()
    assert [row["STATE"] for row in history(retail, "NAME_PREFIX => 'R.S.'")] == ["SUCCEEDED", "FAILED"]
    (failed,) = history(retail, "ERROR_ONLY => TRUE")
    assert "no number" in failed["STATE_MESSAGE"]
    assert len(history(retail, "RESULT_LIMIT => 1")) == 1
    assert history(retail, "NAME => 'OTHER'") == []


@pytest.mark.parametrize("arguments", ["RESULT_LIMIT => 0", "RESULT_LIMIT => 10001", "TABLE_NAME => 'D'"])
def test_the_history_refuses_what_it_cannot_be_asked(retail: Account, arguments: str) -> None:
    with pytest.raises(SnowflakeError, match=r"RESULT_LIMIT|invalid argument"):
        history(retail, arguments)


REBUILDS = {
    "rows of R.S.T were changed or removed": ("update T set N = 3",),
    "R.S.T was replaced": ("create or replace table T (N number)", "insert into T values (5)"),
    "rows of R.S.D were changed by somebody else": ("delete from D",),
}


@pytest.mark.parametrize(("reason", "changes"), REBUILDS.items(), ids=REBUILDS)
def test_what_cannot_be_followed_row_by_row_is_made_again_and_the_reason_is_told(
    retail: Account, reason: str, changes: tuple[str, ...]
) -> None:
    retail.execute(f"{_DYNAMIC} as select N from T where N > 0")
    retail.refresh_dynamic_tables()
    for sql in changes:
        retail.execute(sql)
    retail.refresh_dynamic_tables()
    assert (history(retail)[-1]["REFRESH_ACTION"], history(retail)[-1]["REINIT_REASON"]) == ("REINITIALIZE", reason)
    assert retail.execute("select * from D").rows == retail.execute("select * from T").rows


def test_a_change_that_is_rolled_back_is_none(retail: Account) -> None:
    retail.execute(f"{_DYNAMIC} as select N from T")
    retail.refresh_dynamic_tables()
    for sql in ("begin", "update T set N = 3", "insert into T values (4)", "rollback"):
        retail.execute(sql)
    retail.refresh_dynamic_tables()
    assert history(retail)[-1]["REFRESH_ACTION"] == "NO_DATA"


def test_an_account_that_is_opened_again_goes_on_from_what_was_refreshed(tmp_path: Path, aws: FaultyAws) -> None:
    first = Account(tmp_path / "account", aws)
    for sql in ("create database R", "create schema R.S", "create warehouse W", "create table T (N number)"):
        first.execute(sql)
    first.execute(f"{_DYNAMIC} as select N, count(*) as C from T group by N")
    first.refresh_dynamic_tables()
    first.execute("insert into R.S.T values (1)")
    first.close()
    again = Account(tmp_path / "account", aws)
    again.refresh_dynamic_tables()
    assert history(again)[-1]["REFRESH_ACTION"] == "INCREMENTAL"
    assert [int(value) for row in again.execute("select N, C from R.S.D").rows for value in row] == [1, 1]
    again.close()


@pytest.mark.parametrize("drop", ["drop schema R.S", "drop dynamic table R.S.D"], ids=["its schema", "itself"])
def test_nothing_is_kept_of_a_dynamic_table_that_is_dropped(retail: Account, drop: str) -> None:
    retail.execute(f"{_DYNAMIC} as select N from T")
    retail.execute("create dynamic table E TARGET_LAG = '1 minute' WAREHOUSE = W as select N from D")
    retail.refresh_dynamic_tables()
    duck = retail.shared.databases.duck
    left = "select count(*) from duckdb_tables() where table_name like 'CHANGES OF %.D'"
    kept = f"select count(*) from R.{HIDDEN_SCHEMA}.REFRESHED_TABLES where TABLE_NAME = 'D'"
    assert [duck.execute(sql).fetchall() for sql in (left, kept)] == [[(1,)], [(1,)]]

    retail.execute(drop)
    assert [duck.execute(sql).fetchall() for sql in (left, kept)] == [[(0,)], [(0,)]]


def test_the_history_tells_a_role_only_of_what_it_may_monitor(retail: Account) -> None:
    retail.execute(f"{_DYNAMIC} as select N from T")
    retail.refresh_dynamic_tables()
    for sql in (
        "create role READING",
        "create user RITA password = 'r' default_role = READING default_warehouse = W default_secondary_roles = ()",
        "grant role READING to user RITA",
        "grant usage on warehouse W to role READING",
        "grant usage on database R to role READING",
        "grant usage on schema R.S to role READING",
        "grant select on dynamic table R.S.D to role READING",
    ):
        retail.execute(sql)
    rita = retail.connect(user="RITA")
    asked = "select count(*) from table(R.INFORMATION_SCHEMA.DYNAMIC_TABLE_REFRESH_HISTORY())"
    assert rita.execute(asked).rows == [(0,)]

    retail.execute("grant monitor on dynamic table R.S.D to role READING")
    assert rita.execute(asked).rows == retail.execute(asked).rows != [(0,)]
