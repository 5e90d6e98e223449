"""The command ``verify``: refresh the models, then prove files = RAW = CORE = MART."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.feeds import FEEDS
from infra.naming import Names
from local_cloud.accounts import open_accounts
from local_cloud.deployed_stack import load_deployed_stack
from local_cloud.endpoints_file import read_variables
from local_cloud.errors import FailedRunError, InputError, StateHeldError
from local_cloud.program_config import read_stack
from local_cloud.reconciliation import Check, Door, all_differences, reconcile
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Result
from local_cloud.state import current_generation, hold_state

_MOST_DIFFERENCES = 50


def verify_local(folder: Path, data: Path | None) -> list[Check]:
    """Verify what a state folder holds; while `serve` runs on it, through its Snowflake endpoint.

    Raises:
        InputError: nothing is deployed there, or the data folder cannot be read.
        FailedRunError: a statement was refused.
    """
    _check_folder(data)
    try:
        with hold_state(folder, "verify", must_exist=True) as state:
            generation = current_generation(state)
            stack = load_deployed_stack(generation)
            with open_accounts(generation, region=stack.region) as accounts:
                database = stack.outputs.get("database", Names(stack.project, stack.name).database)
                return _verify_embedded(accounts.snowflake, database, data)
    except StateHeldError:
        if (variables := read_variables(folder)) is None:
            raise
        return _verify_connected(variables, variables["SNOWFLAKE_DATABASE"], data)


def verify_snowflake(project: Path, stack: str, data: Path | None) -> list[Check]:
    """Verify a stack in the Snowflake account that the environment's SNOWFLAKE_ variables name.

    Raises:
        InputError: no such stack, no connection, or the data folder cannot be read.
        FailedRunError: a statement was refused.
    """
    _check_folder(data)
    config = read_stack(project, stack, {})
    return _verify_connected(os.environ, Names(config.project, config.name).database, data)


def _check_folder(data: Path | None) -> None:
    if data is not None and not data.is_dir():
        raise InputError(f"the data folder {data} is {'no folder' if data.exists() else 'not there'}")


def _verify_embedded(account: Account, database: str, data: Path | None) -> list[Check]:
    try:
        account.refresh_dynamic_tables()
    except SnowflakeError as error:
        raise FailedRunError(f"{database} could not be verified: {error}") from error
    return _reconcile(account, database, data)


def _verify_connected(variables: Mapping[str, str], database: str, data: Path | None) -> list[Check]:
    from local_cloud.snowflake_connection import connect  # the connector takes half a second to import

    with connect(variables) as connection:
        tables = _answer(connection, f"show dynamic tables in database {database}")
        for table in tables.dicts():
            name = f"{table['database_name']}.{table['schema_name']}.{table['name']}"
            _answer(connection, f"alter dynamic table {name} refresh")
        return _reconcile(connection, database, data)


def _answer(door: Door, sql: str) -> Result:
    try:
        return door.execute(sql)
    except SnowflakeError as error:
        raise FailedRunError(f"Snowflake refused `{sql}`: {error}") from error


def _reconcile(door: Door, database: str, data: Path | None) -> list[Check]:
    try:
        return reconcile(door, database, FEEDS, data)
    except SnowflakeError as error:
        raise FailedRunError(f"{database} could not be verified: {error}") from error


def print_checks(console: Console, checks: list[Check]) -> None:
    """Print each proof, and what does not agree down to the file."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim")
    table.add_column("What has to agree")
    table.add_column("Compared", justify="right")
    table.add_column("Differ", justify="right")
    for check in checks:
        count = len(check.differences)
        table.add_row(Text(check.name), f"{check.compared:,}", f"[bold red]{count:,}[/]" if count else "0")
    console.print(table)
    found = all_differences(checks)
    for difference in found[:_MOST_DIFFERENCES]:
        console.print(Text(f"  {difference}", style="red"), soft_wrap=True)
    if len(found) > _MOST_DIFFERENCES:
        console.print(f"  and {len(found) - _MOST_DIFFERENCES:,} more")
    verdict = f"[bold red]{len(found):,} do not agree.[/]" if found else "[bold green]Files = RAW = CORE = MART.[/]"
    console.print(f"  {verdict}")
