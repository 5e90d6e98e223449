"""Processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from datetime import date
from pathlib import Path

import pytest

from input_data_generator.errors import RunFailed
from input_data_generator.options import Options
from input_data_generator.plan import PlannedFile, plan_files
from input_data_generator.workers import make_files, usual_workers

OPTIONS = Options(end=date(2026, 1, 31), transactions_per_day=20_000)


def test_a_process_that_dies_ends_the_run_with_a_way_out(tmp_path: Path):
    records = make_files(OPTIONS, plan_files(OPTIONS), tmp_path, workers=2)
    next(records)
    for process in multiprocessing.active_children():
        process.kill()
    with pytest.raises(RunFailed, match="fewer --workers"):
        list(records)


def test_a_consumer_that_stops_leaves_no_process_and_no_unfinished_file(tmp_path: Path):
    records = make_files(OPTIONS, plan_files(OPTIONS), tmp_path, workers=2)
    next(records)
    records.close()
    assert not multiprocessing.active_children()
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells which signals a process blocks")
def test_ctrl_c_does_not_reach_the_processes_even_while_they_start(tmp_path: Path):
    def blocks_interrupts(pid: int | None) -> bool:
        (mask,) = re.findall(r"SigBlk:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
        return bool(int(mask, 16) >> (signal.SIGINT - 1) & 1)

    records = make_files(OPTIONS, plan_files(OPTIONS), tmp_path, workers=2)
    next(records)
    assert [blocks_interrupts(process.pid) for process in multiprocessing.active_children()] == [True, True]
    assert not blocks_interrupts(os.getpid())
    records.close()


@pytest.mark.parametrize(
    ("files", "rows", "processors", "expected"),
    [(183, 25, 8, 1), (10, 1_000_000, 8, 8), (10, 1_000_000, 1, 1), (3, 50_000_000, 8, 3), (30, 100_000, 8, 3)],
)
def test_processes_are_used_where_they_are_worth_their_start(
    monkeypatch: pytest.MonkeyPatch, files: int, rows: int, processors: int, expected: int
):
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert usual_workers([PlannedFile(str(number), "transactions", rows) for number in range(files)]) == expected
