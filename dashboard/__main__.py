"""Starts the dashboard, and the embedded cloud under it where none runs: ``python -m dashboard``."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

LOOPBACK = "127.0.0.1"
PORT = 8501

_HERE = Path(__file__).resolve().parent
_PROJECT = _HERE.parent
_PROJECT_PYTHON = ".venv/bin/python"

_READY_SECONDS = 600
_STOP_SECONDS = 10
_LOOK_SECONDS = 0.1

_STREAMLIT = {
    "server.address": LOOPBACK,
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.serverAddress": LOOPBACK,
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "logger.hideWelcomeMessage": "true",
}


class StartError(Exception):
    """The dashboard cannot be started; one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the dashboard until somebody says stop, and return the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    asked = _arguments(arguments)
    try:
        with contextlib.ExitStack() as running:
            _run(asked, running)
    except StartError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="The pipeline on one page.")
    parser.add_argument(
        "--state", type=Path, default=Path(".local_cloud"), metavar="DIR", help="state folder (%(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="N", help="of the page, 0 for any free one (%(default)s)"
    )
    parser.add_argument("--role", metavar="NAME", help="the account role to look with (the user's default role)")
    parser.add_argument(
        "--account",
        action="store_true",
        help='look at the account of st.connection("snowflake"), not at the embedded one',
    )
    return parser.parse_args(arguments)


def _run(asked: argparse.Namespace, running: contextlib.ExitStack) -> None:
    port = _free_port(asked.port)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SNOWFLAKE_") or asked.account}
    for name in ("SNOWFLAKE_HOST", "SNOWFLAKE_PORT"):
        kept.pop(name, None)
    served: Mapping[str, str] = {} if asked.account else _served(asked.state, running)
    role = {"SNOWFLAKE_ROLE": asked.role} if asked.role else {}
    options = [f"--{name}={value}" for name, value in (_STREAMLIT | {"server.port": str(port)}).items()]
    command = [sys.executable, "-m", "streamlit", "run", str(_HERE / "app.py"), *options]
    page = _started(command, {**kept, **served, **role}, running)
    address = f"http://{LOOPBACK}:{port}"
    _wait(page, lambda: _answers(f"{address}/_stcore/health"), "the dashboard")
    print(f"\nDashboard  {address}  (Ctrl-C ends it)", flush=True)
    page.wait()
    raise StartError(f"the dashboard ended by itself with exit code {page.returncode}")


def _served(state: Path, running: contextlib.ExitStack) -> Mapping[str, str]:
    """Return the variables of the `serve` on a state folder, which is started if none answers."""
    file = state / "endpoints.env"
    if (variables := _answering(file)) is not None:
        return variables
    python = _PROJECT / _PROJECT_PYTHON
    if not python.exists():
        raise StartError(
            f"nothing is served on {state}, and {_PROJECT_PYTHON} is not there to start it: `make local` first"
        )
    command = [str(python), "-m", "local_cloud", "serve", "--state", str(state.absolute())]
    cloud = _started(command, dict(os.environ), running, cwd=_PROJECT)
    _wait(cloud, lambda: _answering(file) is not None, "the embedded cloud")
    return _answering(file) or {}


def _answering(file: Path) -> Mapping[str, str] | None:
    """Return the variables of a file if the account that it names answers."""
    try:
        pairs = (line.partition("=") for line in file.read_text("utf-8").splitlines())
        variables = {name: "".join(shlex.split(value)) for name, _, value in pairs}
        with socket.create_connection((variables["SNOWFLAKE_HOST"], int(variables["SNOWFLAKE_PORT"])), timeout=1):
            return variables
    except (OSError, KeyError, ValueError):
        return None


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310 - an address of this program's own
            return answer.status == 200
    except OSError:
        return False


def _free_port(wanted: int) -> int:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, wanted))
        except (OSError, OverflowError) as error:
            raise StartError(f"port {wanted} is taken or none: choose another one with --port") from error
        return tried.getsockname()[1]


def _started(
    command: Sequence[str], environment: Mapping[str, str], running: contextlib.ExitStack, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C comes here only, and what was started is ended in reverse order.
    process = subprocess.Popen(command, env=environment, cwd=cwd, start_new_session=True)  # noqa: S603 - its own commands
    running.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _READY_SECONDS
    while not ready():
        if process.poll() is not None:
            raise StartError(f"{what} ended with exit code {process.returncode} before it answered")
        if time.monotonic() > until:
            raise StartError(f"{what} did not answer within {_READY_SECONDS} s")
        time.sleep(_LOOK_SECONDS)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
