"""A served cloud with a small delivery in it, for clients in other processes.

Each test file runs in the environment that has its client: most in the one of requirements-clients.txt, which is
made by `make test-clients`, the Pulumi CLI's in the project's own.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT_PYTHON = sys.executable if find_spec("fakesnow") else str(ROOT / ".venv/bin/python")
READY_SECONDS = 120

_NEEDS = {
    "test_connector.py": "pandas",
    "test_sqlalchemy.py": "sqlalchemy",
    "test_dbt.py": "dbt",
    "test_boto3.py": "boto3",
    "test_aws_cli.py": "awscli",
    "test_pulumi_cli.py": "pulumi",
}
collect_ignore = [file for file, package in _NEEDS.items() if find_spec(package) is None]

DAYS = ["--start", "2026-01-01", "--end", "2026-01-10"]
SIZE = ["--customers", "12", "--products", "7", "--transactions-per-day", "20"]


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of ten days."""
    folder = tmp_path_factory.mktemp("delivery")
    _run("-m", "input_data_generator", "--out", str(folder), *DAYS, *SIZE)
    return folder


@pytest.fixture(scope="session")
def cloud(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of a client of a served cloud that has loaded the delivery."""
    folder = tmp_path_factory.mktemp("cloud")
    state, log = folder / "state", folder / "serve.log"
    ports = ["--aws-port", "0", "--snowflake-port", "0"]
    command = [PROJECT_PYTHON, "-m", "local_cloud", "serve", "--data", str(delivery), "--state", str(state), *ports]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield _environment(process, state / "endpoints.env", log)
        finally:
            process.terminate()
            assert process.wait(10) == 0, log.read_text()


def _environment(process: subprocess.Popen[bytes], file: Path, log: Path) -> Mapping[str, str]:
    """Wait until the cloud is served, and return what a client finds in its environment."""
    until = time.monotonic() + READY_SECONDS
    while not file.exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
    pairs = (line.partition("=") for line in file.read_text().splitlines())
    variables = {name: "".join(shlex.split(value)) for name, _, value in pairs}
    # boto3 and the AWS CLI 1 have another name for the region
    own = {"AWS_DEFAULT_REGION": variables["AWS_REGION"], "AWS_EC2_METADATA_DISABLED": "true"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SNOWFLAKE_", "DBT_"))}
    return kept | variables | own


def _run(*arguments: str) -> None:
    finished = subprocess.run([PROJECT_PYTHON, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
