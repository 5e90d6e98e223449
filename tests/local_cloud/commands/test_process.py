"""`python -m local_cloud` as its own process: what a run says last, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.program.config import PROJECT
from tests.local_cloud.commands.test_cli import run

INTERRUPTED = """
import os, runpy, signal, sys
from local_cloud.commands import up

run_program = up.run_program


def interrupted(*arguments, on_resource, **options):
    made = []

    def count(resource):
        made.append(resource)
        if len(made) == 20:
            os.kill(os.getpid(), signal.SIGINT)
        on_resource(resource)

    return run_program(*arguments, on_resource=count, **options)


up.run_program = interrupted
runpy.run_module("local_cloud", run_name="__main__", alter_sys=True)
"""


def ran(*command: object, **variables: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, *map(str, command)]
    environment = os.environ | variables
    return subprocess.run(
        arguments, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return no_transactions(tmp_path)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that nothing here changes."""
    folder = tmp_path_factory.mktemp("deployed")
    assert run("up", "--data", no_transactions(folder), "--state", folder / "state").code == 0
    return folder / "state"


def no_transactions(parent: Path) -> Path:
    folder = parent / "data"
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


def test_a_command_that_opens_no_account_leaves_nothing_in_the_folder_for_temporary_files(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    refused = ran("-m", "local_cloud", "query", "--state", tmp_path / "none", "select 1", TMPDIR=str(temporary))
    assert refused.returncode == 2
    assert not list(temporary.iterdir())


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


def test_an_output_without_the_characters_is_written_to_all_the_same(data: Path, tmp_path: Path) -> None:
    for command in ("up", "verify"):
        ended = ran(
            "-m", "local_cloud", command, "--data", data, "--state", tmp_path / "state", PYTHONIOENCODING="ascii"
        )
        assert (ended.returncode, ended.stderr) == (0, "")


def test_a_run_that_could_not_begin_leaves_nothing_behind(data: Path, tmp_path: Path) -> None:
    ended = ran("-m", "local_cloud", "up", "--data", data, "--state", tmp_path / "state", "--stack", "none")
    assert ended.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("form", ["table", "csv"])
def test_without_an_output_a_command_does_its_work_all_the_same(deployed: Path, form: str) -> None:
    query = ["-m", "local_cloud", "query", "select 1", "--format", form, "--state", str(deployed)]
    closing = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    ended = ran("-c", closing, *query)
    assert (ended.returncode, ended.stderr) == (0, "")
