"""What a load costs after 1, 10 and 100 others: what each refresh did, by the account's own refresh history."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks.deliveries import TRANSACTIONS, put
from local_cloud.accounts import Accounts, open_accounts
from local_cloud.commands.up import UpRequest, up
from local_cloud.program.deployed_stack import DeployedStack
from local_cloud.progress import Progress
from local_cloud.snowpipe.loader import Snowpipe
from local_cloud.state.folder import State, current_generation

LOADS = (1, 10, 100)
MOST_SCANNED = 4
"""Rows that a refresh may go through for each row that came: those that came, their like, and what they replace."""

_HISTORY = """
select NAME, REFRESH_ACTION, STATISTICS from table({database}.INFORMATION_SCHEMA.DYNAMIC_TABLE_REFRESH_HISTORY(
    RESULT_LIMIT => 10000)) where NAME not like '%VERSIONS' qualify row_number() over (
    partition by NAME order by REFRESH_START_TIME desc) = 1 order by REFRESH_START_TIME
"""


def main() -> None:
    """Measure, print, and fail where a refresh goes through more than what has come."""
    table = Table(title=f"Loads of {TRANSACTIONS:,} transactions, one after the other", title_justify="left")
    for column in ("Load", "Dynamic table", "Action", "Inserted", "Deleted", "Scanned", "Rows"):
        table.add_column(column, justify="left" if column in ("Dynamic table", "Action") else "right", no_wrap=True)
    with TemporaryDirectory(prefix="growth-") as name:
        worst = max(_measured(Path(name), table))
    table.caption = f"the most rows scanned for one that came: {worst:.1f}; at most {MOST_SCANNED}"
    Console().print(table)
    if worst > MOST_SCANNED:
        raise SystemExit(f"a refresh goes through {worst:.1f} rows for each that came, more than {MOST_SCANNED}")


def _measured(folder: Path, table: Table) -> Iterator[float]:
    (folder / "data" / "transactions").mkdir(parents=True)
    (folder / "data" / "transactions" / "first.json").write_text('{"customer_id": "C1", "basket": []}\n')
    request = UpRequest(state=folder / "state", stack="dev", data=folder / "data")
    stack = up(request, Progress(Console(file=io.StringIO()))).stack
    with open_accounts(current_generation(State(folder / "state")), region=stack.region) as accounts:
        for number in range(1, max(LOADS) + 1):
            put(accounts.aws.client("s3"), stack.outputs["bucket"], f"LOAD{number}")
            Snowpipe(accounts.snowflake, accounts.aws).run_until_idle()
            accounts.snowflake.refresh_dynamic_tables()
            if number in LOADS:
                yield from _tell(accounts, stack, number, table)


def _tell(accounts: Accounts, stack: DeployedStack, number: int, table: Table) -> Iterator[float]:
    """Add what the last refresh of each dynamic table did; yield how many rows it scanned for each that came."""
    database = stack.outputs["database"]
    for name, action, statistics in accounts.snowflake.execute(_HISTORY.format(database=database)).rows:
        did = json.loads(statistics)
        rows = accounts.snowflake.execute(f"select count(*) from {database}.CORE.{name}").rows[0][0]
        told = [f"{did[key]:,}" for key in ("numInsertedRows", "numDeletedRows", "numScannedRows")]
        table.add_row(str(number), name, action, *told, f"{rows:,}")
        yield did["numScannedRows"] / TRANSACTIONS if action == "INCREMENTAL" else 0.0
    table.add_section()
