"""The statements, held against those recorded from the real provider."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.errors import ResourceError
from local_cloud.resources.snowflake import snowflake_functions, snowflake_kinds
from local_cloud.resources.snowflake_sql import FORMAT_INPUTS, create_table, format_word
from local_cloud.snowflake_account.files.format_options import OPTIONS
from local_cloud.snowflake_account.result import Column, Result

IN_RAW = {"database": "DB1", "schema": "RAW"}

CREATED = {
    "warehouse": (
        "warehouse:Warehouse",
        {
            "name": "WH1",
            "warehouseSize": "XSMALL",
            "autoSuspend": 60,
            "autoResume": "true",
            "initiallySuspended": True,
            "resourceMonitor": "RM1",
            "comment": "it's mine",
        },
        "CREATE WAREHOUSE \"WH1\" WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 60 AUTO_RESUME = true "
        "INITIALLY_SUSPENDED = true RESOURCE_MONITOR = \"RM1\" COMMENT = 'it\\'s mine'",
    ),
    "warehouse with limits": (
        "warehouse:Warehouse",
        {
            "name": "WH2",
            "warehouseSize": "SMALL",
            "enableQueryAcceleration": "true",
            "queryAccelerationMaxScaleFactor": 4,
            "generation": "2",
            "statementQueuedTimeoutInSeconds": 30,
            "statementTimeoutInSeconds": 600,
        },
        "CREATE WAREHOUSE \"WH2\" WAREHOUSE_SIZE = 'SMALL' ENABLE_QUERY_ACCELERATION = true "
        "QUERY_ACCELERATION_MAX_SCALE_FACTOR = 4 GENERATION = '2' STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 30 "
        "STATEMENT_TIMEOUT_IN_SECONDS = 600",
    ),
    "resource monitor": (
        "resourceMonitor:ResourceMonitor",
        {
            "name": "RM1",
            "creditQuota": 10,
            "frequency": "MONTHLY",
            "startTimestamp": "IMMEDIATELY",
            "notifyTriggers": [50, 80],
            "suspendTrigger": 90,
            "suspendImmediateTrigger": 100,
        },
        "CREATE RESOURCE MONITOR \"RM1\" WITH CREDIT_QUOTA = 10 FREQUENCY = MONTHLY START_TIMESTAMP = 'IMMEDIATELY' "
        "TRIGGERS ON 50 PERCENT DO NOTIFY ON 80 PERCENT DO NOTIFY ON 90 PERCENT DO SUSPEND "
        "ON 100 PERCENT DO SUSPEND_IMMEDIATE",
    ),
    "plain resource monitor": (
        "resourceMonitor:ResourceMonitor",
        {"name": "RM1"},
        'CREATE RESOURCE MONITOR "RM1" WITH',
    ),
    "database": ("database:Database", {"name": "DB1"}, 'CREATE DATABASE "DB1"'),
    "database with retention": (
        "database:Database",
        {"name": "DB1", "dataRetentionTimeInDays": 0, "comment": "x"},
        "CREATE DATABASE \"DB1\" DATA_RETENTION_TIME_IN_DAYS = 0 COMMENT = 'x'",
    ),
    "schema": ("schema:Schema", {"database": "DB1", "name": "RAW"}, 'CREATE SCHEMA "DB1"."RAW"'),
    "managed schema": (
        "schema:Schema",
        {"database": "DB1", "name": "RAW", "withManagedAccess": "true", "comment": "raw"},
        'CREATE SCHEMA "DB1"."RAW" WITH MANAGED ACCESS COMMENT = \'raw\'',
    ),
    "database role": (
        "databaseRole:DatabaseRole",
        {"database": "DB1", "name": "DR1", "comment": "drole"},
        'CREATE DATABASE ROLE "DB1"."DR1" COMMENT = \'drole\'',
    ),
    "stage": (
        "stageExternalS3:StageExternalS3",
        {**IN_RAW, "name": "STG", "url": "s3://bucket/a/", "storageIntegration": "SI1"},
        'CREATE STAGE "DB1"."RAW"."STG" URL = \'s3://bucket/a/\' STORAGE_INTEGRATION = "SI1"',
    ),
    "public stage": (
        "stageExternalS3:StageExternalS3",
        {**IN_RAW, "name": "STG", "url": "s3://bucket/a/"},
        'CREATE STAGE "DB1"."RAW"."STG" URL = \'s3://bucket/a/\'',
    ),
    "csv format": (
        "fileFormatCsv:FileFormatCsv",
        {
            **IN_RAW,
            "name": "FF_CSV",
            "nullIfs": ["", "NULL"],
            "compression": "GZIP",
            "fieldDelimiter": "|",
            "skipHeader": 1,
            "trimSpace": "true",
            "multiLine": "default",
            "fieldOptionallyEnclosedBy": '"',
            "comment": "csv ff",
        },
        'CREATE FILE FORMAT "DB1"."RAW"."FF_CSV" TYPE = CSV COMPRESSION = GZIP FIELD_DELIMITER = \'|\' '
        "SKIP_HEADER = 1 TRIM_SPACE = true FIELD_OPTIONALLY_ENCLOSED_BY = '\\\"' NULL_IF = ('', 'NULL') "
        "COMMENT = 'csv ff'",
    ),
    "csv format that keeps every value": (
        "fileFormatCsv:FileFormatCsv",
        {**IN_RAW, "name": "F", "nullIfs": [], "escapeUnenclosedField": "NONE", "emptyFieldAsNull": "false"},
        'CREATE FILE FORMAT "DB1"."RAW"."F" TYPE = CSV ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = () '
        "EMPTY_FIELD_AS_NULL = false",
    ),
    "json format": (
        "fileFormatJson:FileFormatJson",
        {**IN_RAW, "name": "FF_JSON", "stripOuterArray": "true"},
        'CREATE FILE FORMAT "DB1"."RAW"."FF_JSON" TYPE = JSON STRIP_OUTER_ARRAY = true',
    ),
    "table": (
        "table:Table",
        {
            **IN_RAW,
            "name": "EVENTS",
            "columns": [
                {"name": "ID", "type": "NUMBER(38,0)", "nullable": False},
                {"name": "PAYLOAD", "type": "VARIANT"},
                {"name": "FILENAME", "type": "VARCHAR(16777216)", "comment": "file"},
                {"name": "LOADED_AT", "type": "TIMESTAMP_NTZ(9)"},
            ],
            "comment": "events",
        },
        'CREATE TABLE "DB1"."RAW"."EVENTS" ("ID" NUMBER(38,0) NOT NULL COMMENT \'\', "PAYLOAD" VARIANT COMMENT \'\', '
        "\"FILENAME\" VARCHAR(16777216) COLLATE '' COMMENT 'file', \"LOADED_AT\" TIMESTAMP_NTZ(9) COMMENT '') "
        "COMMENT = 'events'",
    ),
    "tracked table": (
        "table:Table",
        {**IN_RAW, "name": "T", "columns": [{"name": "A", "type": "VARIANT"}], "changeTracking": True},
        'CREATE TABLE "DB1"."RAW"."T" ("A" VARIANT COMMENT \'\') CHANGE_TRACKING = true',
    ),
    "dynamic table": (
        "dynamicTable:DynamicTable",
        {
            **IN_RAW,
            "name": "DT1",
            "targetLag": {"maximumDuration": "5 minutes"},
            "initialize": "ON_CREATE",
            "refreshMode": "AUTO",
            "warehouse": "WH1",
            "comment": "dt",
            "query": "SELECT  ID\nFROM T",
        },
        'CREATE DYNAMIC TABLE "DB1"."RAW"."DT1" TARGET_LAG = \'5 minutes\' INITIALIZE = ON_CREATE '
        "REFRESH_MODE = AUTO WAREHOUSE = \"WH1\" COMMENT = 'dt' AS SELECT  ID\nFROM T",
    ),
    "view with described columns": (
        "view:View",
        {
            **IN_RAW,
            "name": "V1",
            "columns": [{"columnName": "ID", "comment": "the id"}, {"columnName": "N"}],
            "comment": "view",
            "statement": "SELECT ID, N FROM T",
        },
        'CREATE VIEW "DB1"."RAW"."V1" ("ID" COMMENT \'the id\', "N") COMMENT = \'view\' AS SELECT ID, N FROM T',
    ),
    "downstream dynamic table": (
        "dynamicTable:DynamicTable",
        {
            **IN_RAW,
            "name": "DT1",
            "targetLag": {"downstream": True},
            "orReplace": True,
            "warehouse": "WH1",
            "query": "SELECT 1",
        },
        'CREATE OR REPLACE DYNAMIC TABLE "DB1"."RAW"."DT1" TARGET_LAG = DOWNSTREAM WAREHOUSE = "WH1" AS SELECT 1',
    ),
    "tag": (
        "tag:Tag",
        {**IN_RAW, "name": "COST", "orderedAllowedValues": ["a", "b"], "comment": "tag"},
        "CREATE TAG \"DB1\".\"RAW\".\"COST\" ALLOWED_VALUES 'a', 'b' COMMENT = 'tag'",
    ),
    "view": (
        "view:View",
        {**IN_RAW, "name": "V1", "statement": "SELECT 1", "comment": "view"},
        'CREATE VIEW "DB1"."RAW"."V1" COMMENT = \'view\' AS SELECT 1',
    ),
    "secure view": (
        "view:View",
        {**IN_RAW, "name": "V1", "statement": "SELECT 1", "isSecure": "true"},
        'CREATE SECURE VIEW "DB1"."RAW"."V1" AS SELECT 1',
    ),
}


class RecordingDoor:
    """Remembers the statements, and answers those that it was told to."""

    def __init__(self, **answers: Result) -> None:
        self.statements: list[str] = []
        self._answers = answers

    def execute(self, sql: str, /) -> Result:
        self.statements.append(sql)
        return self._answers.get(sql.split()[0].lower(), Result([], []))


def answer(columns: str, *rows: tuple[Any, ...]) -> Result:
    return Result([Column(name) for name in columns.split()], list(rows))


@pytest.mark.parametrize(("token", "inputs", "statement"), CREATED.values(), ids=CREATED)
def test_a_resource_is_created_with_the_statement_of_the_real_provider(
    token: str, inputs: dict[str, Any], statement: str
) -> None:
    door = RecordingDoor()
    kind = snowflake_kinds(door)[f"snowflake:index/{token}"]
    assert kind.inputs >= inputs.keys()
    id_, outputs = kind.create(inputs)
    assert door.statements == [statement]
    assert outputs["fullyQualifiedName"] == id_


def test_a_schema_objects_id_is_its_quoted_name_and_drop_uses_it() -> None:
    door = RecordingDoor()
    kind = snowflake_kinds(door)["snowflake:index/fileFormatJson:FileFormatJson"]
    id_, _ = kind.create({**IN_RAW, "name": "FF"})
    kind.delete(id_, {})
    assert id_ == '"DB1"."RAW"."FF"'
    assert door.statements[-1] == 'DROP FILE FORMAT IF EXISTS "DB1"."RAW"."FF"'


def test_a_storage_integration_tells_the_user_that_will_assume_the_role() -> None:
    rows = [
        ("ENABLED", "true"),
        ("STORAGE_ALLOWED_LOCATIONS", "s3://bucket/a/,s3://bucket/b/"),
        ("STORAGE_BLOCKED_LOCATIONS", ""),
        ("STORAGE_AWS_IAM_USER_ARN", "arn:user"),
        ("STORAGE_AWS_ROLE_ARN", "arn:role"),
        ("STORAGE_AWS_EXTERNAL_ID", "ID_1"),
    ]
    door = RecordingDoor(describe=answer("property property_value", *rows))
    inputs = {
        "name": "SI1",
        "enabled": True,
        "storageProvider": "S3",
        "storageAwsRoleArn": "arn:role",
        "storageAwsExternalId": "ID_1",
        "storageAllowedLocations": ["s3://bucket/b/", "s3://bucket/a/"],
        "storageBlockedLocations": ["s3://bucket/c/"],
    }
    _, outputs = snowflake_kinds(door)["snowflake:index/storageIntegrationAws:StorageIntegrationAws"].create(inputs)
    assert door.statements == [
        "CREATE STORAGE INTEGRATION \"SI1\" TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' "
        "STORAGE_AWS_ROLE_ARN = 'arn:role' STORAGE_AWS_EXTERNAL_ID = 'ID_1' ENABLED = true "
        "STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/b/', 's3://bucket/a/') "
        "STORAGE_BLOCKED_LOCATIONS = ('s3://bucket/c/')",
        'DESCRIBE STORAGE INTEGRATION "SI1"',
    ]
    described = {
        "enabled": True,
        "allowedLocations": ["s3://bucket/a/", "s3://bucket/b/"],
        "blockedLocations": [],
        "iamUserArn": "arn:user",
        "externalId": "ID_1",
        "roleArn": "arn:role",
    }
    assert outputs["describeOutputs"] == [described]
    door = RecordingDoor(
        show=answer("name enabled comment", ("SI1", "true", "ours")), describe=answer("property property_value", *rows)
    )
    listed = snowflake_functions(door)["snowflake:index/getStorageIntegrations:getStorageIntegrations"]({"like": "SI_"})
    assert door.statements == ["SHOW STORAGE INTEGRATIONS LIKE 'SI_'", 'DESCRIBE STORAGE INTEGRATION "SI1"']
    shown = {"name": "SI1", "enabled": True, "comment": "ours"}
    assert listed["storageIntegrations"] == [{"showOutputs": [shown], "describeOutputs": [described]}]


def test_a_notification_integration_tells_the_user_that_will_assume_the_role() -> None:
    rows = [("ENABLED", "true"), ("SF_AWS_IAM_USER_ARN", "arn:user"), ("SF_AWS_EXTERNAL_ID", "ID_1")]
    door = RecordingDoor(describe=answer("property property_value", *rows))
    inputs = {
        "name": "NI1",
        "notificationProvider": "AWS_SNS",
        "awsSnsTopicArn": "arn:topic",
        "awsSnsRoleArn": "arn:role",
        "comment": "ni",
    }
    kind = snowflake_kinds(door)["snowflake:index/notificationIntegration:NotificationIntegration"]
    id_, outputs = kind.create(inputs)
    kind.delete(id_, outputs)
    assert door.statements == [
        'CREATE NOTIFICATION INTEGRATION "NI1" ENABLED = true DIRECTION = OUTBOUND TYPE = QUEUE '
        "NOTIFICATION_PROVIDER = AWS_SNS AWS_SNS_TOPIC_ARN = 'arn:topic' AWS_SNS_ROLE_ARN = 'arn:role' COMMENT = 'ni'",
        'DESCRIBE NOTIFICATION INTEGRATION "NI1"',
        'DROP NOTIFICATION INTEGRATION IF EXISTS "NI1"',
    ]
    assert (outputs["awsSnsIamUserArn"], outputs["awsSnsExternalId"]) == ("arn:user", "ID_1")


def test_a_pipes_error_integration_is_sent_without_quotes() -> None:
    door = RecordingDoor(show=answer("name notification_channel owner", ("P1", None, "A")))
    inputs = {**IN_RAW, "name": "P1", "autoIngest": True, "errorIntegration": "NI1", "copyStatement": "copy into t"}
    snowflake_kinds(door)["snowflake:index/pipe:Pipe"].create(inputs)
    assert door.statements[0] == (
        'CREATE PIPE "DB1"."RAW"."P1" AUTO_INGEST = true ERROR_INTEGRATION = NI1 AS copy into t'
    )


def test_a_pipes_topic_is_sent_as_a_text() -> None:
    door = RecordingDoor(show=answer("name notification_channel owner", ("P1", "arn:topic", "A")))
    inputs = {**IN_RAW, "name": "P1", "autoIngest": True, "awsSnsTopicArn": "arn:topic", "copyStatement": "copy into t"}
    _, outputs = snowflake_kinds(door)["snowflake:index/pipe:Pipe"].create(inputs)
    assert door.statements[0] == (
        'CREATE PIPE "DB1"."RAW"."P1" AUTO_INGEST = true AWS_SNS_TOPIC = \'arn:topic\' AS copy into t'
    )
    assert outputs["notificationChannel"] == "arn:topic"


def test_a_tags_value_is_set_on_each_object_and_taken_away_from_those_that_are_there() -> None:
    door = RecordingDoor()
    kind = snowflake_kinds(door)["snowflake:index/tagAssociation:TagAssociation"]
    inputs = {
        "tagId": '"DB1"."RAW"."COST"',
        "tagValue": "it's a",
        "objectType": "WAREHOUSE",
        "objectIdentifiers": ['"WH1"', '"WH2"'],
    }
    id_, _ = kind.create(inputs)
    kind.delete(id_, inputs)
    assert door.statements == [
        'ALTER WAREHOUSE "WH1" SET TAG "DB1"."RAW"."COST" = \'it\\\'s a\'',
        'ALTER WAREHOUSE "WH2" SET TAG "DB1"."RAW"."COST" = \'it\\\'s a\'',
        'ALTER WAREHOUSE IF EXISTS "WH1" UNSET TAG "DB1"."RAW"."COST"',
        'ALTER WAREHOUSE IF EXISTS "WH2" UNSET TAG "DB1"."RAW"."COST"',
    ]


def test_a_pipe_tells_its_queue() -> None:
    shown = answer("name notification_channel owner", ("PIPE1_OTHER", "arn:no", "A"), ("PIPE1", "arn:queue", "A"))
    door = RecordingDoor(show=shown)
    inputs = {**IN_RAW, "name": "PIPE1", "autoIngest": True, "copyStatement": "copy into\n t from @s", "comment": "p"}
    _, outputs = snowflake_kinds(door)["snowflake:index/pipe:Pipe"].create(inputs)
    assert door.statements == [
        'CREATE PIPE "DB1"."RAW"."PIPE1" AUTO_INGEST = true COMMENT = \'p\' AS copy into\n t from @s',
        'SHOW PIPES LIKE \'PIPE1\' IN SCHEMA "DB1"."RAW"',
    ]
    assert outputs["notificationChannel"] == "arn:queue"


def test_execute_sends_the_statement_and_its_revert_as_they_are() -> None:
    door = RecordingDoor(select=answer("GREETING", ("hello",)))
    kind = snowflake_kinds(door)["snowflake:index/execute:Execute"]
    inputs = {"execute": "ALTER PIPE p REFRESH", "revert": "SELECT 1"}
    assert kind.create(inputs) == ("ALTER PIPE p REFRESH", {})
    kind.delete("", inputs)
    _, outputs = kind.create({**inputs, "query": "SELECT 'hello' AS greeting"})
    assert outputs == {"queryResults": [{"GREETING": "hello"}]}
    assert door.statements == [
        "ALTER PIPE p REFRESH",
        "SELECT 1",
        "ALTER PIPE p REFRESH",
        "SELECT 'hello' AS greeting",
    ]


def test_a_task_is_made_suspended_and_resumed() -> None:
    door = RecordingDoor()
    inputs = {
        **IN_RAW,
        "name": "TS",
        "userTaskManagedInitialWarehouseSize": "XSMALL",
        "schedule": {"minutes": 60},
        "suspendTaskAfterNumFailures": 0,
        "errorIntegration": "NI1",
        "comment": "it runs",
        "sqlStatement": "SELECT 2",
        "started": True,
    }
    kind = snowflake_kinds(door)["snowflake:index/task:Task"]
    kind.create(inputs)
    kind.create(
        {**IN_RAW, "name": "TC", "warehouse": "WH1", "schedule": {"usingCron": "0 3 * * * UTC"}, "sqlStatement": "S"}
    )
    assert door.statements == [
        'CREATE TASK "DB1"."RAW"."TS" USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = \'XSMALL\' SCHEDULE = \'60 MINUTE\' '
        "SUSPEND_TASK_AFTER_NUM_FAILURES = 0 ERROR_INTEGRATION = \"NI1\" COMMENT = 'it runs' AS SELECT 2",
        'ALTER TASK "DB1"."RAW"."TS" RESUME',
        'CREATE TASK "DB1"."RAW"."TC" WAREHOUSE = "WH1" SCHEDULE = \'USING CRON 0 3 * * * UTC\' AS S',
    ]


def test_a_columns_unknown_property_is_refused_by_name() -> None:
    columns = [{"name": "A", "type": "VARIANT", "default": {"constant": "1"}, "comment": None}]
    with pytest.raises(ResourceError, match="does not know default of a table's column"):
        create_table({**IN_RAW, "name": "T", "columns": columns})


def test_every_option_that_the_provider_writes_for_a_file_format_is_one_of_the_accounts() -> None:
    words = {format_word(key) for key in FORMAT_INPUTS}
    assert words <= {name for type_name in ("CSV", "JSON") for name in OPTIONS[type_name]}
