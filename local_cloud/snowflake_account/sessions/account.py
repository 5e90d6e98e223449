"""The Snowflake account: objects, data and stages behind one door, SQL in sessions that run at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from local_cloud.snowflake_account.definitions.recovery import recover
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Drop
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.pipes import Listener
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.services import Services
from local_cloud.snowflake_account.sessions.session import Session
from local_cloud.snowflake_account.stages.stages import Aws


class Account(Services):
    """A Snowflake account in a folder, which is made where there is none."""

    def __init__(self, folder: Path, aws: Aws, *, user: str = "LOCAL") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, aws, user)
        for database in self.catalog.list(Kind.DATABASE):
            self.databases.attach(database.name.last)
        recover(self.catalog, self.databases)
        self._drop_temporary_relations()
        self._session = self.connect()

    def close(self) -> None:
        """Close the account's files; sessions end with it."""
        with self.changing():
            self._session.close()
            self.databases.close()
            self.catalog.close()

    def connect(self, database: str | None = None, schema: str | None = None) -> Session:
        """Open a session.

        Args:
            database: its current database; one that does not exist is passed over, as Snowflake does.
            schema: its current schema.
        """
        return Session(self, database, schema)

    def execute(self, sql: str) -> Result:
        """Execute one statement in Snowflake's SQL, in the account's own session.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        return self._session.execute(sql)

    def load_files(self, pipe: Name, keys: list[str], on_file: Callable[..., None] | None = None) -> None:
        """Load objects through a pipe, as Snowpipe does; those that it has dealt with are passed over."""
        with self._load_lock:
            if stored := self.catalog.find(Kind.PIPE, pipe):
                try:
                    self.pipes.load(stored, keys, on_file)
                finally:
                    self.on_data_change([Name(tuple(stored.attributes["TABLE"]))])

    def listeners(self) -> list[Listener]:
        """Return the pipes that the queue's messages may concern."""
        return self.pipes.listeners()

    def refresh_dynamic_tables(self, changed: Collection[Name] | None = None) -> list[Name]:
        """Refresh every dynamic table that is not suspended, upstream ones first; return those refreshed.

        Args:
            changed: refresh only those that read one of these, themselves or through others.

        Raises:
            SnowflakeError: some failed; the message names them. Those that do not read them were refreshed.
        """
        return self._dynamic_tables.refresh_all(changed)

    def interrupt(self) -> None:
        """Stop the load and the refresh that are going on; nothing of what they were about to commit is kept."""
        self.databases.duck.interrupt()
        self._dynamic_tables.interrupt()

    def _drop_temporary_relations(self) -> None:
        """Drop what sessions of a process that was killed have left."""
        for stored in [*self.catalog.list(Kind.TABLE), *self.catalog.list(Kind.VIEW)]:
            if stored.attributes.get("TEMPORARY"):
                self.define(Drop(stored.kind, stored.name, if_exists=True), stored.name, Name(()))
