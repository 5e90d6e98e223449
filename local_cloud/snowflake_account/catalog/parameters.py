"""Parameters: which ones a kind of object has, their defaults, and what SHOW PARAMETERS answers.

A parameter that is set on an object is one of its attributes; the level says where a value was set.
https://docs.snowflake.com/en/sql-reference/parameters
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.errors import InvalidValueError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.result import Result, rows_of

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

SESSION = {
    "ABORT_DETACHED_QUERY": "false",
    "AUTOCOMMIT": "true",
    "BINARY_INPUT_FORMAT": "HEX",
    "BINARY_OUTPUT_FORMAT": "HEX",
    "CLIENT_MEMORY_LIMIT": "1536",
    "CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX": "false",
    "CLIENT_PREFETCH_THREADS": "4",
    "CLIENT_RESULT_CHUNK_SIZE": "160",
    "CLIENT_RESULT_COLUMN_CASE_INSENSITIVE": "false",
    "CLIENT_SESSION_KEEP_ALIVE": "false",
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": "3600",
    "CLIENT_TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_LTZ",
    "DATE_INPUT_FORMAT": "AUTO",
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION": "true",
    "ERROR_ON_NONDETERMINISTIC_MERGE": "true",
    "ERROR_ON_NONDETERMINISTIC_UPDATE": "false",
    "GEOGRAPHY_OUTPUT_FORMAT": "GeoJSON",
    "GEOMETRY_OUTPUT_FORMAT": "GeoJSON",
    "JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC": "false",
    "JDBC_USE_SESSION_TIMEZONE": "true",
    "JSON_INDENT": "2",
    "LOCK_TIMEOUT": "43200",
    "LOG_LEVEL": "OFF",
    "LOG_EVENT_LEVEL": "OFF",
    "MULTI_STATEMENT_COUNT": "1",
    "NOORDER_SEQUENCE_AS_DEFAULT": "true",
    "ODBC_TREAT_DECIMAL_AS_INT": "false",
    "QUERY_TAG": "",
    "QUOTED_IDENTIFIERS_IGNORE_CASE": "false",
    "ROWS_PER_RESULTSET": "0",
    "S3_STAGE_VPCE_DNS_NAME": "",
    "SEARCH_PATH": "$current, $public",
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
    "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
    "STRICT_JSON_OUTPUT": "false",
    "TIMESTAMP_DAY_IS_ALWAYS_24H": "false",
    "TIMESTAMP_INPUT_FORMAT": "AUTO",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
    "TIMEZONE": "Etc/UTC",
    "TIME_INPUT_FORMAT": "AUTO",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "TRACE_LEVEL": "OFF",
    "TRANSACTION_ABORT_ON_ERROR": "false",
    "TRANSACTION_DEFAULT_ISOLATION_LEVEL": "READ COMMITTED",
    "TWO_DIGIT_CENTURY_START": "1970",
    "UNSUPPORTED_DDL_ACTION": "ignore",
    "USE_CACHED_RESULT": "true",
    "WEEK_OF_YEAR_POLICY": "0",
    "WEEK_START": "0",
}
"""A session's parameters; TIMEZONE differs from Snowflake's default."""

_TASK = {
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE": "X2Large",
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE": "XSMALL",
    "SUSPEND_TASK_AFTER_NUM_FAILURES": "10",
    "TASK_AUTO_RETRY_ATTEMPTS": "0",
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE": "Medium",
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS": "30",
    "USER_TASK_TIMEOUT_MS": "3600000",
    **SESSION,
}

PARAMETERS: dict[Kind, dict[str, str]] = {
    Kind.WAREHOUSE: {
        "MAX_CONCURRENCY_LEVEL": "8",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
        "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
    },
    Kind.DATABASE: _DATABASE,
    Kind.SCHEMA: _DATABASE | {"PIPE_EXECUTION_PAUSED": "false"},
    Kind.TASK: _TASK,
    Kind.USER: SESSION
    | {
        "ENABLE_UNREDACTED_QUERY_SYNTAX_ERROR": "false",
        "NETWORK_POLICY": "",
        "PREVENT_UNLOAD_TO_INTERNAL_STAGES": "false",
    },
}
"""The parameters that the provider reads of each kind, with their defaults."""


def object_parameters(stored: StoredObject, like: str | None = None) -> Result:
    """Answer SHOW PARAMETERS IN an object.

    Raises:
        UnsupportedError: a kind whose parameters the embedded account does not know.
    """
    if stored.kind not in PARAMETERS:
        raise UnsupportedError(f"SHOW PARAMETERS IN {stored.kind.value}")
    return _answer(PARAMETERS[stored.kind], stored.attributes, stored.kind.value, like)


def session_parameters(values: Mapping[str, Any], like: str | None = None) -> Result:
    """Answer SHOW PARAMETERS [IN SESSION] from the values that the session has set."""
    return _answer(SESSION, values, "SESSION", like)


def spelled(value: Any) -> str:
    """Return a parameter's value as SHOW PARAMETERS spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


_TRUTHS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}
"""The texts of a truth: https://docs.snowflake.com/en/sql-reference/data-types-logical#text-string-values"""


def typed(name: str, value: Any) -> bool | int | str:
    """Return a session parameter's value in the type that its default has: clients send all of them as text.

    Raises:
        SnowflakeError: it is none of the parameter's type.
    """
    default = SESSION.get(name, "")
    if default in ("true", "false"):
        truth = _TRUTHS.get(spelled(value).strip().lower())
        if truth is not None:
            return truth
    elif default.isdecimal():
        digits = re.fullmatch(r"\s*(-?\d{1,18})(?:\.0+)?\s*", spelled(value))
        if digits is not None:
            return int(digits[1])
    else:
        return spelled(value)
    raise invalid(name, value)


def invalid(name: str, value: Any) -> SnowflakeError:
    """Return the error for a value that a parameter cannot have."""
    return InvalidValueError(name, value, code=1008, sqlstate="22023")


def is_like(name: str, pattern: str | None) -> bool:
    """Tell whether a name fits a LIKE pattern, if there is one; SHOW does not look at case."""
    if pattern is None:
        return True
    wild = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return re.fullmatch(wild, name, re.IGNORECASE | re.DOTALL) is not None


def _answer(defaults: Mapping[str, str], values: Mapping[str, Any], level: str, like: str | None) -> Result:
    rows = []
    for key, default in defaults.items():
        if is_like(key, like):
            value = values.get(key)
            shown, where = (default, "") if value is None else (spelled(value), level)
            rows.append((key, shown, default, where, "", ""))
    return rows_of(("key", "value", "default", "level", "description", "type"), rows)
