"""What a task may do here: one statement that a session could execute; blocks and procedures are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.parsing import parse_statement
from local_cloud.snowflake_account.language.schedules import next_run
from local_cloud.snowflake_account.language.statement_text import one_statement, statements_of

_SCRIPTING = ("BEGIN", "DECLARE", "CALL", "EXECUTE")


def check_body(body: str) -> None:
    """Refuse a task's body that could never be executed.

    Raises:
        SnowflakeError: it is no statement.
        UnsupportedError: it is a block of Snowflake Scripting, calls a procedure, or is what the account does not have.
    """
    word = next((str(statement.tokens[0].text).upper() for statement in statements_of(body)), "")
    if word in _SCRIPTING:
        raise UnsupportedError(f"{word} in a task")
    if isinstance(tree := parse_statement(one_statement(body)), exp.Command):
        raise UnsupportedError(f"{tree.name.upper()} in a task")


def check_schedule(properties: Mapping[str, Any]) -> None:
    """Refuse a schedule that is none.

    Raises:
        SnowflakeError: its cron expression is none.
    """
    if schedule := properties.get("SCHEDULE"):
        next_run(str(schedule), datetime.now(UTC))
