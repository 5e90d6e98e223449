"""A served cloud in a process of its own, for clients in other environments than the project's."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT_PYTHON = sys.executable if find_spec("fakesnow") else str(ROOT / ".venv/bin/python")
READY_SECONDS = 120

LOADING = ROOT / ".venv-clients-loading/bin"
"""Where the tools are that load into stages."""


@contextlib.contextmanager
def serving(data: Path, folder: Path) -> Iterator[Mapping[str, str]]:
    """Serve a cloud that has loaded a data folder, and yield the environment of its clients.

    Args:
        data: the data folder.
        folder: an empty folder for the state and the log.
    """
    state, log = folder / "state", folder / "serve.log"
    ports = ["--aws-port", "0", "--snowflake-port", "0"]
    command = [PROJECT_PYTHON, "-m", "local_cloud", "serve", "--data", str(data), "--state", str(state), *ports]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield {**_environment(process, state / "endpoints.env", log), "STATE_FOLDER": str(state)}
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


def run_project(*arguments: str) -> None:
    """Run a module of the project in its own environment."""
    finished = subprocess.run([PROJECT_PYTHON, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
