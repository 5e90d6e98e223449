"""The program on a fresh embedded cloud, in this process and without files, for tests that then do something to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.accounts import Accounts, open_accounts
from local_cloud.program.config import PROJECT, read_stack
from local_cloud.program.deployed_stack import DeployedStack
from local_cloud.program.engine import run_program
from local_cloud.resources import Registry
from local_cloud.snowpipe.loader import Snowpipe


def purchase(customer: str, *products: str) -> str:
    """Return a line of a transactions file."""
    basket = [{"product_id": product, "price": 5} for product in products]
    return json.dumps({"customer_id": customer, "basket": basket, "date_of_purchase": "2026-01-01 10:00:00"}) + "\n"


@dataclass
class Pipeline:
    """A deployed stack, and the two accounts that it stands in."""

    accounts: Accounts
    stack: DeployedStack

    def put(self, key: str, content: str) -> None:
        """Let a file land."""
        self.accounts.aws.client("s3").put_object(Bucket=self.stack.outputs["bucket"], Key=key, Body=content.encode())

    def load(self) -> None:
        """Let Snowpipe load what has landed."""
        Snowpipe(self.accounts.snowflake, self.accounts.aws).run_until_idle()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the account; names are those of the stack's database."""
        session = self.accounts.snowflake.connect(self.stack.outputs["database"])
        with contextlib.closing(session):
            return session.execute(sql).rows

    def inbox(self, topic: str) -> Inbox:
        """Subscribe a queue to a topic."""
        return Inbox(self.accounts, topic)


class Inbox:
    """A queue that is subscribed to a topic, as the people behind the mail addresses are."""

    def __init__(self, accounts: Accounts, topic: str) -> None:
        self._sqs = accounts.aws.client("sqs")
        self._url = self._sqs.create_queue(QueueName="inbox")["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        raw = {"RawMessageDelivery": "true"}
        accounts.aws.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=asked["Attributes"]["QueueArn"], Attributes=raw
        )

    def messages(self) -> list[Any]:
        """Take what has arrived."""
        received = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", [])
        for message in received:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in received]


@contextlib.contextmanager
def accounts_in(folder: Path) -> Iterator[Accounts]:
    """Open a fresh pair of accounts."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_accounts(folder) as accounts:
        yield accounts


def deploy(accounts: Accounts, **config: str) -> Pipeline:
    """Run the program of the dev stack with this config on a pair of accounts."""
    stack = read_stack(PROJECT, "dev", {"dataDir": "", **config})
    deployment = run_program(stack, Registry(accounts.aws, accounts.snowflake))
    return Pipeline(accounts, DeployedStack(stack.project, stack.name, accounts.aws.region, deployment))


@contextlib.contextmanager
def deployed(folder: Path, **config: str) -> Iterator[Pipeline]:
    """Deploy the program on a fresh pair of accounts for the time of a with block."""
    with accounts_in(folder) as accounts:
        yield deploy(accounts, **config)
