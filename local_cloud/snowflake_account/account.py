"""The Snowflake account: one door, `Account.execute(sql)`.

A statement about an object goes to the catalog (and, as plain DDL, to DuckDB), COPY to its executor, and a
query or DML through fakesnow to DuckDB.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account import dynamic_tables, load_history
from local_cloud.snowflake_account.alterations import alter
from local_cloud.snowflake_account.catalog import Catalog, StoredObject
from local_cloud.snowflake_account.copy_command import run_copy
from local_cloud.snowflake_account.databases import Databases
from local_cloud.snowflake_account.describe import describe
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.file_formats import file_format
from local_cloud.snowflake_account.list_files import list_files
from local_cloud.snowflake_account.parameters import parameters
from local_cloud.snowflake_account.pipe_status import replace_pipe_status
from local_cloud.snowflake_account.pipes import Listener, Pipes, resolved
from local_cloud.snowflake_account.result import Result, status
from local_cloud.snowflake_account.show import show
from local_cloud.snowflake_account.stages import Aws, Stages
from local_cloud.snowflake_account.statements import Alter, Create, Describe, Drop, Kind, Show, Use, parse, strip
from local_cloud.snowflake_account.tokens import Name, Tokens

USER_ARN = "arn:aws:iam::210987654321:user/snowflake-local"
"""The AWS user of the embedded Snowflake account, the same for every integration, as in Snowflake."""


class Account:
    """A Snowflake account in a folder.

    Args:
        folder: where databases and catalog live; made if need be, found again when opened again.
        aws: the AWS side, where stages and the pipes' queue are.
    """

    def __init__(self, folder: Path, aws: Aws) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.databases = Databases(folder)
        for database in self.catalog.list(Kind.DATABASE):
            self.databases.attach(database.name.last)
        self.stages = Stages(self.catalog, aws)
        self.pipes = Pipes(self.catalog, self.databases, self.stages, aws)
        self._region = aws.region
        self._home: tuple[str, ...] = ()

    def close(self) -> None:
        """Close the account's files."""
        with self._lock:
            self.databases.close()
            self.catalog.close()

    def execute(self, sql: str) -> Result:
        """Execute one statement in Snowflake's SQL.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        text = strip(sql)
        with self._lock:
            statement = parse(text)
            if statement is not None:
                return self._execute_own(statement)
            if Tokens(text).peek("COPY", "INTO"):
                return run_copy(self.databases, self.stages, self.pipes, text, Name(self._home))
            tree = self.databases.parsed(text)
            if isinstance(tree, exp.ListStage):
                return list_files(self.stages, tree, Name(self._home))
            return self.databases.query(replace_pipe_status(tree, self._pipe_status))

    def load_files(self, pipe: Name, keys: list[str], on_file: Callable[..., None] | None = None) -> None:
        """Load objects through a pipe, as Snowpipe does; those that it has dealt with are passed over."""
        with self._lock:
            if stored := self.catalog.find(Kind.PIPE, pipe):
                self.pipes.load(stored, keys, on_file)

    def listeners(self) -> list[Listener]:
        """Return the pipes that the queue's messages may concern."""
        with self._lock:
            return self.pipes.listeners()

    def refresh_dynamic_tables(self) -> list[Name]:
        """Refresh every dynamic table that is not suspended, upstream ones first; return their names."""
        with self._lock:
            tables = dynamic_tables.in_dependency_order(self.catalog.list(Kind.DYNAMIC_TABLE))
            active = [table for table in tables if not table.attributes.get("SUSPENDED")]
            for table in active:
                dynamic_tables.refresh(self.databases, table)
            return [table.name for table in active]

    def _execute_own(self, statement: Create | Alter | Drop | Show | Describe | Use) -> Result:
        match statement:
            case Create():
                return self._create(statement)
            case Drop():
                return self._drop(statement)
            case Alter():
                return self._alter(statement)
            case Show() if statement.parameters and statement.scope:
                return parameters(self.catalog.get(statement.kind, statement.scope))
            case Show():
                return show(self.catalog, statement, self._region)
            case Describe():
                return describe(self.catalog, self.databases, statement.kind, self._full(statement))
            case Use():
                return self._use(statement)

    def _full(self, statement: Create | Alter | Drop | Describe) -> Name:
        """Return the full name of the object that a statement is about."""
        name, depth = statement.name, statement.kind.depth
        if len(name.parts) > depth:
            raise SnowflakeError(f"SQL compilation error:\ntoo many parts in the name '{name}'.")
        missing = depth - len(name.parts)
        if missing > len(self._home):
            raise SnowflakeError(
                f"Cannot perform this operation on '{name}'. This session does not have a current "
                f"{'schema' if self._home else 'database'}. Call 'USE', or use a qualified name.",
                code=90105,
                sqlstate="22000",
            )
        return Name((*self._home[:missing], *name.parts))

    def _use(self, statement: Use) -> Result:
        if statement.what in ("WAREHOUSE", "ROLE", "SECONDARY ROLES"):
            return status("Statement executed successfully.")
        parts = statement.name.parts
        if statement.what == "SCHEMA" and len(parts) == 1:
            parts = (*self._home[:1], *parts)
        kind = Kind.DATABASE if len(parts) == 1 else Kind.SCHEMA
        self.catalog.get(kind, Name(parts))
        self._home = parts
        self.databases.use(parts[0], parts[1] if len(parts) > 1 else None)
        return status("Statement executed successfully.")

    def _create(self, statement: Create) -> Result:
        name = self._full(statement)
        kind = statement.kind
        if existing := self.catalog.find(kind, name):
            if statement.if_not_exists:
                return status(f"{name.last} already exists, statement succeeded.")
            if statement.or_replace:
                self._remove(existing)
        if kind is Kind.TABLE and not statement.columns and not statement.body:
            raise SnowflakeError(f"SQL compilation error:\nTable '{name}' has no columns.")
        stored = self.catalog.add(kind, name, {**statement.properties})
        try:
            self.catalog.update(stored, self._make(statement, name))
        except BaseException:
            self.catalog.drop(stored)
            raise
        return status(f"{kind.value.capitalize()} {name.last} successfully created.")

    def _make(self, statement: Create, name: Name) -> dict[str, Any]:
        """Do what a CREATE does beyond the catalog's row, and return the attributes to keep."""
        attributes: dict[str, Any] = dict(statement.properties)
        home = Name(name.parts[:2])
        match statement.kind:
            case Kind.DATABASE:
                self.databases.attach(name.last)
                self._make_schema(Name((name.last, "PUBLIC")))
            case Kind.SCHEMA:
                self.databases.create_schema(name)
            case Kind.STORAGE_INTEGRATION:
                attributes |= {"STORAGE_AWS_IAM_USER_ARN": USER_ARN}
                attributes.setdefault("STORAGE_AWS_EXTERNAL_ID", f"LOCAL_SFCRole=2_{uuid.uuid4().hex}")
            case Kind.STAGE:
                if not (url := attributes.get("URL")):
                    raise UnsupportedError("internal stage")
                if integration := attributes.get("STORAGE_INTEGRATION"):
                    self.stages.check_location(str(url), str(integration))
            case Kind.FILE_FORMAT:
                file_format(attributes)
            case Kind.TABLE if statement.body:
                self.databases.create_as("table", name, statement.body)
            case Kind.TABLE:
                self.databases.create_table(name, statement.columns)
                attributes["COLUMNS"] = [vars(column) for column in statement.columns]
            case Kind.PIPE:
                attributes = self.pipes.attributes(statement.body, attributes, home)
            case Kind.DYNAMIC_TABLE | Kind.VIEW:
                attributes |= self._make_model(statement, name)
            case Kind.WAREHOUSE | Kind.RESOURCE_MONITOR:
                pass
        return attributes

    def _make_schema(self, name: Name) -> None:
        self.catalog.add(Kind.SCHEMA, name, {})
        self.databases.create_schema(name)

    def _make_model(self, statement: Create, name: Name) -> dict[str, Any]:
        home = Name(name.parts[:2])
        query = self.databases.parsed(statement.body)
        reads = sorted(str(read) for read in dynamic_tables.relations_read(query, home))
        if statement.kind is Kind.VIEW:
            self.databases.create_as("view", name, statement.body)
        else:
            if missing := [need for need in ("TARGET_LAG", "WAREHOUSE") if need not in statement.properties]:
                raise SnowflakeError(f"SQL compilation error:\nMissing option(s): {missing}")
            self.catalog.get(Kind.WAREHOUSE, Name((str(statement.properties["WAREHOUSE"]),)))
            self.databases.create_as("table", name, statement.body)
        return {"QUERY": statement.body, "READS": reads}

    def _drop(self, statement: Drop) -> Result:
        name = self._full(statement)
        stored = self.catalog.find(statement.kind, name)
        if stored is None:
            if not statement.if_exists:
                self.catalog.get(statement.kind, name)
            return status(f"Drop statement executed successfully ({name.last} already dropped).")
        self._remove(stored)
        return status(f"{name.last} successfully dropped.")

    def _remove(self, stored: StoredObject) -> None:
        name = stored.name
        match stored.kind:
            case Kind.DATABASE:
                self._home = ()
                self.databases.drop(name.last)
            case Kind.SCHEMA:
                load_history.forget_schema(self.databases.duck, name)
                self.databases.drop_relation("schema", name)
            case Kind.TABLE:
                load_history.forget_table(self.databases.duck, name)
                self.databases.drop_relation("table", name)
            case Kind.DYNAMIC_TABLE:
                self.databases.drop_relation("table", name)
            case Kind.VIEW:
                self.databases.drop_relation("view", name)
            case Kind.PIPE:
                load_history.forget_pipe(self.databases.duck, name)
        self.catalog.drop(stored)

    def _alter(self, statement: Alter) -> Result:
        name = self._full(statement)
        stored = self.catalog.find(statement.kind, name)
        if stored is None:
            if not statement.if_exists:
                self.catalog.get(statement.kind, name)
            return status("Statement executed successfully.")
        if statement.action == "REFRESH":
            return self._refresh(stored, statement)
        alter(self.catalog, self.databases, self.stages, stored, statement)
        return status("Statement executed successfully.")

    def _refresh(self, stored: StoredObject, statement: Alter) -> Result:
        if stored.kind is Kind.DYNAMIC_TABLE:
            dynamic_tables.refresh(self.databases, stored)
            return status("Statement executed successfully.")
        if stored.kind is not Kind.PIPE:
            raise UnsupportedError(f"ALTER {stored.kind.value} REFRESH")
        after = statement.properties.get("MODIFIED_AFTER")
        moment = datetime.fromisoformat(str(after)) if after else None
        if moment and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        self.pipes.refresh(stored, str(statement.properties.get("PREFIX", "")), moment)
        return status("Statement executed successfully.")

    def _pipe_status(self, pipe: Name) -> str:
        return self.pipes.status(resolved(pipe, Name(self._home)))
