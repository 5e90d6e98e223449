"""`serve` as its own process: signals, exit codes, kills."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.killed import deploy, run_rounds
from benchmarks.serve_process import PROJECT, ServeProcess

EMPTY = ["--empty", "--stack", "dev"]
TO_END = 2.0
"""Seconds in which a serve has ended once it is told to."""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    deploy(folder / "state", folder / "data")
    return folder / "state"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_runs_until_it_is_told_to_end_and_ends_well(tmp_path: Path, number: signal.Signals) -> None:
    process = ServeProcess(tmp_path / "state", EMPTY).wait_until_ready()
    code, seconds = process.stop(number)
    assert (code, seconds < TO_END) == (0, True), (seconds, process.output)
    assert not any("Traceback" in line for line in process.output)


def test_it_ends_in_time_and_well_while_files_come_in(state: Path) -> None:
    process = ServeProcess(state).wait_until_ready()
    s3, bucket = process.client("s3"), process.variables["LANDING_BUCKET"]
    line = b'{"customer_id": "C1", "basket": [], "date_of_purchase": "2026-01-01 10:00:00"}\n'
    for number in range(60):
        s3.put_object(Bucket=bucket, Key=f"transactions/{number}.json", Body=line)
    code, seconds = process.stop()
    assert (code, seconds < TO_END) == (0, True), (seconds, process.output)


def test_a_taken_port_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    process = ServeProcess(tmp_path / "state", EMPTY).wait_until_ready()
    port = process.variables["SNOWFLAKE_PORT"]
    command = [sys.executable, "-m", "local_cloud", "serve", *EMPTY, "--aws-port", "0", "--snowflake-port", port]
    second = subprocess.run(
        [*command, "--state", str(tmp_path / "other")], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    process.stop()
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"port {port} is taken" in second.stderr


def test_a_kill_leaves_nothing_that_keeps_the_next_one_from_starting(tmp_path: Path) -> None:
    process = ServeProcess(tmp_path / "state", EMPTY).wait_until_ready()
    process.client("s3").create_bucket(
        Bucket="mine", CreateBucketConfiguration={"LocationConstraint": process.variables["AWS_REGION"]}
    )
    process.kill()
    again = ServeProcess(tmp_path / "state", EMPTY).wait_until_ready()
    names = [bucket["Name"] for bucket in again.client("s3").list_buckets()["Buckets"]]
    assert (names, again.stop()[0]) == (["mine"], 0)


def test_killed_at_any_moment_it_has_every_acknowledged_file_exactly_once(state: Path) -> None:
    started = time.monotonic()
    outcome = run_rounds(state, rounds=4, chance=random.Random(20261123))
    assert outcome.is_good, f"{outcome}: missing {outcome.missing[:5]}, doubled {outcome.doubled[:5]}"
    assert outcome.acknowledged > 20, str(outcome)
    assert time.monotonic() - started < 240
