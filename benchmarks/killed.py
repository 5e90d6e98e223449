"""Kills `serve` at random moments under load, and counts what is left: ``python -m benchmarks.killed --rounds N``.

Each round starts it on the same state folder. Suppliers upload files, as fast as they are taken, while Snowpipe
loads and the models refresh, until the process gets SIGKILL: mostly while it works, now and then while it starts.
A file whose upload was not acknowledged is sent again in the next round, as a supplier would. In the end every
file must be in RAW and in the view exactly once, and `verify` must agree.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.serve_process import PROJECT, ServeProcess
from input_data_generator.cli import main as generate
from landing_keys import landing_key

SUPPLIERS = 3
LONGEST_ROUND = 2.5
"""Seconds from the first answer to the latest kill."""

KILLED_WHILE_STARTING = 0.25
"""The share of rounds that end before, or just when, the process answers."""

_SETTLED_WITHIN = 60.0
_SMALL = ["--start", "2026-01-01", "--end", "2026-01-05", "--customers", "20", "--products", "12", "--quiet"]


@dataclass
class Outcome:
    """What the rounds gave.

    Attributes:
        rounds: how many times it was killed.
        while_starting: how many of these were before it answered.
        acknowledged: files that S3 acknowledged.
        sent_again: uploads that were cut off, and sent again.
        starts: seconds from each start to the first answer.
        missing: files whose line is not in RAW or not in the view.
        doubled: files whose line is more than once in RAW or counts more than once in the view.
        broken: what else was wrong, a line each.
    """

    rounds: int = 0
    while_starting: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    starts: list[float] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether every acknowledged file is there exactly once."""
        return not (self.missing or self.doubled or self.broken)

    def __str__(self) -> str:
        starts = f"{median(self.starts):.1f} s, at most {max(self.starts):.1f} s" if self.starts else "none"
        return (
            f"{self.rounds} kills ({self.while_starting} while starting), {self.acknowledged:,} files acknowledged, "
            f"{self.sent_again} uploads cut off and sent again; start again {starts}; "
            f"missing {len(self.missing)}, doubled {len(self.doubled)}, broken {self.broken or 'nothing'}"
        )


