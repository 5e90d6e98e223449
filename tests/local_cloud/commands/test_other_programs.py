"""The commands on programs that nobody here has written: nothing of this project's own is taken for granted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from local_cloud.program.config import PROJECT
from tests.local_cloud.commands.test_cli import run, write_data
from tests.local_cloud.program.others import write_orders, write_staff
from tests.local_cloud.served import served


@pytest.mark.parametrize("write", [write_orders, write_staff])
def test_a_program_of_somebody_else_comes_up_is_asked_and_goes(tmp_path: Path, write) -> None:
    program, state = write(tmp_path / "program"), tmp_path / "state"
    up = run("up", "--program", program, "--state", state)
    assert (up.code, up.err) == (0, ""), up.err
    assert "OPS." not in up.out
    assert "MART." not in up.out
    asked = run("query", "show tables", "--state", state, "--format", "json")
    assert [row["name"] for row in json.loads(asked.out)] == [
        {"orders": "ORDERS", "staff": "PEOPLE"}[write.__name__[6:]]
    ]
    assert run("destroy", "--state", state).code == 0
    assert not state.exists()


def test_what_only_this_programs_shape_can_do_is_refused_for_another(tmp_path: Path) -> None:
    program, data = write_orders(tmp_path / "program"), write_data(tmp_path / "data")
    answer = run("up", "--program", program, "--data", data, "--state", tmp_path / "state")
    assert answer.code == 2
    assert "--data takes a program that deploys the view OPS.RECONCILIATION; orders has none" in answer.err


def test_its_modules_are_its_own_and_ours_are_as_they_were(tmp_path: Path) -> None:
    program = write_orders(tmp_path / "program")
    (program / "infra.py").write_text("NAME = 'ORDERS'\n")
    (program / "names.py").write_text("from infra import NAME as DATABASE\n")
    before = sys.modules["infra"]
    assert run("up", "--program", program, "--state", tmp_path / "state").code == 0
    assert sys.modules["infra"] is before
    assert "names" not in sys.modules


def test_a_copy_of_this_program_is_known_by_what_it_deploys(tmp_path: Path) -> None:
    """Feeds, proofs and the requested view are found in the account; the folder's place says nothing."""
    from tests.program.trees import copy_program

    (tmp_path / "program").mkdir()
    program = copy_program(tmp_path / "program")
    project = yaml.safe_load((program / "Pulumi.yaml").read_text())
    project["name"], project["config"]["system"]["default"] = "sales", ""
    (program / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (program / "Pulumi.dev.yaml").write_text("config: {'aws:region': eu-west-1}\n")
    answer = run("up", "--program", program, "--data", write_data(tmp_path / "data"), "--state", tmp_path / "state")
    assert (answer.code, answer.err) == (0, "")
    assert "transactions 2 2 0 3" in " ".join(answer.out.split())
    counted = run(
        "query",
        "select count(*) as n from SALES__DEV.MART.CUSTOMER_PURCHASES",
        "--state",
        tmp_path / "state",
        "--format",
        "csv",
    )
    assert counted.out == "N\n3\n"


def test_an_empty_served_cloud_waits_for_any_program(tmp_path: Path) -> None:
    program = write_orders(tmp_path / "program")
    with served(tmp_path / "state", stack="local", program=program) as running:
        assert not running.endpoints.variables.keys() & {"LANDING_BUCKET", "SNOWFLAKE_DATABASE"}
        assert (program / "Pulumi.local.yaml").exists()


def test_a_program_in_another_language_is_refused_by_its_runtime(tmp_path: Path) -> None:
    program = write_orders(tmp_path / "program")
    (program / "Pulumi.yaml").write_text("name: orders\nruntime: nodejs\n")
    answer = run("up", "--program", program, "--state", tmp_path / "state")
    assert (answer.code, "has the runtime 'nodejs'; only Python programs run here" in answer.err) == (2, True)


def test_the_graph_of_another_program_is_drawn(tmp_path: Path) -> None:
    answer = run("graph", "--program", write_orders(tmp_path / "program"))
    assert answer.code == 0, answer.err
    assert "StorageIntegrationAws" in answer.out


def test_the_feeds_of_this_program_are_found_as_it_declares_them(tmp_path: Path) -> None:
    from infra.feeds import FEEDS
    from local_cloud.reconciliation.deployed_feeds import deployed_feeds
    from tests.pipeline.deployed import deployed

    with deployed(tmp_path / "cloud") as pipeline:
        found = deployed_feeds(pipeline.accounts.snowflake, pipeline.stack.outputs["database"])
    assert {feed.name: feed.extensions for feed in found} == {feed.name: feed.extensions for feed in FEEDS}
    assert PROJECT.is_dir()
