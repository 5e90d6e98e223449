"""Pure: the statements that the real Snowflake provider (Terraform provider 2.20) sends for a resource.

Word for word what it sends, without the tracking comment that it appends: names are always quoted, text columns of
tables carry COLLATE '', every column of a table carries a COMMENT.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from local_cloud.errors import ResourceError
from local_cloud.resources.kind import Inputs

_CAPITAL = re.compile(r"[A-Z]")
_TEXT_TYPE = re.compile(r"(VARCHAR|STRING|TEXT|CHAR|CHARACTER|NVARCHAR)\b", re.IGNORECASE)


def quoted(name: str) -> str:
    """Return an identifier as the provider quotes it."""
    return f'"{name}"'


def full_name(inputs: Inputs) -> str:
    """Return the quoted name of an object: of the account, of a database or of a schema."""
    parts = [inputs[part] for part in ("database", "schema") if part in inputs]
    return ".".join(quoted(part) for part in (*parts, inputs["name"]))


def literal(text: str) -> str:
    r"""Return a text in single quotes; the provider writes a quote as ``\'``."""
    return "'" + text.replace("'", "\\'") + "'"


def _option_text(text: str) -> str:
    r"""A file format's text: the provider writes a double quote in it as ``\"``."""
    return literal(text.replace('"', '\\"'))


def _comment(inputs: Inputs) -> list[str]:
    return [f"COMMENT = {literal(inputs['comment'])}"] if inputs.get("comment") else []


def _text_list(values: Sequence[str]) -> str:
    return "(" + ", ".join(literal(value) for value in values) + ")"


def _boolean(value: object) -> str:
    """Most booleans of the provider are texts, and ``default`` leaves the option out."""
    return str(value).lower()


def create_warehouse(inputs: Inputs) -> str:
    """CREATE WAREHOUSE."""
    options = {
        "WAREHOUSE_SIZE": ("warehouseSize", literal),
        "AUTO_SUSPEND": ("autoSuspend", str),
        "AUTO_RESUME": ("autoResume", _boolean),
        "INITIALLY_SUSPENDED": ("initiallySuspended", _boolean),
        "RESOURCE_MONITOR": ("resourceMonitor", quoted),
        "ENABLE_QUERY_ACCELERATION": ("enableQueryAcceleration", _boolean),
        "QUERY_ACCELERATION_MAX_SCALE_FACTOR": ("queryAccelerationMaxScaleFactor", str),
        "GENERATION": ("generation", literal),
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": ("statementQueuedTimeoutInSeconds", str),
        "STATEMENT_TIMEOUT_IN_SECONDS": ("statementTimeoutInSeconds", str),
    }
    parts = [f"{word} = {spell(inputs[key])}" for word, (key, spell) in options.items() if key in inputs]
    return " ".join(["CREATE WAREHOUSE", quoted(inputs["name"]), *parts, *_comment(inputs)])


def create_resource_monitor(inputs: Inputs) -> str:
    """CREATE RESOURCE MONITOR."""
    triggers = [f"ON {percent} PERCENT DO NOTIFY" for percent in inputs.get("notifyTriggers", [])]
    for key, action in (("suspendTrigger", "SUSPEND"), ("suspendImmediateTrigger", "SUSPEND_IMMEDIATE")):
        if key in inputs:
            triggers.append(f"ON {inputs[key]} PERCENT DO {action}")
    parts = [f"CREDIT_QUOTA = {inputs['creditQuota']}"] if "creditQuota" in inputs else []
    if "frequency" in inputs:
        parts.append(f"FREQUENCY = {inputs['frequency']}")
    if "startTimestamp" in inputs:
        parts.append(f"START_TIMESTAMP = {literal(inputs['startTimestamp'])}")
    if triggers:
        parts.append("TRIGGERS " + " ".join(triggers))
    return " ".join(["CREATE RESOURCE MONITOR", quoted(inputs["name"]), "WITH", *parts])


def create_database(inputs: Inputs) -> str:
    """CREATE DATABASE."""
    days = inputs.get("dataRetentionTimeInDays")
    retention = [] if days is None else [f"DATA_RETENTION_TIME_IN_DAYS = {days}"]
    return " ".join(["CREATE DATABASE", quoted(inputs["name"]), *retention, *_comment(inputs)])


def create_schema(inputs: Inputs) -> str:
    """CREATE SCHEMA."""
    managed = ["WITH MANAGED ACCESS"] if _boolean(inputs.get("withManagedAccess")) == "true" else []
    return " ".join(["CREATE SCHEMA", full_name(inputs), *managed, *_comment(inputs)])


def create_database_role(inputs: Inputs) -> str:
    """CREATE DATABASE ROLE."""
    return " ".join(["CREATE DATABASE ROLE", full_name(inputs), *_comment(inputs)])


