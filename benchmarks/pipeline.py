"""How long the pipeline takes on this machine: the starter data, millions of transactions, many small files.

Whole commands, each in a process of its own. Millions of transactions stand beside the shortest plain DuckDB
script that computes the same view (`plain_duckdb`, its process with all), in turns within one run; many small
files stand beside half as many, because the time has to grow with their number and not faster.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

ROUNDS = 3
SHOP = ["--customers", "100000", "--products", "1000", "--start", "2026-01-01", "--end", "2026-03-01"]  # 60 files
A_DAY_OF_A_MILLION = 18_595
SMALL_FILES = 5_000

_PHASE = re.compile(r"^✓ (?P<name>[A-Z][a-z]+) .*?(?P<seconds>[0-9.]+) s$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """What one command took.

    Attributes:
        seconds: from its start to its end.
        megabytes: its largest memory.
        phases: seconds of each phase that it told, by the first word of its line.
    """

    seconds: float
    megabytes: float
    phases: dict[str, float]

    @property
    def to_view(self) -> float:
        """Seconds from files in S3 to rows in the view: loading and refreshing."""
        return self.phases["Loaded"] + self.phases["Refreshed"]


def run(*arguments: str) -> Run:
    """Run a module of the project and measure it.

    Raises:
        RuntimeError: it failed.
    """
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed with exit code {process.returncode}:\n{out}")
    phases = {match["name"]: float(match["seconds"]) for match in _PHASE.finditer(out)}
    return Run(time.perf_counter() - begun, usage.ru_maxrss / 1024, phases)


def up(folder: Path, data: Path | None = None) -> Run:
    """Run `local_cloud up` on a fresh state folder."""
    return run("local_cloud", "up", "--state", str(folder / "state"), *(["--data", str(data)] if data else []))


def starter(folder: Path, table: Table) -> None:
    """Measure the starter data: 6 months, landed by the program itself."""
    runs = [up(folder) for _ in range(ROUNDS)]
    program = median(each.phases["Deployed"] for each in runs)
    seconds, memory = median(each.seconds for each in runs), max(each.megabytes for each in runs)
    table.add_row("starter data, whole command", f"{seconds:.1f} s", "15 s")
    table.add_row("  of which the Pulumi program", f"{program:.1f} s", "5 s")
    table.add_row("  memory", f"{memory:,.0f} MB", "600 MB")


def millions(folder: Path, table: Table, *, count: int, most_times: float, most_times_whole: str = "") -> None:
    """Measure millions of transactions beside the plain DuckDB script.

    Args:
        folder: where to work.
        table: where the results go.
        count: how many millions.
        most_times: how many times the script's time it may take from S3 to the view.
        most_times_whole: the same for the whole command; empty where nothing is promised.
    """
    data = folder / "millions"
    per_day = str(count * A_DAY_OF_A_MILLION)
    run("input_data_generator", "--out", str(data), "--quiet", "--transactions-per-day", per_day, *SHOP)
    plain, whole = [], []
    for _ in range(ROUNDS):
        plain.append(run("benchmarks.plain_duckdb", str(data)))
        whole.append(up(folder, data))
    shutil.rmtree(data)
    to_view = [run.to_view / beside.seconds for run, beside in zip(whole, plain, strict=True)]
    ratios = [run.seconds / beside.seconds for run, beside in zip(whole, plain, strict=True)]
    what = f"{count} M transactions"
    table.add_row(f"{what}, plain DuckDB", f"{median(each.seconds for each in plain):.1f} s", "")
    table.add_row(f"{what}, S3 to view", f"{median(each.to_view for each in whole):.1f} s", "")
    table.add_row("  times plain DuckDB", spread(to_view), f"{most_times}")
    table.add_row(f"{what}, whole command", f"{median(each.seconds for each in whole):.1f} s", "")
    table.add_row("  times plain DuckDB", spread(ratios), most_times_whole)
    table.add_row("  memory", f"{max(each.megabytes for each in whole):,.0f} MB", "2,000 MB")


def small_files(folder: Path, table: Table) -> None:
    """Measure many small files, and half as many."""
    seconds = {}
    for count in (SMALL_FILES // 2, SMALL_FILES):
        data = folder / f"small-{count}"
        (data / "transactions").mkdir(parents=True)
        for number in range(count):
            line = f'{{"customer_id": "C{number}", "basket": [{{"product_id": "P1", "price": 1}}]}}\n'
            (data / "transactions" / f"{number}.json").write_text(line)
        seconds[count] = up(folder, data).seconds
    table.add_row(f"{SMALL_FILES:,} small files, whole command", f"{seconds[SMALL_FILES]:.1f} s", "60 s")
    table.add_row("  times half as many", f"{seconds[SMALL_FILES] / seconds[SMALL_FILES // 2]:.1f}", "2")


def spread(ratios: list[float]) -> str:
    """Return the median of ratios, with the lowest and the highest."""
    return f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


def main() -> None:
    """Measure and print."""
    table = Table(title="The pipeline on this machine", title_justify="left")
    table.add_column("What")
    table.add_column("Measured", justify="right")
    table.add_column("At most", justify="right")
    one_million = partial(millions, count=1, most_times=5, most_times_whole="7")
    five_millions = partial(millions, count=5, most_times=4.5)
    with TemporaryDirectory() as name:
        for measure in (starter, one_million, five_millions, small_files):
            measure(Path(name), table)
    Console().print(table)
