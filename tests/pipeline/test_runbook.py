"""Every statement of docs/runbook.md is run where its fault is, prints what stands there, and mends it if it is to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.feeds import FEEDS
from local_cloud.snowflake_account.errors import SnowflakeError
from tests.pipeline.deployed import Pipeline, deployed, purchase

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
WITH_SQL = {title: text for title, text in SECTIONS.items() if "```sql" in text}


def reject(pipeline: Pipeline) -> None:
    pipeline.put("transactions/broken.json", purchase("C1", "P1") + "{\n")
    pipeline.load()


def pause(pipeline: Pipeline) -> None:
    pipeline.rows("alter pipe RAW.TRANSACTIONS set pipe_execution_paused = true")


def suspend(pipeline: Pipeline) -> None:
    pipeline.rows("alter dynamic table CORE.PURCHASES suspend")


def drop_the_stage(pipeline: Pipeline) -> None:
    pipeline.rows("drop stage RAW.LANDING")


def move_a_column(pipeline: Pipeline) -> None:
    pipeline.put("customers/moved.csv", "loyalty_score,customer_id\n5,C8\n7,C9\n")
    pipeline.load()
    pipeline.accounts.snowflake.refresh_dynamic_tables()


def put_the_columns_right(pipeline: Pipeline) -> None:
    pipeline.put("customers/moved-0123456789ab.csv", "customer_id,loyalty_score\nC8,5\nC9,7\n")
    pipeline.load()
    pipeline.accounts.snowflake.refresh_dynamic_tables()
    assert pipeline.rows("select customer_id, loyalty_score from CORE.CUSTOMER_VERSIONS order by 1") == [
        ("C8", 5),
        ("C9", 7),
    ]
    assert pipeline.rows("select resolved from OPS.LOAD_FAILURES where _file = 'customers/moved.csv'") == [(True,)]
    assert pipeline.rows("select * from MART.DATA_QUALITY where feed = 'customers'") == []


def lose_the_role(pipeline: Pipeline) -> None:
    pipeline.rows("alter storage integration RETAIL_DEV set storage_aws_external_id = 'another'")


def trust_what_the_integration_says(pipeline: Pipeline) -> None:
    """Do what the engine does once a refresh has read the integration: the role's policy comes from it."""
    described = dict(row[:3:2] for row in pipeline.rows("describe storage integration RETAIL_DEV"))
    (role,) = [resource for resource in pipeline.stack.resources if resource.type == "aws:iam/role:Role"]
    statement = json.loads(role.inputs["assumeRolePolicy"])
    statement["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = described["STORAGE_AWS_EXTERNAL_ID"]
    iam = pipeline.accounts.aws.client("iam")
    iam.update_assume_role_policy(RoleName=role.inputs["name"], PolicyDocument=json.dumps(statement))
    pipeline.load()


RAW_TABLES = tuple(feed.table for feed in FEEDS)


def let_every_refresh_fail(pipeline: Pipeline) -> None:
    for table in RAW_TABLES:
        pipeline.rows(f"alter table RAW.{table} rename column _FILE_ROW to ELSEWHERE")
    for minute in range(5):
        with pytest.raises(SnowflakeError):
            pipeline.accounts.snowflake.refresh_dynamic_tables(now=datetime.now(UTC) + timedelta(minutes=minute))


def resume_what_is_shown(pipeline: Pipeline) -> None:
    for table in RAW_TABLES:
        pipeline.rows(f"alter table RAW.{table} rename column ELSEWHERE to _FILE_ROW")
    for (remedy,) in pipeline.rows("select remedy from OPS.MODEL_FRESHNESS where problem = 'suspended'"):
        pipeline.rows(remedy)
    pipeline.accounts.snowflake.refresh_dynamic_tables(now=datetime.now(UTC) + timedelta(minutes=6))


def nothing(_: Pipeline) -> None:
    """The statements only look."""


FAULTS: dict[str, Callable[[Pipeline], None]] = {
    "A file was rejected": reject,
    "A pipe is paused": pause,
    "A model is suspended": suspend,
    "Files are older than a refresh reaches": nothing,
    "A wrong column": move_a_column,
    "A role was lost, or an external id has changed": lose_the_role,
    "The quota is used up": let_every_refresh_fail,
    "A pipe is stopped": drop_the_stage,  # the last: nothing here deploys
}
MENDED: dict[str, Callable[[Pipeline], None]] = {
    "A pipe is paused": nothing,
    "A model is suspended": nothing,
    "A wrong column": put_the_columns_right,
    "A role was lost, or an external id has changed": trust_what_the_integration_says,
    "The quota is used up": resume_what_is_shown,
}
"""The faults that the statements mend, with what has to be done beside them."""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with deployed(tmp_path_factory.mktemp("state"), monthlyCreditQuota="5") as standing:
        yield standing


def test_every_section_with_statements_has_its_fault() -> None:
    assert set(FAULTS) == set(WITH_SQL)


@pytest.mark.parametrize("title", FAULTS)
def test_a_sections_statements_print_what_stands_there_and_mend_what_they_say(title: str, pipeline: Pipeline) -> None:
    FAULTS[title](pipeline)
    (block,) = re.findall(r"```sql\n(.*?)```", WITH_SQL[title], re.DOTALL)
    first, *more = [line.strip() for line in block.splitlines() if line.strip()]
    rows = pipeline.rows(first)
    assert rows
    for printed in re.findall(r"```text\n(.*?)\n```", WITH_SQL[title], re.DOTALL):
        assert [" | ".join(map(str, row)) for row in rows] == printed.splitlines()
    for statement in more:
        pipeline.rows(statement)
    if title in MENDED:
        MENDED[title](pipeline)
        assert pipeline.rows("select * from OPS.FINDINGS") == []
        assert pipeline.rows("select * from OPS.RECONCILIATION where expected <> found") == []
