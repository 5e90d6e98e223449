"""Tasks run by their schedule, by hand and after each other, and each run is told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.schedules import next_run
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing

HISTORY = (
    f"select name, state, scheduled_from from table({DATABASE}.information_schema.task_history()) order by 1, 2, 3"
)


def make(landing: Landing, name: str, body: str, more: str = "schedule = '10 minute'") -> None:
    landing.execute(f"create task {SCHEMA}.{name} user_task_managed_initial_warehouse_size = 'XSMALL' {more} as {body}")
    landing.execute(f"alter task {SCHEMA}.{name} resume")


def run_after(landing: Landing, minutes: float) -> None:
    landing.account.run_due_tasks(datetime.now(UTC) + timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def log(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.LOG (WHO varchar)")


def logged(landing: Landing) -> list[str]:
    return [row[0] for row in landing.rows(f"select WHO from {SCHEMA}.LOG order by 1")]


def test_a_task_runs_when_its_time_has_come_and_once_for_all_that_it_missed(landing: Landing) -> None:
    make(landing, "EVERY_TEN", "insert into LOG values ('ten')")
    run_after(landing, 9)
    assert logged(landing) == []
    run_after(landing, 35)
    run_after(landing, 36)
    assert logged(landing) == ["ten"]
    run_after(landing, 41)
    assert logged(landing) == ["ten", "ten"]
    assert landing.rows(HISTORY) == [("EVERY_TEN", "SUCCEEDED", "SCHEDULE")] * 2


def test_a_new_or_suspended_task_waits_until_it_is_resumed(landing: Landing) -> None:
    make(landing, "T", "insert into LOG values ('t')")
    landing.execute(f"alter task {SCHEMA}.T suspend")
    run_after(landing, 30)
    assert logged(landing) == []


def test_execute_task_runs_a_suspended_one_at_once_and_its_error_stays_in_the_history(landing: Landing) -> None:
    make(landing, "BROKEN", "insert into NOWHERE values (1)", "")
    landing.execute(f"alter task {SCHEMA}.BROKEN suspend")
    landing.execute(f"execute task {SCHEMA}.BROKEN")
    assert landing.rows(HISTORY) == [("BROKEN", "FAILED", "EXECUTE_TASK")]
    (error,) = landing.rows(
        f"select error_message from table({DATABASE}.information_schema.task_history(error_only => true))"
    )[0]
    assert "NOWHERE' does not exist or not authorized" in error


def test_a_task_after_others_runs_when_all_of_them_have_succeeded(landing: Landing) -> None:
    make(landing, "ROOT", "insert into LOG values ('root')")
    make(landing, "LEFT_ONE", "insert into LOG values ('left')", f"after {SCHEMA}.ROOT")
    make(landing, "RIGHT_ONE", "insert into NOWHERE values (1)", f"after {SCHEMA}.ROOT")
    make(landing, "LAST_ONE", "insert into LOG values ('last')", f"after {SCHEMA}.LEFT_ONE, {SCHEMA}.RIGHT_ONE")
    run_after(landing, 11)
    assert logged(landing) == ["left", "root"]
    landing.execute(f"alter task {SCHEMA}.RIGHT_ONE modify as insert into LOG values ('right')")
    landing.execute(f"execute task {SCHEMA}.ROOT")
    assert logged(landing) == ["last", "left", "left", "right", "root", "root"]


def state_of(landing: Landing, task: str) -> str:
    (shown,) = landing.execute(f"show tasks like '{task}' in schema {SCHEMA}")
    return shown["state"]


def test_a_task_that_fails_as_often_in_a_row_as_it_says_is_suspended_and_runs_again_when_resumed(
    landing: Landing,
) -> None:
    make(landing, "T", "insert into NOWHERE values (1)", "schedule = '1 minute' suspend_task_after_num_failures = 3")
    run_after(landing, 2)
    run_after(landing, 4)
    landing.execute(f"create table {SCHEMA}.NOWHERE (N number)")
    run_after(landing, 6)  # a success begins the count anew
    landing.execute(f"drop table {SCHEMA}.NOWHERE")
    states = []
    for minute in (8, 10, 12):
        run_after(landing, minute)
        states.append(state_of(landing, "T"))
    assert states == ["started", "started", "suspended"]
    run_after(landing, 20)
    assert landing.rows(HISTORY).count(("T", "FAILED", "SCHEDULE")) == 5
    landing.execute(f"alter task {SCHEMA}.T resume")
    assert state_of(landing, "T") == "started"


def test_a_task_below_that_fails_suspends_the_root_by_ten_runs_unless_the_root_says_never(landing: Landing) -> None:
    for root, more in (("ROOT", ""), ("STEADY", " suspend_task_after_num_failures = 0")):
        make(landing, root, "insert into LOG values ('root')", "schedule = '1 minute'" + more)
        make(landing, f"BELOW_{root}", "insert into NOWHERE values (1)", f"after {SCHEMA}.{root}")
    for minute in range(2, 12):
        assert state_of(landing, "ROOT") == "started"
        run_after(landing, minute)
    assert [state_of(landing, task) for task in ("ROOT", "BELOW_ROOT", "STEADY")] == ["suspended", "started", "started"]


def test_a_condition_that_does_not_hold_skips_the_run(landing: Landing) -> None:
    make(landing, "T", "insert into LOG values ('t')", "schedule = '1 minute' when 1 = 2")
    run_after(landing, 2)
    assert (logged(landing), landing.rows(HISTORY)) == ([], [("T", "SKIPPED", "SCHEDULE")])


def test_a_task_of_an_owner_who_may_execute_none_fails_and_says_so(landing: Landing) -> None:
    make(landing, "T", "insert into LOG values ('t')")
    landing.execute("create role OWNER_OF_TASKS")
    landing.execute("grant role OWNER_OF_TASKS to role ACCOUNTADMIN")
    landing.execute(f"alter task {SCHEMA}.T suspend")
    landing.execute(f"grant ownership on task {SCHEMA}.T to role OWNER_OF_TASKS")
    landing.execute(f"alter task {SCHEMA}.T resume")
    run_after(landing, 11)
    assert (logged(landing), [state for _, state, _ in landing.rows(HISTORY)]) == ([], ["FAILED"])


@pytest.mark.parametrize("body", ["execute immediate $$ begin select 1; end $$", "call P()", "begin return 1"])
def test_a_block_or_a_procedure_is_refused_by_name_when_the_task_is_made(landing: Landing, body: str) -> None:
    with pytest.raises(UnsupportedError, match="in a task"):
        make(landing, "T", body)


SCHEDULES = {
    "5 MINUTE": "2026-01-31T12:35:30",
    "2 hours": "2026-01-31T14:30:30",
    "USING CRON 0 3 * * * UTC": "2026-02-01T03:00:00",
    "USING CRON */15 * * * * UTC": "2026-01-31T12:45:00",
    "USING CRON 0 9-17/4 * * MON-FRI Europe/Berlin": "2026-02-02T08:00:00",
    "USING CRON 0 0 29 2 * UTC": "2028-02-29T00:00:00",
    "USING CRON 0 0 1 * SUN UTC": "2026-02-01T00:00:00",
    "USING CRON 30 2 29 3 * Europe/Berlin": "2027-03-29T00:30:00",
}


@pytest.mark.parametrize(("schedule", "expected"), SCHEDULES.items())
def test_the_next_time_follows_from_the_schedule(schedule: str, expected: str) -> None:
    after = datetime(2026, 1, 31, 12, 30, 30, tzinfo=UTC)
    assert next_run(schedule, after) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("schedule", ["61 * * * * UTC", "* * 30 2 * UTC", "* * * * * Nowhere", "a * * * * UTC"])
def test_a_schedule_that_never_comes_is_refused_when_the_task_is_made(landing: Landing, schedule: str) -> None:
    with pytest.raises(SnowflakeError, match="invalid value"):
        make(landing, "T", "select 1", f"schedule = 'USING CRON {schedule}'")
