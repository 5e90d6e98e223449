"""dbt: a project of its own builds on the MART schema."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.clients.asking import ask

Dbt = Callable[..., str]

LATER_ORDERS = "order_id,status,changed_on\n2,paid,2026-01-02\n3,open,2026-01-02\n"
"""What the seed has after a day: order 1 is gone, order 2 was paid, order 3 is new."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project."""
    return shutil.copytree(Path(__file__).with_name("dbt_project"), tmp_path / "project")


@pytest.fixture
def dbt(cloud: Mapping[str, str], project: Path) -> Dbt:
    """Run dbt in the copy of the project, and return what it says."""

    def run(*arguments: str) -> str:
        program = Path(sys.executable).with_name("dbt")
        command = [str(program), "--no-use-colors", *arguments, "--profiles-dir", "."]
        finished = subprocess.run(command, cwd=project, env=dict(cloud), capture_output=True, text=True)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    return run


def test_dbt_finds_the_connection_good(dbt: Dbt) -> None:
    assert "All checks passed!" in dbt("debug")


def test_models_are_built_on_the_mart_built_again_and_tested(dbt: Dbt, cloud: Mapping[str, str]) -> None:
    assert "ERROR=0" in dbt("build")
    assert "ERROR=0" in dbt("build")

    built = ask(cloud, "select count(*), count(ITEMS) from ANALYTICS.BEST_CUSTOMERS")
    customers = ask(cloud, "select count(distinct CUSTOMER_ID) from MART.CUSTOMER_PURCHASES where PURCHASE_COUNT > 0")

    assert built[0][0] == built[0][1] > 0
    assert ask(cloud, "select count(*) from ANALYTICS.REGULARS") == customers


def test_a_second_build_adds_and_updates_exactly_what_an_incremental_model_selects(
    dbt: Dbt, project: Path, cloud: Mapping[str, str]
) -> None:
    assert "ERROR=0" in dbt("build", "--select", "orders+", "--full-refresh")
    [(first,)] = ask(cloud, "select distinct BUILD_ID from ANALYTICS.ORDERS_MERGED")
    (project / "seeds/orders.csv").write_text(LATER_ORDERS)
    assert "ERROR=0" in dbt("build", "--select", "orders+")

    rows = {model: _rows(cloud, model, first) for model in ("ORDERS_MERGED", "ORDERS_REPLACED", "ORDERS_APPENDED")}

    assert rows["ORDERS_MERGED"] == [(1, "open", "first"), (2, "paid", "second"), (3, "open", "second")]
    assert rows["ORDERS_REPLACED"] == rows["ORDERS_MERGED"]
    assert rows["ORDERS_APPENDED"] == sorted([(2, "open", "first"), *rows["ORDERS_MERGED"]])
    temporary = "select TABLE_NAME from INFORMATION_SCHEMA.TABLES where TABLE_NAME like '%DBT_TMP'"
    assert ask(cloud, temporary) == []


def test_a_full_refresh_builds_an_incremental_model_from_the_start(
    dbt: Dbt, project: Path, cloud: Mapping[str, str]
) -> None:
    dbt("build", "--select", "orders+", "--full-refresh")
    [(first,)] = ask(cloud, "select distinct BUILD_ID from ANALYTICS.ORDERS_MERGED")
    (project / "seeds/orders.csv").write_text(LATER_ORDERS)
    dbt("build", "--select", "orders+", "--full-refresh")

    assert _rows(cloud, "ORDERS_MERGED", first) == [(2, "paid", "second"), (3, "open", "second")]


def test_a_snapshot_keeps_what_a_row_was_and_when_it_went(dbt: Dbt, project: Path, cloud: Mapping[str, str]) -> None:
    ask(cloud, "drop table if exists ANALYTICS.ORDER_HISTORY")
    dbt("build", "--select", "orders", "order_history", "--full-refresh")
    (project / "seeds/orders.csv").write_text(LATER_ORDERS)
    dbt("build", "--select", "orders", "order_history")

    columns = "ORDER_ID, STATUS, DBT_VALID_TO is null"
    history = ask(cloud, f"select {columns} from ANALYTICS.ORDER_HISTORY order by ORDER_ID, DBT_VALID_FROM")
    assert history == [(1, "open", False), (2, "open", False), (2, "paid", True), (3, "open", True)]


def _rows(cloud: Mapping[str, str], model: str, first: str) -> list[tuple[int, str, str]]:
    """Return a model's orders and which of two builds wrote them."""
    build = f"iff(BUILD_ID = '{first}', 'first', 'second')"
    return ask(cloud, f"select ORDER_ID, STATUS, {build} from ANALYTICS.{model} order by ORDER_ID, STATUS")
