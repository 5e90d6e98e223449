"""One statement of a client, executed in its session of the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.endpoints.snowflake import statement_words as words
from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.endpoints.snowflake.file_transfers import FileTransfers
from local_cloud.endpoints.snowflake.forms.arrow_form import table_of
from local_cloud.endpoints.snowflake.forms.column_types import column_types
from local_cloud.endpoints.snowflake.told_parameters import told_parameters
from local_cloud.snowflake_account.language.statement_text import StatementText
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.binds import Row
from local_cloud.snowflake_account.sessions.descriptions import Description


@dataclass(frozen=True)
class ClientStatement:
    """A statement as a request has it.

    Attributes:
        text: the statement.
        rows: the values bound to it; more than one row for an array binding.
        asked_form: how the client wants the rows of the answer to travel, arrow or json.
        describe_only: whether only the columns of its answer are wanted.
        parameters: the session parameters that are set for it alone.
        most_rows: how many rows of the answer the client wants at most, 0 for all.
        timeout: after how many seconds it is stopped, 0 for never.
    """

    text: StatementText
    rows: list[Row] = field(default_factory=lambda: [[]])
    asked_form: str = "json"
    describe_only: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    most_rows: int = 0
    timeout: int = 0

    @property
    def form(self) -> str:
        """How the rows travel: the drivers read how many rows a change has touched from JSON, whatever they ask for."""
        return "json" if words.counts_rows(self.text) or words.moves_files(self.text) else self.asked_form

    @property
    def type_id(self) -> int:
        """Snowflake's id for the statement's type."""
        return words.type_id(self.text)


def execute(
    session: ClientSession, statement: ClientStatement, query_id: str, files: FileTransfers
) -> tuple[Result, dict[str, Any]]:
    """Execute a statement and return its result with what the answer says of the session afterwards.

    Args:
        session: the client's session.
        statement: the statement.
        query_id: what the client and LAST_QUERY_ID call it.
        files: answers PUT and GET.

    Raises:
        SnowflakeError: the account refuses it.
    """
    sql, text = session.sql, statement.text
    with sql.parameters.for_a_statement(statement.parameters):
        if statement.describe_only:
            described = sql.describe(text)
            result, more = described.answer, _of_binds(described)
        elif words.moves_files(text):
            # the rows are the driver's: it says what became of each file
            result, more = Result([], []), files.answer_to(sql.transfer(text, statement.rows[0]), session, query_id)
        else:
            result = sql.execute_many(text, statement.rows, query_id=query_id)
            more = {"numberOfBinds": len(statement.rows[0]) if statement.rows else 0}
    if words.alters_session(text):
        session.told = told_parameters(sql)
    return result, session_facts(session, statement) | more


def session_facts(session: ClientSession, statement: ClientStatement) -> dict[str, Any]:
    """Return what the answer to a statement says of the session."""
    context = session.sql.context
    return {
        "parameters": session.told,
        "statementTypeId": statement.type_id,
        "finalDatabaseName": context.database,
        "finalSchemaName": context.schema,
        "finalWarehouseName": context.warehouse,
        "finalRoleName": context.role,
        "version": 1,
    }


def _of_binds(described: Description) -> dict[str, Any]:
    """Return what the answer to a client that prepares a statement says of the values to bind.

    With `arrayBindSupported` a driver sends the rows of a batch as arrays in one request, without it one by one.
    """
    binds = described.binds
    types = column_types(binds.columns, table_of(binds).schema)
    return {
        "numberOfBinds": len(types),
        "arrayBindSupported": described.takes_rows,
        "metaDataOfBinds": [type_.described() for type_ in types],
    }
