"""What SHOW says of an object, kind by kind.

The columns, their order and the spellings are those that the real provider reads; a value that it writes to
its state echoes what was given, because a difference there is drift that every preview shows. A column
without a value here is NULL, or one that every kind has (`show`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog import Catalog, StoredObject
from local_cloud.snowflake_account.format_options import format_options
from local_cloud.snowflake_account.grants import Grants
from local_cloud.snowflake_account.information_schema import view_text
from local_cloud.snowflake_account.kinds import Kind
from local_cloud.snowflake_account.tokens import Name

_HEAD = "created_on:TIMESTAMP_LTZ name database_name schema_name "

COLUMNS: dict[Kind, str] = {
    Kind.WAREHOUSE: "name state type size min_cluster_count:FIXED max_cluster_count:FIXED started_clusters:FIXED "
    "running:FIXED queued:FIXED is_default is_current auto_suspend:FIXED auto_resume available provisioning quiescing "
    "other created_on:TIMESTAMP_LTZ resumed_on:TIMESTAMP_LTZ updated_on:TIMESTAMP_LTZ owner comment "
    "enable_query_acceleration query_acceleration_max_scale_factor:FIXED resource_monitor actives:FIXED pendings:FIXED "
    "failed:FIXED suspended:FIXED uuid scaling_policy budget owner_role_type resource_constraint generation",
    Kind.RESOURCE_MONITOR: "name credit_quota used_credits remaining_credits level frequency start_time end_time "
    "notify_at suspend_at suspend_immediately_at created_on:TIMESTAMP_LTZ owner comment notify_users",
    Kind.ROLE: "created_on:TIMESTAMP_LTZ name is_default is_current is_inherited assigned_to_users:FIXED "
    "granted_to_roles:FIXED granted_roles:FIXED owner comment",
    Kind.STORAGE_INTEGRATION: "name type category enabled comment created_on:TIMESTAMP_LTZ",
    Kind.DATABASE: "created_on:TIMESTAMP_LTZ name is_default is_current origin owner comment options retention_time "
    "kind budget owner_role_type object_visibility",
    Kind.DATABASE_ROLE: "created_on:TIMESTAMP_LTZ name is_default is_current is_inherited granted_to_roles:FIXED "
    "granted_to_database_roles:FIXED granted_database_roles:FIXED owner comment owner_role_type",
    Kind.SCHEMA: "created_on:TIMESTAMP_LTZ name is_default is_current database_name owner comment options "
    "retention_time owner_role_type classification_profile_database classification_profile_schema "
    "classification_profile object_visibility",
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
    Kind.STREAM: _HEAD + "owner comment table_name source_type base_tables type stale mode stale_after:TIMESTAMP_LTZ "
    "invalid_reason owner_role_type",
    Kind.TASK: "created_on:TIMESTAMP_LTZ name id database_name schema_name owner comment warehouse schedule "
    "predecessors state definition condition allow_overlapping_execution error_integration "
    "last_committed_on:TIMESTAMP_LTZ "
    "last_suspended_on:TIMESTAMP_LTZ owner_role_type config budget task_relations last_suspended_reason "
    "target_completion_interval",
    Kind.TAG: _HEAD + "owner comment allowed_values owner_role_type propagate on_conflict",
}


@dataclass(frozen=True)
class Facts:
    """What rows say that is not an attribute of their object.

    Attributes:
        catalog: the account's objects.
        grants: the account's grants.
        region: the account's AWS region.
        rows: how many rows tables have.
    """

    catalog: Catalog
    grants: Grants
    region: str | None
    rows: Mapping[Name, int] = field(default_factory=dict)


def _truth(value: object) -> str:
    return "true" if value else "false"


def _on_off(value: object) -> str:
    return "ON" if value else "OFF"


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _upper(value: object) -> str:
    return str(value).upper()


_SIZES = {
    "XSMALL": "X-Small",
    "SMALL": "Small",
    "MEDIUM": "Medium",
    "LARGE": "Large",
    "XLARGE": "X-Large",
    "XXLARGE": "2X-Large",
    "X2LARGE": "2X-Large",
    "XXXLARGE": "3X-Large",
    "X3LARGE": "3X-Large",
    "X4LARGE": "4X-Large",
}


def _warehouse(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given, made = stored.attributes, _time(stored.created_on)
    is_suspended = bool(given.get("SUSPENDED", given.get("INITIALLY_SUSPENDED")))
    counts = dict.fromkeys(("started_clusters", "running", "queued", "actives", "pendings", "failed"), 0)
    return {
        **counts,
        **dict.fromkeys(("available", "provisioning", "quiescing", "other"), ""),
        "state": "SUSPENDED" if is_suspended else "STARTED",
        "type": "STANDARD",
        "size": _SIZES[_upper(given.get("WAREHOUSE_SIZE", "XSMALL")).replace("-", "")],
        "min_cluster_count": given.get("MIN_CLUSTER_COUNT", 1),
        "max_cluster_count": given.get("MAX_CLUSTER_COUNT", 1),
        "auto_suspend": given.get("AUTO_SUSPEND", 600),
        "auto_resume": _truth(given.get("AUTO_RESUME", True)),
        "resumed_on": made,
        "updated_on": made,
        "enable_query_acceleration": _truth(given.get("ENABLE_QUERY_ACCELERATION")),
        "query_acceleration_max_scale_factor": given.get("QUERY_ACCELERATION_MAX_SCALE_FACTOR", 8),
        "resource_monitor": given.get("RESOURCE_MONITOR") or "null",
        "suspended": int(is_suspended),
        "uuid": _number(stored),
        "scaling_policy": _upper(given.get("SCALING_POLICY", "STANDARD")),
        "generation": str(given.get("GENERATION", 1)),
    }


def _monitor(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    given = stored.attributes
    users = [
        warehouse
        for warehouse in facts.catalog.list(Kind.WAREHOUSE)
        if warehouse.attributes.get("RESOURCE_MONITOR") == stored.name.last
    ]

    def percents(action: str) -> str | None:
        return ",".join(f"{percent}%" for percent, what in given.get("TRIGGERS", ()) if what == action) or None

    quota = f"{given['CREDIT_QUOTA']}.00" if "CREDIT_QUOTA" in given else None
    return {
        "credit_quota": quota,
        "used_credits": "0.00",
        "remaining_credits": quota,
        "level": "WAREHOUSE" if users else None,
        "frequency": _upper(given.get("FREQUENCY", "MONTHLY")),
        "start_time": datetime.fromtimestamp(stored.created_on, UTC).strftime("%Y-%m-%d %H:%M:%S.000 +0000"),
        "end_time": given.get("END_TIMESTAMP"),
        "notify_at": percents("NOTIFY"),
        "suspend_at": percents("SUSPEND"),
        "suspend_immediately_at": percents("SUSPEND_IMMEDIATE"),
        "notify_users": ", ".join(given.get("NOTIFY_USERS", ())) or None,
        "comment": given.get("COMMENT"),
    }


def _role(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    return {
        "assigned_to_users": facts.grants.count(stored, "USER"),
        "granted_to_roles": facts.grants.count(stored, "ROLE"),
        "granted_roles": facts.grants.roles_of(stored, Kind.ROLE),
    }


def _database_role(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    return {
        "granted_to_roles": facts.grants.count(stored, "ROLE"),
        "granted_to_database_roles": facts.grants.count(stored, "DATABASE ROLE"),
        "granted_database_roles": facts.grants.roles_of(stored, Kind.DATABASE_ROLE),
    }


def _container(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    words = {"TRANSIENT": "TRANSIENT", "MANAGED_ACCESS": "MANAGED ACCESS"}
    return {
        "options": ", ".join(word for key, word in words.items() if given.get(key)),
        "retention_time": str(given.get("DATA_RETENTION_TIME_IN_DAYS", 1)),
        "origin": "",
        "kind": "STANDARD" if stored.kind is Kind.DATABASE else None,
    }


def _integration(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    return {"type": "EXTERNAL_STAGE", "category": "STORAGE", "enabled": _truth(stored.attributes.get("ENABLED"))}


def _stage(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    return {
        "url": stored.attributes["URL"],
        "has_credentials": "N",
        "has_encryption_key": "N",
        "region": facts.region,
        "type": "EXTERNAL",
        "cloud": "AWS",
        "storage_integration": stored.attributes.get("STORAGE_INTEGRATION"),
        "directory_enabled": "Y" if (stored.attributes.get("DIRECTORY") or {}).get("ENABLE") else "N",
    }


def _format(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    type_ = _upper(stored.attributes["TYPE"])
    options = {name: value for name, _, value, _ in format_options(stored.attributes)}
    return {"type": type_, "format_options": json.dumps({"TYPE": type_, **options})}


def _table(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    given = stored.attributes
    noes = (
        "is_external",
        "enable_schema_evolution",
        "is_event",
        "is_hybrid",
        "is_iceberg",
        "is_dynamic",
        "is_immutable",
    )
    kinds = [word for word in ("TEMPORARY", "TRANSIENT") if given.get(word)]
    return {
        **dict.fromkeys(noes, "N"),
        "kind": kinds[0] if kinds else "TABLE",
        "cluster_by": f"LINEAR({given['CLUSTER_BY']})" if given.get("CLUSTER_BY") else "",
        "rows": facts.rows.get(stored.name, 0),
        "bytes": 0,
        "retention_time": str(given.get("DATA_RETENTION_TIME_IN_DAYS", _inherited_retention(stored, facts))),
        "automatic_clustering": "OFF",
        "change_tracking": _on_off(given.get("CHANGE_TRACKING")),
        "search_optimization": "OFF",
    }


def _inherited_retention(stored: StoredObject, facts: Facts) -> Any:
    schema = facts.catalog.find(Kind.SCHEMA, Name(stored.name.parts[:2]))
    return (schema.attributes if schema else {}).get("DATA_RETENTION_TIME_IN_DAYS", 1)


def _pipe(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    return {
        "definition": given["DEFINITION"],
        "notification_channel": given["NOTIFICATION_CHANNEL"],
        "error_integration": given.get("ERROR_INTEGRATION"),
        "kind": "STAGE",
    }


def _dynamic_table(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    given = stored.attributes
    mode = _upper(given.get("REFRESH_MODE", "AUTO"))
    # The provider takes the query from this text; only in this shape of the head does it find its end.
    text = (
        f"CREATE DYNAMIC TABLE {stored.name.quoted} lag = '{given['TARGET_LAG']}' warehouse = {given['WAREHOUSE']} "
        f"refresh_mode = {mode} initialize = {given.get('INITIALIZE', 'ON_CREATE')} AS {given['QUERY']}"
    )
    return {
        "kind": "TABLE",
        "cluster_by": "",
        "rows": facts.rows.get(stored.name, 0),
        "bytes": 0,
        "target_lag": given["TARGET_LAG"],
        "refresh_mode": "INCREMENTAL" if mode == "AUTO" else mode,
        "warehouse": given["WAREHOUSE"],
        "text": text,
        "automatic_clustering": "OFF",
        "scheduling_state": "SUSPENDED" if given.get("SUSPENDED") else "ACTIVE",
        "last_suspended_on": _time(given.get("SUSPENDED_ON")),
        **dict.fromkeys(("is_clone", "is_replica", "is_iceberg"), "false"),
        "data_timestamp": _time(given.get("REFRESHED_ON", stored.created_on)),
        "is_dynamic": "Y",
    }


def _view(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    return {
        "text": view_text(stored),
        "is_secure": _truth(given.get("SECURE")),
        "is_materialized": "false",
        "change_tracking": _on_off(given.get("CHANGE_TRACKING")),
    }


_STREAM_KEEPS = 14 * 24 * 3600
"""Seconds after which a stream that nobody reads is stale."""


def _stream(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    source = str(Name(tuple(given["ON_TABLE"])))
    return {
        "table_name": source,
        "source_type": "Table",
        "base_tables": source,
        "type": "DELTA",
        "stale": "false",
        "mode": "APPEND_ONLY" if given.get("APPEND_ONLY") else "DEFAULT",
        "stale_after": _time(stored.created_on + _STREAM_KEEPS),
        "invalid_reason": "N/A",
    }


def _task(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    before = [Name(tuple(parts)).quoted for parts in given["AFTER"]]
    return {
        "id": _number(stored),
        "warehouse": given.get("WAREHOUSE"),
        "schedule": given.get("SCHEDULE"),
        "predecessors": json.dumps(before),
        "state": "suspended" if given["SUSPENDED"] else "started",
        "definition": given["DEFINITION"],
        "condition": given.get("WHEN"),
        "allow_overlapping_execution": _truth(given.get("ALLOW_OVERLAPPING_EXECUTION")),
        "error_integration": given.get("ERROR_INTEGRATION") or "null",
        "last_suspended_on": _time(given.get("SUSPENDED_ON")),
        "config": given.get("CONFIG"),
        "task_relations": json.dumps({"Predecessors": before}),
        "target_completion_interval": given.get("TARGET_COMPLETION_INTERVAL"),
    }


def _tag(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    allowed = stored.attributes.get("ALLOWED_VALUES")
    return {"allowed_values": json.dumps(allowed, separators=(",", ":")) if allowed else None}


def _number(stored: StoredObject) -> str:
    """Return an identifier of the object that stays the same as long as it lives."""
    digest = hashlib.sha256(f"{stored.kind.name}{stored.created_on!r}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


ROWS: dict[Kind, Callable[[StoredObject, Facts], Mapping[str, Any]]] = {
    Kind.WAREHOUSE: _warehouse,
    Kind.RESOURCE_MONITOR: _monitor,
    Kind.ROLE: _role,
    Kind.STORAGE_INTEGRATION: _integration,
    Kind.DATABASE: _container,
    Kind.DATABASE_ROLE: _database_role,
    Kind.SCHEMA: _container,
    Kind.STAGE: _stage,
    Kind.FILE_FORMAT: _format,
    Kind.TABLE: _table,
    Kind.PIPE: _pipe,
    Kind.DYNAMIC_TABLE: _dynamic_table,
    Kind.VIEW: _view,
    Kind.STREAM: _stream,
    Kind.TASK: _task,
    Kind.TAG: _tag,
}
