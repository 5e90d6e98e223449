"""Pipes as documented: https://docs.snowflake.com/en/sql-reference/sql/create-pipe and …/alter-pipe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account.errors import AssumeRoleError, SnowflakeError
from local_cloud.snowflake_account.pipes import pipes
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.feeds import copy_statement, create_pipe, create_pipes, rows_by_file
from tests.local_cloud.snowflake_account.landing import BUCKET, SCHEMA, Landing, open_landing

LINE = '{"customer_id": "C1"}\n'
PIPE = f"{SCHEMA}.TRANSACTIONS"


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    """A landing with the transactions' pipe."""
    with open_landing(tmp_path / "snowflake") as opened:
        create_pipes(opened, "TRANSACTIONS")
        yield opened


def drain(landing: Landing) -> list[str]:
    """Run Snowpipe until it is idle and return the names of the files that it dealt with."""
    names: list[str] = []
    Snowpipe(landing.account, landing.aws).run_until_idle(lambda record: names.append(record.file_name))
    return sorted(names)


def refresh(landing: Landing, how: str = "") -> list[str]:
    landing.execute(f"alter pipe {PIPE} refresh {how}")
    return drain(landing)


# --- CREATE PIPE ----------------------------------------------------------------------------------------------


def test_a_pipe_needs_a_role_that_can_be_assumed(landing: Landing) -> None:
    """The stage was made while the role could be; Snowflake asks again."""
    landing.aws.client("iam").delete_role_policy(RoleName="loader", PolicyName="read")
    landing.aws.client("iam").delete_role(RoleName="loader")

    with pytest.raises(AssumeRoleError, match="Error assuming AWS_ROLE"):
        create_pipe(landing, "TRANSACTIONS")


def test_a_pipe_without_auto_ingest_has_no_queue_and_loads_by_refresh_alone(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A variant)")
    landing.execute(
        f"create pipe {SCHEMA}.P as copy into {SCHEMA}.T from @{SCHEMA}.LANDING/transactions/"
        " file_format = (type = json)"
    )
    landing.put("transactions/a.json", LINE)
    drain(landing)

    assert landing.value(f"select count(*) from {SCHEMA}.T") == 0
    landing.execute(f"alter pipe {SCHEMA}.P refresh")
    drain(landing)
    assert landing.value(f"select count(*) from {SCHEMA}.T") == 1
    assert "notificationChannelName" not in status(landing, "P")


def test_a_pipes_pattern_is_for_what_follows_the_stages_path(landing: Landing) -> None:
    """https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters: PATTERN."""
    landing.execute(f"create stage {SCHEMA}.DEEP url = 's3://{BUCKET}/transactions/' storage_integration = SI")
    landing.execute(f"create table {SCHEMA}.T (A variant)")
    landing.execute(
        f"create pipe {SCHEMA}.P auto_ingest = true as copy into {SCHEMA}.T from @{SCHEMA}.DEEP/d/"
        " file_format = (type = json) pattern = 'd/[a-z]+[.]json'"
    )
    landing.put("transactions/d/a.json", '"a"')
    landing.put("transactions/d/A.json", '"A"')
    landing.put("transactions/a.json", '"b"')
    drain(landing)

    assert landing.rows(f"select A from {SCHEMA}.T") == [('"a"',)]


# --- ALTER PIPE … REFRESH -------------------------------------------------------------------------------------


@pytest.fixture
def unheard(landing: Landing) -> Landing:
    """A landing with four files that no event has told of."""
    landing.aws.client("s3").put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
    for name in ("a.json", "d=1/b.json", "d=2/c.json", "ü +%.json"):
        landing.put(f"transactions/{name}", LINE)
    landing.put("other/d.json", LINE)
    return landing


def test_a_refresh_loads_what_no_event_told_of_and_nothing_else(unheard: Landing) -> None:
    assert refresh(unheard) == ["a.json", "d=1/b.json", "d=2/c.json", "ü +%.json"]


