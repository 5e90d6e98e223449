"""What SHOW PARAMETERS answers: each parameter of a kind, its value, and the level that it is set at."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog import StoredObject
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.statements import Kind

_DATABASE = {
    "DATA_RETENTION_TIME_IN_DAYS": "1",
    "MAX_DATA_EXTENSION_TIME_IN_DAYS": "14",
    "EXTERNAL_VOLUME": "",
    "CATALOG": "",
    "REPLACE_INVALID_CHARACTERS": "false",
    "DEFAULT_DDL_COLLATION": "",
    "STORAGE_SERIALIZATION_POLICY": "OPTIMIZED",
    "LOG_LEVEL": "OFF",
    "LOG_EVENT_LEVEL": "OFF",
    "TRACE_LEVEL": "OFF",
    "SUSPEND_TASK_AFTER_NUM_FAILURES": "10",
    "TASK_AUTO_RETRY_ATTEMPTS": "0",
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE": "Medium",
    "USER_TASK_TIMEOUT_MS": "3600000",
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS": "30",
    "QUOTED_IDENTIFIERS_IGNORE_CASE": "false",
    "ENABLE_CONSOLE_OUTPUT": "false",
    "DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU": "SYSTEM_COMPUTE_POOL_CPU",
    "DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU": "SYSTEM_COMPUTE_POOL_GPU",
}

_PARAMETERS = {
    Kind.WAREHOUSE: {
        "MAX_CONCURRENCY_LEVEL": "8",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
        "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
    },
    Kind.DATABASE: _DATABASE,
    Kind.SCHEMA: _DATABASE | {"PIPE_EXECUTION_PAUSED": "false"},
}
"""The parameters that the provider reads of each kind, with their defaults."""


def parameters(stored: StoredObject) -> Result:
    """Answer SHOW PARAMETERS IN an object; the level says where a value was set, '' for a default.

    Raises:
        UnsupportedError: a kind whose parameters the embedded account does not know.
    """
    if stored.kind not in _PARAMETERS:
        raise UnsupportedError(f"SHOW PARAMETERS IN {stored.kind.value}")
    rows = []
    for key, default in _PARAMETERS[stored.kind].items():
        value = stored.attributes.get(key)
        level = "" if value is None else stored.kind.value
        spelled = default if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        rows.append((key, spelled, default, level, "", ""))
    return rows_of(("key", "value", "default", "level", "description", "type"), rows)