def create_storage_integration(inputs: Inputs) -> str:
    """CREATE STORAGE INTEGRATION."""
    external_id = inputs.get("storageAwsExternalId")
    blocked = inputs.get("storageBlockedLocations")
    parts = [
        f"STORAGE_PROVIDER = {literal(inputs['storageProvider'])}",
        f"STORAGE_AWS_ROLE_ARN = {literal(inputs['storageAwsRoleArn'])}",
        *([f"STORAGE_AWS_EXTERNAL_ID = {literal(external_id)}"] if external_id else []),
        f"ENABLED = {_boolean(inputs['enabled'])}",
        f"STORAGE_ALLOWED_LOCATIONS = {_text_list(inputs['storageAllowedLocations'])}",
        *([f"STORAGE_BLOCKED_LOCATIONS = {_text_list(blocked)}"] if blocked else []),
    ]
    name = quoted(inputs["name"])
    return " ".join(["CREATE STORAGE INTEGRATION", name, "TYPE = EXTERNAL_STAGE", *parts, *_comment(inputs)])


def create_notification_integration(inputs: Inputs) -> str:
    """CREATE NOTIFICATION INTEGRATION; direction and type are what the provider always sends."""
    parts = [
        f"ENABLED = {_boolean(inputs.get('enabled', True))}",
        "DIRECTION = OUTBOUND TYPE = QUEUE",
        f"NOTIFICATION_PROVIDER = {inputs['notificationProvider']}",
        f"AWS_SNS_TOPIC_ARN = {literal(inputs['awsSnsTopicArn'])}",
        f"AWS_SNS_ROLE_ARN = {literal(inputs['awsSnsRoleArn'])}",
    ]
    return " ".join(["CREATE NOTIFICATION INTEGRATION", quoted(inputs["name"]), *parts, *_comment(inputs)])


def create_stage(inputs: Inputs) -> str:
    """CREATE STAGE."""
    parts = [f"URL = {literal(inputs['url'])}"]
    if "storageIntegration" in inputs:
        parts.append(f"STORAGE_INTEGRATION = {quoted(inputs['storageIntegration'])}")
    return " ".join(["CREATE STAGE", full_name(inputs), *parts, *_comment(inputs)])


def create_stage_internal(inputs: Inputs) -> str:
    """CREATE STAGE, of one whose files are Snowflake's."""
    return " ".join(["CREATE STAGE", full_name(inputs), *_comment(inputs)])


def create_streamlit(inputs: Inputs) -> str:
    """CREATE STREAMLIT, in the only form that the provider has; of the folder it takes no slash at either end."""
    place = "/".join(part for part in (f"@{inputs['stage']}", inputs.get("directoryLocation", "").strip("/")) if part)
    parts = [f"ROOT_LOCATION = {_option_text(place)}", f"MAIN_FILE = {literal(inputs['mainFile'])}"]
    if "queryWarehouse" in inputs:
        parts.append(f"QUERY_WAREHOUSE = {quoted(inputs['queryWarehouse'])}")
    if "title" in inputs:
        parts.append(f"TITLE = {literal(inputs['title'])}")
    return " ".join(["CREATE STREAMLIT", full_name(inputs), *parts, *_comment(inputs)])


_FORMAT_OPTIONS = {
    "compression": str,
    "recordDelimiter": _option_text,
    "fieldDelimiter": _option_text,
    "multiLine": _boolean,
    "parseHeader": _boolean,
    "skipHeader": str,
    "skipBlankLines": _boolean,
    "escape": _option_text,
    "escapeUnenclosedField": _option_text,
    "trimSpace": _boolean,
    "fieldOptionallyEnclosedBy": _option_text,
    "nullIfs": _text_list,
    "errorOnColumnCountMismatch": _boolean,
    "allowDuplicate": _boolean,
    "stripOuterArray": _boolean,
    "stripNullValues": _boolean,
    "replaceInvalidCharacters": _boolean,
    "ignoreUtf8Errors": _boolean,
    "emptyFieldAsNull": _boolean,
    "skipByteOrderMark": _boolean,
    "encoding": _option_text,
}
"""How each option of a file format is spelled, in the order in which the provider writes them."""

_WITHOUT_QUOTES = ("NONE", "AUTO")

FORMAT_INPUTS = frozenset(_FORMAT_OPTIONS)


def format_word(key: str) -> str:
    """Return Snowflake's name of a file format's option: ``FIELD_DELIMITER`` for ``fieldDelimiter``."""
    return "NULL_IF" if key == "nullIfs" else _CAPITAL.sub(r"_\g<0>", key).upper()


def _format_option(key: str, value: Any) -> list[str]:
    spell = _FORMAT_OPTIONS[key]
    if spell is _boolean and _boolean(value) == "default":
        return []
    text = value if spell is _option_text and value in _WITHOUT_QUOTES else spell(value)
    return [f"{format_word(key)} = {text}"]


