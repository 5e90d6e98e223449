"""The command ``verify``: refresh the models, then prove files = RAW = CORE = MART."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from local_cloud.commands.own_names import names_to_come
from local_cloud.commands.report import printable
from local_cloud.errors import FailedRunError
from local_cloud.landing.data_folder import check_is_finished, read_data_folder
from local_cloud.program.config import read_stack
from local_cloud.reconciliation.checks import Check, all_differences, reconcile
from local_cloud.reconciliation.deployed_feeds import deployed_feeds
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Result
from local_cloud.sql_door import SqlDoor, connect
from local_cloud.state.opened_stack import only_database, open_door

_MOST_DIFFERENCES = 50


def verify_local(folder: Path, data: Path | None) -> Sequence[Check]:
    """Verify what a state folder holds; while `serve` runs on it, through its Snowflake endpoint.

    Raises:
        InputError: nothing is deployed there, or the data folder cannot be read.
        FailedRunError: a statement was refused.
    """
    if data:
        check_is_finished(data)
    with open_door(folder, "verify") as (door, database):
        if not database:
            raise FailedRunError(f"{folder} holds no database, or several: deploy the program that is to be verified")
        return _verify(door, database, data)


def verify_snowflake(project: Path, stack: str, data: Path | None) -> Sequence[Check]:
    """Verify a stack in the Snowflake account that the environment's SNOWFLAKE_ variables name.

    Raises:
        InputError: no such stack, no connection, or the data folder cannot be read.
        FailedRunError: a statement was refused.
    """
    read_stack(project, stack, {})  # one that is not there is bad input
    names = names_to_come(project, stack)
    with connect(os.environ) as connection:
        return _verify(connection, names.database if names else only_database(connection), data)


def _verify(door: SqlDoor, database: str, data: Path | None) -> Sequence[Check]:
    try:
        _refresh_models(door, database)
        feeds = deployed_feeds(door, database)
        sent = read_data_folder(data, feeds) if data else None
        return reconcile(door, database, feeds, sent).checks
    except SnowflakeError as error:
        raise FailedRunError(f"{database} could not be verified: {error}") from error


def _refresh_models(door: SqlDoor, database: str) -> None:
    if isinstance(door, Account):
        door.refresh_dynamic_tables()
        return
    for table in _answer(door, f"show dynamic tables in database {database}").dicts():
        name = f"{table['database_name']}.{table['schema_name']}.{table['name']}"
        _answer(door, f"alter dynamic table {name} refresh")


def _answer(door: SqlDoor, sql: str) -> Result:
    try:
        return door.execute(sql)
    except SnowflakeError as error:
        raise FailedRunError(f"Snowflake refused `{sql}`: {error}") from error


def print_checks(console: Console, checks: Sequence[Check]) -> None:
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
        console.print(Text(f"  {printable(difference)}", style="red"), soft_wrap=True)
    if len(found) > _MOST_DIFFERENCES:
        console.print(f"  and {len(found) - _MOST_DIFFERENCES:,} more")
    verdict = f"[bold red]{len(found):,} do not agree.[/]" if found else "[bold green]Files = RAW = CORE = MART.[/]"
    console.print(f"  {verdict}")
