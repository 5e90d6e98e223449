"""The parameters that every login and every statement is answered with: drivers act on them, and miss those not there.

What a session can set is told as it is; the rest are the service's own, with its defaults but for those that say
what this endpoint does otherwise.
"""

from __future__ import annotations

from typing import Any

from local_cloud.snowflake_account.catalog.parameters import SESSION, typed
from local_cloud.snowflake_account.sessions.session import Session

_OF_SESSIONS = (
    "AUTOCOMMIT",
    "BINARY_OUTPUT_FORMAT",
    "CLIENT_MEMORY_LIMIT",
    "CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX",
    "CLIENT_PREFETCH_THREADS",
    "CLIENT_RESULT_CHUNK_SIZE",
    "CLIENT_RESULT_COLUMN_CASE_INSENSITIVE",
    "CLIENT_SESSION_KEEP_ALIVE",
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY",
    "CLIENT_TIMESTAMP_TYPE_MAPPING",
    "DATE_OUTPUT_FORMAT",
    "GEOGRAPHY_OUTPUT_FORMAT",
    "GEOMETRY_OUTPUT_FORMAT",
    "JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC",
    "JDBC_USE_SESSION_TIMEZONE",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT",
    "TIMESTAMP_OUTPUT_FORMAT",
    "TIMESTAMP_TZ_OUTPUT_FORMAT",
    "TIMEZONE",
    "TIME_OUTPUT_FORMAT",
)
"""Session parameters that drivers keep step with."""

_OF_THE_SERVICE = {
    "CLIENT_DISABLE_INCIDENTS": True,
    "CLIENT_ENABLE_LOG_INFO_STATEMENT_PARAMETERS": False,
    "CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ": True,
    "CLIENT_METADATA_USE_SESSION_DATABASE": False,
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
    "CLIENT_RESULT_PREFETCH_SLOTS": 2,
    "CLIENT_RESULT_PREFETCH_THREADS": 1,
    "CLIENT_SESSION_CLONE": False,
    # the rows of an array binding stay in the request however many they are: there is no stage to put them on
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 2**31 - 1,
    "CLIENT_TELEMETRY_ENABLED": False,
    "CLIENT_TELEMETRY_SESSIONLESS_ENABLED": False,
    "CLIENT_USE_V1_QUERY_API": True,
    "CSV_TIMESTAMP_FORMAT": "",
    "ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1": False,
    # no context of other queries is kept for a client to send along
    "QUERY_CONTEXT_CACHE_SIZE": 0,
    "SERVICE_NAME": "",
}
"""Parameters that no session can set."""


def told_parameters(sql: Session) -> list[dict[str, Any]]:
    """Return the parameters as an answer has them, with the values that the session has now."""
    own = sql.parameters.all()
    values = _OF_THE_SERVICE | {name: typed(name, own.get(name, SESSION[name])) for name in _OF_SESSIONS}
    return [{"name": name, "value": value} for name, value in sorted(values.items())]
