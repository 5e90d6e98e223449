"""A `serve` in a process of its own, which can be stopped, killed and started again on the same state folder."""

from __future__ import annotations

import contextlib
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

PROJECT = Path(__file__).resolve().parent.parent
READY_WITHIN = 90.0
"""Seconds in which a serve must answer, its first `up` on a busy machine included."""

_LAST_LINE = "SNOWFLAKE_WAREHOUSE="
_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=15)


class ServeProcess:
    """A running `serve`.

    Attributes:
        variables: what it told its clients to export, once it is ready.
        output: the lines that it has printed.
        started: when it was started, on the monotonic clock.
        ready_after: the seconds that it took to answer.
    """

    def __init__(self, state: Path, arguments: Sequence[str] = ()) -> None:
        """Start it on free ports; `wait_until_ready` says when it answers.

        Args:
            state: the state folder.
            arguments: of `serve`, beside the state and the ports.
        """
        command = [sys.executable, "-m", "local_cloud", "serve", "--state", str(state)]
        ports = [] if "--aws-port" in arguments else ["--aws-port", "0", "--snowflake-port", "0"]
        self.variables: dict[str, str] = {}
        self.output: list[str] = []
        self.ready_after = 0.0
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [*command, *ports, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            self._note(lines)
        self._ready.set()

    def _note(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.output.append(line.rstrip())
            name, equals, value = line.strip().partition("=")
            if equals and name.isupper():
                self.variables[name] = "".join(shlex.split(value))
            if line.strip().startswith(_LAST_LINE):
                self.ready_after = time.monotonic() - self.started
                self._ready.set()

    def wait_until_ready(self, within: float = READY_WITHIN) -> ServeProcess:
        """Wait until it answers.

        Raises:
            RuntimeError: it ended, or took too long.
        """
        if not self._ready.wait(within) or not self.ready_after:
            self.kill()
            raise RuntimeError(f"serve did not come up in {within:.0f} s: {' | '.join(self.output)}")
        return self

    def wait_for(self, seconds: float) -> None:
        """Wait so long, or until it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    @property
    def process_id(self) -> int:
        """The process's id."""
        return self._process.pid

    def client(self, service: str) -> Any:
        """Return a new boto3 client of the AWS endpoint, which tries once."""
        return boto3.client(
            service,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            region_name=self.variables["AWS_REGION"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
            config=_ONCE,
        )

    def connect(self) -> Any:
        """Return a connection of Snowflake's connector."""
        import snowflake.connector

        return snowflake.connector.connect(
            account=self.variables["SNOWFLAKE_ACCOUNT"],
            host=self.variables["SNOWFLAKE_HOST"],
            port=int(self.variables["SNOWFLAKE_PORT"]),
            protocol=self.variables["SNOWFLAKE_PROTOCOL"],
            user=self.variables["SNOWFLAKE_USER"],
            password=self.variables["SNOWFLAKE_PASSWORD"],
            database=self.variables["SNOWFLAKE_DATABASE"],
            warehouse=self.variables["SNOWFLAKE_WAREHOUSE"],
        )

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def stop(self, number: int = signal.SIGTERM, within: float = 20.0) -> tuple[int, float]:
        """Ask it to end; return its exit code and the seconds that it took."""
        asked = time.monotonic()
        self._process.send_signal(number)
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        took = time.monotonic() - asked
        self._reader.join()
        return code, took


@contextlib.contextmanager
def serving(state: Path, arguments: Sequence[str] = (), ready_within: float = READY_WITHIN) -> Iterator[ServeProcess]:
    """Give a `serve` that answers; it is stopped at the end, or killed where the block failed."""
    process = ServeProcess(state, arguments).wait_until_ready(ready_within)
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    process.stop()
