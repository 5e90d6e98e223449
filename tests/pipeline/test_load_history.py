"""The load history that the stack keeps: longer than Snowflake does, nothing twice, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.resources import Registry
from local_cloud.snowflake_account.errors import SnowflakeError
from tests.pipeline.deployed import Pipeline, deployed, purchase

FAILURES = "select pipe, _file, resolved from OPS.LOAD_FAILURES order by _file"
ATTEMPTS = "select _file, status from OPS.LOAD_ATTEMPTS order by _file, attempted_at"
BROKEN = ("RETAIL_DEV.RAW.TRANSACTIONS", "transactions/broken.json")
DIFFERING = "select check_name, subject, expected, found from OPS.RECONCILIATION where expected <> found"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with deployed(tmp_path_factory.mktemp("state")) as pipeline:
        yield pipeline


@pytest.fixture
def pipeline(standing: Pipeline) -> Pipeline:
    """The stack as if it were new, with a file that it has loaded and another that it has rejected."""
    bucket, s3 = standing.stack.outputs["bucket"], standing.accounts.aws.client("s3")
    for found in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
        s3.delete_object(Bucket=bucket, Key=found["Key"])
    standing.accounts.snowflake.shared.databases.duck.execute("delete from RETAIL_DEV._ACCOUNT.LOAD_HISTORY")
    for table in ("RAW.TRANSACTIONS", "OPS.LOAD_HISTORY"):
        standing.rows(f"delete from {table}")
    standing.put("transactions/broken.json", "{\n")
    standing.put("transactions/good.json", purchase("C1", "P1"))
    standing.load()
    standing.accounts.snowflake.refresh_dynamic_tables()
    return standing


def copy_history(pipeline: Pipeline) -> int:
    """Let the task run; return how many rows the table has then."""
    pipeline.rows("execute task OPS.KEEP_LOAD_HISTORY")
    ((state,),) = pipeline.rows(
        "select state from table(information_schema.task_history(task_name => 'KEEP_LOAD_HISTORY'))"
        " order by query_start_time desc limit 1"
    )
    assert state == "SUCCEEDED"
    ((rows,),) = pipeline.rows("select count(*) from OPS.LOAD_HISTORY")
    return rows


def let_pass(pipeline: Pipeline, days: int) -> None:
    """Make what has been loaded as much older: in Snowflake's history, in the table that keeps it, and in RAW."""
    duck = pipeline.accounts.snowflake.shared.databases.duck
    duck.execute(f"update RETAIL_DEV._ACCOUNT.LOAD_HISTORY set LAST_LOAD_TIME = LAST_LOAD_TIME - interval {days} day")
    pipeline.rows(f"update OPS.LOAD_HISTORY set ATTEMPTED_AT = dateadd(day, -{days}, ATTEMPTED_AT)")
    pipeline.rows(f"update RAW.TRANSACTIONS set _LOADED_AT = dateadd(day, -{days}, _LOADED_AT)")


def replace_pipe(pipeline: Pipeline, feed: str) -> None:
    """Drop a pipe and make it again, as the engine replaces it, without the refresh that follows."""
    registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
    (pipe,) = [each for each in pipeline.stack.resources if each.name == f"{feed}-pipe"]
    registry.delete(pipe.type, pipe.id, pipe.outputs)
    registry.create(pipe.type, pipe.inputs)


def test_the_task_run_again_copies_nothing_again_and_every_attempt_is_told_of_once(pipeline: Pipeline) -> None:
    before = pipeline.rows(ATTEMPTS)
    assert before == [("transactions/broken.json", "load failed"), ("transactions/good.json", "loaded")]
    assert [copy_history(pipeline), copy_history(pipeline)] == [2, 2]
    assert pipeline.rows(ATTEMPTS) == before
    pipeline.put("transactions/later.json", purchase("C2", "P1"))
    pipeline.load()
    assert pipeline.rows(ATTEMPTS) == [*before, ("transactions/later.json", "loaded")]
    assert copy_history(pipeline) == 3
    assert pipeline.rows(ATTEMPTS) == [*before, ("transactions/later.json", "loaded")]


def test_the_task_runs_by_itself_within_the_hour(pipeline: Pipeline) -> None:
    pipeline.accounts.snowflake.run_due_tasks(datetime.now(UTC) + timedelta(hours=1.1))
    assert pipeline.rows("select count(*) from OPS.LOAD_HISTORY") == [(2,)]


def test_a_failure_is_still_listed_when_snowflake_has_forgotten_it(pipeline: Pipeline) -> None:
    copy_history(pipeline)
    let_pass(pipeline, 15)
    assert pipeline.rows("select * from OPS.NEW_LOAD_ATTEMPTS") == []
    assert pipeline.rows(FAILURES) == [(*BROKEN, False)]
    assert copy_history(pipeline) == 2
    pipeline.put("transactions/broken-0123456789ab.json", purchase("C3", "P1"))
    pipeline.load()
    assert pipeline.rows(FAILURES) == [(*BROKEN, True)]


def test_what_was_not_copied_is_forgotten_with_snowflakes_own_history(pipeline: Pipeline) -> None:
    let_pass(pipeline, 15)
    assert pipeline.rows(FAILURES) == []


def test_a_failure_is_still_listed_after_its_pipe_was_replaced_and_once_when_it_failed_again(
    pipeline: Pipeline,
) -> None:
    copy_history(pipeline)
    replace_pipe(pipeline, "transactions")
    assert pipeline.rows("select * from OPS.NEW_LOAD_ATTEMPTS") == []
    assert pipeline.rows(FAILURES) == [(*BROKEN, False)]
    pipeline.rows("alter pipe RAW.TRANSACTIONS refresh")
    pipeline.load()
    assert pipeline.rows(FAILURES) == [(*BROKEN, False)]
    pipeline.accounts.snowflake.refresh_dynamic_tables()
    assert pipeline.rows(DIFFERING) == []


def test_a_raw_table_that_lost_what_the_history_knows_is_found_although_snowflake_has_forgotten_it(
    pipeline: Pipeline,
) -> None:
    copy_history(pipeline)
    let_pass(pipeline, 15)
    pipeline.rows("delete from RAW.TRANSACTIONS")
    pipeline.accounts.snowflake.refresh_dynamic_tables()
    lost = ("rows of a file in its load history and in RAW", "transactions/good.json", 1, 0)
    assert pipeline.rows(DIFFERING) == [lost]


def test_a_reconciliation_that_sees_no_history_is_not_clean(pipeline: Pipeline) -> None:
    pipeline.accounts.snowflake.shared.databases.duck.execute("delete from RETAIL_DEV._ACCOUNT.LOAD_HISTORY")
    unseen = ("files of the last 13 days in RAW and in the load history", "RAW.TRANSACTIONS", 1, 0)
    assert pipeline.rows(DIFFERING) == [unseen]


def test_an_operator_reads_it_and_may_not_change_it(pipeline: Pipeline) -> None:
    copy_history(pipeline)
    account = pipeline.accounts.snowflake
    for statement in (
        "create role ONCALL",
        "grant database role RETAIL_DEV.OPERATOR to role ONCALL",
        "grant role ONCALL to user LOCAL",
    ):
        account.execute(statement)
    session = account.connect("RETAIL_DEV", role="ONCALL")
    session.execute("use secondary roles none")
    assert session.execute("select count(*) from OPS.LOAD_HISTORY").rows == [(2,)]
    assert session.execute(FAILURES).rows == [(*BROKEN, False)]
    with pytest.raises(SnowflakeError, match="Insufficient privileges"):
        session.execute("delete from OPS.LOAD_HISTORY")
    session.close()
