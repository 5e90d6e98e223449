"""Whether what is new costs the same whatever is there: files into `serve` with 50,000 and 5,000,000 transactions.

First one file of 1,000 transactions at a time, until the view has it; then, with the larger number, 20 files a second
while the queue's length is watched. The view is asked for one customer, and as a whole.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.deliveries import TRANSACTIONS, put
from benchmarks.live_loading import Ask, asking, queue_length, until
from benchmarks.pipeline import A_DAY_OF_A_MILLION, SHOP, run, up
from benchmarks.serve_process import ServeProcess, serving

FEW, MANY = 50_000, 5_000_000
SINGLE_FILES, QUERIES = 15, 21
FILES_A_SECOND, STEADY_SECONDS, SUPPLIERS = 20, 20.0, 4
READY_WITHIN = 300.0
VIEW = "MART.CUSTOMER_PURCHASES"

_SAMPLE_EVERY = 0.25


def main() -> None:
    """Measure and print."""
    table = Table(title="With more and more loaded", title_justify="left")
    table.add_column("What")
    table.add_column("Measured", justify="right")
    table.add_column("At most", justify="right")
    with TemporaryDirectory(prefix="scale-") as name:
        few = _with_loaded(Path(name) / "few", FEW, lambda process, ask: _singles(process, ask))
        table.add_row(f"a file of {TRANSACTIONS:,}, put to view, {FEW:,} loaded", f"{few:.2f} s", "")
        try:
            _with_loaded(Path(name) / "many", MANY, lambda process, ask: _measure(process, ask, few, table))
        finally:
            Console().print(table)


def _with_loaded(folder: Path, count: int, measure: Callable[[ServeProcess, Ask], Any]) -> Any:
    data = folder / "data"
    per_day = str(count * A_DAY_OF_A_MILLION // 1_000_000)
    run("input_data_generator", "--out", str(data), "--quiet", "--transactions-per-day", per_day, *SHOP)
    up(folder, data)
    with serving(folder / "state", ready_within=READY_WITHIN) as process, asking(process) as ask:
        return measure(process, ask)


def _measure(process: ServeProcess, ask: Ask, few: float, table: Table) -> None:
    one = median(_timed(lambda: ask(f"select sum(PURCHASE_COUNT) from {VIEW} where CUSTOMER_ID = 'C100'")))
    whole = median(_timed(lambda: ask(f"select count(*) + sum(PURCHASE_COUNT) from {VIEW}")))
    many = _singles(process, ask)
    table.add_row("the view for one customer, median", f"{one * 1000:.0f} ms", "50 ms")
    table.add_row("the view as a whole, count and sum", f"{whole:.2f} s", "0.50 s")
    table.add_row(f"a file of {TRANSACTIONS:,}, put to view, {MANY:,} loaded", f"{many:.2f} s", "1.00 s")
    table.add_row(f"  times what it takes with {FEW:,}", f"{many / few:.1f}", "3.0")
    lengths = _steady(process, ask)
    half = len(lengths) // 2
    first, second = median(lengths[:half]), median(lengths[half:])
    files = f"{FILES_A_SECOND} files of {TRANSACTIONS:,} a second for {STEADY_SECONDS:.0f} s"
    table.add_row(f"{files}: messages waiting,", "", "")
    table.add_row("  median of the first half, of the second", f"{first:.0f}, {second:.0f}", f"{first + SUPPLIERS:.0f}")


def _singles(process: ServeProcess, ask: Ask) -> float:
    """Return the median of the seconds from the put of a file until the view has it."""
    s3, bucket = process.client("s3"), process.variables["LANDING_BUCKET"]
    took = []
    for number in range(SINGLE_FILES):
        mark, started = f"SINGLE{number}", time.monotonic()
        put(s3, bucket, mark)
        sql = f"select count(*) from {VIEW} where CUSTOMER_ID = '{mark}'"
        until(lambda sql=sql: ask(sql) == 1)
        took.append(time.monotonic() - started)
    return median(took)


def _timed(action: Callable[[], Any]) -> list[float]:
    took = []
    for _ in range(QUERIES):
        started = time.monotonic()
        action()
        took.append(time.monotonic() - started)
    return took


def _steady(process: ServeProcess, ask: Ask) -> list[int]:
    """Put files at a steady rate; return how many messages waited meanwhile, sampled."""
    lengths: list[int] = []
    done = threading.Event()

    def watch() -> None:
        sqs = process.client("sqs")
        while not done.wait(_SAMPLE_EVERY):
            lengths.append(queue_length(sqs))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        files = _put_steadily(process)
    finally:
        done.set()
        watcher.join()
    sql = f"select count(*) from {VIEW} where CUSTOMER_ID like 'STEADY%'"
    until(lambda: ask(sql) == files)
    return lengths


def _put_steadily(process: ServeProcess) -> int:
    """Put each file at its time, or as soon after it as the endpoint takes it; return how many they are."""
    files, started = round(FILES_A_SECOND * STEADY_SECONDS), time.monotonic()
    bucket = process.variables["LANDING_BUCKET"]

    def supply(supplier: int) -> None:
        s3 = process.client("s3")
        for number in range(supplier, files, SUPPLIERS):
            time.sleep(max(0.0, started + number / FILES_A_SECOND - time.monotonic()))
            put(s3, bucket, f"STEADY{number}")

    with ThreadPoolExecutor(SUPPLIERS) as suppliers:
        list(suppliers.map(supply, range(SUPPLIERS)))
    return files
