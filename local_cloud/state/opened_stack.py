"""Opens what is deployed in a state folder: its accounts, or the `serve` that keeps them open."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from local_cloud.accounts import Accounts, open_accounts
from local_cloud.errors import FailedRunError, StateHeldError
from local_cloud.program.deployed_stack import DeployedStack, load_deployed_stack
from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.sql_door import SnowflakeConnection, SqlDoor, connect
from local_cloud.state.endpoints_file import read_variables
from local_cloud.state.folder import State, current_generation, hold_state


@contextlib.contextmanager
def open_stack(state: State) -> Iterator[tuple[DeployedStack, Accounts]]:
    """Open the stack of a state folder that is held, and its accounts, for the time of a with block.

    Raises:
        InputError: nothing is deployed in this state folder.
        FailedRunError: what is deployed there cannot be opened.
    """
    generation = current_generation(state)
    with contextlib.ExitStack() as opened:
        try:
            stack = load_deployed_stack(generation)
            accounts = opened.enter_context(open_accounts(generation, region=stack.region))
        except (OSError, ValueError, LookupError, TypeError, sqlite3.Error, SnowflakeError) as error:
            raise FailedRunError(
                f"{generation} cannot be opened ({type(error).__name__}: {error}): begin anew with "
                "`python -m local_cloud up`, or remove the folder"
            ) from error
        yield stack, accounts


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
            stack, accounts = opened.enter_context(open_stack(state))
            yield accounts.snowflake, stack.outputs.get("database") or only_database(accounts.snowflake)
            return
        door = opened.enter_context(connect(variables))
        yield door, variables.get("SNOWFLAKE_DATABASE") or only_database(door)


def only_database(door: SqlDoor) -> str:
    """Return the name of the database where there is exactly one, whoever made it; empty where there is not."""
    names = [row["name"] for row in door.execute("show databases").dicts()]
    return names[0] if len(names) == 1 else ""
