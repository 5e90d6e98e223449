"""An AWS whose calls can be made to fail, one at a time, before or after they took effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_cloud.aws_account.account import AwsAccount


class Crash(BaseException):
    """The end of the process in the middle of a call: nothing may catch it and carry on."""


@dataclass
class Fault:
    """One failure to come.

    Attributes:
        operation: the client's method, for example `get_object`.
        error: what is raised.
        after: how many calls of the operation still go well.
        took_effect: whether the call reaches AWS before it fails, as when the answer gets lost.
        concerns: tells from a call's arguments whether it is one that fails; all are where it is None.
    """

    operation: str
    error: BaseException
    after: int = 0
    took_effect: bool = False
    concerns: Callable[[dict[str, Any]], bool] | None = None


class FaultyAws:
    """An AWS account in this process, with the faults that a test asks for."""

    def __init__(self, account: AwsAccount) -> None:
        self._account = account
        self.region = account.region
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.receipts: dict[str, str] = {}

    def fail(self, operation: str, error: BaseException, **how: Any) -> None:
        """Let a later call of an operation fail once."""
        self.faults.append(Fault(operation, error, **how))

    def client(self, service: str) -> Any:
        """Return a client whose calls may fail."""
        return _Client(self._account.client(service), self)

    def assume_role_attempt(self, role_arn: str) -> bool:
        """Tell whether the role has taken effect."""
        return self._account.assume_role_attempt(role_arn)

    def let_visibility_time_out(self) -> None:
        """Show received messages again that nobody deleted, as SQS does after the visibility timeout."""
        sqs = self._account.client("sqs")
        for receipt, url in self.receipts.items():
            try:
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
            except sqs.exceptions.ClientError:
                continue  # deleted since
        self.receipts.clear()


class _Client:
    def __init__(self, client: Any, aws: FaultyAws) -> None:
        self._client = client
        self._aws = aws

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name in ("get_paginator", "can_paginate"):
            return found

        def call(**arguments: Any) -> Any:
            self._aws.calls.append(name)
            fault = self._due(name, arguments)
            if fault and not fault.took_effect:
                raise fault.error
            answer: Any = found(**arguments)
            if name == "receive_message":
                self._aws.receipts |= {m["ReceiptHandle"]: arguments["QueueUrl"] for m in answer.get("Messages", ())}
            if fault:
                raise fault.error
            return answer

        return call

    def _due(self, name: str, arguments: dict[str, Any]) -> Fault | None:
        for fault in self._aws.faults:
            if fault.operation == name and (fault.concerns is None or fault.concerns(arguments)):
                if fault.after == 0:
                    self._aws.faults.remove(fault)
                    return fault
                fault.after -= 1
        return None
