"""How soon a file that is put into the bucket is in the view, and whether a steady stream of them keeps up.

A `serve` runs in a process of its own, on the starter data (6 months). First files are put one at a time, and the
view is asked until it has each; then they come at a steady rate, while the queue's length is watched and
queries are timed.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.serve_process import ServeProcess, serving

SINGLE_FILES = 200
FILES_A_SECOND = 50
STEADY_SECONDS = 20.0
SUPPLIERS = 4

_PIPE_QUEUE = "sf-snowpipe-AIDALOCALACCOUNT-landing"
_GIVE_UP_SECONDS = 60.0
_ASK_EVERY = 0.005
_SAMPLE_EVERY = 0.25


Ask = Callable[[str], Any]
"""Executes a statement and returns its one value."""


@dataclass
class Steady:
    """What a steady stream of files gave.

    Attributes:
        files: how many were put.
        seconds: how long that took.
        queue: messages that waited, sampled while files came.
        visible_after: seconds from the last put to the last file in the view.
        queries: seconds that each query took meanwhile.
    """

    files: int = 0
    seconds: float = 0.0
    queue: list[int] = field(default_factory=list)
    visible_after: float = 0.0
    queries: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        serving(Path(folder) / "state") as process,
        asking(process) as ask,
    ):
        s3 = process.client("s3")
        singles = [_single(process, s3, ask, number) for number in range(SINGLE_FILES)]
        steady = _steady(process, ask)
    table = Table(title="Live loading: from put to the view", title_justify="left")
    table.add_column("")
    table.add_column("measured", justify="right")
    table.add_row(f"one file at a time, median of {SINGLE_FILES}", f"{median(singles):.2f} s")
    table.add_row("the worst of them", f"{max(singles):.2f} s")
    table.add_row(f"steady load for {steady.seconds:.0f} s", f"{steady.files / steady.seconds:.0f} files/s")
    half = len(steady.queue) // 2
    lengths = f"{median(steady.queue[:half]):.0f}, then {median(steady.queue[half:]):.0f}"
    table.add_row("messages waiting meanwhile (first half's median, then the second's)", lengths)
    table.add_row("at most", f"{max(steady.queue)}")
    table.add_row("the last file in the view after its put", f"{steady.visible_after:.2f} s")
    table.add_row("a query meanwhile, median", f"{median(steady.queries) * 1000:.0f} ms")
    table.add_row("the slowest query", f"{max(steady.queries) * 1000:.0f} ms")
    Console().print(table)


def _delivery(customer: str) -> bytes:
    basket = [{"product_id": "P01", "price": 100}]
    line = {"customer_id": customer, "basket": basket, "date_of_purchase": "2026-07-01 10:00:00"}
    return json.dumps(line).encode() + b"\n"


def _put(s3: Any, bucket: str, customer: str) -> None:
    s3.put_object(Bucket=bucket, Key=f"transactions/d=2026-07-01/{customer}.json", Body=_delivery(customer))


@contextmanager
def asking(process: ServeProcess) -> Iterator[Ask]:
    """Give a way to ask for one value."""
    with process.connect() as connection:
        cursor = connection.cursor()
        yield lambda sql: cursor.execute(sql).fetchone()[0]


def _single(process: ServeProcess, s3: Any, ask: Ask, number: int) -> float:
    """Put a file and return the seconds until the view has it."""
    customer = f"SINGLE{number}"
    started = time.monotonic()
    _put(s3, process.variables["LANDING_BUCKET"], customer)
    sql = f"select count(*) from MART.CUSTOMER_PURCHASES where CUSTOMER_ID = '{customer}'"
    until(lambda: ask(sql) == 1, _ASK_EVERY)
    return time.monotonic() - started


def until(happens: Callable[[], bool], every: float = _ASK_EVERY) -> None:
    """Wait until something happens.

    Raises:
        RuntimeError: it did not.
    """
    give_up = time.monotonic() + _GIVE_UP_SECONDS
    while not happens():
        if time.monotonic() > give_up:
            raise RuntimeError(f"not seen within {_GIVE_UP_SECONDS:.0f} s")
        time.sleep(every)


def _steady(process: ServeProcess, ask: Ask) -> Steady:
    result, done = Steady(files=round(FILES_A_SECOND * STEADY_SECONDS)), threading.Event()
    watchers = [
        threading.Thread(target=_watch_queue, args=(process, result, done)),
        threading.Thread(target=_time_queries, args=(process, result, done)),
    ]
    for watcher in watchers:
        watcher.start()
    try:
        _put_steadily(process, result)
        ended = time.monotonic()
        sql = "select count(*) from MART.CUSTOMER_PURCHASES where CUSTOMER_ID like 'STEADY%'"
        until(lambda: ask(sql) == result.files, _ASK_EVERY)
        result.visible_after = time.monotonic() - ended
    finally:
        done.set()
        for watcher in watchers:
            watcher.join()
    return result


def _put_steadily(process: ServeProcess, result: Steady) -> None:
    """Put each file at its time, or as soon after it as the endpoint takes it."""
    bucket = process.variables["LANDING_BUCKET"]
    clients = [process.client("s3") for _ in range(SUPPLIERS)]
    started = time.monotonic()

    def supply(supplier: int) -> None:
        for number in range(supplier, result.files, SUPPLIERS):
            time.sleep(max(0.0, started + number / FILES_A_SECOND - time.monotonic()))
            _put(clients[supplier], bucket, f"STEADY{number}")

    with ThreadPoolExecutor(SUPPLIERS) as suppliers:
        list(suppliers.map(supply, range(SUPPLIERS)))
    result.seconds = time.monotonic() - started


def queue_length(sqs: Any) -> int:
    """Return how many messages wait for the pipes, or are with them."""
    url = sqs.get_queue_url(QueueName=_PIPE_QUEUE)["QueueUrl"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)


def _watch_queue(process: ServeProcess, result: Steady, done: threading.Event) -> None:
    sqs = process.client("sqs")
    while not done.wait(_SAMPLE_EVERY):
        result.queue.append(queue_length(sqs))


def _time_queries(process: ServeProcess, result: Steady, done: threading.Event) -> None:
    sql = "select sum(PURCHASE_COUNT) from MART.CUSTOMER_PURCHASES where PRODUCT_CATEGORY = 'house'"
    with asking(process) as ask:
        while not done.wait(_SAMPLE_EVERY):
            started = time.monotonic()
            ask(sql)
            result.queries.append(time.monotonic() - started)


if __name__ == "__main__":
    main()
