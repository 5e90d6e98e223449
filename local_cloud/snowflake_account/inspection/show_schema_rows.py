"""What SHOW says of a schema's objects: stages, formats, tables, pipes, models, tasks, tags.

The columns, their order and the spellings are those that the real provider reads; a value that it writes to
its state echoes what was given, because a difference there is drift that every preview shows. A column
without a value here is NULL, or one that every kind has (`show`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.format_options import format_options
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.inspection.information_schema import view_text
from local_cloud.snowflake_account.inspection.show_facts import Facts, RowOf, number_of, on_off, time_of, truth, upper
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

_HEAD = "created_on:TIMESTAMP_LTZ name database_name schema_name "

COLUMNS: dict[Kind, str] = {
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
    Kind.TASK: "created_on:TIMESTAMP_LTZ name id database_name schema_name owner comment warehouse schedule "
    "predecessors state definition condition allow_overlapping_execution error_integration "
    "last_committed_on:TIMESTAMP_LTZ "
    "last_suspended_on:TIMESTAMP_LTZ owner_role_type config budget task_relations last_suspended_reason "
    "target_completion_interval",
    Kind.SEQUENCE: "name database_name schema_name next_value:FIXED interval:FIXED created_on:TIMESTAMP_LTZ owner "
    "comment owner_role_type ordered",
    Kind.TAG: _HEAD + "owner comment allowed_values owner_role_type propagate on_conflict",
    Kind.STREAMLIT: _HEAD + "title comment owner query_warehouse url_id owner_role_type",
}


def _stage(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    given = stored.attributes
    common = {
        "url": given.get("URL") or "",
        "has_credentials": "N",
        "has_encryption_key": "N",
        "directory_enabled": "Y" if (given.get("DIRECTORY") or {}).get("ENABLE") else "N",
    }
    if not given.get("URL"):
        return {**common, "type": _internal_type(given)}
    external = {"region": facts.region, "type": "EXTERNAL", "cloud": "AWS"}
    return {**common, **external, "storage_integration": given.get("STORAGE_INTEGRATION")}


def _internal_type(given: Mapping[str, Any]) -> str:
    """Return an internal stage's type: https://docs.snowflake.com/en/sql-reference/sql/show-stages#output."""
    is_sse = (given.get("ENCRYPTION") or {}).get("TYPE") == "SNOWFLAKE_SSE"
    return f"INTERNAL{' TEMPORARY' if given.get('TEMPORARY') else ''}{' NO CSE' if is_sse else ''}"


def _format(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    type_ = upper(stored.attributes["TYPE"])
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
        "change_tracking": on_off(given.get("CHANGE_TRACKING")),
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
    mode = upper(given.get("REFRESH_MODE", "AUTO"))
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
        "refresh_mode": mode if mode != "AUTO" else "FULL" if given.get("REFRESH_MODE_REASON") else "INCREMENTAL",
        "refresh_mode_reason": given.get("REFRESH_MODE_REASON"),
        "warehouse": given["WAREHOUSE"],
        "text": text,
        "automatic_clustering": "OFF",
        "scheduling_state": "SUSPENDED" if given.get("SUSPENDED") else "ACTIVE",
        "last_suspended_on": time_of(given.get("SUSPENDED_ON")),
        **dict.fromkeys(("is_clone", "is_replica", "is_iceberg"), "false"),
        "data_timestamp": time_of(given.get("REFRESHED_ON", stored.created_on)),
        "is_dynamic": "Y",
    }


def _view(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    return {
        "text": view_text(stored),
        "is_secure": truth(given.get("SECURE")),
        "is_materialized": "false",
        "change_tracking": on_off(given.get("CHANGE_TRACKING")),
    }


def _task(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    before = [Name(tuple(parts)).quoted for parts in given["AFTER"]]
    return {
        "id": number_of(stored),
        "warehouse": given.get("WAREHOUSE"),
        "schedule": given.get("SCHEDULE"),
        "predecessors": json.dumps(before),
        "state": "suspended" if given["SUSPENDED"] else "started",
        "definition": given["DEFINITION"],
        "condition": given.get("WHEN"),
        "allow_overlapping_execution": truth(given.get("ALLOW_OVERLAPPING_EXECUTION")),
        "error_integration": given.get("ERROR_INTEGRATION") or "null",
        "last_suspended_on": time_of(given.get("SUSPENDED_ON")),
        "config": given.get("CONFIG"),
        "task_relations": json.dumps({"Predecessors": before}),
        "target_completion_interval": given.get("TARGET_COMPLETION_INTERVAL"),
    }


def _sequence(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:
    given = stored.attributes
    return {
        "next_value": facts.rows.get(stored.name),
        "interval": given["INCREMENT"],
        "ordered": "Y" if given["ORDERED"] else "N",
    }


def _tag(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    allowed = stored.attributes.get("ALLOWED_VALUES")
    return {"allowed_values": json.dumps(allowed, separators=(",", ":")) if allowed else None}


def _streamlit(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    given = stored.attributes
    return {
        "title": given.get("TITLE", ""),
        "query_warehouse": given.get("QUERY_WAREHOUSE"),
        "url_id": given["URL_ID"],
    }


ROWS: dict[Kind, RowOf] = {
    Kind.STAGE: _stage,
    Kind.FILE_FORMAT: _format,
    Kind.TABLE: _table,
    Kind.PIPE: _pipe,
    Kind.DYNAMIC_TABLE: _dynamic_table,
    Kind.VIEW: _view,
    Kind.TASK: _task,
    Kind.SEQUENCE: _sequence,
    Kind.TAG: _tag,
    Kind.STREAMLIT: _streamlit,
}
