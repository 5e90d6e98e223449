"""A query or DML on its way to DuckDB: what the account answers itself is put into it first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.data import load_history
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.copy_history import replace_copy_history
from local_cloud.snowflake_account.data.live_views import with_live_views
from local_cloud.snowflake_account.data.notification_history import NAME as NOTIFICATION_HISTORY
from local_cloud.snowflake_account.data.notification_history import replace_notification_history
from local_cloud.snowflake_account.data.refresh_history import FUNCTION as REFRESH_HISTORY
from local_cloud.snowflake_account.data.refresh_history import replace_refresh_history
from local_cloud.snowflake_account.data.sequences import in_database
from local_cloud.snowflake_account.data.task_history import NAME as TASK_HISTORY
from local_cloud.snowflake_account.data.task_history import replace_task_history
from local_cloud.snowflake_account.data.usage_history import PIPE_USAGE, WAREHOUSE_METERING, replace_usage_history
from local_cloud.snowflake_account.dialect.column_names import with_column_names
from local_cloud.snowflake_account.dialect.flatten import with_plain_flattens
from local_cloud.snowflake_account.dialect.generated_order import with_generated_order
from local_cloud.snowflake_account.dialect.relations import name_of, named_relations
from local_cloud.snowflake_account.dialect.sequences import with_next_values
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.inspection.definitions import definition_of
from local_cloud.snowflake_account.inspection.dynamic_table_states import replace_dynamic_tables
from local_cloud.snowflake_account.inspection.information_schema import (
    NAME,
    NO_ROWS,
    InformationSchema,
)
from local_cloud.snowflake_account.language.explain import Explain
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.status import replace_pipe_status
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.binds import BOUND_ROWS, Row, bind_rows, bind_values
from local_cloud.snowflake_account.sessions.context_functions import replace_context_functions
from local_cloud.snowflake_account.sessions.definition_calls import replace_definitions
from local_cloud.snowflake_account.sessions.made_tables import asks_session
from local_cloud.snowflake_account.sessions.plans import explained
from local_cloud.snowflake_account.sessions.query_history import QueryHistory
from local_cloud.snowflake_account.sessions.shared import Shared
from local_cloud.snowflake_account.sessions.staged_functions import put_answers_into
from local_cloud.snowflake_account.sessions.staged_reads import put_staged_rows_into

_SUPPORTED = (exp.Query, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)

_HIDDEN_SCHEMAS = (load_history.HIDDEN_SCHEMA, "_FS_INFORMATION_SCHEMA", "MAIN", "PG_CATALOG")
_HIDDEN_DATABASES = ("MEMORY", "SYSTEM", "TEMP", "_FS_GLOBAL")


class QueryRunner:
    """Runs queries and DML of a session.

    Args:
        shared: what the session shares with others.
        history: what the session has executed.
    """

    def __init__(self, shared: Shared, history: QueryHistory) -> None:
        self._shared = shared
        self._history = history
        self._information_schema = InformationSchema(shared.catalog, shared.databases)

    def run(self, tree: exp.Expr, connection: Connection, context: SessionContext, rows: Sequence[Row]) -> Result:
        """Run a query or DML.

        Args:
            tree: the statement, the names of relations in it in full; changed.
            connection: the session's.
            context: the session, for functions that tell of it.
            rows: values for its placeholders; of several rows, it is run for each, all or none.

        Raises:
            SnowflakeError: it is refused.
        """
        _check(tree)
        if len(rows) == 1:
            return self._run(bind_values(tree, rows[0]), connection, context, {})
        if bound := bind_rows(tree, rows):
            tree, table = bound
            return self._run(tree, connection, context, {BOUND_ROWS: table})
        with connection.part_of_transaction():
            answers = [self._run(bind_values(tree.copy(), row), connection, context, {}) for row in rows]
        counts = zip(*(answer.rows[0] for answer in answers), strict=True)
        return Result(answers[0].columns, [tuple(map(sum, counts))])

    def _run(
        self, tree: exp.Expr, connection: Connection, context: SessionContext, registered: dict[str, pa.Table]
    ) -> Result:
        tree = self._prepared(tree, connection, context, registered)
        if isinstance(tree, exp.TruncateTable):
            return self._truncate(tree, connection)
        return connection.query(tree, registered)

    def _truncate(self, tree: exp.TruncateTable, connection: Connection) -> Result:
        """Empty a table, which forgets the files that a COPY of its own has loaded; its pipes still know theirs.

        https://docs.snowflake.com/en/sql-reference/sql/truncate-table#usage-notes
        """
        with connection.part_of_transaction():
            answer = connection.query(tree)
            for table in tree.expressions:
                connection.change(partial(load_history.forget_table, connection.duck, name_of(table)))
        return answer

    def _prepared(
        self, tree: exp.Expr, connection: Connection, context: SessionContext, registered: dict[str, pa.Table]
    ) -> exp.Expr:
        shared, sees = self._shared, partial(self._shared.guard.sees, context=context)
        tree = replace_dynamic_tables(tree, shared.catalog, connection.duck, sees, registered)
        # what a view asks is asked by its owner
        tree = with_live_views(tree, shared.catalog.find_relation)
        tree = replace_dynamic_tables(tree, shared.catalog, connection.duck, lambda _: True, registered)
        tree = with_plain_flattens(with_column_names(tree))
        tree = replace_pipe_status(tree, lambda pipe: self._pipe_status(full_name(Kind.PIPE, pipe, context.home)))
        self._history.put_ids_into(tree)
        self._history.put_results_into(tree, registered)
        tree = replace_definitions(tree, partial(self._definition, context=context))
        tree = replace_context_functions(tree, context, self._shared.catalog, partial(self._shared.cancel, by=context))
        tree = with_generated_order(tree)
        tree = with_next_values(tree, partial(self._sequence, context=context))
        self.read_staged_files(tree, context, registered)
        for call in list(tree.find_all(exp.TableFromRows)):
            _replace_table_function(call)
        for table in named_relations(tree):
            if table.name not in registered:
                self._replace_information_schema(table, context, registered)
        databases = [stored.name.last for stored in self._shared.catalog.list(Kind.DATABASE)]
        tree = replace_refresh_history(
            replace_copy_history(tree), databases, partial(self._monitored, context, Kind.DYNAMIC_TABLE)
        )
        tree = replace_task_history(tree, databases, partial(self._monitored, context, Kind.TASK))
        tree = replace_usage_history(tree, may_see=shared.guard.monitors_usage(context))
        return replace_notification_history(tree, context.database)

    def read_staged_files(self, tree: exp.Expr, context: SessionContext, registered: dict[str, pa.Table]) -> None:
        """Put into a statement what it asks of staged files.

        Args:
            tree: the statement, its columns named; changed.
            context: the session.
            registered: gets the rows, by the names that the statement has for them then.

        Raises:
            SnowflakeError: a stage, format or file cannot be read.
        """
        put_staged_rows_into(tree, self._shared, context, registered)
        put_answers_into(tree, self._shared, self._history, context, registered)

    def with_answers(self, query: str, context: SessionContext, registered: dict[str, pa.Table]) -> str:
        """Return the query of a CREATE TABLE … AS with what it asks of the session put into it.

        Args:
            query: its text.
            context: the session.
            registered: gets what it reads, by the names that the query has for them then.

        Raises:
            SnowflakeError: it is none, or asks for what is not there.
        """
        tree = parsed(query)
        if not asks_session(tree):
            return query
        tree = with_column_names(tree)
        self._history.put_ids_into(tree)
        self._history.put_results_into(tree, registered)
        self.read_staged_files(tree, context, registered)
        return tree.sql("snowflake")

    def _monitored(self, context: SessionContext, kind: Kind) -> list[Name]:
        found, guard = self._shared.catalog.list(kind), self._shared.guard
        return [stored.name for stored in found if guard.monitors(stored, context)]

    def _sequence(self, name: Name, context: SessionContext) -> str | None:
        if len(name.parts) + len(context.home.parts) < 3:
            return None
        found = self._shared.catalog.find(Kind.SEQUENCE, full_name(Kind.SEQUENCE, name, context.home))
        return in_database(found.attributes["STORED_AS"], found.name.parts[0]) if found else None

    def _definition(self, kind: Kind, name: Name, *, qualified: bool, context: SessionContext) -> str:
        full = full_name(kind, name, context.home)
        stored = (
            self._shared.catalog.find_relation(full) if kind in RELATIONS else self._shared.catalog.find(kind, full)
        )
        if stored is None or not self._shared.guard.sees(stored, context):
            raise DoesNotExistError(kind.value, str(full))
        return definition_of(stored, self._shared.catalog, self._shared.databases, qualified=qualified)

    def explain(self, statement: Explain, connection: Connection, context: SessionContext) -> Result:
        """Answer an EXPLAIN.

        Raises:
            SnowflakeError: the statement would be refused.
        """
        tree = statement.tree
        _check(tree)
        for placeholder in list(tree.find_all(exp.Placeholder)):
            placeholder.replace(exp.null())
        registered: dict[str, pa.Table] = {}
        tree = self._prepared(tree, connection, context, registered)
        return explained(connection.plan(tree, registered), statement.form)

    def _pipe_status(self, pipe: Name) -> str:
        with self._shared.loading:
            return self._shared.pipes.status(pipe)

    def _replace_information_schema(
        self, table: exp.Table, context: SessionContext, registered: dict[str, pa.Table]
    ) -> None:
        name = name_of(table)
        *before, schema, view = ("", *name.parts) if len(name.parts) > 1 else ("", context.schema or "", name.last)
        database = before[-1] or context.database
        if schema.upper() in _HIDDEN_SCHEMAS or (before[-1] and before[-1].upper() in _HIDDEN_DATABASES):
            raise DoesNotExistError("OBJECT", str(name))
        if schema != NAME:
            return
        if database is None:
            raise SnowflakeError(
                "Cannot perform SELECT. This session does not have a current database. Call 'USE DATABASE', or use a "
                "qualified name.",
                code=90105,
                sqlstate="22000",
            )
        sees = partial(self._shared.guard.sees, context=context)
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(view, quoted=True))
        if view == "LOAD_HISTORY":
            source: exp.Expr = exp.Subquery(this=self._information_schema.load_history(database, sees))
        else:
            registered_as = f"{NAME}.{view}.{database}"
            registered[registered_as] = self._information_schema.view(database, view, sees)
            source = exp.table_(registered_as, db="main", catalog="temp", quoted=True)
        source.set("alias", alias.copy())
        table.replace(source)


_REFUSED_FUNCTIONS = ("GETNEXTVAL", "VALIDATE_PIPE_LOAD")
"""Table functions that need no INFORMATION_SCHEMA before their names."""


def changes_data(tree: exp.Expr) -> bool:
    """Tell whether a statement is DML."""
    return isinstance(tree, _CHANGES)


def _check(tree: exp.Expr) -> None:
    """Refuse what is neither a query nor DML; DuckDB would understand more than Snowflake does."""
    if isinstance(tree, _SUPPORTED):
        return
    if isinstance(tree, exp.MultitableInserts):
        raise UnsupportedError("INSERT ALL")
    word = tree.sql("snowflake").split(maxsplit=1)[0]
    if isinstance(tree, exp.Alias | exp.Column | exp.Identifier | exp.Literal):
        raise SnowflakeError(f"SQL compilation error:\nsyntax error line 1 at position 0 unexpected '{word}'.")
    raise UnsupportedError(word.upper())


def _replace_table_function(call: exp.TableFromRows) -> None:
    """Answer the table functions of INFORMATION_SCHEMA that have no rows here, and refuse those that are not here."""
    if not isinstance(call.this, exp.Dot | exp.Anonymous):
        return
    function = call.this.find(exp.Anonymous)
    name = function.name.upper() if function else ""
    if name in ("COPY_HISTORY", PIPE_USAGE, WAREHOUSE_METERING, NOTIFICATION_HISTORY, REFRESH_HISTORY, TASK_HISTORY):
        return
    if name not in NO_ROWS:
        if isinstance(call.this, exp.Dot) or name in _REFUSED_FUNCTIONS:
            raise UnsupportedError(name)
        return
    nulls = [exp.alias_(exp.cast(exp.null(), "varchar"), column, quoted=True) for column in NO_ROWS[name].split()]
    alias = call.args.get("alias")
    rows = exp.select(*nulls).where(exp.false()).subquery(alias.name if alias else name)
    call.replace(rows)