class Supply:
    """The files of all suppliers: which are to be sent, and which were acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self.sent_again = 0
        self._again: deque[str] = deque()
        self._made = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """Return the customer whose file is to be sent next: one that was cut off, else a new one."""
        with self._lock:
            if self._again:
                return self._again.popleft()
            self._made += 1
            return f"K{self._made}"

    def send(self, s3: Any, bucket: str, customer: str) -> bool:
        """Send a file; return whether S3 acknowledged it."""
        key, content = delivery(customer)
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError):
            with self._lock:
                self._again.append(customer)
                self.sent_again += 1
            return False
        with self._lock:
            self.acknowledged.add(customer)
        return True

    def send_what_was_cut_off(self, s3: Any, bucket: str) -> None:
        """Send the rest."""
        while self._again:
            self.send(s3, bucket, self.next())


def delivery(customer: str) -> tuple[str, bytes]:
    """Return the key and content of the one file of a customer: a purchase that nobody else made."""
    purchase = {
        "customer_id": customer,
        "basket": [{"product_id": "P01", "price": 100}],
        "date_of_purchase": "2026-03-01 10:00:00",
    }
    content = json.dumps(purchase).encode() + b"\n"
    return landing_key(f"transactions/killed/{customer}.json", hashlib.sha256(content).hexdigest()), content


def run_rounds(state: Path, rounds: int, chance: random.Random) -> Outcome:
    """Kill `serve` so many times, then let it settle and count.

    Args:
        state: the state folder, in which a stack is deployed.
        rounds: how many times.
        chance: decides when.
    """
    outcome, supply = Outcome(), Supply()
    for _ in range(rounds):
        _round(state, outcome, supply, chance)
    outcome.acknowledged, outcome.sent_again = len(supply.acknowledged), supply.sent_again
    process = ServeProcess(state).wait_until_ready()
    try:
        outcome.starts.append(process.ready_after)
        supply.send_what_was_cut_off(process.client("s3"), process.variables["LANDING_BUCKET"])
        outcome.acknowledged = len(supply.acknowledged)
        _settle(process, supply, outcome)
    finally:
        code, _ = process.stop()
    if code != 0:
        outcome.broken.append(f"serve ended with {code}: {process.output[-3:]}")
    command = [sys.executable, "-m", "local_cloud", "verify", "--state", str(state)]
    verified = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    if verified.returncode != 0:
        outcome.broken.append(f"verify does not agree: {verified.stdout[-300:]} {verified.stderr[-300:]}")
    return outcome


def _round(state: Path, outcome: Outcome, supply: Supply, chance: random.Random) -> None:
    process = ServeProcess(state)
    outcome.rounds += 1
    if chance.random() < KILLED_WHILE_STARTING:
        typical = median(outcome.starts) if outcome.starts else 2.0
        process.wait_for(chance.uniform(0.3, 1.1) * typical)
        outcome.while_starting += not process.ready_after
        process.kill()
        return
    process.wait_until_ready()
    outcome.starts.append(process.ready_after)
    suppliers = [threading.Thread(target=_upload, args=(process, supply), daemon=True) for _ in range(SUPPLIERS)]
    for supplier in suppliers:
        supplier.start()
    time.sleep(chance.uniform(0.0, LONGEST_ROUND))
    process.kill()
    for supplier in suppliers:
        supplier.join()


def _upload(process: ServeProcess, supply: Supply) -> None:
    """Send files until the process is gone."""
    s3, bucket = process.client("s3"), process.variables["LANDING_BUCKET"]
    while supply.send(s3, bucket, supply.next()):
        pass


def _settle(process: ServeProcess, supply: Supply, outcome: Outcome) -> None:
    """Wait until all is in the view, or long enough, and compare."""
    want = supply.acknowledged
    deadline = time.monotonic() + _SETTLED_WITHIN
    with process.connect() as connection:
        cursor = connection.cursor()
        while True:
            view = _counts(cursor, "select CUSTOMER_ID, PURCHASE_COUNT from MART.CUSTOMER_PURCHASES")
            if want <= view.keys() or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        raw = _counts(cursor, "select RECORD:customer_id::varchar, count(*) from RAW.TRANSACTIONS group by 1")
        loads = _counts(cursor, f"select FILE_NAME, count(*) from {_HISTORY} where STATUS = 'Loaded' group by 1")
    outcome.missing = sorted(customer for customer in want if not raw[customer] or not view[customer])
    outcome.doubled = sorted(
        customer for customer in raw.keys() | view.keys() if max(raw[customer], view[customer]) > 1
    )
    if twice := [name for name, count in loads.items() if count > 1]:
        outcome.broken.append(f"{len(twice)} files were loaded twice, the load history says: {twice[0]}")


_HISTORY = (
    "table(information_schema.copy_history(table_name => 'RETAIL_DEV.RAW.TRANSACTIONS',"
    " start_time => dateadd(day, -14, current_timestamp())))"
)


def _counts(cursor: Any, sql: str) -> Counter[str]:
    """Return a count by name, of the files of this program."""
    counts: Counter[str] = Counter()
    for name, count in cursor.execute(sql).fetchall():
        if name is not None and (name.startswith("K") or "killed/" in name):
            counts[name] += int(count)
    return counts


def deploy(state: Path, folder: Path) -> None:
    """Deploy a small stack into a state folder; `folder` takes its data."""
    if generate(["--out", str(folder), *_SMALL]) != 0:
        raise RuntimeError("the data could not be made")
    ServeProcess(state, ["--data", str(folder)]).wait_until_ready().stop()


def main(arguments: list[str] | None = None) -> int:
    """Kill so many times and print what came of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.killed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--state", type=Path, help="keep the state folder here")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="killed-"))
    state = options.state or folder / "state"
    deploy(state, folder / "data")
    outcome = run_rounds(state, options.rounds, random.Random(seed))
    print(outcome)
    if outcome.is_good:
        shutil.rmtree(folder)
        return 0
    print(f"the state is left in {state}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
