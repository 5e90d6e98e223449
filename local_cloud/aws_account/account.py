"""The AWS account of the embedded cloud; its door is the AWS API.

moto answers. What this module adds is what makes it an account: its contents last (`journal`), two rules
of S3 that moto does not know are kept, and a role can take effect late, as IAM's do. Requests reach moto
directly, without the network and without a patched process: clients of any other session are left alone.
"""

from __future__ import annotations

import functools
import json
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import MockRawResponse
from moto.core.model_instances import reset_model_data
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal import mock_random
from moto.sqs.models import Queue, sqs_backends

from local_cloud.aws_account.journal import Journal
from local_cloud.aws_account.moto_patches import MotoDoor, adapt_moto, clock_at
from local_cloud.aws_account.refusals import refusal
from local_cloud.aws_account.regions import DEFAULT_REGION
from local_cloud.aws_account.requests import Answer, ApiRequest
from local_cloud.aws_account.restoration import Restoration

JOURNAL = "requests.journal"

_POLL_SECONDS = 0.05
_CLIENT = Config(
    ignore_configured_endpoint_urls=True,
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    retries={"total_max_attempts": 1},
)
_ENDED_BY_US = "DeleteMessage", "DeleteMessageBatch"


class AwsAccount:
    """One AWS account: S3, SQS, SNS, EventBridge, IAM, STS and KMS.

    A process holds at most one, because moto keeps its own globally.

    Attributes:
        on_change: called after each request that changed something; by default nobody is.
    """

    _open: AwsAccount | None = None

    def __init__(
        self, folder: Path | None = None, *, region: str = DEFAULT_REGION, role_takes_effect_after: int = 0
    ) -> None:
        """Open the account; its contents come back with the first request.

        Args:
            folder: where the contents last; without one they go when the account is closed.
            region: the region of clients and buckets.
            role_takes_effect_after: how many attempts to assume a role fail before it takes effect.

        Raises:
            RuntimeError: another account is open in this process.
        """
        if AwsAccount._open is not None:
            raise RuntimeError("one AwsAccount at a time: close the other one first")
        AwsAccount._open = self
        self.account_id = DEFAULT_ACCOUNT_ID
        self.region = region
        self._role_takes_effect_after = role_takes_effect_after
        self._attempts: dict[str, int] = {}
        self._clients: dict[str, Any] = {}
        self._session = _session(region)
        self._moto = MotoDoor()
        self._lock = threading.RLock()
        self._journal = Journal(folder / JOURNAL) if folder else None
        self._restored = self._journal is None
        self._requests = 0
        self.on_change: Callable[[], None] = _nothing
        self._undo_adaptations = adapt_moto()
        _forget_everything()

    def __enter__(self) -> AwsAccount:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the account; what is in its folder stays."""
        if AwsAccount._open is not self:
            return
        AwsAccount._open = None
        if self._journal:
            self._journal.close()
        for client in self._clients.values():
            client.close()
        _forget_everything()
        self._undo_adaptations()

    def client(self, service: str) -> Any:
        """Return the boto3 client of one of its services; one each, safe between threads."""
        with self._lock:
            if service not in self._clients:
                client = self._session.client(service, config=_CLIENT)
                client.meta.events.register_first("before-send", self._before_send)
                self._clients[service] = client
            return self._clients[service]

    def restore(self) -> None:
        """Bring the contents back now, and not with the first request."""
        with self._lock:
            self._restore()

    def role_may_be_assumed(self, role_name: str) -> bool:
        """Whether the role has taken effect by now; asking does not count as an attempt."""
        return self._attempts.get(role_name, 0) >= self._role_takes_effect_after

    def assume_role_attempt(self, role_arn: str) -> bool:
        """Count one attempt to assume a role and answer whether it has taken effect."""
        name = role_arn.rpartition("/")[2]
        if self.role_may_be_assumed(name):
            return True
        self._attempts[name] = self._attempts.get(name, 0) + 1
        return False

    def answer(self, request: ApiRequest) -> Answer:
        """Carry out one request to the API and return its answer.

        A request that changes something is in the journal before it is carried out, at a moment and with a seed
        for random values (ids, version ids, message ids) of its own, so that it gives the same again.
        """
        if request.action == "ReceiveMessage":
            return self._receive(request)
        with self._lock:
            self._restore()
            if refused := refusal(request):
                return refused
            if not request.changes_something:
                return self._carry_out(request)
            now = datetime.now(UTC).replace(tzinfo=None)
            self._write_down(request, now)
            with clock_at(now):
                answer = self._carry_out(request)
        self.on_change()
        return answer

    def _receive(self, request: ApiRequest) -> Answer:
        # moto would wait while it is called, and everybody else with it: the lock is only held to look
        parameters = request.parameters()
        until = time.monotonic() + float(parameters.get("WaitTimeSeconds", 0))
        body = json.dumps({**parameters, "WaitTimeSeconds": 0}).encode()
        look = ApiRequest(request.method, request.url, {**request.headers, "Content-Length": str(len(body))}, body)
        while True:
            with self._lock:
                self._restore()
                status, headers, answer = self._carry_out(look)
            if status >= 400 or "Messages" in json.loads(answer) or time.monotonic() >= until:
                return status, headers, answer
            time.sleep(_POLL_SECONDS)

    def _before_send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body: Any = request.body
        content = body.read() if hasattr(body, "read") else body or b""
        content = content.encode() if isinstance(content, str) else content
        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        call = ApiRequest(
            request.method, request.url, headers, content.encode() if isinstance(content, str) else content
        )
        status, answer_headers, answer = self.answer(call)
        return AWSResponse(request.url, status, answer_headers, MockRawResponse(answer))  # pyright: ignore[reportArgumentType]

    def _carry_out(self, request: ApiRequest) -> Answer:
        prepared = AWSPreparedRequest(request.method, request.url, dict(request.headers), request.body, False)
        if answer := self._moto.answer(request.service, prepared):
            return answer
        return 501, {}, f"the embedded cloud has no AWS service at {request.url}"

    def _queue(self, name: str) -> Queue | None:
        return sqs_backends[self.account_id][self.region].queues.get(name)

    def _write_down(self, request: ApiRequest, now: datetime) -> None:
        self._requests += 1
        mock_random.seed(self._requests)
        if self._journal is None:
            return
        if request.action in _ENDED_BY_US:
            self._journal.append(self._ended_messages(request), b"")
            return
        entry = {
            "at": now.isoformat(),
            "seed": self._requests,
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
        }
        self._journal.append(entry, request.body)

    def _ended_messages(self, request: ApiRequest) -> dict[str, Any]:
        """Receipt handles are drawn with each receipt and do not come back; the messages' own ids do."""
        parameters = request.parameters()
        name = parameters.get("QueueUrl", "").rpartition("/")[2]
        handles = {entry.get("ReceiptHandle") for entry in parameters.get("Entries", [parameters])}
        queue = self._queue(name)
        messages = queue._messages if queue else []
        ids = [message.id for message in messages if not handles.isdisjoint(message.all_receipt_handles)]
        return {"queue": name, "ended": ids}

    def _restore(self) -> None:
        if self._restored or self._journal is None:
            return
        self._restored = True
        self._requests = Restoration(self._journal, self._carry_out, _forget_everything).run()


def _nothing() -> None:
    """Nobody listens."""


@functools.cache
def _session(region: str) -> boto3.Session:
    """Return a session with invented credentials that reads neither profiles nor configuration of this machine.

    It has read the models of the AWS API, which is most of a client's making; a process reads them once.
    """
    nothing = {
        name: (None, None, value, None)
        for name, value in (("profile", None), ("config_file", os.devnull), ("credentials_file", os.devnull))
    }
    core = botocore.session.Session(session_vars=nothing)
    core.set_credentials("local", "local")
    return boto3.Session(botocore_session=core, region_name=region)


def _forget_everything() -> None:
    BackendDict.reset()
    reset_model_data()
