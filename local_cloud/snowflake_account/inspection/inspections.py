"""SHOW and DESCRIBE: each to what answers it."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, Sees
from local_cloud.snowflake_account.catalog.parameters import object_parameters
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.inspection.describe import describe
from local_cloud.snowflake_account.inspection.show import Shown
from local_cloud.snowflake_account.inspection.show_grants import show_grants
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.statements import Describe, Inspection, Show, ShowGrants, ShowParameters
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result


class Inspections:
    """Answers what is asked about the account's objects."""

    def __init__(self, catalog: Catalog, databases: Databases, grants: Grants) -> None:
        self._catalog = catalog
        self._databases = databases
        self._grants = grants
        self._shown = Shown(catalog, databases, grants)

    def answer(self, statement: Inspection, context: SessionContext, sees: Sees) -> Result:
        """Answer a SHOW or DESCRIBE.

        Args:
            statement: it; names of objects in it are full.
            context: the session.
            sees: tells whether the session may know of an object.

        Raises:
            SnowflakeError: what it looks at or in is not there.
        """
        match statement:
            case Show():
                return self._shown.show(statement, context, sees)
            case ShowGrants():
                return show_grants(self._catalog, self._grants, statement, context)
            case ShowParameters(kind=Kind() as kind, name=Name() as name):
                return object_parameters(self._catalog.get(kind, name), statement.like)
            case Describe():
                return describe(self._catalog, self._databases, self._shown, statement.kind, statement.name)
        raise UnsupportedError("SHOW PARAMETERS of a session")
