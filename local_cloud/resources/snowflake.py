"""The Snowflake provider's part: what it sends to create a resource, reads afterwards and sends to remove it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from local_cloud.resources import snowflake_sql as sql
from local_cloud.resources.kind import Inputs, Outputs
from local_cloud.resources.snowflake_grants import grant_kinds
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.sql_door import SqlDoor

_OF_SCHEMA = {"database", "schema", "name", "comment"}


def snowflake_kinds(account: SqlDoor) -> dict[str, Any]:
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
                    "generation",
                    "enableQueryAcceleration",
                    "queryAccelerationMaxScaleFactor",
                    "statementQueuedTimeoutInSeconds",
                    "statementTimeoutInSeconds",
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
        "databaseRole:DatabaseRole": SnowflakeKind(
            account, "DATABASE ROLE", frozenset({"database", "name", "comment"}), sql.create_database_role
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
        "notificationIntegration:NotificationIntegration": SnowflakeKind(
            account,
            "NOTIFICATION INTEGRATION",
            frozenset({"name", "enabled", "notificationProvider", "awsSnsTopicArn", "awsSnsRoleArn", "comment"}),
            sql.create_notification_integration,
            _notification_outputs,
        ),
        # The two that came before those of one cloud each; the provider still has them.
        "storageIntegration:StorageIntegration": SnowflakeKind(
            account,
            "STORAGE INTEGRATION",
            frozenset(
                {"name", "type", "enabled", "storageProvider", "storageAwsRoleArn", "storageAwsExternalId", "comment"}
                | {"storageAllowedLocations", "storageBlockedLocations"}
            ),
            sql.create_storage_integration,
            _earlier_integration_outputs,
        ),
        "stage:Stage": SnowflakeKind(
            account, "STAGE", frozenset(_OF_SCHEMA | {"url", "storageIntegration"}), sql.create_stage
        ),
        "stageExternalS3:StageExternalS3": SnowflakeKind(
            account, "STAGE", frozenset(_OF_SCHEMA | {"url", "storageIntegration"}), sql.create_stage
        ),
        "stageInternal:StageInternal": SnowflakeKind(
            account, "STAGE", frozenset(_OF_SCHEMA), sql.create_stage_internal
        ),
        "streamlit:Streamlit": SnowflakeKind(
            account,
            "STREAMLIT",
            frozenset(_OF_SCHEMA | {"stage", "directoryLocation", "mainFile", "queryWarehouse", "title"}),
            sql.create_streamlit,
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
            account,
            "PIPE",
            frozenset(_OF_SCHEMA | {"autoIngest", "awsSnsTopicArn", "copyStatement", "errorIntegration"}),
            sql.create_pipe,
            _pipe_outputs,
        ),
        "dynamicTable:DynamicTable": SnowflakeKind(
            account,
            "DYNAMIC TABLE",
            frozenset(_OF_SCHEMA | {"query", "warehouse", "targetLag", "refreshMode", "initialize", "orReplace"}),
            sql.create_dynamic_table,
        ),
        "view:View": SnowflakeKind(
            account, "VIEW", frozenset(_OF_SCHEMA | {"statement", "isSecure", "columns"}), sql.create_view
        ),
        "task:Task": SnowflakeKind(
            account,
            "TASK",
            frozenset(
                _OF_SCHEMA
                | {"warehouse", "userTaskManagedInitialWarehouseSize", "schedule", "sqlStatement", "started"}
                | {"errorIntegration", "suspendTaskAfterNumFailures"}
            ),
            sql.create_task,
            _resumed,
        ),
        "tag:Tag": SnowflakeKind(account, "TAG", frozenset(_OF_SCHEMA | {"orderedAllowedValues"}), sql.create_tag),
        "tagAssociation:TagAssociation": TagAssociation(account),
        "execute:Execute": Execute(account),
        **grant_kinds(account),
    }
    return {f"snowflake:index/{token}": kind for token, kind in kinds.items()}


def snowflake_functions(account: SqlDoor) -> dict[str, Callable[[Inputs], Outputs]]:
    """Return the provider's functions about objects by token."""

    def storage_integrations(arguments: Inputs) -> Outputs:
        like = f" LIKE {sql.literal(arguments['like'])}" if "like" in arguments else ""
        shown = account.execute(f"SHOW STORAGE INTEGRATIONS{like}").dicts()
        found = [
            {
                "showOutputs": [{"name": row["name"], "enabled": row["enabled"] == "true", "comment": row["comment"]}],
                "describeOutputs": [_integration_description(account, row["name"])],
            }
            for row in shown
        ]
        return {"storageIntegrations": found, "id": "storage_integrations_read", **arguments}

    return {"snowflake:index/getStorageIntegrations:getStorageIntegrations": storage_integrations}


