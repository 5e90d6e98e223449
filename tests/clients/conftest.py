"""A served cloud with a small delivery in it, for clients in other processes.

Each test file runs in the environment that has its client: most in the one of requirements-clients.txt, which is
made by `make test-clients`, the Pulumi CLI's in the project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.clients.driver_list import table
from tests.clients.serving import LOADING, run_project, serving

_NEEDS = {
    "test_connector.py": "pandas",
    "test_sqlalchemy.py": "sqlalchemy",
    "test_dbt.py": "dbt",
    "test_boto3.py": "boto3",
    "test_aws_cli.py": "awscli",
    "test_pulumi_cli.py": "pulumi",
    "test_drivers.py": "adbc_driver_snowflake",
}
collect_ignore = [file for file, package in _NEEDS.items() if find_spec(package) is None]
if not LOADING.exists() or find_spec("snowflake.connector") is None:
    collect_ignore += ["test_snow_cli.py", "test_dlt.py"]

DAYS = ["--start", "2026-01-01", "--end", "2026-01-10"]
SIZE = ["--customers", "12", "--products", "7", "--transactions-per-day", "20"]


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of ten days."""
    folder = tmp_path_factory.mktemp("delivery")
    run_project("-m", "input_data_generator", "--out", str(folder), *DAYS, *SIZE)
    return folder


@pytest.fixture(scope="session")
def cloud(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of a client of a served cloud that has loaded the delivery."""
    with serving(delivery, tmp_path_factory.mktemp("cloud")) as environment:
        yield environment


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print which driver could do what."""
    words = {"passed": "yes", "failed": "NO", "error": "NO", "skipped": "no toolchain"}
    cells: dict[tuple[str, str], str] = {}
    for outcome, word in words.items():
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(getattr(report, "user_properties", ()))
            if "ability" in properties:
                cells[properties["driver"], properties["ability"]] = word
    if cells:
        terminalreporter.write_line(table(cells))