def create_file_format(kind: str, inputs: Inputs) -> str:
    """CREATE FILE FORMAT of a kind: ``CSV`` or ``JSON``."""
    options = [part for key in _FORMAT_OPTIONS if key in inputs for part in _format_option(key, inputs[key])]
    return " ".join(["CREATE FILE FORMAT", full_name(inputs), f"TYPE = {kind}", *options, *_comment(inputs)])


_COLUMN_INPUTS = frozenset({"name", "type", "nullable", "comment"})


def _column(column: Inputs) -> str:
    if unknown := sorted(key for key, value in column.items() if key not in _COLUMN_INPUTS and value is not None):
        raise ResourceError(f"the embedded cloud does not know {', '.join(unknown)} of a table's column")
    parts = [quoted(column["name"]), column["type"]]
    if column.get("nullable") is False:
        parts.append("NOT NULL")
    if _TEXT_TYPE.match(column["type"]):
        parts.append("COLLATE ''")
    parts.append(f"COMMENT {literal(column.get('comment') or '')}")
    return " ".join(parts)


def create_table(inputs: Inputs) -> str:
    """CREATE TABLE."""
    columns = ", ".join(_column(column) for column in inputs["columns"])
    tracking = ["CHANGE_TRACKING = true"] if inputs.get("changeTracking") else []
    return " ".join(["CREATE TABLE", full_name(inputs), f"({columns})", *tracking, *_comment(inputs)])


def create_pipe(inputs: Inputs) -> str:
    """CREATE PIPE, the copy statement as it was given."""
    parts = [f"AUTO_INGEST = {_boolean(inputs.get('autoIngest', False))}"]
    # The one name that the provider sends as it is given, without quotes.
    parts += [f"ERROR_INTEGRATION = {inputs['errorIntegration']}"] if "errorIntegration" in inputs else []
    parts += [f"AWS_SNS_TOPIC = {literal(inputs['awsSnsTopicArn'])}"] if "awsSnsTopicArn" in inputs else []
    return " ".join(["CREATE PIPE", full_name(inputs), *parts, *_comment(inputs), "AS", inputs["copyStatement"]])


def create_tag(inputs: Inputs) -> str:
    """CREATE TAG."""
    allowed = inputs.get("orderedAllowedValues")
    values = ["ALLOWED_VALUES", ", ".join(map(literal, allowed))] if allowed else []
    return " ".join(["CREATE TAG", full_name(inputs), *values, *_comment(inputs)])


def create_task(inputs: Inputs) -> str:
    """CREATE TASK, the statement as it was given; a new task is suspended."""
    schedule = inputs.get("schedule", {})
    size, failures = inputs.get("userTaskManagedInitialWarehouseSize"), inputs.get("suspendTaskAfterNumFailures")
    every = f"USING CRON {schedule['usingCron']}" if "usingCron" in schedule else f"{schedule.get('minutes')} MINUTE"
    parts = [
        *([f"WAREHOUSE = {quoted(inputs['warehouse'])}"] if "warehouse" in inputs else []),
        *([f"USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = {literal(size)}"] if size else []),
        *([f"SCHEDULE = {literal(every)}"] if schedule else []),
        *([f"SUSPEND_TASK_AFTER_NUM_FAILURES = {failures}"] if failures is not None else []),
        *([f"ERROR_INTEGRATION = {quoted(inputs['errorIntegration'])}"] if "errorIntegration" in inputs else []),
    ]
    return " ".join(["CREATE TASK", full_name(inputs), *parts, *_comment(inputs), "AS", inputs["sqlStatement"]])


def create_dynamic_table(inputs: Inputs) -> str:
    """CREATE DYNAMIC TABLE, the query as it was given."""
    lag = inputs["targetLag"]
    replace = "OR REPLACE " if inputs.get("orReplace") else ""
    target = "DOWNSTREAM" if lag.get("downstream") else literal(lag["maximumDuration"])
    parts = [f"TARGET_LAG = {target}"]
    parts += [f"INITIALIZE = {inputs['initialize']}"] if "initialize" in inputs else []
    parts += [f"REFRESH_MODE = {inputs['refreshMode']}"] if "refreshMode" in inputs else []
    parts += [f"WAREHOUSE = {quoted(inputs['warehouse'])}", *_comment(inputs)]
    return " ".join([f"CREATE {replace}DYNAMIC TABLE", full_name(inputs), *parts, "AS", inputs["query"]])


def create_view(inputs: Inputs) -> str:
    """CREATE VIEW, the statement as it was given."""
    secure = "SECURE " if _boolean(inputs.get("isSecure")) == "true" else ""
    columns = [f"{quoted(column['columnName'])}{_column_comment(column)}" for column in inputs.get("columns", ())]
    listed = [f"({', '.join(columns)})"] if columns else []
    name = full_name(inputs)
    return " ".join([f"CREATE {secure}VIEW", name, *listed, *_comment(inputs), "AS", inputs["statement"]])


def _column_comment(column: Inputs) -> str:
    return f" COMMENT {literal(column['comment'])}" if column.get("comment") else ""
