"""Small data sets, made once, and the ways to look at them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from input_data_generator.cli import main

Generate = Callable[..., Path]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def generate(tmp_path: Path) -> Generate:
    """Return a function that makes a data set with the given arguments and returns its folder."""
    made = 0

    def make(*arguments: str) -> Path:
        nonlocal made
        made += 1
        out = tmp_path / f"data-{made}"
        assert main(["--out", str(out), "--quiet", *arguments]) == 0
        return out

    return make


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the default data set; not to be changed."""
    out = tmp_path_factory.mktemp("generator") / "starter"
    assert main(["--out", str(out), "--quiet"]) == 0
    return out


@pytest.fixture(scope="session")
def large_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a week of a shop with 5,000 customers, 300 products, baskets up to 8, several files a day."""
    out = tmp_path_factory.mktemp("generator") / "large"
    arguments = ["--customers", "5000", "--products", "300", "--transactions-per-day", "3000", "--max-basket", "8"]
    window = ["--start", "2026-03-02", "--end", "2026-03-08", "--rows-per-file", "100"]
    assert main(["--out", str(out), "--quiet", *arguments, *window]) == 0
    return out


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts Python with the given arguments and environment, at the head of a process group.

    The runs are meant to be interrupted, and would fill the disk if they were not: what is left of them after the
    test is killed.
    """
    runs: list[subprocess.Popen[str]] = []

    def started(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, *arguments]
        variables = os.environ | environment
        runs.append(subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True, start_new_session=True))
        return runs[-1]

    yield started
    for run in runs:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert run.stderr
        run.stderr.close()


def interrupt(run: subprocess.Popen[str], *, group: bool = True) -> tuple[str, float]:
    """Interrupt a run, or all its processes as a terminal does; return its last words and how many seconds it took."""
    began = time.monotonic()
    if group:
        os.killpg(run.pid, signal.SIGINT)
    else:
        run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    return said, time.monotonic() - began


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, hidden ones too."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def transactions_in(folder: Path) -> list[tuple[Path, dict]]:
    """Return every transaction of a data set in plain JSON lines, with its file."""
    files = sorted(folder.glob("transactions/*/*.json"))
    return [(path, json.loads(line)) for path in files for line in path.read_text().splitlines()]
