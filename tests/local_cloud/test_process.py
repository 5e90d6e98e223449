"""`python -m local_cloud` as its own process: what a run says last, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.deployment import PROJECT

INTERRUPTED = """
import os, runpy, signal, sys
import local_cloud.deployment as deployment

run_program = deployment.run_program


def interrupted(*arguments, on_resource, **options):
    made = []

    def count(resource):
        made.append(resource)
        if len(made) == 20:
            os.kill(os.getpid(), signal.SIGINT)
        on_resource(resource)

    return run_program(*arguments, on_resource=count, **options)


deployment.run_program = interrupted
runpy.run_module("local_cloud", run_name="__main__", alter_sys=True)
"""


def ran(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "transactions").mkdir(parents=True)
    (folder / "transactions" / "none.json").touch()
    return folder


def test_a_failed_run_says_why_in_one_line(data: Path, tmp_path: Path) -> None:
    failed = ran(
        *("-m", "local_cloud", "up", "--data", data, "--state", tmp_path / "state"),
        *("--role-takes-effect-after", "1000"),
    )
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: ")
    assert failed.stderr.count("\n") == 1


def test_an_interrupted_run_says_so_and_no_more(data: Path, tmp_path: Path) -> None:
    ended = ran("-c", INTERRUPTED, "up", "--data", data, "--state", tmp_path / "state")
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGINT, "error: interrupted\n")


def test_a_reader_that_has_seen_enough_is_told_nothing() -> None:
    graph = [sys.executable, "-m", "local_cloud", "graph", "--components"]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        graph, cwd=PROJECT, env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == ""
    assert process.wait(60) == 1
