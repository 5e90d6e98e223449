"""Opens what is deployed in a state folder: its accounts, or the `serve` that keeps them open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from local_cloud.accounts import Accounts, open_accounts, open_snowflake, or_say_the_way_out
from local_cloud.errors import StateHeldError
from local_cloud.program.deployed_stack import DeployedStack, load_deployed_stack
from local_cloud.snowflake_account import Account
from local_cloud.sql_door import SnowflakeConnection, SqlDoor, connect
from local_cloud.state.endpoints_file import read_variables
from local_cloud.state.folder import State, current_generation, hold_state

_Opened_co = TypeVar("_Opened_co", covariant=True)


@contextlib.contextmanager
def open_stack(state: State) -> Iterator[tuple[DeployedStack, Accounts]]:
    """Open the stack of a state folder that is held, and its accounts, for the time of a with block.

    Raises:
        InputError: nothing is deployed in this state folder.
        FailedRunError: what is deployed there cannot be opened.
    """
    with _opened(state, open_accounts) as opened:
        yield opened


@contextlib.contextmanager
def open_door(folder: Path, purpose: str) -> Iterator[tuple[Account | SnowflakeConnection, str]]:
    """Open where SQL reaches a state folder's stack, for the time of a with block.

    That is the embedded account itself, or a connection to the endpoint of the `serve` that holds the folder; with
    it comes the name of the stack's database, which need not exist yet; empty where nothing says which it is.
    `purpose` is as in `hold_state`.

    Raises:
        InputError: nothing is deployed there, or `serve` does not let us in.
        StateHeldError: something else holds the folder.
    """
    with contextlib.ExitStack() as opened:
        try:
            state = opened.enter_context(hold_state(folder, purpose, must_exist=True))
        except StateHeldError:
            if (variables := read_variables(folder)) is None:
                raise
        else:
            stack, account = opened.enter_context(_opened(state, open_snowflake))
            yield account, stack.outputs.get("database") or only_database(account)
            return
        door = opened.enter_context(connect(variables))
        yield door, variables.get("SNOWFLAKE_DATABASE") or only_database(door)


class _Opening(Protocol[_Opened_co]):
    def __call__(self, generation: Path, /, *, region: str) -> AbstractContextManager[_Opened_co]: ...


@contextlib.contextmanager
def _opened(state: State, opening: _Opening[_Opened_co]) -> Iterator[tuple[DeployedStack, _Opened_co]]:
    generation = current_generation(state)
    with contextlib.ExitStack() as opened:
        with or_say_the_way_out(generation):
            stack = load_deployed_stack(generation)
            entered = opened.enter_context(opening(generation, region=stack.region))
        yield stack, entered


def only_database(door: SqlDoor) -> str:
    """Return the name of the database where there is exactly one, whoever made it; empty where there is not."""
    names = [row["name"] for row in door.execute("show databases").dicts()]
    return names[0] if len(names) == 1 else ""
