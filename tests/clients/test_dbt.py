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


@pytest.fixture
def dbt(cloud: Mapping[str, str], tmp_path: Path) -> Dbt:
    """Run dbt in a copy of the project, and return what it says."""
    project = tmp_path / "project"
    shutil.copytree(Path(__file__).with_name("dbt_project"), project)

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