def _integration_description(account: SqlDoor, name: str) -> Outputs:
    values = _described(account, "STORAGE INTEGRATION", {"name": name})
    return {
        "enabled": values["ENABLED"] == "true",
        "allowedLocations": _listed(values["STORAGE_ALLOWED_LOCATIONS"]),
        "blockedLocations": _listed(values["STORAGE_BLOCKED_LOCATIONS"]),
        "iamUserArn": values["STORAGE_AWS_IAM_USER_ARN"],
        "externalId": values["STORAGE_AWS_EXTERNAL_ID"],
        "roleArn": values["STORAGE_AWS_ROLE_ARN"],
    }


def _listed(value: str) -> list[str]:
    return [item for item in value.strip("[]").split(",") if item]


def _nothing_more(account: SqlDoor, inputs: Inputs) -> Outputs:  # noqa: ARG001
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

    account: SqlDoor
    words: str
    inputs: frozenset[str]
    create_statement: Callable[[Inputs], str]
    read: Callable[[SqlDoor, Inputs], Outputs] = _nothing_more

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Send the CREATE and read what came of it."""
        self.account.execute(self.create_statement(inputs))
        name = sql.full_name(inputs)
        return name, {"fullyQualifiedName": name, **self.read(self.account, inputs)}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Send the DROP; the id is the quoted name."""
        self.account.execute(f"DROP {self.words} IF EXISTS {id_}")


@dataclass(frozen=True)
class TagAssociation:
    """A tag's value on objects."""

    account: SqlDoor
    inputs: frozenset[str] = frozenset({"tagId", "tagValue", "objectType", "objectIdentifiers"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Set the tag on each object."""
        for name in inputs["objectIdentifiers"]:
            value = sql.literal(inputs["tagValue"])
            self.account.execute(f"ALTER {inputs['objectType']} {name} SET TAG {inputs['tagId']} = {value}")
        return f"{inputs['tagId']}|{inputs['tagValue']}|{inputs['objectType']}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Take it away."""
        for name in outputs["objectIdentifiers"]:
            self.account.execute(f"ALTER {outputs['objectType']} IF EXISTS {name} UNSET TAG {outputs['tagId']}")


@dataclass(frozen=True)
class Execute:
    """A statement that is executed, and one that undoes it."""

    account: SqlDoor
    inputs: frozenset[str] = frozenset({"execute", "revert", "query"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Execute the statement, then the query if there is one."""
        self.account.execute(inputs["execute"])
        if "query" not in inputs:
            return inputs["execute"], {}
        try:
            rows = self.account.execute(inputs["query"]).dicts()
        except SnowflakeError:
            # to the real provider a query that fails is a warning, and answers nothing
            return inputs["execute"], {"queryResults": []}
        return inputs["execute"], {"queryResults": [{name: str(value) for name, value in row.items()} for row in rows]}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Execute what undoes it."""
        self.account.execute(outputs["revert"])


def _integration_outputs(account: SqlDoor, inputs: Inputs) -> Outputs:
    return {"describeOutputs": [_integration_description(account, inputs["name"])]}


def _earlier_integration_outputs(account: SqlDoor, inputs: Inputs) -> Outputs:
    values = _described(account, "STORAGE INTEGRATION", inputs)
    return {
        "storageAwsIamUserArn": values["STORAGE_AWS_IAM_USER_ARN"],
        "storageAwsExternalId": values["STORAGE_AWS_EXTERNAL_ID"],
    }


def _notification_outputs(account: SqlDoor, inputs: Inputs) -> Outputs:
    values = _described(account, "NOTIFICATION INTEGRATION", inputs)
    return {"awsSnsIamUserArn": values["SF_AWS_IAM_USER_ARN"], "awsSnsExternalId": values["SF_AWS_EXTERNAL_ID"]}


def _described(account: SqlDoor, words: str, inputs: Inputs) -> dict[str, Any]:
    rows = account.execute(f"DESCRIBE {words} {sql.quoted(inputs['name'])}").dicts()
    return {row["property"]: row["property_value"] for row in rows}


def _resumed(account: SqlDoor, inputs: Inputs) -> Outputs:
    if inputs.get("started"):
        account.execute(f"ALTER TASK {sql.full_name(inputs)} RESUME")
    return {}


def _pipe_outputs(account: SqlDoor, inputs: Inputs) -> Outputs:
    schema = f"{sql.quoted(inputs['database'])}.{sql.quoted(inputs['schema'])}"
    shown = account.execute(f"SHOW PIPES LIKE {sql.literal(inputs['name'])} IN SCHEMA {schema}").dicts()
    pipe = next(row for row in shown if row["name"] == inputs["name"])
    return {"notificationChannel": pipe["notification_channel"], "owner": pipe["owner"]}