def test_a_refresh_queues_only_what_the_pipe_has_not_dealt_with(unheard: Landing) -> None:
    refresh(unheard, "prefix = 'd=1/'")
    unheard.put("transactions/bad.json", "{")
    refresh(unheard, "prefix = 'bad'")

    assert refresh(unheard) == ["a.json", "d=2/c.json", "ü +%.json"]  # neither the loaded nor the rejected
    unheard.aws.calls.clear()
    assert refresh(unheard) == []
    assert "send_message" not in unheard.aws.calls


@pytest.mark.parametrize(
    ("prefix", "names"),
    [("d=", ["d=1/b.json", "d=2/c.json"]), ("d=2/c", ["d=2/c.json"]), ("c.json", []), ("transactions/", [])],
)
def test_a_refresh_with_a_prefix_is_for_names_after_the_pipes_path(
    unheard: Landing, prefix: str, names: list[str]
) -> None:
    assert refresh(unheard, f"prefix = '{prefix}'") == names


@pytest.mark.parametrize(
    ("offset", "zone", "count"), [(-60, "", 4), (60, "", 0), (-60, "+00:00", 4), (60, "+00:00", 0)]
)
def test_a_refresh_with_a_time_is_for_files_from_then_on(unheard: Landing, offset: int, zone: str, count: int) -> None:
    moment = (datetime.now(UTC) + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%S")

    assert len(refresh(unheard, f"modified_after = '{moment}{zone}'")) == count


def test_a_refresh_is_for_files_of_the_last_days(unheard: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "REFRESH_WINDOW", timedelta(seconds=-60))
    assert refresh(unheard) == []

    monkeypatch.setattr(pipes, "REFRESH_WINDOW", timedelta(seconds=60))
    assert len(refresh(unheard)) == 4


def test_a_refresh_and_the_events_of_the_same_files_load_them_once(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    landing.execute(f"alter pipe {PIPE} refresh")
    landing.execute(f"alter pipe {PIPE} refresh")

    assert drain(landing) == ["a.json"]


def test_a_refresh_of_many_files_is_several_messages(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.pipes.queue._KEYS_PER_MESSAGE", 2)
    landing.aws.client("s3").put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
    for number in range(5):
        landing.put(f"transactions/{number}.json", LINE)
    landing.aws.calls.clear()

    assert len(refresh(landing)) == 5
    assert landing.aws.calls.count("send_message") == 3


# --- replacing, pausing, stopping -----------------------------------------------------------------------------


def test_a_recreated_pipe_has_forgotten_what_it_loaded(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    create_pipe(landing, "TRANSACTIONS")

    assert refresh(landing) == ["a.json"]
    assert rows_by_file(landing) == {"transactions/a.json": 2}  # CORE counts them once


def test_a_pipe_remembers_what_it_loaded_into_a_table_that_was_replaced(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    landing.execute(f"create or replace table {SCHEMA}.TRANSACTIONS (RECORD variant)")

    assert refresh(landing) == []


def test_a_pipe_and_a_copy_of_its_own_know_nothing_of_each_other(landing: Landing) -> None:
    """https://docs.snowflake.com/en/user-guide/data-load-snowpipe-intro: the history is the pipe's, or the table's."""
    landing.put("transactions/a.json", LINE)
    drain(landing)

    (answer,) = landing.execute(copy_statement("TRANSACTIONS"))

    assert answer["status"] == "LOADED"


def test_a_refresh_leaves_out_what_a_copy_of_its_own_has_loaded(unheard: Landing) -> None:
    """https://docs.snowflake.com/en/user-guide/data-load-snowpipe-manage#load-historical-or-missed-files."""
    loaded = len(unheard.execute(copy_statement("TRANSACTIONS")))
    assert loaded
    assert refresh(unheard) == []
    unheard.put("transactions/new.json", LINE)
    assert refresh(unheard) == ["new.json"]


def test_a_pipe_remembers_after_the_account_was_closed(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    landing.restart()

    assert refresh(landing) == []


@pytest.mark.parametrize("again", [False, True], ids=["dropped", "recreated"])
def test_a_pipe_stops_when_its_stage_is_dropped(landing: Landing, again: bool) -> None:
    landing.execute(f"drop stage {SCHEMA}.LANDING")
    if again:
        landing.execute(f"create stage {SCHEMA}.LANDING url = 's3://{BUCKET}/' storage_integration = SI")
    landing.put("transactions/a.json", LINE)

    assert drain(landing) == []
    assert status(landing)["executionState"] == "STOPPED_STAGE_DROPPED"
    with pytest.raises(SnowflakeError, match="STOPPED_STAGE_DROPPED; its stage was dropped"):
        landing.execute(f"alter pipe {PIPE} refresh")


@pytest.mark.parametrize("change", ["url = 's3://landing/moved/'", "comment = 'as it was' url = 's3://landing'"])
def test_a_pipe_stops_when_its_stage_is_moved(landing: Landing, change: str) -> None:
    """https://docs.snowflake.com/en/user-guide/data-load-snowpipe-ts: every pipe of the stage stops."""
    landing.execute(f"alter stage {SCHEMA}.LANDING set {change}")
    landing.put("transactions/a.json", LINE)
    moved = "moved" in change

    assert status(landing)["executionState"] == ("STOPPED_STAGE_ALTERED" if moved else "RUNNING")
    assert drain(landing) == ([] if moved else ["a.json"])
    if moved:
        with pytest.raises(SnowflakeError, match="STOPPED_STAGE_ALTERED; the url of its stage was changed"):
            landing.execute(f"alter pipe {PIPE} refresh")
        landing.put("moved/transactions/b.json", LINE)
        create_pipe(landing, "TRANSACTIONS")
        assert refresh(landing) == ["b.json"]


# --- SYSTEM$PIPE_STATUS ---------------------------------------------------------------------------------------


def status(landing: Landing, pipe: str = "TRANSACTIONS") -> dict[str, Any]:
    return json.loads(landing.value(f"select system$pipe_status('{SCHEMA}.{pipe}')"))


def test_the_status_tells_of_state_queue_and_last_file(landing: Landing) -> None:
    """https://docs.snowflake.com/en/sql-reference/functions/system_pipe_status."""
    landing.put("transactions/a.json", LINE)

    before = status(landing)
    drain(landing)
    after = status(landing)

    assert (before["executionState"], before["numOutstandingMessagesOnChannel"]) == (
        "RUNNING",
        2,
    )  # with the test event
    assert "lastIngestedFilePath" not in before
    assert before["notificationChannelName"].startswith("arn:aws:sqs:eu-west-1:123456789012:sf-snowpipe-")
    assert (after["numOutstandingMessagesOnChannel"], after["lastIngestedFilePath"]) == (0, "a.json")
    assert datetime.fromisoformat(after["lastReceivedMessageTimestamp"]) <= datetime.fromisoformat(
        after["lastIngestedTimestamp"]
    )


def test_the_status_tells_of_a_pause(landing: Landing) -> None:
    landing.execute(f"alter pipe {PIPE} set pipe_execution_paused = true")
    assert status(landing)["executionState"] == "PAUSED"

    landing.execute(f"alter pipe {PIPE} set pipe_execution_paused = false")
    assert status(landing)["executionState"] == "RUNNING"


def test_the_status_tells_of_a_missing_table_until_there_is_one_of_its_name(landing: Landing) -> None:
    landing.execute(f"alter table {PIPE} rename to {SCHEMA}.ELSEWHERE")
    assert status(landing)["executionState"] == "STOPPED_MISSING_TABLE"
    landing.execute(f"alter table {SCHEMA}.ELSEWHERE rename to {PIPE}")
    assert status(landing)["executionState"] == "RUNNING"


def test_the_status_can_be_read_in_sql_and_by_the_sessions_names(landing: Landing) -> None:
    landing.execute(f"use schema {SCHEMA}")

    assert landing.value("select parse_json(SYSTEM$PIPE_STATUS('transactions')):executionState::varchar") == "RUNNING"
