"""Ctrl-C on a real run: gone within a second, whole files only, and a word on what there is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.input_data_generator.conftest import Start, interrupt

# A day takes seconds, so the interrupt comes in the middle of a file.
LONG = ["--customers", "1000", "--transactions-per-day", "20000000", "--months", "1"]

PROGRAM = """
import sys
from input_data_generator import progress
from input_data_generator.cli import main

progress.SECONDS_BETWEEN_LINES = 0  # a line for every file
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


def in_the_middle(start: Start, out: Path, workers: str) -> subprocess.Popen[str]:
    program = out.with_name("program.py")
    program.write_text(PROGRAM)
    run = start(str(program), "--out", str(out), *LONG, "--workers", workers, PYTHONPATH=str(Path.cwd()))
    assert run.stderr
    assert run.stderr.readline() == f"making 33 files in {out}\n"
    assert run.stderr.readline().endswith("kB\n")
    return run


@pytest.mark.parametrize("group", [True, False], ids=["terminal", "kill"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_ends_at_once_with_whole_files(start: Start, tmp_path: Path, workers: str, group: bool):
    out = tmp_path / "data"
    run = in_the_middle(start, out, workers)
    said, seconds = interrupt(run, group=group)
    assert run.returncode == 130
    assert seconds < 3  # a second, and room for a busy machine
    *progress, last = said.splitlines()
    assert re.fullmatch(rf"interrupted: [12] of 33 files are complete in {out}; .*", last)
    assert all(re.fullmatch(r"\d files, 0 transactions, \S+ kB", line) for line in progress)
    present = [path for path in out.rglob("*.csv") if path.is_file()]
    assert present
    for path in present:
        assert path.read_bytes().count(b"\n") == {"customers.csv": 1_001, "products.csv": 65}[path.name]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_terminated_run_ends_as_an_interrupted_one(start: Start, tmp_path: Path, workers: str):
    out = tmp_path / "data"
    run = in_the_middle(start, out, workers)
    run.send_signal(signal.SIGTERM)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 143
    assert re.fullmatch(rf"interrupted: [12] of 33 files are complete in {out}; .*", said.splitlines()[-1])
    assert not list(out.rglob("*.part"))


def test_workers_of_a_run_that_was_killed_end_too(start: Start, tmp_path: Path):
    run = in_the_middle(start, tmp_path / "data", "2")
    run.kill()
    run.communicate(timeout=30)  # ends once the workers, which have the other end of the pipe, have ended too
    assert run.returncode == -signal.SIGKILL


@pytest.mark.parametrize("arguments", [["--help"], ["--out", "data-ü", "--months", "1"]], ids=["help", "run"])
def test_a_terminal_without_the_characters_is_written_to_all_the_same(tmp_path: Path, arguments: list[str]):
    command = [sys.executable, "-m", "input_data_generator", *arguments]
    variables = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_report_that_cannot_be_written_is_one_line_and_the_data_is_there(tmp_path: Path):
    command = [sys.executable, "-m", "input_data_generator", "--out", str(tmp_path), "--months", "1"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[1].startswith("error: [Errno 28] No space left on device: ")
    assert ended.stderr.count("\n") == 2
    assert (tmp_path / "manifest.json").exists()


def test_arguments_are_checked_without_waiting_for_numpy():
    code = "import sys, input_data_generator.cli; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_interrupt_before_anything_is_made_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys):
    from input_data_generator import cli

    def interrupted(_argv: list[str]):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "parse_request", interrupted)
    assert cli.main([]) == 130
    assert capsys.readouterr().err == "interrupted: nothing was made\n"
