"""The tasks of the stack: lost files are found, and what is wrong is told of to whoever is subscribed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.pipeline.deployed import Inbox, Pipeline, deployed, purchase

TOPIC = "arn:aws:sns:eu-west-1:123456789012:retail-snowpipe-dev-alerts"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pipeline, Inbox]]:
    with deployed(tmp_path_factory.mktemp("state"), alertEmails='["ops@example.test"]') as pipeline:
        pipeline.put("transactions/first.json", purchase("C1", "P1"))
        pipeline.load()
        pipeline.accounts.snowflake.refresh_dynamic_tables()
        yield pipeline, pipeline.inbox(TOPIC)


def after(pipeline: Pipeline, hours: float) -> None:
    """Let the tasks of these hours run."""
    pipeline.accounts.snowflake.run_due_tasks(datetime.now(UTC) + timedelta(hours=hours))


def test_a_check_that_finds_nothing_succeeds_and_tells_nobody(standing: tuple[Pipeline, Inbox]) -> None:
    pipeline, inbox = standing
    for check in ("CHECK_FINDINGS", "CHECK_RECONCILIATION"):
        pipeline.rows(f"execute task OPS.{check}")
    states = pipeline.rows("select name, state from table(information_schema.task_history()) order by name")
    assert states == [("CHECK_FINDINGS", "SUCCEEDED"), ("CHECK_RECONCILIATION", "SUCCEEDED")]
    assert inbox.messages() == []


def test_a_suspended_model_is_told_of_within_the_hour_with_the_statement_that_mends_it(
    standing: tuple[Pipeline, Inbox],
) -> None:
    pipeline, inbox = standing
    pipeline.rows("alter dynamic table CORE.PURCHASES suspend")
    after(pipeline, 1.1)
    (message,) = inbox.messages()
    assert (message["messageType"], message["taskName"]) == ("USER_TASK_FAILED", "RETAIL_DEV.OPS.CHECK_FINDINGS")
    (told,) = message["messages"]
    assert "RETAIL_DEV.CORE.PURCHASES is suspended" in told["errorMessage"]
    assert "alter dynamic table RETAIL_DEV.CORE.PURCHASES resume;" in told["errorMessage"]
    pipeline.rows("alter dynamic table CORE.PURCHASES resume")


def test_counts_that_do_not_agree_are_told_of(standing: tuple[Pipeline, Inbox]) -> None:
    pipeline, inbox = standing
    pipeline.rows("delete from RAW.TRANSACTIONS")
    pipeline.rows("execute task OPS.CHECK_RECONCILIATION")
    (message,) = inbox.messages()
    assert "transactions/first.json has 0 instead of 1" in message["messages"][0]["errorMessage"]


def test_a_file_whose_event_was_lost_is_loaded_by_the_next_sweep(standing: tuple[Pipeline, Inbox]) -> None:
    pipeline, _ = standing
    nothing = {"NotificationConfiguration": {"QueueConfigurations": []}}
    s3 = pipeline.accounts.aws.client("s3")
    s3.put_bucket_notification_configuration(Bucket=pipeline.stack.outputs["bucket"], **nothing)
    pipeline.put("transactions/unheard.json", purchase("C7", "P1"))
    pipeline.load()
    unheard = "select count(*) from RAW.TRANSACTIONS where _FILE = 'transactions/unheard.json'"
    assert pipeline.rows(unheard) == [(0,)]
    after(pipeline, 2.1)
    pipeline.load()
    assert pipeline.rows(unheard) == [(1,)]
