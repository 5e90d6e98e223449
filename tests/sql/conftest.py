"""An account with the raw tables and every model of ``sql/``, as the catalog deploys them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import pytest
import snowflake.connector
import sqlglot
from fakesnow.instance import FakeSnow
from sqlglot import exp

from infra import load_history
from infra.feeds import FEEDS
from infra.sql_catalog import Model, load_catalog
from tests.sql.model_of_contract import canonical
from tests.sql.raw_rows import DELIVERED_COLUMNS, RawRow

DATABASE = "RETAIL_TEST"
LOAD_METADATA = ("_FILE", "_FILE_ROW", "_FILE_MODIFIED_AT", "_LOADED_AT")
COPY_HISTORY_COLUMNS = {
    "FILE_NAME": "varchar",
    "STAGE_LOCATION": "varchar",
    "LAST_LOAD_TIME": "timestamp_tz",
    "ROW_COUNT": "number",
    "ROW_PARSED": "number",
    "FILE_SIZE": "number",
    "FIRST_ERROR_MESSAGE": "varchar",
    "FIRST_ERROR_LINE_NUMBER": "number",
    "FIRST_ERROR_CHARACTER_POS": "number",
    "FIRST_ERROR_COLUMN_NAME": "varchar",
    "ERROR_COUNT": "number",
    "ERROR_LIMIT": "number",
    "STATUS": "varchar",
    "TABLE_CATALOG_NAME": "varchar",
    "TABLE_SCHEMA_NAME": "varchar",
    "TABLE_NAME": "varchar",
    "PIPE_CATALOG_NAME": "varchar",
    "PIPE_SCHEMA_NAME": "varchar",
    "PIPE_NAME": "varchar",
    "PIPE_RECEIVED_TIME": "timestamp_tz",
}


def execute(connection: Any, sql: str) -> list[dict[str, Any]]:
    """Run one statement of Snowflake's SQL; the only way from these tests to the engine behind them."""
    cursor = connection.cursor(snowflake.connector.DictCursor)
    return cursor.execute(sql).fetchall()


ASKING_THE_ACCOUNT = ("MODEL_FRESHNESS", "PIPE_HEALTH", "FINDINGS", "CREDITS")
"""Models that ask for the state and usage of pipes and models, which here are none; tests/pipeline tests them."""


class Account:
    """Raw tables to fill and models to read."""

    def __init__(self, connection: Any):
        self._connection = connection

    def execute(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of one statement."""
        return execute(self._connection, sql)

    def deploy(self) -> None:
        """Create the raw tables, the history that stands for COPY_HISTORY, and the models in order."""
        for schema in ("RAW", "CORE", "MART", "OPS"):
            self.execute(f"create schema if not exists {schema}")
        for feed in FEEDS:
            columns = ", ".join(f"{column.name} {column.type}" for column in feed.columns)
            self.execute(f"create table RAW.{feed.table} ({columns})")
        columns = ", ".join(f"{column.name} {column.type}" for column in load_history.COLUMNS)
        self.execute(f"create table OPS.LOAD_HISTORY ({columns})")
        columns = ", ".join(f"{name} {kind}" for name, kind in COPY_HISTORY_COLUMNS.items())
        self.execute(f"create table RAW.COPY_HISTORY ({columns})")
        for model in load_catalog(FEEDS, DATABASE).models:
            if model.relation.name in ASKING_THE_ACCOUNT:
                continue
            self.execute(f"create view {model.relation} as {_statement(model)}")

    def empty(self) -> None:
        """Take every delivered row away."""
        for table in (*(feed.table for feed in FEEDS), "COPY_HISTORY"):
            self.execute(f"delete from RAW.{table}")
        self.execute("delete from OPS.LOAD_HISTORY")

    def deliver(self, rows: Iterable[RawRow]) -> None:
        """Put rows into the raw tables."""
        for feed, of_feed in groupby(sorted(rows, key=lambda row: row.feed), key=lambda row: row.feed):
            columns = (*DELIVERED_COLUMNS[feed], *LOAD_METADATA)
            self._insert(feed.upper(), columns, [_fields(row) for row in of_feed])

    def record_attempts(self, attempts: Iterable[dict[str, Any]]) -> None:
        """Put rows into what stands for COPY_HISTORY."""
        columns = tuple(COPY_HISTORY_COLUMNS)
        self._insert("COPY_HISTORY", columns, [[attempt.get(name) for name in columns] for attempt in attempts])

    def rows(self, relation: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return a model's rows, sorted, NULL first."""
        found = [tuple(row.values()) for row in self.execute(f"select {columns} from {relation}")]
        return sorted(found, key=nulls_first)

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows as one literal: fakesnow's time goes by the number of literals."""
        types = {**COPY_HISTORY_COLUMNS, "RECORD": "variant", "_FILE_ROW": "number"}
        types |= dict.fromkeys(("_FILE_MODIFIED_AT", "_LOADED_AT"), "timestamp_ntz")
        fields = [_field(place, types.get(column, "varchar")) for place, column in enumerate(columns)]
        literal = canonical(rows).replace("\\", "\\\\").replace("'", "''")
        self.execute(
            f"insert into RAW.{table} ({', '.join(columns)}) select {', '.join(fields)} "
            f"from table(flatten(parse_json('{literal}')))"
        )


def nulls_first(row: Sequence[Any]) -> tuple[tuple[bool, Any], ...]:
    """Sort key for rows whose fields may be NULL."""
    return tuple((value is not None, value) for value in row)


def _fields(row: RawRow) -> list[Any]:
    return [*row.values, row.file, row.number, row.modified_at.isoformat(), row.loaded_at.isoformat()]


def _field(place: int, type_: str) -> str:
    return f"value[{place}]" if type_ == "variant" else f"value[{place}]::varchar::{type_}"


def _statement(model: Model) -> str:
    sql = model.statement(
        {relation: f'"{DATABASE}"."{relation.schema}"."{relation.name}"' for relation in model.upstream}
    )
    return _with_recorded_history(sql) if "COPY_HISTORY" in sql else sql


def _with_recorded_history(sql: str) -> str:
    """Read a table where the model reads the table function of the same columns, once per raw table."""

    def recorded(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.TableFromRows):
            return node
        table = next(literal.name for literal in node.find_all(exp.Literal) if literal.name.startswith(DATABASE))
        recorded = exp.select("*").from_("RAW.COPY_HISTORY").where(exp.column("TABLE_NAME").eq(table.split(".")[-1]))
        return recorded.subquery("history")

    return sqlglot.parse_one(sql, read="snowflake").transform(recorded).sql("snowflake")


@pytest.fixture(scope="session")
def deployed_account() -> Iterator[Account]:
    with FakeSnow().connect(database=DATABASE, schema="RAW") as connection:
        account = Account(connection)
        account.deploy()
        yield account


@pytest.fixture
def account(deployed_account: Account) -> Account:
    deployed_account.empty()
    return deployed_account
