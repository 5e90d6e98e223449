"""The accounts kept running: both endpoints, Snowpipe watching, until somebody says stop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.accounts import Accounts, region_of
from local_cloud.commands.own_names import names_to_come
from local_cloud.commands.up import UpPlan, UpRequest, UpResult, carry_out, plan_up
from local_cloud.commands.users_file import make_users, read_users_file
from local_cloud.endpoints import LOOPBACK
from local_cloud.endpoints.aws.server import AwsEndpoint, is_free
from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from local_cloud.errors import InputError
from local_cloud.program.config import PROJECT, read_stack
from local_cloud.program.deployed_stack import DeployedStack
from local_cloud.program.deployment import Deployment
from local_cloud.program.local_stack import LOCAL_STACK, write_local_stack
from local_cloud.progress import Progress
from local_cloud.snowpipe.live_loading import LiveLoading
from local_cloud.state.endpoints_file import USER, Endpoints, endpoints_file, password_of
from local_cloud.state.folder import State, hold_state
from local_cloud.state.opened_stack import open_stack

_STOP_SECONDS = 0.6
"""How long each part is given to end what it is doing; all of them together, and the files, take under 2 s."""


@dataclass(frozen=True)
class ServeRequest:
    """What ``serve`` is asked for.

    Attributes:
        state: the state folder; one that has something deployed is opened as it is.
        stack: the stack that is deployed into a fresh state folder.
        empty: whether a fresh state folder stays without a stack.
        data: as in `UpRequest`.
        aws_port: port of the AWS endpoint, 0 for any free one.
        snowflake_port: port of the Snowflake endpoint, 0 for any free one.
        password: the Snowflake user's; None takes the state folder's own.
        users: a file of further users, None for none.
        program: the folder of the Pulumi program.
        host: the address that both endpoints listen on; any but loopback lets others in who have the password.
    """

    state: Path
    stack: str
    empty: bool
    data: Path | None
    aws_port: int
    snowflake_port: int
    password: str | None = None
    users: Path | None = None
    program: Path = PROJECT
    host: str = LOOPBACK


@dataclass(frozen=True)
class ServeAudience:
    """Who is told how it goes.

    Attributes:
        deployed: called when a fresh stack was deployed and loaded.
        ready: called when both endpoints answer, with what clients need, the file that says it, and the stack's name.
        note: called with a line about something that went wrong and will be tried again.
    """

    deployed: Callable[[UpResult], None]
    ready: Callable[[Endpoints, Path, str], None]
    note: Callable[[str], None]


def serve(request: ServeRequest, progress: Progress, stop: threading.Event, audience: ServeAudience) -> None:
    """Serve a state folder until `stop` is set.

    Raises:
        InputError: a port is taken, another process holds the folder, there is nothing to deploy, or the users
            cannot be made.
        FailedRunError: a fresh stack could not be deployed.
    """
    _check_ports(request)
    users = read_users_file(request.users) if request.users else []
    plan = _plan(request) if State(request.state).current is None else None
    with hold_state(request.state, "serve") as state:
        if plan is not None and state.current is None:
            _fill(state, plan, progress, audience)
        with progress.phase("Opening the accounts", "Opened the accounts"):
            accounts = contextlib.ExitStack()
            stack, opened = accounts.enter_context(open_stack(state))
            opened.aws.restore()
        with accounts:
            make_users(users, opened.snowflake)
            with _running(opened, request, stack, audience):
                stop.wait()


def _check_ports(request: ServeRequest) -> None:
    """Find out before the work of minutes what would stop it at its end."""
    for port, option in ((request.aws_port, "--aws-port"), (request.snowflake_port, "--snowflake-port")):
        if port and not is_free(port):
            raise _taken(port, option)


def _taken(port: int, option: str) -> InputError:
    return InputError(f"port {port} is taken by another program: end it, or choose another port with {option}")


def _plan(request: ServeRequest) -> UpPlan | DeployedStack:
    """Return what a fresh state folder is to be given, checked and not begun."""
    return (
        _empty_stack(request)
        if request.empty
        else plan_up(UpRequest(request.state, request.stack, request.data, program=request.program))
    )


def _fill(state: State, plan: UpPlan | DeployedStack, progress: Progress, audience: ServeAudience) -> None:
    """Give a fresh state folder its first generation."""
    if isinstance(plan, UpPlan):
        audience.deployed(carry_out(plan, state, progress))
        return
    with state.new_generation() as generation:
        plan.save(generation)


def _empty_stack(request: ServeRequest) -> DeployedStack:
    """Return a stack of which nothing is deployed; its outputs are the names that it will have."""
    stack = read_stack(request.program, request.stack, {}, may_be_missing=request.stack == LOCAL_STACK)
    return DeployedStack(stack.project, stack.name, region_of(stack.config), Deployment((), {}))


@contextlib.contextmanager
def _running(
    accounts: Accounts, request: ServeRequest, stack: DeployedStack, audience: ServeAudience
) -> Iterator[None]:
    """Let everything run for the time of a with block."""
    password = request.password or password_of(request.state)
    loading = LiveLoading(accounts, audience.note)
    with contextlib.ExitStack() as parts:
        aws = _opened(
            parts, "--aws-port", request.aws_port, lambda port: AwsEndpoint(accounts.aws, port=port, host=request.host)
        )
        snowflake = _opened(
            parts,
            "--snowflake-port",
            request.snowflake_port,
            lambda port: SnowflakeEndpoint(
                accounts.snowflake, port=port, host=request.host, user=USER, password=password
            ),
        )
        loading.start()
        parts.callback(loading.stop, within=_STOP_SECONDS)
        endpoints = Endpoints(
            aws.port, snowflake.port, password, stack.region, **_names(stack, accounts, request.program)
        )
        if stack.name == LOCAL_STACK:
            write_local_stack(request.program, LOOPBACK, aws.port, snowflake.port, stack.region)
        audience.ready(endpoints, parts.enter_context(endpoints_file(request.state, endpoints)), stack.name)
        yield


def _opened(parts: contextlib.ExitStack, option: str, port: int, make: Callable[[int], Any]) -> Any:
    try:
        endpoint = make(port)
    except OSError as error:
        raise _taken(port, option) from error
    endpoint.start()
    parts.callback(endpoint.stop)
    return endpoint


def _names(stack: DeployedStack, accounts: Accounts, program: Path) -> dict[str, str]:
    """The names of the bucket, the database and the warehouse: those deployed, else those of a stack to come."""
    names = names_to_come(program, stack.name)
    to_come = {
        "bucket": names.bucket(accounts.aws.account_id) if names else "",
        "database": names.database if names else "",
        "warehouse": names.warehouse if names else "",
    }
    return {name: stack.outputs.get(name) or value for name, value in to_come.items()}
