"""What changes the account's objects: each statement to the room that does it."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.definitions.alterations import Alterations
from local_cloud.snowflake_account.definitions.definitions import Definitions
from local_cloud.snowflake_account.definitions.renames import Renames
from local_cloud.snowflake_account.errors import DoesNotExistError
from local_cloud.snowflake_account.language.statements import (
    Alter,
    Create,
    Definition,
    Drop,
    GrantPrivileges,
    GrantRole,
    SetTags,
)
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.pipes import Pipes
from local_cloud.snowflake_account.result import Result, done
from local_cloud.snowflake_account.stages.stages import Stages


class Changes:
    """Executes definitions: CREATE, ALTER, DROP, GRANT and REVOKE."""

    def __init__(self, catalog: Catalog, databases: Databases, stages: Stages, pipes: Pipes, grants: Grants) -> None:
        self._catalog = catalog
        self._stages = stages
        self._grants = grants
        self._definitions = Definitions(catalog, databases, stages, pipes, grants)
        self._alterations = Alterations(catalog, databases, stages)
        self._renames = Renames(catalog, databases, grants)

    def make(self, statement: Definition, home: Name, role: Name) -> Result:
        """Make a change; whoever calls keeps other definitions, loads and refreshes waiting meanwhile.

        Args:
            statement: it, its names in full.
            home: the session's current database and schema, as far as it has them.
            role: the role that makes it, and owns what is made.

        Raises:
            SnowflakeError: it is refused; everything is as it was.
        """
        match statement:
            case Create():
                answer = self._definitions.create(statement, statement.name, home, role)
                if statement.or_replace:
                    self._stages.forget_unowned()
                return answer
            case Drop():
                answer = self._definitions.drop(statement, statement.name, role)
                self._stages.forget_unowned()
                return answer
            case Alter():
                self._alter(statement)
            case SetTags():
                if tagged := self._catalog.find_tagged(statement.kind, statement.name):
                    self._alterations.set_tags(tagged, statement.tags)
                elif not statement.if_exists:
                    raise DoesNotExistError(statement.kind.value, str(statement.name))
            case GrantPrivileges():
                self._grants.change(statement)
            case GrantRole():
                self._grants.change_membership(statement)
        return done()

    def _alter(self, statement: Alter) -> None:
        stored = self._catalog.find(statement.kind, statement.name)
        if stored is None:
            if not statement.if_exists:
                raise DoesNotExistError(statement.kind.value, str(statement.name))
        elif statement.action == "RENAME":
            self._renames.rename(stored, statement)
        elif statement.action == "SWAP":
            self._renames.swap(stored, statement)
        else:
            self._alterations.alter(stored, statement)
