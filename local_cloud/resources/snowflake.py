"""The Snowflake provider's part: what it sends to create a resource, reads afterwards and sends to remove it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from local_cloud.resources import snowflake_sql as sql

Inputs = dict[str, Any]
Outputs = dict[str, Any]


class _Column(Protocol):
    @property
    def name(self) -> str: ...


class SnowflakeResult(Protocol):
    """A statement's answer."""

    @property
    def columns(self) -> Sequence[_Column]:
        """Its columns, each with a name."""
        ...

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Its rows, a value per column."""
        ...


class SnowflakeDoor(Protocol):
    """The one door of a Snowflake account: SQL."""

    def execute(self, sql: str, /) -> SnowflakeResult:
        """Execute a statement."""
        ...


_OF_SCHEMA = {"database", "schema", "name", "comment"}


def snowflake_kinds(account: SnowflakeDoor) -> dict[str, Any]:
    """Return the kinds of the Snowflake provider by type token."""
    kinds = {
        "warehouse:Warehouse": SnowflakeKind(
            account,
            "WAREHOUSE",
            frozenset(
                {
                    "name",
                    "warehouseSize",
                    "autoSuspend",
                    "autoResume",
                    "initiallySuspended",
                    "resourceMonitor",
                    "comment",
                }
            ),
            sql.create_warehouse,
        ),
        "resourceMonitor:ResourceMonitor": SnowflakeKind(
            account,
            "RESOURCE MONITOR",
            frozenset(
                {"name", "creditQuota", "frequency", "startTimestamp", "notifyTriggers", "suspendTrigger"}
                | {"suspendImmediateTrigger"}
            ),
            sql.create_resource_monitor,
        ),
        "database:Database": SnowflakeKind(
            account, "DATABASE", frozenset({"name", "comment", "dataRetentionTimeInDays"}), sql.create_database
        ),
        "schema:Schema": SnowflakeKind(
            account, "SCHEMA", frozenset({"database", "name", "withManagedAccess", "comment"}), sql.create_schema
        ),
        "storageIntegrationAws:StorageIntegrationAws": SnowflakeKind(
            account,
            "STORAGE INTEGRATION",
            frozenset(
                {"name", "enabled", "storageProvider", "storageAwsRoleArn", "storageAwsExternalId", "comment"}
                | {"storageAllowedLocations", "storageBlockedLocations"}
            ),
            sql.create_storage_integration,
            _integration_outputs,
        ),
        "stageExternalS3:StageExternalS3": SnowflakeKind(
            account, "STAGE", frozenset(_OF_SCHEMA | {"url", "storageIntegration"}), sql.create_stage
        ),
        "fileFormatCsv:FileFormatCsv": SnowflakeKind(
            account, "FILE FORMAT", sql.FORMAT_INPUTS | _OF_SCHEMA, partial(sql.create_file_format, "CSV")
        ),
        "fileFormatJson:FileFormatJson": SnowflakeKind(
            account, "FILE FORMAT", sql.FORMAT_INPUTS | _OF_SCHEMA, partial(sql.create_file_format, "JSON")
        ),
        "table:Table": SnowflakeKind(
            account, "TABLE", frozenset(_OF_SCHEMA | {"columns", "changeTracking"}), sql.create_table
        ),
        "pipe:Pipe": SnowflakeKind(
            account, "PIPE", frozenset(_OF_SCHEMA | {"autoIngest", "copyStatement"}), sql.create_pipe, _pipe_outputs
        ),
        "dynamicTable:DynamicTable": SnowflakeKind(
            account,
            "DYNAMIC TABLE",
            frozenset(_OF_SCHEMA | {"query", "warehouse", "targetLag", "refreshMode", "initialize", "orReplace"}),
            sql.create_dynamic_table,
        ),
        "view:View": SnowflakeKind(account, "VIEW", frozenset(_OF_SCHEMA | {"statement", "isSecure"}), sql.create_view),
        "execute:Execute": Execute(account),
    }
    return {f"snowflake:index/{token}": kind for token, kind in kinds.items()}


def _nothing_more(account: SnowflakeDoor, inputs: Inputs) -> Outputs:  # noqa: ARG001
    return {}


@dataclass(frozen=True)
class SnowflakeKind:
    """An object that CREATE makes and DROP removes.

    Attributes:
        account: where the statements go.
        words: what DROP calls it.
        inputs: the inputs it knows.
        create_statement: inputs → the statement that makes it.
        read: what the provider reads of it afterwards that the program may use.
    """

    account: SnowflakeDoor
    words: str
    inputs: frozenset[str]
    create_statement: Callable[[Inputs], str]
    read: Callable[[SnowflakeDoor, Inputs], Outputs] = _nothing_more

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Send the CREATE and read what came of it."""
        self.account.execute(self.create_statement(inputs))
        name = sql.full_name(inputs)
        return name, {"fullyQualifiedName": name, **self.read(self.account, inputs)}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Send the DROP; the id is the quoted name."""
        self.account.execute(f"DROP {self.words} IF EXISTS {id_}")


@dataclass(frozen=True)
class Execute:
    """A statement that is executed, and one that undoes it."""

    account: SnowflakeDoor
    inputs: frozenset[str] = frozenset({"execute", "revert", "query"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Execute the statement, then the query if there is one."""
        self.account.execute(inputs["execute"])
        if "query" not in inputs:
            return inputs["execute"], {}
        rows = _records(self.account.execute(inputs["query"]))
        return inputs["execute"], {"queryResults": [{name: str(value) for name, value in row.items()} for row in rows]}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Execute what undoes it."""
        self.account.execute(outputs["revert"])


def _records(result: SnowflakeResult) -> list[Mapping[str, Any]]:
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows]


def _integration_outputs(account: SnowflakeDoor, inputs: Inputs) -> Outputs:
    described = _records(account.execute(f"DESCRIBE STORAGE INTEGRATION {sql.quoted(inputs['name'])}"))
    values = {row["property"]: row["property_value"] for row in described}
    output = {
        "iamUserArn": values["STORAGE_AWS_IAM_USER_ARN"],
        "externalId": values["STORAGE_AWS_EXTERNAL_ID"],
        "roleArn": values["STORAGE_AWS_ROLE_ARN"],
    }
    return {"describeOutputs": [output]}


def _pipe_outputs(account: SnowflakeDoor, inputs: Inputs) -> Outputs:
    schema = f"{sql.quoted(inputs['database'])}.{sql.quoted(inputs['schema'])}"
    shown = _records(account.execute(f"SHOW PIPES LIKE {sql.literal(inputs['name'])} IN SCHEMA {schema}"))
    pipe = next(row for row in shown if row["name"] == inputs["name"])
    return {"notificationChannel": pipe["notification_channel"], "owner": pipe["owner"]}
