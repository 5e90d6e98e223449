"""What a session works with unless a statement names something else: role, warehouse, database and schema."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Use
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.sessions.beginning import Beginning


class CurrentObjects:
    """A session's current objects.

    Args:
        catalog: where they are.
        beginning: what the session begins with.

    Attributes:
        role: the current role.
        secondary: the secondary roles that are wanted; None for all that the user has.
        warehouse: the current warehouse, if there is one.
        database: the current database, if there is one.
        schema: the current schema, if there is one.
    """

    def __init__(self, catalog: Catalog, beginning: Beginning) -> None:
        self._catalog = catalog
        self.role = beginning.role
        self.secondary = beginning.secondary
        self.warehouse = beginning.warehouse
        self.database, self.schema = beginning.database, beginning.schema

    def use(self, statement: Use) -> None:
        """Execute a USE; its name is full.

        Raises:
            SnowflakeError: what it names is not there.
        """
        match statement.what:
            case "WAREHOUSE":
                self.warehouse = self._catalog.get(Kind.WAREHOUSE, statement.name).name.last
            case "ROLE":
                self.role = self._catalog.get(Kind.ROLE, statement.name).name
            case "SECONDARY ROLES":
                self._use_secondary((statement.name, *statement.more))
            case kind:
                self.enter(self._catalog.get(Kind(kind), statement.name).name)

    def _use_secondary(self, names: tuple[Name, ...]) -> None:
        """Make roles the secondary ones: ALL, NONE, or those of a list.

        https://docs.snowflake.com/en/sql-reference/sql/use-secondary-roles
        """
        if names == (Name(("ALL",)),):
            self.secondary = None
        elif names == (Name(("NONE",)),):
            self.secondary = frozenset()
        else:
            self.secondary = frozenset(self._catalog.get(Kind.ROLE, name).name for name in names)

    def enter(self, name: Name) -> None:
        """Make a database, with its schema PUBLIC, or a schema the current one."""
        self.database, self.schema = name.parts if len(name.parts) > 1 else (name.last, "PUBLIC")

    def leave_what_is_gone(self) -> None:
        """Have no current database or schema where it does not exist any more."""
        if self.database and not self._catalog.find(Kind.DATABASE, Name((self.database,))):
            self.database = self.schema = None
        if self.schema and not self._catalog.find(Kind.SCHEMA, Name((self.database or "", self.schema))):
            self.schema = None
