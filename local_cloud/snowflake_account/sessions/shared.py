"""What the sessions of an account share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

from local_cloud.snowflake_account.access.authority import Authority
from local_cloud.snowflake_account.access.guard import Guard
from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.copying.command import ExecutedCopy
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.definitions.changes import Changes
from local_cloud.snowflake_account.dynamic_tables.dynamic_tables import DynamicTables
from local_cloud.snowflake_account.errors import InsufficientPrivilegesError
from local_cloud.snowflake_account.inspection.inspections import Inspections
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.pipes import Pipes
from local_cloud.snowflake_account.sessions.commits import Commits
from local_cloud.snowflake_account.stages.file_store import FileStore
from local_cloud.snowflake_account.stages.stages import Aws, Stages

MOST_COPIES = 1_000
"""COPYs that VALIDATE can look at again."""


class RunningSession(Protocol):
    """A session as others see it."""

    number: int
    user: str
    is_busy: bool

    def cancel(self) -> None:
        """Stop the statement that it executes, if it does."""
        ...


@dataclass(frozen=True)
class NotedCopy:
    """A COPY that has loaded files, and the user who executed it."""

    copy: ExecutedCopy
    user: str


class NotedCopies(OrderedDict[str, NotedCopy]):
    """The last COPYs of the account by the ids of their statements."""

    def note(self, query_id: str, copy: ExecutedCopy, user: str) -> None:
        """Remember a COPY, in the place of the oldest if there are too many."""
        self[query_id] = NotedCopy(copy, user)
        while len(self) > MOST_COPIES:
            self.popitem(last=False)


class Shared:
    """The account's rooms, opened once, and the two locks that order what changes it.

    Definitions hold both locks, so they come one at a time and never while files load or a dynamic table is
    refreshed; loads hold one and refreshes the other, so these two do not wait for each other. Queries, DML, SHOW
    and DESCRIBE hold none: DuckDB and the catalog give each of them one state.

    Args:
        folder: where the account's files are.
        aws: the AWS account that it reaches.
        user: the account's first user.

    Attributes:
        user: the account's first user, an ACCOUNTADMIN.
        region: the AWS region that it is in.
        catalog: the objects that are declared.
        grants: who was granted what.
        authority: what roles may do.
        guard: what refuses statements that the roles of a session may not execute.
        databases: the data.
        staged_files: the files of internal stages.
        stages: what gives the files of any stage.
        pipes: what loads them by the queue.
        dynamic_tables: what refreshes them.
        changes: what executes definitions.
        inspections: what answers SHOW and DESCRIBE.
        sessions: those that are open, by their numbers.
        commits: counts what is committed to the data.
        copies: the last COPYs, which VALIDATE looks at again.
        loading: the lock of whatever loads files.
        execute_task: runs a task; the account says how.
        on_data_change: called after a load or a statement that may have changed rows, with the names of the
            tables, or None where they are not known; by default nobody is.
    """

    def __init__(self, folder: Path, aws: Aws, user: str) -> None:
        self.user = user
        self.region = aws.region
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.grants = Grants(self.catalog, user)
        self.databases = Databases(folder)
        self.staged_files = FileStore(folder / "stages")
        self.stages = Stages(self.catalog, aws, self.staged_files)
        self.authority = Authority(self.catalog, self.grants)
        self.guard = Guard(self.authority, user)
        self.pipes = Pipes(self.catalog, self.databases, self.stages, aws, self.guard.check_owner)
        self.commits = Commits()
        self.copies = NotedCopies()
        self.sessions: WeakValueDictionary[int, RunningSession] = WeakValueDictionary()
        self._refreshing = threading.RLock()
        self.loading: AbstractContextManager[object] = threading.RLock()
        self.dynamic_tables = DynamicTables(self.catalog, self.databases, self._refreshing, self.guard.check_owner)
        self.changes = Changes(self.catalog, self.databases, self.stages, self.pipes, self.grants)
        self.inspections = Inspections(self.catalog, self.databases, self.grants)
        self.execute_task: Callable[[Name], None] = _nobody
        self.on_data_change: Callable[[Collection[Name] | None], None] = _nobody

    def cancel(self, session: int, by: SessionContext) -> int:
        """Stop what another session executes, and return how many statements that were.

        Args:
            session: its number; none of this number has nothing to stop.
            by: the session that asks for it.

        Raises:
            InsufficientPrivilegesError: it is another user's.
        """
        found = self.sessions.get(session)
        if found is None or session == by.session_id:
            return 0
        if found.user != by.user:
            raise InsufficientPrivilegesError("session", str(session), f"it is of {found.user}")
        if is_busy := found.is_busy:
            found.cancel()
        return int(is_busy)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep definitions, loads and refreshes of others waiting."""
        with self._refreshing, self.loading, self.commits.one():
            yield


def _nobody(_: object) -> None:
    """Nobody listens."""
