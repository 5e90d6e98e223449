"""The Snowflake account: objects, data and stages behind one door, SQL in sessions that run at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from local_cloud.snowflake_account.definitions.recovery import recover
from local_cloud.snowflake_account.language.kinds import TEMPORARY_KINDS, Kind
from local_cloud.snowflake_account.language.statements import Drop
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.pipes import ListeningPipe
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.beginning import begin
from local_cloud.snowflake_account.sessions.session import Session
from local_cloud.snowflake_account.sessions.shared import Shared
from local_cloud.snowflake_account.sessions.tasks import Tasks
from local_cloud.snowflake_account.stages.stages import Aws


class Account:
    """A Snowflake account in a folder, which is made where there is none: what a program holds of it.

    It opens sessions for SQL, and does what Snowflake does by itself: loads through pipes, refreshes.

    Attributes:
        shared: the rooms behind the SQL.
    """

    def __init__(self, folder: Path, aws: Aws, *, user: str = "LOCAL") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.shared = shared = Shared(folder, aws, user)
        for database in shared.catalog.list(Kind.DATABASE):
            shared.databases.attach(database.name.last)
        recover(shared.catalog, shared.databases)
        self._drop_temporary_objects()
        shared.stages.forget_unowned()
        self._session = self.connect()
        self._tasks = Tasks(shared)
        shared.execute_task = self._tasks.execute

    def close(self) -> None:
        """Close the account's files; sessions end with it."""
        with self.shared.changing():
            self._session.close()
            self.shared.databases.close()
            self.shared.staged_files.close()
            self.shared.catalog.close()

    def connect(
        self,
        database: str | None = None,
        schema: str | None = None,
        *,
        user: str | None = None,
        role: str | None = None,
    ) -> Session:
        """Open a session.

        Args:
            database: its current database; one that does not exist is passed over, as Snowflake does.
            schema: its current schema.
            user: whose it is; by default the account's first user's.
            role: its current role; by default the user's own.

        Raises:
            SnowflakeError: there is no such user, or the user does not have the role.
        """
        shared = self.shared
        return Session(shared, begin(shared.catalog, shared.authority, user or shared.user, role, database, schema))

    def execute(self, sql: str) -> Result:
        """Execute one statement in Snowflake's SQL, in the account's own session.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        return self._session.execute(sql)

    def load_files(self, pipe: Name, keys: list[str], on_file: Callable[..., None] | None = None) -> None:
        """Load objects through a pipe, as Snowpipe does; those that it has dealt with are passed over."""
        shared = self.shared
        with shared.loading, shared.commits.one():
            if stored := shared.catalog.find(Kind.PIPE, pipe):
                try:
                    shared.pipes.load(stored, keys, on_file)
                finally:
                    shared.on_data_change([Name(tuple(stored.attributes["TABLE"]))])

    def listening_pipes(self) -> list[ListeningPipe]:
        """Return the pipes that the queue's messages may concern."""
        return self.shared.pipes.listening()

    def tell_of_changes(self, on_data_change: Callable[[Collection[Name] | None], None]) -> None:
        """Let somebody know of every load and statement that may have changed rows.

        Args:
            on_data_change: called afterwards with the names of the tables, or None where they are not known.
        """
        self.shared.on_data_change = on_data_change

    def refresh_dynamic_tables(
        self, changed: Collection[Name] | None = None, now: datetime | None = None
    ) -> list[Name]:
        """Refresh every dynamic table that is not suspended, upstream ones first; return those refreshed.

        Args:
            changed: refresh only those that read one of these, themselves or through others.
            now: when this is; None for the clock's time.

        Raises:
            SnowflakeError: some failed; the message names them. Those that do not read them were refreshed.
        """
        with self.shared.commits.one():
            return self.shared.dynamic_tables.refresh_all(changed, now)

    def run_due_tasks(self, now: datetime) -> None:
        """Run each task whose time has come; how it ended is in its history."""
        self._tasks.run_due(now)

    def interrupt(self) -> None:
        """Stop the load and the refresh that are going on; nothing of what they were about to commit is kept."""
        self.shared.databases.duck.interrupt()
        self.shared.dynamic_tables.interrupt()

    def _drop_temporary_objects(self) -> None:
        """Drop what sessions of a process that was killed have left."""
        shared = self.shared
        for stored in [found for kind in TEMPORARY_KINDS for found in shared.catalog.list(kind)]:
            if stored.attributes.get("TEMPORARY"):
                with shared.changing():
                    shared.changes.make(Drop(stored.kind, stored.name, if_exists=True), Name(()), stored.owner)
