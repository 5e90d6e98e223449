"""Dynamic tables are suspended by a user or by failures in a row, with all below them, and resumed as they were."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError

_LAG = "TARGET_LAG = '1 minute' WAREHOUSE = W"
CODES = {"FIRST": "SUSPENDED_DUE_TO_ERRORS", "LAST": "UPSTREAM_SUSPENDED_DUE_TO_ERRORS"}


@pytest.fixture
def retail(account: Account) -> Account:
    """R.S.T with a row; DT LAST reads view V, which reads DT FIRST, which reads T; DT OTHER reads T too."""
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table T (N varchar)",
        "insert into T values ('1')",
        f"create dynamic table FIRST {_LAG} as select N::number as N from T",
        "create view V as select N from FIRST",
        f"create dynamic table LAST {_LAG} as select N from V",
        f"create dynamic table OTHER {_LAG} as select N from T",
    ):
        account.execute(sql)
    return account


def states(account: Account) -> dict[str, dict[str, Any]]:
    """Return the scheduling state of each table that is not running."""
    told = account.execute("select NAME, SCHEDULING_STATE from table(information_schema.dynamic_tables())").rows
    found = {name: json.loads(state) for name, state in told}
    return {name: state for name, state in found.items() if state["state"] != "RUNNING"}


def codes(account: Account) -> dict[str, str]:
    return {name: state["reason_code"] for name, state in states(account).items()}


def refresh_every(account: Account, times: int, gap: timedelta = timedelta(minutes=1), begin: int = 1) -> None:
    """Let scheduled refreshes be tried."""
    now = datetime.now(UTC)
    for number in range(begin, begin + times):
        try:
            account.refresh_dynamic_tables(now=now + number * gap)
        except SnowflakeError:
            continue


def test_five_scheduled_refreshes_that_fail_in_a_row_suspend_a_table_and_all_below_it(retail: Account) -> None:
    retail.execute("insert into T values ('x')")
    refresh_every(retail, 4)
    assert codes(retail) == {}
    refresh_every(retail, 1, begin=5)
    assert codes(retail) == CODES
    message = "The dynamic table was suspended due to 5 consecutive refresh errors."
    assert states(retail)["FIRST"]["reason_message"] == message
    assert retail.execute("select N from LAST").rows == [(1,)]


def test_a_success_by_schedule_or_by_hand_begins_the_count_anew_and_a_failure_by_hand_does_not_count(
    retail: Account,
) -> None:
    retail.execute("insert into T values ('x')")
    refresh_every(retail, 4)
    for _ in range(3):
        with pytest.raises(SnowflakeError):
            retail.execute("alter dynamic table FIRST refresh")
    assert codes(retail) == {}
    retail.execute("delete from T where N = 'x'")
    refresh_every(retail, 1, begin=5)
    retail.execute("insert into T values ('x')")
    refresh_every(retail, 4, begin=6)
    assert codes(retail) == {}


def test_what_is_tried_again_within_a_minute_is_one_refresh(retail: Account) -> None:
    retail.execute("insert into T values ('x')")
    refresh_every(retail, 60, timedelta(seconds=1))
    assert codes(retail) == {}


def test_resume_heals_with_all_that_was_suspended_along_and_the_count_begins_anew(
    retail: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    retail.execute("insert into T values ('x')")
    refresh_every(retail, 5)
    with pytest.raises(SnowflakeError, match=r"cannot be resumed: 'R.S.FIRST' upstream of it is suspended"):
        retail.execute("alter dynamic table LAST resume")
    resumed_on = time.time() + 5 * 60
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: resumed_on)
        retail.execute("alter dynamic table FIRST resume")
    assert codes(retail) == {}
    refresh_every(retail, 4, begin=6)
    assert codes(retail) == {}
    retail.execute("delete from T where N = 'x'")
    retail.execute("insert into T values ('2')")
    retail.refresh_dynamic_tables()
    assert retail.execute("select N from LAST order by N").rows == [(1,), (2,)]


def test_a_user_suspends_all_below_and_a_table_that_the_user_suspended_itself_is_not_resumed_along(
    retail: Account,
) -> None:
    retail.execute("alter dynamic table FIRST suspend")
    assert codes(retail) == {"FIRST": "USER_SUSPENDED", "LAST": "UPSTREAM_USER_SUSPENDED"}
    retail.execute("alter dynamic table FIRST resume")
    retail.execute("alter dynamic table LAST suspend")
    retail.execute("alter dynamic table FIRST suspend")
    retail.execute("alter dynamic table FIRST resume")
    assert codes(retail) == {"LAST": "USER_SUSPENDED"}


def test_a_table_stays_suspended_while_another_one_above_it_is(retail: Account) -> None:
    retail.execute(f"create dynamic table BOTH {_LAG} as select L.N from LAST as L inner join OTHER as O on L.N = O.N")
    retail.execute("alter dynamic table FIRST suspend")
    retail.execute("alter dynamic table OTHER suspend")
    retail.execute("alter dynamic table FIRST resume")
    assert codes(retail) == {"BOTH": "UPSTREAM_USER_SUSPENDED", "OTHER": "USER_SUSPENDED"}
    retail.execute("alter dynamic table OTHER resume")
    assert codes(retail) == {}


def test_an_owner_who_may_not_read_any_more_is_a_failure_like_another(retail: Account) -> None:
    for sql in (
        "create role OWNER",
        "grant role OWNER to role ACCOUNTADMIN",
        "grant usage on database R to role OWNER",
        "grant usage on schema R.S to role OWNER",
        "grant ownership on dynamic table OTHER to role OWNER",
    ):
        retail.execute(sql)
    refresh_every(retail, 5)
    assert codes(retail) == {"OTHER": "SUSPENDED_DUE_TO_ERRORS"}


def test_the_history_tells_of_seven_days_and_the_last_refresh_is_never_forgotten(retail: Account) -> None:
    retail.refresh_dynamic_tables(now=datetime.now(UTC) - timedelta(days=9))
    retail.refresh_dynamic_tables(now=datetime.now(UTC) - timedelta(days=8))
    kept = "select NAME, count(*) from R._ACCOUNT.REFRESH_HISTORY group by 1 order by 1"
    duck = retail.shared.databases.duck
    before = duck.execute(kept).fetchall()
    told = "select count(*) from table(information_schema.dynamic_table_refresh_history())"
    ((recent,),) = retail.execute(told).rows
    retail.refresh_dynamic_tables()
    assert retail.execute(told).rows == [(recent + 3,)]
    assert duck.execute(kept).fetchall() == [(name, count - 1) for name, count in before]
