"""Ctrl-C on a real run: gone within a second, whole files only, and a word on what there is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from input_data_generator.options import Options
from input_data_generator.plan import plan_files

ENDLESS = ["--customers", "1000", "--transactions-per-day", "200000", "--months", "600"]


def interrupt(out: Path, *arguments: str, group: bool = True) -> tuple[int, str, float]:
    """Start a run, interrupt it once it makes files; return its exit code, what it said, how long it took."""
    command = [sys.executable, "-m", "input_data_generator", "--out", str(out), *ENDLESS, *arguments]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert run.stderr
    assert run.stderr.readline().startswith("making ")
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
    assert re.fullmatch(rf"interrupted: [\d,]+ of [\d,]+ files are complete in {out}; [^\n]*\n", said)
    present = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    options = Options(end=date(2075, 12, 31), customers=1_000, transactions_per_day=200_000)
    planned = {file.path: file.rows for file in plan_files(options)}
    for name, path in present.items():
        assert path.read_bytes().count(b"\n") == planned[name] + name.endswith(".csv")


def test_an_interrupt_before_anything_is_made_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys):
    from input_data_generator import cli

    def interrupted(_argv: list[str]):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "parse_request", interrupted)
    assert cli.main([]) == 130
    assert capsys.readouterr().err == "interrupted: nothing was made\n"
