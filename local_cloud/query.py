"""A query on what the last ``up`` left."""

from __future__ import annotations

import contextlib
from pathlib import Path

from infra.naming import Names
from local_cloud.accounts import open_accounts
from local_cloud.deployed_stack import load_deployed_stack
from local_cloud.endpoints_file import read_variables
from local_cloud.errors import FailedRunError, StateHeldError
from local_cloud.resources.snowflake import SnowflakeResult
from local_cloud.resources.snowflake_sql import quoted
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError
from local_cloud.state import current_generation, hold_state


def run_query(folder: Path, sql: str) -> SnowflakeResult:
    """Execute one statement in Snowflake's SQL; the stack's database is the current one.

    While `serve` holds the state folder the statement goes through its endpoint.

    Raises:
        InputError: nothing is deployed in this state folder.
        FailedRunError: the account refused the statement.
    """
    try:
        return _query_state(folder, sql)
    except StateHeldError:
        if (variables := read_variables(folder)) is None:
            raise
    from local_cloud.snowflake_connection import connect  # the connector takes half a second to import

    with connect(variables) as connection:
        try:
            return connection.execute(sql)
        except SnowflakeError as error:
            raise FailedRunError(str(error)) from error


def _query_state(folder: Path, sql: str) -> SnowflakeResult:
    with hold_state(folder, "query", must_exist=True) as state:
        generation = current_generation(state)
        stack = load_deployed_stack(generation)
        with open_accounts(generation, region=stack.region) as accounts:
            database = stack.outputs.get("database", Names(stack.project, stack.name).database)
            try:
                # one that is not there yet is passed over, as at a login
                with contextlib.suppress(DoesNotExistError):
                    accounts.snowflake.execute(f"USE DATABASE {quoted(database)}")
                return accounts.snowflake.execute(sql)
            except SnowflakeError as error:
                raise FailedRunError(str(error)) from error
