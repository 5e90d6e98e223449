"""A `serve` in this process, for tests."""

from __future__ import annotations

import contextlib
import io
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from rich.console import Console

from local_cloud.commands.serve import ServeAudience, ServeRequest, serve
from local_cloud.commands.up import UpResult
from local_cloud.progress import Progress
from local_cloud.state.endpoints_file import Endpoints

WITHIN = 60.0
"""Seconds after which a test gives up on whatever it waits for."""


@dataclass
class Served:
    """A running `serve`.

    Attributes:
        endpoints: where it answers.
        file: the file that says so.
        ups: what its first `up` said.
        notes: what it said went wrong.
    """

    endpoints: Endpoints
    file: Path
    ups: list[UpResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        variables = self.endpoints.variables
        return boto3.client(
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20),
        )


def request(state: Path, **more: Any) -> ServeRequest:
    options: dict[str, Any] = {"stack": "dev", "empty": True, "data": None, "aws_port": 0, "snowflake_port": 0}
    return ServeRequest(state=state, **(options | more))


@contextlib.contextmanager
def served(state: Path, **more: Any) -> Iterator[Served]:
    """Serve a state folder for the time of a with block, and see that it ends."""
    told: queue.Queue[Served | BaseException] = queue.Queue()
    ups: list[UpResult] = []
    notes: list[str] = []
    stop = threading.Event()
    audience = ServeAudience(
        deployed=ups.append,
        ready=lambda endpoints, file, _: told.put(Served(endpoints, file, ups, notes)),
        note=notes.append,
    )

    def run() -> None:
        try:
            serve(request(state, **more), Progress(Console(file=io.StringIO())), stop, audience)
        except BaseException as error:
            told.put(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    running = told.get(timeout=WITHIN)
    if isinstance(running, BaseException):
        raise running
    try:
        yield running
    finally:
        stop.set()
        thread.join(WITHIN)
    assert not thread.is_alive(), "serve did not end"
    assert told.empty(), told.get()


def eventually(happens: Callable[[], Any], within: float = WITHIN) -> Any:
    """Ask again until the answer is true, and return it; fail after so many seconds."""
    gave_up = threading.Event()
    timer = threading.Timer(within, gave_up.set)
    timer.start()
    try:
        while not (answer := happens()):
            assert not gave_up.wait(0.02), f"it did not happen within {within:.0f} s"
        return answer
    finally:
        timer.cancel()
