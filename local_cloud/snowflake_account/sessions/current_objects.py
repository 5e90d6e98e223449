"""What a session works with unless a statement names something else: role, warehouse, database and schema."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.grants import OWNER
from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Use
from local_cloud.snowflake_account.language.tokens import Name


class CurrentObjects:
    """A session's current objects.

    Args:
        catalog: where they are.
        database: the database to begin with.
        schema: the schema to begin with.

    Attributes:
        role: the current role.
        warehouse: the current warehouse, if there is one.
        database: the current database, if there is one.
        schema: the current schema, if there is one.
    """

    def __init__(self, catalog: Catalog, database: str | None, schema: str | None) -> None:
        self._catalog = catalog
        self.role = OWNER
        self.warehouse: str | None = None
        self.database, self.schema = database, schema

    def use(self, statement: Use) -> None:
        """Execute a USE; its name is full.

        Raises:
            SnowflakeError: what it names is not there.
        """
        match statement.what:
            case "WAREHOUSE":
                self.warehouse = self._catalog.get(Kind.WAREHOUSE, statement.name).name.last
            case "ROLE":
                self.role = self._catalog.get(Kind.ROLE, statement.name).name.last
            case "SECONDARY ROLES":
                if statement.name.parts not in (("ALL",), ("NONE",)):
                    raise UnsupportedError(f"USE SECONDARY ROLES {statement.name}")
            case kind:
                self.enter(self._catalog.get(Kind(kind), statement.name).name)

    def enter(self, name: Name) -> None:
        """Make a database, with its schema PUBLIC, or a schema the current one."""
        self.database, self.schema = name.parts if len(name.parts) > 1 else (name.last, "PUBLIC")

    def leave_what_is_gone(self) -> None:
        """Have no current database or schema where it does not exist any more."""
        if self.database and not self._catalog.find(Kind.DATABASE, Name((self.database,))):
            self.database = self.schema = None
        if self.schema and not self._catalog.find(Kind.SCHEMA, Name((self.database or "", self.schema))):
            self.schema = None
