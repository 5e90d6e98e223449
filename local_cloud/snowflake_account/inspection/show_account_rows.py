"""What SHOW says of the account and its containers: warehouses, monitors, integrations, roles, databases, schemas.

The columns, their order and the spellings are those that the real provider reads; a value that it writes to
its state echoes what was given, because a difference there is drift that every preview shows. A column
without a value here is NULL, or one that every kind has (`show`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.inspection import user_rows
from local_cloud.snowflake_account.inspection.show_facts import Facts, RowOf, number_of, time_of, truth, upper
from local_cloud.snowflake_account.language.kinds import Kind

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
    Kind.USER: user_rows.COLUMNS,
    Kind.STORAGE_INTEGRATION: "name type category enabled comment created_on:TIMESTAMP_LTZ",
    Kind.NOTIFICATION_INTEGRATION: "name type category enabled comment created_on:TIMESTAMP_LTZ",
    Kind.DATABASE: "created_on:TIMESTAMP_LTZ name is_default is_current origin owner comment options retention_time "
    "kind budget owner_role_type object_visibility",
    Kind.DATABASE_ROLE: "created_on:TIMESTAMP_LTZ name is_default is_current is_inherited granted_to_roles:FIXED "
    "granted_to_database_roles:FIXED granted_database_roles:FIXED owner comment owner_role_type",
    Kind.SCHEMA: "created_on:TIMESTAMP_LTZ name is_default is_current database_name owner comment options "
    "retention_time owner_role_type classification_profile_database classification_profile_schema "
    "classification_profile object_visibility",
}

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
    given, made = stored.attributes, time_of(stored.created_on)
    is_suspended = bool(given.get("SUSPENDED", given.get("INITIALLY_SUSPENDED")))
    counts = dict.fromkeys(("started_clusters", "running", "queued", "actives", "pendings", "failed"), 0)
    return {
        **counts,
        **dict.fromkeys(("available", "provisioning", "quiescing", "other"), ""),
        "state": "SUSPENDED" if is_suspended else "STARTED",
        "type": "STANDARD",
        "size": _SIZES[upper(given.get("WAREHOUSE_SIZE", "XSMALL")).replace("-", "")],
        "min_cluster_count": given.get("MIN_CLUSTER_COUNT", 1),
        "max_cluster_count": given.get("MAX_CLUSTER_COUNT", 1),
        "auto_suspend": given.get("AUTO_SUSPEND", 600),
        "auto_resume": truth(given.get("AUTO_RESUME", True)),
        "resumed_on": made,
        "updated_on": made,
        "enable_query_acceleration": truth(given.get("ENABLE_QUERY_ACCELERATION")),
        "query_acceleration_max_scale_factor": given.get("QUERY_ACCELERATION_MAX_SCALE_FACTOR", 8),
        "resource_monitor": given.get("RESOURCE_MONITOR") or "null",
        "suspended": int(is_suspended),
        "uuid": number_of(stored),
        "scaling_policy": upper(given.get("SCALING_POLICY", "STANDARD")),
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
        "frequency": upper(given.get("FREQUENCY", "MONTHLY")),
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
    return {"type": "EXTERNAL_STAGE", "category": "STORAGE", "enabled": truth(stored.attributes.get("ENABLED"))}


def _notification_integration(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    enabled = truth(stored.attributes.get("ENABLED", True))
    return {"type": "QUEUE - AWS_SNS", "category": "NOTIFICATION", "enabled": enabled}


ROWS: dict[Kind, RowOf] = {
    Kind.WAREHOUSE: _warehouse,
    Kind.RESOURCE_MONITOR: _monitor,
    Kind.ROLE: _role,
    Kind.USER: user_rows.user_row,
    Kind.STORAGE_INTEGRATION: _integration,
    Kind.NOTIFICATION_INTEGRATION: _notification_integration,
    Kind.DATABASE: _container,
    Kind.DATABASE_ROLE: _database_role,
    Kind.SCHEMA: _container,
}
