"""100,000 rows of the view over each driver, beside what the driver alone takes with a reply from memory.

The drivers are those of `make test-clients`; where its environments are not there, there is nothing to measure.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.recorded_replies import RecordedReplies
from benchmarks.serve_process import PROJECT, serving

ROWS = 100_000
QUERY = f"select * from MART.CUSTOMER_PURCHASES limit {ROWS}"
SIZE = ["--start", "2026-01-01", "--end", "2026-02-28", "--customers", "4000", "--transactions-per-day", "2000"]
MOST_TIMES = 3.0
"""What reading may take of what decoding takes."""

_READ_SECONDS = 120

DRIVERS = (
    ("Python connector 4, rows", ".venv-clients", "rows"),
    ("Python connector 4, Arrow", ".venv-clients", "arrow"),
    ("Python connector 4, pandas", ".venv-clients", "pandas"),
    ("Python connector 5, rows", ".venv-clients-5", "rows"),
    ("ADBC, Arrow", ".venv-clients", "adbc"),
)


def main() -> None:
    """Measure and print."""
    here = [driver for driver in DRIVERS if _python(driver[1]).exists()]
    print(f"| {ROWS:,} rows of MART.CUSTOMER_PURCHASES | served, s | from memory, s | times |")
    print("|---|---:|---:|---:|")
    for title, environment, _ in DRIVERS:
        if not _python(environment).exists():
            print(f"| {title} | skipped: no {environment}, which `make test-clients` makes | | |")
    if not here:
        return
    slow: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        data = Path(folder) / "data"
        generate = [sys.executable, "-m", "input_data_generator", "--out", str(data), *SIZE]
        subprocess.run(generate, cwd=PROJECT, check=True, capture_output=True)
        with serving(Path(folder) / "state", ["--data", str(data)]) as serve:
            for title, environment, way in here:
                served, alone = _measured(serve.variables, _python(environment), way)
                print(f"| {title} | {served:.2f} | {alone:.2f} | {served / alone:.1f} |", flush=True)
                slow += [title] if served > MOST_TIMES * alone else []
    if slow:
        raise SystemExit(f"{', '.join(slow)}: more than {MOST_TIMES:.0f} times what decoding takes")


def _python(environment: str) -> Path:
    return PROJECT / environment / "bin/python"


def _measured(place: Mapping[str, str], python: Path, way: str) -> tuple[float, float]:
    """Return the seconds of a reading from the served cloud, and of one from a recorded reply."""
    recorded = RecordedReplies(place["SNOWFLAKE_HOST"], int(place["SNOWFLAKE_PORT"]))
    between = {**place, "SNOWFLAKE_PORT": str(recorded.port)}
    with recorded.listening():
        _read(between, python, way)
        recorded.replays = True
        alone = _read(between, python, way)
    return _read(place, python, way), alone


def _read(place: Mapping[str, str], python: Path, way: str) -> float:
    command = [str(python), "-W", "ignore", str(PROJECT / "benchmarks/read_with_driver.py"), way, QUERY]
    done = subprocess.run(command, env=dict(place), capture_output=True, text=True, timeout=_READ_SECONDS)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    told = json.loads(done.stdout.splitlines()[-1])
    if told["rows"] != ROWS:
        raise SystemExit(f"{way}: {told['rows']:,} rows instead of {ROWS:,}")
    return statistics.median(told["seconds"])
