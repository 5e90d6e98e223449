"""A query on what the last ``up`` left."""

from __future__ import annotations

import contextlib
from pathlib import Path

from local_cloud.errors import FailedRunError
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result
from local_cloud.state.opened_stack import open_door


def run_query(folder: Path, sql: str) -> Result:
    """Execute one statement in Snowflake's SQL; the stack's database is the current one.

    While `serve` holds the state folder the statement goes through its endpoint.

    Raises:
        InputError: nothing is deployed in this state folder.
        FailedRunError: the account refused the statement, or its answer has a value that Python cannot hold.
    """
    with open_door(folder, "query") as (door, database):
        try:
            if database:
                # as a login does: a database that is not there yet is passed over
                with contextlib.suppress(SnowflakeError):
                    door.execute(f"USE DATABASE {Name((database,)).quoted}")
            result = door.execute(sql)
            _ = result.rows  # made here, so that one that cannot be made is this statement's error
            return result
        except SnowflakeError as error:
            raise FailedRunError(str(error)) from error
