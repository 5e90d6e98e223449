"""The account's objects as they are at one version of the catalog, looked up once each."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.tokens import Name


class FoundObjects:
    """Remembers what was looked up."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._found: dict[tuple[Kind, Name], StoredObject | None] = {}

    def find(self, kind: Kind, name: Name) -> StoredObject | None:
        """Return an object, or None."""
        key = kind, name
        if key not in self._found:
            self._found[key] = self._catalog.find(kind, name)
        return self._found[key]

    def containers(self, name: Name) -> list[StoredObject]:
        """Return the database and schema that an object is in, as far as they are there."""
        places = ((Kind.DATABASE, 1), (Kind.SCHEMA, 2))
        found = (self.find(kind, Name(name.parts[:depth])) for kind, depth in places if depth < len(name.parts))
        return [container for container in found if container is not None]

    def reads(self, relation: StoredObject) -> list[StoredObject]:
        """Return the relations that a view or dynamic table reads and that are there."""
        found = (self._relation(text) for text in relation.attributes.get("READS", ()))
        return [read for read in found if read is not None]

    def _relation(self, text: str) -> StoredObject | None:
        parts = tuple(text.split("."))
        if len(parts) == 3:
            return next((found for kind in RELATIONS if (found := self.find(kind, Name(parts)))), None)
        # a dot in a quoted name: only the names themselves tell
        listed = (stored for kind in RELATIONS for stored in self._catalog.list(kind))
        return next((stored for stored in listed if str(stored.name) == text), None)
