"""What SHOW answers, kind by kind.

The columns, their order and the spellings are those that the real provider reads; a value that it writes to
its state echoes what was given, because a difference there is drift that every preview shows. A column
without a value in `_ROWS` is NULL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog import Catalog, StoredObject
from local_cloud.snowflake_account.describe import format_options
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.statements import Kind, Show

OWNER = "ACCOUNTADMIN"

_HEAD = "created_on:TIMESTAMP_LTZ name database_name schema_name "
_COLUMNS = {
    Kind.WAREHOUSE: "name state type size min_cluster_count:FIXED max_cluster_count:FIXED started_clusters:FIXED "
    "running:FIXED queued:FIXED is_default is_current auto_suspend:FIXED auto_resume available provisioning quiescing "
    "other created_on:TIMESTAMP_LTZ resumed_on:TIMESTAMP_LTZ updated_on:TIMESTAMP_LTZ owner comment "
    "enable_query_acceleration query_acceleration_max_scale_factor:FIXED resource_monitor actives:FIXED pendings:FIXED "
    "failed:FIXED suspended:FIXED uuid scaling_policy budget owner_role_type resource_constraint generation",
    Kind.RESOURCE_MONITOR: "name credit_quota used_credits remaining_credits level frequency start_time end_time "
    "notify_at suspend_at suspend_immediately_at created_on:TIMESTAMP_LTZ owner comment notify_users",
    Kind.DATABASE: "created_on:TIMESTAMP_LTZ name is_default is_current origin owner comment options retention_time "
    "kind budget owner_role_type object_visibility",
    Kind.SCHEMA: "created_on:TIMESTAMP_LTZ name is_default is_current database_name owner comment options "
    "retention_time owner_role_type classification_profile_database classification_profile_schema "
    "classification_profile object_visibility",
    Kind.STORAGE_INTEGRATION: "name type category enabled comment created_on:TIMESTAMP_LTZ",
    Kind.STAGE: _HEAD + "url has_credentials has_encryption_key owner comment region type cloud notification_channel "
    "storage_integration endpoint owner_role_type directory_enabled",
    Kind.FILE_FORMAT: _HEAD + "type owner comment format_options owner_role_type",
    Kind.TABLE: _HEAD + "kind comment cluster_by rows:FIXED bytes:FIXED owner retention_time automatic_clustering "
    "change_tracking search_optimization search_optimization_progress search_optimization_bytes is_external "
    "enable_schema_evolution owner_role_type is_event budget is_hybrid is_iceberg is_dynamic is_immutable",
    Kind.PIPE: _HEAD + "definition owner notification_channel comment integration pattern error_integration "
    "owner_role_type invalid_reason kind",
    Kind.DYNAMIC_TABLE: "created_on:TIMESTAMP_LTZ name reserved database_name schema_name cluster_by rows:FIXED "
    "bytes:FIXED owner target_lag refresh_mode refresh_mode_reason warehouse comment text automatic_clustering "
    "scheduling_state last_suspended_on:TIMESTAMP_LTZ is_clone is_replica is_iceberg data_timestamp:TIMESTAMP_LTZ "
    "owner_role_type",
    Kind.VIEW: "created_on:TIMESTAMP_LTZ name reserved database_name schema_name owner comment text is_secure "
    "is_materialized owner_role_type change_tracking",
}

_SIZES = {"XSMALL": "X-Small", "SMALL": "Small", "MEDIUM": "Medium", "LARGE": "Large", "XLARGE": "X-Large"}


def show(catalog: Catalog, statement: Show, region: str) -> Result:
    """Answer a SHOW of objects.

    Args:
        catalog: the account's objects.
        statement: what is asked.
        region: the region of the account's stages.

    Raises:
        DoesNotExistError: the schema or database that it looks in is not there.
    """
    kind, scope = statement.kind, statement.scope
    if scope is not None:
        catalog.get(Kind.DATABASE if len(scope.parts) == 1 else Kind.SCHEMA, scope)
    found = [
        stored
        for stored in catalog.list(kind, scope)
        if (statement.like is None or _is_like(stored.name.last, statement.like))
        and (statement.starts_with is None or stored.name.last.startswith(statement.starts_with))
    ]
    columns = _COLUMNS[kind].split()
    names = [column.partition(":")[0] for column in columns]
    rows = [{**_common(stored), "region": region, **_ROWS[kind](stored)} for stored in found[: statement.limit]]
    return rows_of(columns, [tuple(row.get(name) for name in names) for row in rows])


def _is_like(name: str, pattern: str) -> bool:
    """Tell whether a name fits a LIKE pattern; SHOW does not look at case."""
    wild = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return re.fullmatch(wild, name, re.IGNORECASE | re.DOTALL) is not None


def _common(stored: StoredObject) -> dict[str, Any]:
    parts = stored.name.parts
    return {
        "created_on": datetime.fromtimestamp(stored.created_on, UTC),
        "name": stored.name.last,
        "database_name": parts[0] if len(parts) > 1 else None,
        "schema_name": parts[1] if len(parts) > 2 else None,
        "owner": OWNER,
        "owner_role_type": "ROLE",
        "comment": stored.comment,
        "is_default": "N",
        "is_current": "N",
        "reserved": "",
    }


def _truth(value: object) -> str:
    return "true" if value else "false"


def _on_off(value: object) -> str:
    return "ON" if value else "OFF"


def _warehouse(stored: StoredObject) -> Mapping[str, Any]:
    given, made = stored.attributes, datetime.fromtimestamp(stored.created_on, UTC)
    size = str(given.get("WAREHOUSE_SIZE", "XSMALL")).upper().replace("-", "")
    counts = dict.fromkeys(("started_clusters", "running", "queued", "actives", "pendings", "failed"), 0)
    blanks = dict.fromkeys(("available", "provisioning", "quiescing", "other"), "")
    return {
        **counts,
        **blanks,
        "state": "SUSPENDED" if given.get("SUSPENDED", given.get("INITIALLY_SUSPENDED")) else "STARTED",
        "type": "STANDARD",
        "size": _SIZES.get(size, size),
        "min_cluster_count": 1,
        "max_cluster_count": 1,
        "auto_suspend": given.get("AUTO_SUSPEND", 600),
        "auto_resume": _truth(given.get("AUTO_RESUME", True)),
        "resumed_on": made,
        "updated_on": made,
        "enable_query_acceleration": "false",
        "query_acceleration_max_scale_factor": 8,
        "resource_monitor": given.get("RESOURCE_MONITOR") or "null",
        "suspended": 1,
        "uuid": "0",
        "scaling_policy": "STANDARD",
        "generation": "1",
    }


def _monitor(stored: StoredObject) -> Mapping[str, Any]:
    given = stored.attributes

    def percents(action: str) -> str | None:
        return ",".join(f"{percent}%" for percent, what in given.get("TRIGGERS", ()) if what == action) or None

    quota = f"{given['CREDIT_QUOTA']}.00" if "CREDIT_QUOTA" in given else None
    return {
        "credit_quota": quota,
        "used_credits": "0.00",
        "remaining_credits": quota,
        "frequency": str(given.get("FREQUENCY", "MONTHLY")).upper(),
        "start_time": datetime.fromtimestamp(stored.created_on, UTC).strftime("%Y-%m-%d %H:%M:%S.000 +0000"),
        "notify_at": percents("NOTIFY"),
        "suspend_at": percents("SUSPEND"),
        "suspend_immediately_at": percents("SUSPEND_IMMEDIATE"),
        "notify_users": ", ".join(given.get("NOTIFY_USERS", ())) or None,
        "comment": None,
    }


def _container(stored: StoredObject) -> Mapping[str, Any]:
    given = stored.attributes
    options = [
        word for word, key in (("TRANSIENT", "TRANSIENT"), ("MANAGED ACCESS", "MANAGED_ACCESS")) if given.get(key)
    ]
    return {
        "options": ", ".join(options),
        "retention_time": str(given.get("DATA_RETENTION_TIME_IN_DAYS", 1)),
        "origin": "",
        "kind": "STANDARD",
    }


def _integration(stored: StoredObject) -> Mapping[str, Any]:
    return {"type": "EXTERNAL_STAGE", "category": "STORAGE", "enabled": _truth(stored.attributes.get("ENABLED"))}


def _stage(stored: StoredObject) -> Mapping[str, Any]:
    return {
        "url": stored.attributes["URL"],
        "has_credentials": "N",
        "has_encryption_key": "N",
        "type": "EXTERNAL",
        "cloud": "AWS",
        "storage_integration": stored.attributes.get("STORAGE_INTEGRATION"),
        "directory_enabled": "N",
    }


def _format(stored: StoredObject) -> Mapping[str, Any]:
    options = {name: value for name, _, value, _ in format_options(stored.attributes)}
    return {"type": str(stored.attributes["TYPE"]).upper(), "format_options": json.dumps(options)}


def _table(stored: StoredObject) -> Mapping[str, Any]:
    noes = (
        "is_external",
        "enable_schema_evolution",
        "is_event",
        "is_hybrid",
        "is_iceberg",
        "is_dynamic",
        "is_immutable",
    )
    return {
        **dict.fromkeys(noes, "N"),
        "kind": "TABLE",
        "cluster_by": "",
        "retention_time": str(stored.attributes.get("DATA_RETENTION_TIME_IN_DAYS", 1)),
        "automatic_clustering": "OFF",
        "change_tracking": _on_off(stored.attributes.get("CHANGE_TRACKING")),
        "search_optimization": "OFF",
    }


def _pipe(stored: StoredObject) -> Mapping[str, Any]:
    given = stored.attributes
    return {
        "definition": given["DEFINITION"],
        "notification_channel": given["NOTIFICATION_CHANNEL"],
        "error_integration": given.get("ERROR_INTEGRATION"),
        "kind": "STAGE",
    }


def _dynamic_table(stored: StoredObject) -> Mapping[str, Any]:
    given = stored.attributes
    mode = str(given.get("REFRESH_MODE", "AUTO")).upper()
    # The provider takes the query from this text; only in this shape of the head does it find its end.
    text = (
        f"CREATE DYNAMIC TABLE {stored.name.quoted} lag = '{given['TARGET_LAG']}' warehouse = {given['WAREHOUSE']} "
        f"refresh_mode = {mode} initialize = {given.get('INITIALIZE', 'ON_CREATE')} AS {given['QUERY']}"
    )
    return {
        "cluster_by": "",
        "target_lag": given["TARGET_LAG"],
        "refresh_mode": "INCREMENTAL" if mode == "AUTO" else mode,
        "warehouse": given["WAREHOUSE"],
        "text": text,
        "automatic_clustering": "OFF",
        "scheduling_state": "SUSPENDED" if given.get("SUSPENDED") else "ACTIVE",
        **dict.fromkeys(("is_clone", "is_replica", "is_iceberg"), "false"),
        "data_timestamp": datetime.fromtimestamp(given.get("REFRESHED_ON", stored.created_on), UTC),
    }


def _view(stored: StoredObject) -> Mapping[str, Any]:
    given = stored.attributes
    comment = stored.comment.replace("'", "\\'")
    return {
        "text": f"CREATE VIEW {stored.name.quoted} COMMENT = '{comment}' AS {given['QUERY']}",
        "is_secure": _truth(given.get("SECURE")),
        "is_materialized": "false",
        "change_tracking": _on_off(given.get("CHANGE_TRACKING")),
    }


_ROWS: dict[Kind, Callable[[StoredObject], Mapping[str, Any]]] = {
    Kind.WAREHOUSE: _warehouse,
    Kind.RESOURCE_MONITOR: _monitor,
    Kind.DATABASE: _container,
    Kind.SCHEMA: _container,
    Kind.STORAGE_INTEGRATION: _integration,
    Kind.STAGE: _stage,
    Kind.FILE_FORMAT: _format,
    Kind.TABLE: _table,
    Kind.PIPE: _pipe,
    Kind.DYNAMIC_TABLE: _dynamic_table,
    Kind.VIEW: _view,
}
