"""CREATE and DROP: what they do to the catalog and to DuckDB, all of it or nothing.

The catalog is what counts. A process can be killed between the two commits, so DuckDB commits first where
something is made (what no catalog knows is made anew) and last where something goes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.catalog.properties import check_complete, check_properties
from local_cloud.snowflake_account.catalog.users import with_hashed_password
from local_cloud.snowflake_account.data import load_history, refresh_state
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.read_relations import reads_of
from local_cloud.snowflake_account.data.sequences import create_sequence
from local_cloud.snowflake_account.definitions.streamlits import checked_streamlit
from local_cloud.snowflake_account.definitions.tables import Tables, forget_sequences
from local_cloud.snowflake_account.definitions.task_bodies import check_body, check_schedule
from local_cloud.snowflake_account.dynamic_tables.incremental_support import check_incremental
from local_cloud.snowflake_account.errors import DoesNotExistError, UnsupportedError
from local_cloud.snowflake_account.files.file_formats import file_format
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.statements import Create, Drop
from local_cloud.snowflake_account.language.tokens import Name, Value
from local_cloud.snowflake_account.pipes.pipes import Pipes
from local_cloud.snowflake_account.result import Result, status
from local_cloud.snowflake_account.stages.assumed_role import SNOWFLAKE_USER
from local_cloud.snowflake_account.stages.stages import Stages, check_internal


class Definitions:
    """Creates and drops the account's objects."""

    def __init__(self, catalog: Catalog, databases: Databases, stages: Stages, pipes: Pipes, grants: Grants) -> None:
        self._catalog = catalog
        self._databases = databases
        self._stages = stages
        self._pipes = pipes
        self._grants = grants
        self._tables = Tables(catalog, databases)

    def create(self, statement: Create, name: Name, home: Name, owner: Name) -> Result:
        """Create an object, or put it in place of the one that is there.

        Args:
            statement: the CREATE.
            name: the object's full name.
            home: the session's current database and schema, as far as it has them.
            owner: the role that it belongs to.

        Raises:
            SnowflakeError: it is refused; everything is as it was.
        """
        kind = statement.kind
        existing = self._catalog.find(kind, name)
        if existing and statement.if_not_exists:
            return status(f"{name.last} already exists, statement succeeded.")
        copies_grants = "COPY_GRANTS" in statement.properties
        statement = replace(statement, properties=_without(statement.properties, "COPY_GRANTS"))
        check_properties(kind, statement.properties)
        check_complete(kind, statement.properties)
        if kind is Kind.USER:
            statement = replace(statement, properties=with_hashed_password(statement.properties))
        if kind is Kind.DATABASE:
            self._create_database(statement, name, existing, owner)
        else:
            with self._catalog.transaction(), self._databases.transaction():
                if existing and statement.or_replace:
                    self._remove(existing, owner, keep_grants=copies_grants)
                stored = self._catalog.add(kind, name, statement.properties, owner)
                self._catalog.update(stored, self._make(statement, name, home))
                self._grants.grant_future(stored)
                if kind is Kind.DATABASE_ROLE:
                    self._grants.let_use_its_database(stored)
        return status(f"{kind.value.capitalize()} {name.last} successfully created.")

    def _create_database(self, statement: Create, name: Name, existing: StoredObject | None, owner: Name) -> None:
        """Create a database: a file of its own, which no transaction can take back, so it comes last."""
        with self._catalog.transaction():
            replaced = existing if statement.or_replace else None
            if replaced:
                self._grants.forget(replaced, owner)
                self._catalog.drop(replaced)
            self._catalog.add(Kind.DATABASE, name, statement.properties, owner)
            self._catalog.add(Kind.SCHEMA, Name((name.last, "PUBLIC")), {}, owner)
            self._databases.create(name.last, replace=replaced is not None)

    def _make(self, statement: Create, name: Name, current: Name) -> dict[str, Any]:
        """Do what a CREATE does beyond the catalog's row, and return the attributes to keep."""
        attributes: dict[str, Any] = dict(statement.properties)
        home = Name(name.parts[:2])
        match statement.kind:
            case Kind.SCHEMA:
                self._databases.create_schema(name)
            case Kind.STORAGE_INTEGRATION:
                attributes["STORAGE_AWS_IAM_USER_ARN"] = SNOWFLAKE_USER
                attributes.setdefault("STORAGE_AWS_EXTERNAL_ID", f"LOCAL_SFCRole=2_{uuid.uuid4().hex}")
            case Kind.NOTIFICATION_INTEGRATION:
                attributes["SF_AWS_IAM_USER_ARN"] = SNOWFLAKE_USER
                attributes["SF_AWS_EXTERNAL_ID"] = f"LOCAL_SFCRole=3_{uuid.uuid4().hex}"
            case Kind.WAREHOUSE:
                self._check_monitor(attributes)
            case Kind.STAGE:
                self._check_stage(attributes)
            case Kind.FILE_FORMAT:
                attributes.setdefault("TYPE", "CSV")
                file_format(attributes)
            case Kind.TABLE:
                attributes |= self._tables.make(statement, name, current)
            case Kind.SEQUENCE:
                attributes |= self._sequence(attributes, name)
            case Kind.PIPE:
                attributes = self._pipes.attributes(statement.body, attributes, home)
            case Kind.DYNAMIC_TABLE | Kind.VIEW:
                attributes |= self._make_model(statement, name)
            case Kind.TASK:
                attributes |= self._task(statement, home)
            case Kind.STREAMLIT:
                attributes = checked_streamlit(self._catalog, attributes, home) | {"URL_ID": uuid.uuid4().hex[:20]}
        return attributes

    def _sequence(self, attributes: Mapping[str, Any], name: Name) -> dict[str, Any]:
        given = {"START": 1, "INCREMENT": 1, "ORDERED": False, **attributes}
        stored = create_sequence(self._databases, name.parts[0], given["START"], given["INCREMENT"])
        return {**given, "STORED_AS": stored}

    def _check_monitor(self, attributes: Mapping[str, Any]) -> None:
        if monitor := attributes.get("RESOURCE_MONITOR"):
            self._catalog.get(Kind.RESOURCE_MONITOR, Name((monitor,)))

    def _check_stage(self, attributes: Mapping[str, Any]) -> None:
        if not (url := attributes.get("URL")):
            check_internal(attributes)
            return
        if "ENCRYPTION" in attributes:
            raise UnsupportedError("ENCRYPTION of an external stage")
        if not (integration := attributes.get("STORAGE_INTEGRATION")):
            raise UnsupportedError("STAGE without a STORAGE_INTEGRATION")
        self._stages.check_location(url, integration)

    def _make_model(self, statement: Create, name: Name) -> dict[str, Any]:
        query, properties = statement.body, statement.properties
        reads = reads_of(query, Name(name.parts[:2]))
        if statement.kind is Kind.VIEW:
            self._databases.create_view(name, query, list(statement.view_columns))
            comments = {"COLUMN_COMMENTS": dict(statement.view_columns)} if statement.view_columns else {}
            return {"QUERY": query, "READS": reads, **comments}
        reason = check_incremental(parsed(query), str(properties.get("REFRESH_MODE", "AUTO")).upper())
        self._catalog.get(Kind.WAREHOUSE, Name((str(properties["WAREHOUSE"]),)))
        with_data = str(properties.get("INITIALIZE", "ON_CREATE")).upper() == "ON_CREATE"
        self._databases.create_as("table", name, query, with_data=with_data, coerces=False)
        if reason:
            return {"QUERY": query, "READS": reads, "REFRESH_MODE_REASON": reason}
        return {"QUERY": query, "READS": reads}

    def _task(self, statement: Create, home: Name) -> dict[str, Any]:
        properties = statement.properties
        check_body(statement.body)
        check_schedule(properties)
        if warehouse := properties.get("WAREHOUSE"):
            self._catalog.get(Kind.WAREHOUSE, Name((str(warehouse),)))
        if integration := properties.get("ERROR_INTEGRATION"):
            self._catalog.get(Kind.NOTIFICATION_INTEGRATION, Name((str(integration),)))
        after = [full_name(Kind.TASK, Name(tuple(parts)), home) for parts in properties.get("AFTER") or ()]  # pyright: ignore[reportGeneralTypeIssues, reportArgumentType]
        for task in after:
            self._catalog.get(Kind.TASK, task)
        return {"DEFINITION": statement.body, "AFTER": [list(task.parts) for task in after], "SUSPENDED": True}

    def drop(self, statement: Drop, name: Name, heir: Name) -> Result:
        """Drop an object and all that it holds.

        Args:
            statement: the DROP.
            name: the object's full name.
            heir: the role that drops it, which becomes the owner of what a dropped role owned.

        Raises:
            DoesNotExistError: it is not there, and the statement does not say IF EXISTS.
        """
        stored = self._catalog.find(statement.kind, name)
        if stored is None:
            if not statement.if_exists:
                raise DoesNotExistError(statement.kind.value, str(name))
            return status(f"Drop statement executed successfully ({name.last} already dropped).")
        if stored.kind is Kind.DATABASE:
            with self._catalog.transaction():
                self._grants.forget(stored, heir)
                self._catalog.drop(stored)
            self._databases.drop(name.last)
        else:
            with self._databases.transaction(), self._catalog.transaction():
                self._remove(stored, heir)
        return status(f"{name.last} successfully dropped.")

    def _remove(self, stored: StoredObject, heir: Name, *, keep_grants: bool = False) -> None:
        """Remove an object that is no database from the catalog and DuckDB."""
        for forget in _FORGETS.get(stored.kind, ()):
            forget(self._databases.duck, stored.name)
        if word := _IN_DUCKDB.get(stored.kind):
            self._databases.drop_relation(word, stored.name)
        if not keep_grants:
            self._grants.forget(stored, heir)
        self._catalog.drop(stored)
        if stored.kind in (Kind.SCHEMA, Kind.TABLE, Kind.SEQUENCE):
            forget_sequences(self._catalog, self._databases, stored.name.parts[0])


def _without(properties: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {key: value for key, value in properties.items() if key != name}


_IN_DUCKDB = {Kind.SCHEMA: "schema", Kind.TABLE: "table", Kind.DYNAMIC_TABLE: "table", Kind.VIEW: "view"}
"""What DuckDB calls the kinds that it has."""

_FORGETS = {
    Kind.SCHEMA: (load_history.forget_schema, refresh_state.drop_schema),
    Kind.TABLE: (load_history.forget_table,),
    Kind.PIPE: (load_history.forget_pipe,),
    Kind.DYNAMIC_TABLE: (refresh_state.drop,),
}
"""What lets that count no more which is kept of a dropped object."""
