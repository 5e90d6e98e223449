"""Ctrl-C on a real run: gone within a second, whole files only, and a word on what there is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


def interrupt(out: Path, *arguments: str, group: bool) -> tuple[int, str, float]:
    """Start a run, interrupt it when it has made a file; return its exit code, its last words, how long it took."""
    script = out.with_name("program.py")
    script.write_text(PROGRAM)
    run = subprocess.Popen(
        [sys.executable, str(script), "--out", str(out), *LONG, *arguments],
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stderr
    assert run.stderr.readline() == f"making 33 files in {out}\n"
    assert run.stderr.readline().endswith("kB\n")
    started = time.monotonic()
    if group:
        os.killpg(run.pid, signal.SIGINT)
    else:
        os.kill(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    return run.returncode, said, time.monotonic() - started


@pytest.mark.parametrize("group", [True, False], ids=["terminal", "kill"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_ends_at_once_with_whole_files(tmp_path: Path, workers: str, group: bool):
    out = tmp_path / "data"
    code, said, seconds = interrupt(out, "--workers", workers, group=group)
    assert code == 130
    assert seconds < 3  # a second, and room for a busy machine
    *progress, last = said.splitlines()
    assert re.fullmatch(rf"interrupted: [12] of 33 files are complete in {out}; .*", last)
    assert all(re.fullmatch(r"\d files, 0 transactions, \S+ kB", line) for line in progress)
    present = [path for path in out.rglob("*") if path.is_file()]
    assert present
    for path in present:
        assert path.read_bytes().count(b"\n") == {"customers.csv": 1_001, "products.csv": 65}[path.name]


def test_an_interrupt_before_anything_is_made_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys):
    from input_data_generator import cli

    def interrupted(_argv: list[str]):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "parse_request", interrupted)
    assert cli.main([]) == 130
    assert capsys.readouterr().err == "interrupted: nothing was made\n"
