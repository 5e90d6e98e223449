"""Files of an internal stage: those that the account keeps for a named stage, a table or a user.

https://docs.snowflake.com/en/user-guide/data-load-local-file-system-create-stage
"""

from __future__ import annotations

from collections.abc import Iterator

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.stages.file_store import FileStore
from local_cloud.snowflake_account.stages.staged_files import Location, StagedFile

_SCHEME = "stages/"


class InternalFiles:
    """The files at a location of an internal stage."""

    def __init__(self, store: FileStore, location: Location) -> None:
        self.location = location
        self._store = store

    def list_files(self) -> Iterator[StagedFile]:
        """Yield the files at the location, by key."""
        yield from self._store.list(self.location.bucket, self.location.prefix)

    def read(self, key: str) -> tuple[StagedFile, bytes] | None:
        """Return a file and its content, or None where it is gone."""
        return self._store.read(self.location.bucket, key)

    def write(self, key: str, content: bytes) -> StagedFile:
        """Put a file in the place of the one of this key, if there is one."""
        return self._store.write(self.location.bucket, key, content)

    def remove(self, key: str) -> bool:
        """Remove a file; whoever may write may."""
        self._store.remove(self.location.bucket, key)
        return True


def area_of(stored: StoredObject) -> str:
    """Return where the store keeps the files of a stage, a table or a user: a new name changes nothing of that."""
    return f"{stored.kind.word.lower()}-{stored.created_on!r}"


def internal_location(stored: StoredObject, path: str) -> Location:
    """Return the place of a path in an internal stage.

    LIST has the stage's name before a file's only for a named stage:
    https://docs.snowflake.com/en/sql-reference/sql/list#output
    """
    label = f"{stored.name.last.lower()}/" if stored.kind is Kind.STAGE else ""
    return Location(area_of(stored), path.lstrip("/"), _SCHEME, label)
