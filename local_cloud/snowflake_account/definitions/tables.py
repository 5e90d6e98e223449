"""CREATE TABLE: of columns, of a query, or like another table; and what it keeps of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.relation_columns import columns_of
from local_cloud.snowflake_account.data.sequences import (
    create_sequence,
    drop_unused,
    in_database,
    next_value,
    with_sequences,
)
from local_cloud.snowflake_account.definitions.keys import named_constraints
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.column_types import full_type
from local_cloud.snowflake_account.language.constraints import as_stored, stored_constraints
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import ColumnDefinition, Create
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_NEXTVAL = ".NEXTVAL"


class Tables:
    """Makes tables.

    Args:
        catalog: the account's objects.
        databases: the data.
    """

    def __init__(self, catalog: Catalog, databases: Databases) -> None:
        self._catalog = catalog
        self._databases = databases

    def make(self, statement: Create, name: Name, home: Name) -> dict[str, Any]:
        """Make a table in DuckDB, and return the attributes to keep beside its properties.

        Args:
            statement: the CREATE TABLE.
            name: the table's full name.
            home: the session's current database and schema.

        Raises:
            SnowflakeError: it is refused.
        """
        if statement.source:
            return self._like(statement, name, home)
        body = with_sequences(statement.body, lambda written: self._stored_sequence(written, home))
        if body and not any(column.type for column in statement.columns):
            names = [column.name for column in statement.columns]
            self._databases.create_as("table", name, body, home=home, columns=names)
            return {}
        if not statement.columns:
            raise SnowflakeError(f"SQL compilation error:\nTable '{name}' has no columns.")
        for column in statement.columns:
            full_type(column.type)
        columns = self._with_sequences(statement.columns, name, home)
        constraints = named_constraints(statement.constraints, name, columns, home, self._catalog)
        self._databases.create_table(name, columns)
        if body:
            self._databases.fill(name, body, home)
        return {"COLUMNS": [vars(column) for column in columns], **as_stored(constraints)}

    def _like(self, statement: Create, name: Name, home: Name) -> dict[str, Any]:
        """Make a table with the columns of another one, and its rows if it is a clone.

        https://docs.snowflake.com/en/sql-reference/sql/create-clone
        """
        assert statement.source is not None
        source = full_name(Kind.TABLE, statement.source, home)
        found = self._catalog.find_relation(source)
        if found is None:
            raise DoesNotExistError("TABLE", str(source))
        if found.kind is not Kind.TABLE:
            raise UnsupportedError(f"CREATE TABLE LIKE or CLONE of a {found.kind.value}")
        columns = self._with_own_identities(found, name, goes_on=statement.with_rows)
        self._databases.create_table(name, columns)
        if statement.with_rows:
            self._databases.execute(f"insert into {name.quoted} from {source.quoted}")
        kept = ("CLUSTER_BY", "CHANGE_TRACKING", "COMMENT") if statement.with_rows else ("CLUSTER_BY",)
        given = {key: found.attributes[key] for key in kept if key in found.attributes}
        constraints = [replace(constraint, name="") for constraint in stored_constraints(found.attributes)]
        stored = as_stored(named_constraints(constraints, name, columns, home, self._catalog))
        return {**given, **statement.properties, "COLUMNS": [vars(column) for column in columns], **stored}

    def _with_own_identities(self, source: StoredObject, name: Name, *, goes_on: bool) -> tuple[ColumnDefinition, ...]:
        """Return a table's columns with an AUTOINCREMENT of their own, which goes on where the source's is."""
        columns = columns_of([source], self._databases)[source.name]
        moved = source.name.parts[0] != name.parts[0]
        if moved and (of_sequence := next((each for each in columns if each.sequence and not each.identity), None)):
            raise UnsupportedError(f"a column with the default {of_sequence.default} in another database")
        found: list[ColumnDefinition] = []
        for column in columns:
            start = None
            if goes_on and column.sequence:
                start = next_value(self._databases, source.name.parts[0], column.sequence)
            found.append(self._with_identity(column, name, start) if column.identity else column)
        return tuple(found)

    def _with_identity(self, column: ColumnDefinition, table: Name, start: int | None = None) -> ColumnDefinition:
        words = str(column.identity).split()
        first, increment = int(words[2]) if start is None else start, int(words[4])
        return replace(column, sequence=create_sequence(self._databases, table.parts[0], first, increment))

    def _with_sequences(
        self, columns: Iterable[ColumnDefinition], table: Name, home: Name
    ) -> tuple[ColumnDefinition, ...]:
        """Return columns that know the sequences which their values come from."""
        found: list[ColumnDefinition] = []
        for column in columns:
            if column.identity:
                found.append(self._with_identity(column, table))
            elif (column.default or "").endswith(_NEXTVAL):
                found.append(self._with_default(column, table, home))
            else:
                found.append(column)
        return tuple(found)

    def _stored_sequence(self, written: Name, home: Name) -> str | None:
        if len(written.parts) + len(home.parts) < 3:
            return None
        found = self._catalog.find(Kind.SEQUENCE, full_name(Kind.SEQUENCE, written, home))
        return in_database(found.attributes["STORED_AS"], found.name.parts[0]) if found else None

    def _with_default(self, column: ColumnDefinition, table: Name, home: Name) -> ColumnDefinition:
        name = Tokens(str(column.default).removesuffix(_NEXTVAL)).name()
        sequence = self._catalog.get(Kind.SEQUENCE, full_name(Kind.SEQUENCE, name, home))
        if sequence.name.parts[0] != table.parts[0]:
            raise UnsupportedError(f"DEFAULT {sequence.name}{_NEXTVAL} in another database")
        return replace(column, default=f"{sequence.name.spelled}{_NEXTVAL}", sequence=sequence.attributes["STORED_AS"])


def forget_sequences(catalog: Catalog, databases: Databases, database: str) -> None:
    """Remove the sequences of a database that nothing uses any more."""
    scope = Name((database,))
    used = {stored.attributes["STORED_AS"] for stored in catalog.list(Kind.SEQUENCE, scope)}
    for table in catalog.list(Kind.TABLE, scope):
        used |= {column.get("sequence") for column in table.attributes.get("COLUMNS", ())}
    drop_unused(databases, database, used)
