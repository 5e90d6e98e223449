"""Every statement of docs/runbook.md is run where its fault is, prints what stands there, and mends it if it is to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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


def nothing(_: Pipeline) -> None:
    """The statements only look."""


FAULTS: dict[str, Callable[[Pipeline], None]] = {
    "A file was rejected": reject,
    "A pipe is paused": pause,
    "A model is suspended": suspend,
    "Files are older than a refresh reaches": nothing,
    "A role was lost, or an external id has changed": nothing,
    "The quota is used up": nothing,
    "A pipe is stopped": drop_the_stage,  # the last: nothing here deploys
}
MENDED = ("A pipe is paused", "A model is suspended")


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
        assert pipeline.rows("select * from OPS.FINDINGS") == []
