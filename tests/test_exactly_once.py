"""Whatever way files arrive, what is in RAW, CORE and MART is what the contract says: nothing lost, nothing twice.

Random deliveries go the real way: put into the bucket of a deployed stack, with their events duplicated,
shuffled and held back, loaded by Snowpipe, some of them again after a pipe was replaced and its load history
lost; then every model is held against the plain-Python model of the contract.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.feeds import FEEDS
from landing_keys import DataFile, landing_key
from local_cloud.accounts import Accounts, open_accounts
from local_cloud.landing.data_folder import DataFolder, Delivery
from local_cloud.program.config import PROJECT, read_stack
from local_cloud.program.engine import run_program
from local_cloud.reconciliation.checks import all_differences, reconcile
from local_cloud.resources import Registry
from local_cloud.snowflake_account.pipes.queue import QUEUE_NAME
from local_cloud.snowpipe.loader import Snowpipe
from tests.sql import model_of_contract as model
from tests.sql.conftest import nulls_first
from tests.sql.raw_rows import RawRow, customers, products, transactions

DATABASE = "RETAIL_DEV"


@dataclass
class File:
    """A file of a delivery: its lines, as Python values, and how they are spelled."""

    feed: str
    path: str
    lines: tuple[Any, ...]
    spelling: int = 0

    def content(self) -> bytes:
        if self.feed == "transactions":
            return "".join(spell(line, self.spelling) + "\n" for line in self.lines).encode()
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(["header", "header"])
        writer.writerows([["" if value is None else value for value in line] for line in self.lines])
        return text.getvalue().encode()

    def key(self) -> str:
        return landing_key(self.path, hashlib.sha256(self.content()).hexdigest())

    def rows(self, key: str, modified_at: datetime) -> list[RawRow]:
        if self.feed == "transactions":
            return transactions(key, *self.lines, modified_at=modified_at)
        lines = [tuple("" if value is None else value for value in line) for line in self.lines]
        return {"customers": customers, "products": products}[self.feed](key, *lines, modified_at=modified_at)


def spell(value: Any, spelling: int) -> str:
    """Write JSON in one of several spellings of the same value."""
    if spelling == 1:
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    if spelling == 2 and isinstance(value, dict):
        return json.dumps(dict(reversed(value.items())), separators=(" ,", " : "))
    return json.dumps(value, ensure_ascii=spelling == 0)


@dataclass
class Stack:
    """A deployed stack that every example finds empty."""

    accounts: Accounts
    bucket: str
    landed: dict[str, File] = field(default_factory=dict)

    @property
    def sqs(self) -> Any:
        return self.accounts.aws.client("sqs")

    @property
    def queue(self) -> str:
        return self.sqs.get_queue_url(QueueName=QUEUE_NAME)["QueueUrl"]

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        return self.accounts.snowflake.execute(sql).rows

    def empty(self) -> None:
        s3 = self.accounts.aws.client("s3")
        for key in self.landed:
            s3.delete_object(Bucket=self.bucket, Key=key)
        self.landed = {}
        self.take_messages()
        duck = self.accounts.snowflake.shared.databases.duck
        for feed in FEEDS:
            self.execute(f"delete from {DATABASE}.RAW.{feed.table}")
        duck.execute(f'delete from {DATABASE}."_ACCOUNT".LOAD_HISTORY')

    def put(self, file: File) -> None:
        self.landed[file.key()] = file
        self.accounts.aws.client("s3").put_object(Bucket=self.bucket, Key=file.key(), Body=file.content())

    def data_folder(self, folder: Path) -> DataFolder:
        """Return what landed as the folder that it came from: what was put again is known to be the same."""
        deliveries = []
        for number, (key, file) in enumerate(self.landed.items()):
            path = folder / str(number)
            path.write_bytes(file.content())
            deliveries.append(Delivery(DataFile(file.feed, path, file.path), key))
        return DataFolder(folder, tuple(deliveries))

    def take_messages(self) -> list[str]:
        """Empty the queue and return what was in it."""
        bodies: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def disturb_events(self, chance: random.Random, held: list[str]) -> list[str]:
        """Deliver the waiting events and those held back in another order, some of them twice; hold back others."""
        bodies = self.take_messages() + held
        bodies += chance.choices(bodies, k=len(bodies) // 2) if bodies else []
        chance.shuffle(bodies)
        delivered = chance.randint(0, len(bodies))
        self.send(bodies[:delivered])
        return bodies[delivered:]

    def send(self, bodies: list[str]) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queue, MessageBody=body)

    def load(self) -> None:
        Snowpipe(self.accounts.snowflake, self.accounts.aws).run_until_idle()

    def replace_pipe(self, feed: str) -> None:
        """Do what replacing a pipe does: its load history is lost, and the refresh behind it queues every file."""
        pipe = f"{DATABASE}.RAW.{feed.upper()}"
        shown = self.accounts.snowflake.execute(f"show pipes like '{feed}' in schema {DATABASE}.RAW").dicts()
        self.execute(f"drop pipe {pipe}")
        self.execute(f"create pipe {pipe} auto_ingest = true as {shown[0]['definition']}")
        self.execute(f"alter pipe {pipe} refresh")

    def raw_rows(self) -> list[RawRow]:
        """Return the rows that RAW must have, with the times that S3 gave the files.

        A file that was put again counts from then on where a new pipe has loaded it again.
        """
        modified = {}
        for feed in FEEDS:
            table = f"{DATABASE}.RAW.{feed.table}"
            modified |= dict(self.execute(f"select _file, max(_file_modified_at) from {table} group by _file"))
        return [row for key, file in self.landed.items() if key in modified for row in file.rows(key, modified[key])]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with open_accounts(tmp_path_factory.mktemp("accounts")) as accounts:
        program = read_stack(PROJECT, "dev", {"dataDir": ""})
        outputs = run_program(program, Registry(accounts.aws, accounts.snowflake)).outputs
        yield Stack(accounts, outputs["bucket"])


ITEMS = st.builds(
    lambda product, price: {"product_id": product, "price": price},
    st.sampled_from(["P1", "P2", "P9", None]),
    st.sampled_from([1, 1.0, 2.5, 10**16]),
)
RECORDS = st.builds(
    lambda customer, basket, at: {"customer_id": customer, "basket": basket, "date_of_purchase": at},
    st.sampled_from(["C1", "C2", "Cä \U0001f600", None]),
    st.lists(ITEMS, max_size=3),
    st.sampled_from(["2026-01-04 10:00:00", "2026-01-05 10:00:00.123456", "never"]),
)
NAMES = st.sampled_from(["a", "b", "c + d", "é%20", "/twice//apart"])
DAYS = st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"])


@st.composite
def transaction_files(draw: st.DrawFn) -> list[File]:
    """Files of one pool of records: split, merged, repeated, under other names and in other spellings."""
    pool = draw(st.lists(RECORDS, min_size=1, max_size=5))
    lines = st.lists(st.sampled_from(pool), max_size=6).map(tuple)
    return draw(
        st.lists(
            st.builds(
                lambda day, name, lines, spelling: File(
                    "transactions", f"transactions/d={day}/{name}.json", lines, spelling
                ),
                DAYS,
                NAMES,
                lines,
                st.integers(0, 2),
            ),
            min_size=1,
            max_size=5,
        )
    )


@st.composite
def snapshot_files(draw: st.DrawFn) -> list[File]:
    """Dated snapshots, some of one day: corrections."""
    files = []
    for feed, line in (
        ("customers", st.tuples(st.sampled_from(["C1", "C2"]), st.sampled_from(["1", "2", "x"]))),
        ("products", st.tuples(st.sampled_from(["P1", "P2"]), st.just("d"), st.sampled_from(["house", "food"]))),
    ):
        for day, lines in draw(st.lists(st.tuples(DAYS, st.lists(line, min_size=1, max_size=3)), max_size=3)):
            files.append(File(feed, f"{feed}/{feed}-{day}.csv", tuple(lines)))
    return files


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    files=st.builds(lambda some, more: some + more, transaction_files(), snapshot_files()),
    chance=st.randoms(use_true_random=False),
    replaced=st.sets(st.sampled_from([feed.name for feed in FEEDS]), max_size=2),
)
def test_every_delivery_counts_exactly_once(
    stack: Stack, tmp_path: Path, files: list[File], chance: random.Random, replaced: set[str]
) -> None:
    stack.empty()
    chance.shuffle(files)
    held: list[str] = []
    for file in files:
        stack.put(file)
        if chance.random() < 0.5:
            held = stack.disturb_events(chance, held)
            stack.load()
    for feed in sorted(replaced):
        stack.replace_pipe(feed)
    stack.load()
    stack.send(held)
    stack.load()
    stack.accounts.snowflake.refresh_dynamic_tables()

    rows = stack.raw_rows()
    for feed in FEEDS:
        found = stack.execute(f"select _file, count(distinct _file_row) from {DATABASE}.RAW.{feed.table} group by 1")
        sent = {key: len(file.lines) for key, file in stack.landed.items() if file.feed == feed.name and file.lines}
        assert dict(found) == sent
    for relation, expected in (
        ("MART.CUSTOMER_PURCHASES", model.customer_purchases(rows)),
        ("MART.WEEKLY_CUSTOMER_PURCHASES", model.weekly_customer_purchases(rows)),
    ):
        assert in_order(stack.execute(f"select * from {DATABASE}.{relation}")) == in_order(expected)
    for feed, versions in (("CUSTOMER", model.customer_versions(rows)), ("PRODUCT", model.product_versions(rows))):
        found = stack.execute(f"select * from {DATABASE}.CORE.{feed}_VERSIONS")
        assert in_order(found) == in_order(
            (each.id, *each.attributes, each.valid_from, each.valid_to, each.valid_to is None) for each in versions
        )
    taken = stack.execute(f"select customer_id, purchased_at, _file, _file_row from {DATABASE}.CORE.TRANSACTIONS")
    assert in_order((*row[:2], row[2], int(row[3])) for row in taken) == in_order(
        (each.customer_id, each.purchased_at, each.file, each.number) for each in model.transactions(rows)
    )
    data = stack.data_folder(tmp_path)
    assert all_differences(reconcile(stack.accounts.snowflake, DATABASE, FEEDS, data).checks) == []


def in_order(rows: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in rows), key=nulls_first)
