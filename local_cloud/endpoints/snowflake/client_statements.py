"""One statement of a client, executed in its session of the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from local_cloud.endpoints.snowflake import statement_words as words
from local_cloud.endpoints.snowflake.client_sessions import ClientSession, told_parameters
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.session import Session


@dataclass(frozen=True)
class ClientStatement:
    """A statement as a request has it.

    Attributes:
        sql: its text.
        rows: the values bound to it; more than one row for an array binding.
        form: how the rows of its answer travel, arrow or json.
        describe_only: whether only the columns of its answer are wanted.
    """

    sql: str
    rows: list[list[Any]] = field(default_factory=lambda: [[]])
    form: str = "json"
    describe_only: bool = False

    def __post_init__(self) -> None:
        # the drivers read how many rows a change has touched from JSON, whatever they asked for
        if words.counts_rows(self.type_id):
            object.__setattr__(self, "form", "json")

    @cached_property
    def type_id(self) -> int:
        """Snowflake's id for the statement's type."""
        return words.type_id(self.sql)


def execute(session: ClientSession, statement: ClientStatement) -> tuple[Result, dict[str, Any]]:
    """Execute a statement and return its result with what the answer says of the session afterwards.

    Raises:
        SnowflakeError: the account refuses it.
    """
    sql = session.sql
    result = _described(sql, statement) if statement.describe_only else sql.execute_many(statement.sql, statement.rows)
    if words.alters_session(statement.sql):
        session.told = told_parameters(sql)
    context = sql.context
    facts = {
        "parameters": [{"name": name, "value": value} for name, value in session.told.items()],
        "statementTypeId": statement.type_id,
        "numberOfBinds": len(statement.rows[0]) if statement.rows else 0,
        "finalDatabaseName": context.database,
        "finalSchemaName": context.schema,
        "finalWarehouseName": context.warehouse,
        "finalRoleName": context.role,
        "version": 1,
    }
    return result, facts


def _described(session: Session, statement: ClientStatement) -> Result:
    if (sql := words.without_rows(statement.sql, statement.type_id)) is None:
        return Result(list(words.columns_of_change(statement.type_id)))
    result = session.execute(sql)
    if result.arrow is None:
        return Result(result.columns, [])
    return Result(result.columns, arrow=result.arrow.slice(0, 0))
