"""OPS.FINDINGS: every model and pipe that does not do its work is in it, with the statement that mends it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.feeds import FEEDS
from local_cloud.program.config import PROJECT
from local_cloud.snowflake_account.errors import SnowflakeError
from tests.pipeline.deployed import Pipeline, deployed, purchase

FINDINGS = "select object, problem, remedy from OPS.FINDINGS order by object"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with deployed(tmp_path_factory.mktemp("state"), expectedEvery='{"transactions": "1 hour"}') as pipeline:
        pipeline.put("transactions/first.json", purchase("C1", "P1"))
        pipeline.load()
        pipeline.accounts.snowflake.refresh_dynamic_tables()
        yield pipeline


@pytest.fixture
def pipeline(standing: Pipeline) -> Iterator[Pipeline]:
    yield standing
    assert standing.rows(FINDINGS) == [], "the test left something that is not mended"


def mend(pipeline: Pipeline) -> None:
    ((_, _, remedy),) = pipeline.rows(FINDINGS)
    pipeline.accounts.snowflake.execute(remedy)


def test_every_model_and_every_pipe_is_told_of_and_nothing_is_found_where_all_is_well(pipeline: Pipeline) -> None:
    models = pipeline.rows("select model, state, last_refresh, problem from OPS.MODEL_FRESHNESS order by model")
    assert len(models) == len(list((PROJECT / "sql" / "core").glob("*.sql")))
    assert {model[1:] for model in models} == {("RUNNING", "SUCCEEDED", None)}
    pipes = pipeline.rows("select pipe, state, problem, expected_every_seconds from OPS.PIPE_HEALTH order by pipe")
    assert pipes == sorted(
        (f"RETAIL_DEV.RAW.{feed.table}", "RUNNING", None, 3600 if feed.name == "transactions" else None)
        for feed in FEEDS
    )


def test_a_suspended_model_is_found_and_its_remedy_resumes_it(pipeline: Pipeline) -> None:
    pipeline.rows("alter dynamic table CORE.PURCHASES suspend")
    remedy = "alter dynamic table RETAIL_DEV.CORE.PURCHASES resume;"
    assert pipeline.rows(FINDINGS) == [("RETAIL_DEV.CORE.PURCHASES", "suspended", remedy)]
    mend(pipeline)


def test_a_model_whose_refresh_fails_is_found_with_its_error(pipeline: Pipeline) -> None:
    pipeline.rows("alter table RAW.CUSTOMERS rename to RAW.ELSEWHERE")
    with pytest.raises(SnowflakeError):
        pipeline.accounts.snowflake.refresh_dynamic_tables()
    ((name, problem, error),) = pipeline.rows(
        "select model, problem, last_error from OPS.MODEL_FRESHNESS where problem is not null"
    )
    assert (name, problem) == ("RETAIL_DEV.CORE.CUSTOMER_VERSIONS", "failing")
    assert "CUSTOMERS" in error
    pipeline.rows("alter table RAW.ELSEWHERE rename to RAW.CUSTOMERS")
    mend(pipeline)


def test_a_model_that_failed_five_times_is_found_once_with_the_reason_and_its_remedy_resumes_it(
    pipeline: Pipeline,
) -> None:
    account = pipeline.accounts.snowflake
    pipeline.rows("alter table RAW.TRANSACTIONS rename column RECORD to ELSEWHERE")
    now = datetime.now(UTC)
    for minute in range(1, 6):
        with pytest.raises(SnowflakeError):
            account.refresh_dynamic_tables(now=now + timedelta(minutes=minute))
    ((name, problem, detail),) = pipeline.rows("select object, problem, detail from OPS.FINDINGS")
    assert (name, problem) == ("RETAIL_DEV.CORE.NUMBERED_RECORDS", "suspended")
    assert detail.startswith("SUSPENDED_DUE_TO_ERRORS, ")
    assert "invalid identifier 'RECORD'" in detail
    reasons = pipeline.rows("select reason, count(*) from OPS.MODEL_FRESHNESS where state = 'SUSPENDED' group by 1")
    assert sorted(reasons) == [("SUSPENDED_DUE_TO_ERRORS", 1), ("UPSTREAM_SUSPENDED_DUE_TO_ERRORS", 4)]
    pipeline.rows("alter table RAW.TRANSACTIONS rename column ELSEWHERE to RECORD")
    mend(pipeline)
    assert pipeline.rows("select count(*) from OPS.MODEL_FRESHNESS where state = 'SUSPENDED'") == [(0,)]
    account.refresh_dynamic_tables(now=now + timedelta(minutes=6))


def test_a_paused_pipe_is_found_and_its_remedy_lets_it_run(pipeline: Pipeline) -> None:
    pipeline.rows("alter pipe RAW.PRODUCTS set pipe_execution_paused = true")
    remedy = "alter pipe RETAIL_DEV.RAW.PRODUCTS set pipe_execution_paused = false;"
    assert pipeline.rows(FINDINGS) == [("RETAIL_DEV.RAW.PRODUCTS", "paused", remedy)]
    mend(pipeline)


def test_a_feed_that_is_silent_for_longer_than_expected_is_found_and_no_other(pipeline: Pipeline) -> None:
    pipeline.rows("update RAW.TRANSACTIONS set _LOADED_AT = dateadd(hour, -2, _LOADED_AT)")
    remedy = "alter pipe RETAIL_DEV.RAW.TRANSACTIONS refresh;"
    assert pipeline.rows(FINDINGS) == [("RETAIL_DEV.RAW.TRANSACTIONS", "silent", remedy)]
    pipeline.put("transactions/second.json", purchase("C2", "P1"))
    pipeline.load()


def test_a_reader_of_the_view_alone_sees_what_its_owner_sees(pipeline: Pipeline) -> None:
    for statement in (
        *("create role WATCHER", "grant usage on database RETAIL_DEV to role WATCHER"),
        *("grant usage on schema RETAIL_DEV.OPS to role WATCHER", "grant role WATCHER to user LOCAL"),
        "grant select on view RETAIL_DEV.OPS.MODEL_FRESHNESS to role WATCHER",
    ):
        pipeline.accounts.snowflake.execute(statement)
    session = pipeline.accounts.snowflake.connect("RETAIL_DEV", role="WATCHER")
    session.execute("use secondary roles none")
    assert session.execute("select count(*) from OPS.MODEL_FRESHNESS").rows == [
        (len(list((PROJECT / "sql" / "core").glob("*.sql"))),)
    ]
    with pytest.raises(SnowflakeError, match=r"OPS.PIPE_HEALTH' does not exist or not authorized"):
        session.execute("select * from OPS.PIPE_HEALTH")
    session.close()


def test_credits_tell_an_operator_what_the_loading_of_each_pipe_is_billed_for(pipeline: Pipeline) -> None:
    content = purchase("C1", "P1") * 1_000
    before = dict(pipeline.rows("select object, sum(bytes_billed) from OPS.CREDITS group by object"))
    pipeline.put("transactions/large.json", content)
    pipeline.load()
    for statement in ("create role WATCHMAN", "grant role WATCHMAN to user LOCAL"):
        pipeline.accounts.snowflake.execute(statement)
    pipeline.accounts.snowflake.execute("grant database role RETAIL_DEV.OPERATOR to role WATCHMAN")
    with contextlib.closing(pipeline.accounts.snowflake.connect("RETAIL_DEV", role="WATCHMAN")) as session:
        session.execute("use secondary roles none")
        rows = session.execute(
            "select kind, object, sum(bytes_billed), sum(credits) from OPS.CREDITS group by 1, 2"
        ).rows
    pipe = "RETAIL_DEV.RAW.TRANSACTIONS"
    ((kind, billed, credits_),) = [(row[0], row[2], row[3]) for row in rows if row[1] == pipe]
    assert (kind, billed) == ("pipe", before.get(pipe, 0) + len(content))
    assert float(credits_) == pytest.approx(float(billed) * 0.0037 / 1e9, abs=1e-9)
