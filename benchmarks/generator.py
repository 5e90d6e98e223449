"""How fast the generator is: beside the usual per-row generator, and beside what the machine can do at all.

Everything is measured in turns within one run, round by round, so that a busy machine slows all alike; a
ratio is the median of the rounds' ratios, with the lowest and the highest. Files are new in every round:
replacing one costs the file system more.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pyarrow as pa
from isal import isal_zlib
from rich.console import Console
from rich.table import Table

from benchmarks.naive_generator import NaiveGenerator
from input_data_generator.options import Options
from input_data_generator.plan import plan_files
from input_data_generator.writer import write_file

CUSTOMERS, PRODUCTS, TRANSACTIONS_PER_DAY = 100_000, 1_000, 1_000_000
DAY = date(2026, 1, 1)
ROUNDS = 7
NAIVE_ROWS = 50_000
BLOCK = 2_600_000
"""Bytes of a block of JSON lines, as the generator hashes, compresses and writes them."""

WORKER_ROUNDS = 3
WORKER_DAYS = 30

Seconds = dict[str, list[float]]
"""Per way of doing it, the seconds that a million transactions take, one per round."""


def main() -> None:
    """Measure everything and print it."""
    console = Console()
    with TemporaryDirectory(prefix="benchmark-") as folder:
        _print_rates(console, _measure_rates(Path(folder)))
        _print_workers(console, *_measure_workers(Path(folder)))
        _print_starter(console, Path(folder))


def _measure_rates(folder: Path) -> Seconds:
    ways = {"random + json.dumps per row": _naive(folder)}
    ways |= {name: _generator(folder, name) for name in ("json", "json.gz", "json.zst", "parquet")}
    ways |= _limits(folder)
    seconds: Seconds = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):
        for name, way in ways.items():
            taken = way()
            if turn:  # the first one warms up
                seconds[name].append(taken)
    return seconds


def _naive(folder: Path) -> Callable[[], float]:
    generator = NaiveGenerator(CUSTOMERS, PRODUCTS)

    def run() -> float:
        path = folder / "naive.json"
        started = time.perf_counter()
        with path.open("w") as out:
            generator.write(NAIVE_ROWS, DAY, out)
        return _per_million(started, NAIVE_ROWS, path)

    return run


def _generator(folder: Path, format_name: str) -> Callable[[], float]:
    options = Options(DAY, DAY, CUSTOMERS, PRODUCTS, TRANSACTIONS_PER_DAY, format=format_name)
    file = plan_files(options)[-1]

    def run() -> float:
        started = time.perf_counter()
        write_file(options, file, folder)
        return _per_million(started, file.rows, folder / file.path)

    return run


def _limits(folder: Path) -> dict[str, Callable[[], float]]:
    options = Options(DAY, DAY, CUSTOMERS, PRODUCTS, TRANSACTIONS_PER_DAY)
    file = plan_files(options)[-1]
    write_file(options, file, folder)
    text = (folder / file.path).read_bytes()
    (folder / file.path).unlink()
    blocks = [text[at : at + BLOCK] for at in range(0, len(text), BLOCK)]
    zstd = pa.Codec("zstd", compression_level=1)

    def raw_write() -> float:
        path = folder / "raw"
        started = time.perf_counter()
        with path.open("wb") as out:
            out.writelines(blocks)
        return _per_million(started, file.rows, path)

    def alone(work: Callable[[bytes], object]) -> Callable[[], float]:
        def run() -> float:
            started = time.perf_counter()
            for block in blocks:
                work(block)
            return _per_million(started, file.rows)

        return run

    return {
        "writing those bytes of JSON": raw_write,
        "SHA-256 of them": alone(hashlib.sha256),
        "gzip alone (isal, level 1)": alone(lambda block: isal_zlib.compress(block, 1, wbits=31)),
        "zstd alone (level 1)": alone(zstd.compress),
    }


def _per_million(started: float, rows: int, path: Path | None = None) -> float:
    seconds = (time.perf_counter() - started) / rows * 1e6
    if path:
        path.unlink()
    return seconds


def _print_rates(console: Console, seconds: Seconds) -> None:
    table = Table(title=f"{CUSTOMERS:,} customers, {PRODUCTS:,} products, one process, {ROUNDS} rounds")
    table.add_column("way", no_wrap=True)
    for heading in ("transactions/s", "times", "lowest", "highest"):
        table.add_column(heading, justify="right", no_wrap=True)
    naive = next(iter(seconds.values()))
    for name, taken in seconds.items():
        ratios = [slow / fast for slow, fast in zip(naive, taken, strict=True)]
        table.add_row(
            name, f"{1e6 / median(taken):,.0f}", f"{median(ratios):.1f}", f"{min(ratios):.1f}", f"{max(ratios):.1f}"
        )
    console.print(table)
    console.print("The last four are the limits that the machine sets to the formats above them.\n")


def _measure_workers(folder: Path) -> tuple[Seconds, int]:
    """Return the seconds of whole commands by number of processes, and the largest process's peak in MB."""
    seconds: Seconds = {"1": [], "2": []}
    peak = 0
    for _ in range(WORKER_ROUNDS):
        for workers, taken in seconds.items():
            last = DAY + timedelta(WORKER_DAYS - 1)
            size = ["--customers", str(CUSTOMERS), "--products", str(PRODUCTS), "--end", str(last)]
            size += ["--transactions-per-day", str(TRANSACTIONS_PER_DAY), "--format", "json.gz"]
            duration, memory = _command(folder, *size, "--workers", workers)
            taken.append(duration)
            peak = max(peak, memory)
    return seconds, peak


def _print_workers(console: Console, seconds: Seconds, peak: int) -> None:
    ratios = [one / two for one, two in zip(seconds["1"], seconds["2"], strict=True)]
    console.print(
        f"{WORKER_DAYS} days to json.gz, whole command: {median(seconds['1']):.1f} s with one process, "
        f"{median(seconds['2']):.1f} s with two: {median(ratios):.2f} times as fast "
        f"({min(ratios):.2f} to {max(ratios):.2f}); peak memory of a process: {peak} MB",
        soft_wrap=True,
    )


def _print_starter(console: Console, folder: Path) -> None:
    taken = [_command(folder)[0] for _ in range(ROUNDS)]
    console.print(f"the starter data, whole command: {median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})")


_COMMAND = """
import resource, sys
from input_data_generator.cli import main
code = main(sys.argv[1:])
print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024)
sys.exit(code)
"""


def _command(folder: Path, *arguments: str) -> tuple[float, int]:
    """Run the generator as a command; return its seconds and the peak memory of its largest process in MB."""
    with TemporaryDirectory(dir=folder) as out:
        # Through a shell, because a process inherits the peak of the one that starts it.
        command = ["sh", "-c", '"$@"', "sh", sys.executable, "-c", _COMMAND, "--quiet", "--out", f"{out}/data"]
        started = time.perf_counter()
        done = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True)
        return time.perf_counter() - started, int(done.stdout)


if __name__ == "__main__":
    main()
