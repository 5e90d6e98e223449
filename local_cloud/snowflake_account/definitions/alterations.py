"""ALTER: what may be changed of an object, and the change."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.catalog.properties import check_names, check_properties
from local_cloud.snowflake_account.catalog.suspension import Reason
from local_cloud.snowflake_account.catalog.users import with_hashed_password
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.refresh_state import note_rewrite
from local_cloud.snowflake_account.definitions.column_changes import ColumnChanges
from local_cloud.snowflake_account.definitions.keys import without_constraint
from local_cloud.snowflake_account.definitions.streamlits import checked_streamlit
from local_cloud.snowflake_account.definitions.task_bodies import check_body, check_schedule
from local_cloud.snowflake_account.dynamic_tables.suspension import resume, suspend
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.file_formats import file_format
from local_cloud.snowflake_account.language.constraints import stored_constraints
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.statements import Alter
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.stages import Stages, check_internal, is_external

_FIXED = ("TRANSIENT", "TEMPORARY", "TYPE", "AFTER", "WHEN", "MANAGED_ACCESS", "SECURE", "COPY_GRANTS")
_FIXED_OF_KIND = {
    Kind.PIPE: ("AUTO_INGEST", "AWS_SNS_TOPIC"),
    Kind.DYNAMIC_TABLE: ("REFRESH_MODE", "INITIALIZE"),
    Kind.SEQUENCE: ("START", "INCREMENT", "ORDERED"),
    Kind.STORAGE_INTEGRATION: ("STORAGE_PROVIDER",),
    Kind.NOTIFICATION_INTEGRATION: ("NOTIFICATION_PROVIDER", "DIRECTION"),
    Kind.WAREHOUSE: ("INITIALLY_SUSPENDED",),
    Kind.STAGE: ("ENCRYPTION",),
}
"""What CREATE may say and ALTER … SET may not."""

_NEEDED = {
    Kind.STREAMLIT: ("ROOT_LOCATION", "MAIN_FILE"),
    Kind.STORAGE_INTEGRATION: ("STORAGE_AWS_ROLE_ARN", "STORAGE_AWS_EXTERNAL_ID", "STORAGE_ALLOWED_LOCATIONS"),
}
"""What ALTER … SET may say and UNSET may not: https://docs.snowflake.com/en/sql-reference/sql/alter-storage-integration
and alter-streamlit have none of them."""

_KINDS_OF_ACTION = {
    "SUSPEND": (Kind.WAREHOUSE, Kind.DYNAMIC_TABLE, Kind.TASK),
    "RESUME": (Kind.WAREHOUSE, Kind.DYNAMIC_TABLE, Kind.TASK),
    "SET SECURE": (Kind.VIEW,),
    "UNSET SECURE": (Kind.VIEW,),
    "ENABLE MANAGED ACCESS": (Kind.SCHEMA,),
    "DISABLE MANAGED ACCESS": (Kind.SCHEMA,),
    "CLUSTER BY": (Kind.TABLE, Kind.DYNAMIC_TABLE),
    "DROP CLUSTERING KEY": (Kind.TABLE, Kind.DYNAMIC_TABLE),
    "ADD COLUMN": (Kind.TABLE,),
    "DROP COLUMN": (Kind.TABLE,),
    "RENAME COLUMN": (Kind.TABLE,),
    "ALTER COLUMN": (Kind.TABLE,),
    "ADD CONSTRAINT": (Kind.TABLE,),
    "DROP CONSTRAINT": (Kind.TABLE,),
    "COMMENT COLUMN": RELATIONS,
    "MODIFY AS": (Kind.TASK,),
    "MODIFY WHEN": (Kind.TASK,),
    "REMOVE WHEN": (Kind.TASK,),
    "ADD AFTER": (Kind.TASK,),
    "REMOVE AFTER": (Kind.TASK,),
    "ADD ALLOWED_VALUES": (Kind.TAG,),
    "DROP ALLOWED_VALUES": (Kind.TAG,),
    "UNSET ALLOWED_VALUES": (Kind.TAG,),
}


class Alterations:
    """Changes objects, except their names."""

    def __init__(self, catalog: Catalog, databases: Databases, stages: Stages) -> None:
        self._catalog = catalog
        self._databases = databases
        self._stages = stages
        self._columns = ColumnChanges(catalog, databases)

    def alter(self, stored: StoredObject, change: Alter) -> None:
        """Change an object as an ALTER says.

        Raises:
            SnowflakeError: the change is refused; the object is as it was.
        """
        if stored.kind not in _KINDS_OF_ACTION.get(change.action, Kind):
            raise UnsupportedError(f"ALTER {stored.kind.value} {change.action}")
        with self._catalog.transaction(), self._databases.transaction():
            self._catalog.update(stored, self._changed(stored, change))

    def _changed(self, stored: StoredObject, change: Alter) -> dict[str, Any]:
        given: dict[str, Any] = dict(stored.attributes)
        match change.action:
            case "SET":
                return self._set(stored, change.properties)
            case "UNSET":
                self._check_names(stored.kind, change.names)
                needed = set(change.names) & set(_NEEDED.get(stored.kind, ()))
                if needed:
                    raise UnsupportedError(f"ALTER {stored.kind.value} UNSET {min(needed)}")
                return _without(given, *change.names)
            case "SUSPEND" if stored.kind is Kind.DYNAMIC_TABLE:
                return suspend(self._catalog, stored, Reason.USER, time.time())
            case "RESUME" if stored.kind is Kind.DYNAMIC_TABLE:
                return resume(self._catalog, stored, time.time())
            case "SUSPEND":
                return given | {"SUSPENDED": True, "SUSPENDED_ON": time.time()}
            case "RESUME":
                return given | {"SUSPENDED": False, "RESUMED_ON": time.time()}
            case "SET SECURE" | "UNSET SECURE":
                return given | {"SECURE": change.action == "SET SECURE"}
            case "ENABLE MANAGED ACCESS" | "DISABLE MANAGED ACCESS":
                return given | {"MANAGED_ACCESS": change.action.startswith("ENABLE")}
            case "CLUSTER BY":
                return {**given, **change.properties}
            case "DROP CLUSTERING KEY":
                return _without(given, "CLUSTER_BY")
            case "ADD COLUMN" | "DROP COLUMN" | "RENAME COLUMN" | "ALTER COLUMN":
                note_rewrite(self._databases.duck, stored.name)
                return given | self._columns.changed(stored, change)
            case "ADD CONSTRAINT":
                return given | self._columns.with_constraint(stored, change)
            case "DROP CONSTRAINT":
                kept = without_constraint(stored_constraints(given), change.constraints[0], stored.name)
                return given | {"CONSTRAINTS": [vars(constraint) for constraint in kept]}
            case "COMMENT COLUMN":
                return given | self._columns.commented(stored, change)
            case "MODIFY AS":
                check_body(change.body)
                return given | {"DEFINITION": change.body}
            case "MODIFY WHEN":
                return given | {"WHEN": change.body}
            case "REMOVE WHEN":
                return _without(given, "WHEN")
            case "ADD AFTER" | "REMOVE AFTER":
                return given | {"AFTER": self._after(stored, change)}
            case "ADD ALLOWED_VALUES" | "DROP ALLOWED_VALUES":
                return given | {"ALLOWED_VALUES": _allowed_values(given, change)}
            case "UNSET ALLOWED_VALUES":
                return _without(given, "ALLOWED_VALUES")
            case _:
                raise UnsupportedError(f"ALTER {stored.kind.value} {change.action}")

    def _set(self, stored: StoredObject, properties: Mapping[str, Any]) -> dict[str, Any]:
        self._check_names(stored.kind, properties)
        check_properties(stored.kind, properties)
        check_schedule(properties)
        if stored.kind is Kind.USER:
            properties = with_hashed_password(properties)
        attributes = {**stored.attributes, **_without(properties, "WAIT_FOR_COMPLETION")}
        if stored.kind is Kind.STAGE and not is_external(stored):
            check_internal(attributes)
        elif stored.kind is Kind.STAGE:
            self._stages.check_location(attributes["URL"], attributes["STORAGE_INTEGRATION"])
        if stored.kind is Kind.FILE_FORMAT:
            file_format(attributes)
        if stored.kind is Kind.STREAMLIT:
            return checked_streamlit(self._catalog, attributes, Name(stored.name.parts[:2]))
        if warehouse := properties.get("WAREHOUSE"):
            self._catalog.get(Kind.WAREHOUSE, Name((warehouse,)))
        if integration := properties.get("ERROR_INTEGRATION"):
            self._catalog.get(Kind.NOTIFICATION_INTEGRATION, Name((str(integration),)))
        if monitor := properties.get("RESOURCE_MONITOR"):
            self._catalog.get(Kind.RESOURCE_MONITOR, Name((monitor,)))
        return attributes

    @staticmethod
    def _check_names(kind: Kind, names: Iterable[str]) -> None:
        for name in names:
            if name in (*_FIXED, *_FIXED_OF_KIND.get(kind, ())):
                raise UnsupportedError(f"ALTER {kind.value} SET {name}")
        check_names(kind, names)

    def _after(self, task: StoredObject, change: Alter) -> list[list[str]]:
        home = Name(task.name.parts[:2])
        named = [full_name(Kind.TASK, Name(tuple(parts)), home) for parts in change.properties["AFTER"]]  # pyright: ignore[reportGeneralTypeIssues, reportArgumentType, reportOptionalIterable]
        for other in named:
            self._catalog.get(Kind.TASK, other)
        before = [list(parts) for parts in task.attributes["AFTER"]]
        given = [list(other.parts) for other in named]
        if change.action == "ADD AFTER":
            return before + [parts for i, parts in enumerate(given) if parts not in before + given[:i]]
        return [parts for parts in before if parts not in given]

    def set_tags(self, stored: StoredObject, tags: Mapping[Name, str | None]) -> None:
        """Give an object values of tags, or take them away.

        Args:
            stored: the object.
            tags: its tags by full name; None takes the tag away.

        Raises:
            SnowflakeError: a tag is not there, or does not allow the value.
        """
        values = dict(stored.attributes.get("TAGS", {}))
        for name, value in tags.items():
            allowed = self._catalog.get(Kind.TAG, name).attributes.get("ALLOWED_VALUES")
            if value is None:
                values.pop(name.quoted, None)
                continue
            if allowed and value not in allowed:
                raise SnowflakeError(
                    f"SQL compilation error:\nTag value '{value}' is not one of the allowed values of tag '{name}': "
                    + ", ".join(allowed),
                    code=1008,
                    sqlstate="22023",
                )
            values[name.quoted] = value
        self._catalog.update(stored, {**stored.attributes, "TAGS": values})


def _allowed_values(given: Mapping[str, Any], change: Alter) -> list[Any]:
    before = list(given.get("ALLOWED_VALUES", ()))
    named = change.properties["ALLOWED_VALUES"]
    assert isinstance(named, tuple)
    if change.action == "ADD ALLOWED_VALUES":
        return before + [value for value in named if value not in before]
    return [value for value in before if value not in named]


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in names}
