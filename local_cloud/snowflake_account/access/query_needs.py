"""What queries, DML, COPY and LIST need.

https://docs.snowflake.com/en/user-guide/security-access-control-privileges#table-privileges
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.access.needs import Find, Need, ownership, usage
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.copy_history import tables_of_copy_history
from local_cloud.snowflake_account.data.history_calls import INFERENCE, history_calls
from local_cloud.snowflake_account.dialect.relations import column_as_relation, full_relation, name_of, named_relations
from local_cloud.snowflake_account.dialect.sequences import asked_sequences
from local_cloud.snowflake_account.dialect.staged_sources import stage_sources
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.copy_statement import CopyInto
from local_cloud.snowflake_account.language.full_names import full_name, full_path
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath, stage_path
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_INFORMATION_SCHEMA = "INFORMATION_SCHEMA"


def query_needs(tree: exp.Expr, home: Name, find: Find) -> list[Need]:
    """Return what a query or DML needs.

    Args:
        tree: the statement.
        home: the session's current database and schema, as far as it has them.
        find: looks an object up.

    Raises:
        SnowflakeError: a relation that it names is not there.
    """
    targets = dict(_targets(tree))
    needs = [
        need
        for table in named_relations(tree)
        for need in relation_needs(name_of(table), targets.get(id(table), ("SELECT",)), home, find)
    ]
    needs += [Need((), Kind.TABLE, table) for table in tables_of_copy_history(tree)]
    needs += staged_needs(tree, home, find)
    for _, written in asked_sequences(tree):
        if len(written.parts) + len(home.parts) >= 3 and find(Kind.SEQUENCE, full_name(Kind.SEQUENCE, written, home)):
            needs.append(usage(Kind.SEQUENCE, full_name(Kind.SEQUENCE, written, home)))
    return needs + [Need(("MONITOR",), Kind.PIPE, full_name(Kind.PIPE, pipe, home)) for pipe in _asked_pipes(tree)]


def _asked_pipes(tree: exp.Expr) -> Iterator[Name]:
    """Yield the pipes whose status a query asks for; what is no such call the executor refuses."""
    for call in tree.find_all(exp.Anonymous):
        if call.name.upper() == "SYSTEM$PIPE_STATUS" and len(call.expressions) == 1 and call.expressions[0].is_string:
            yield Tokens(call.expressions[0].name).name()


def relation_needs(written: Name, privileges: Iterable[str], home: Name, find: Find) -> list[Need]:
    """Return what a relation in a query needs.

    Args:
        written: its name as the query has it.
        privileges: every one of these is needed.
        home: the query's database and schema, as far as it has them.
        find: looks an object up.

    Raises:
        SnowflakeError: it is not there.
    """
    name = full_relation(written, home)
    if len(name.parts) < 3:
        return []  # the executor says which database or schema is missing
    if name.parts[1] == _INFORMATION_SCHEMA:
        return [Need((), Kind.DATABASE, Name(name.parts[:1]))]
    kind = _relation(name, written, find).kind
    return [Need((privilege,), kind, name, written=written) for privilege in privileges]


def reads_relations(tree: exp.Expr) -> bool:
    """Tell whether a statement reads or writes rows, for which Snowflake needs a warehouse."""
    return next(stage_sources(tree), None) is not None or any(
        name_of(table).parts[-2:-1] != (_INFORMATION_SCHEMA,) for table in named_relations(tree)
    )


def _relation(name: Name, written: Name, find: Find) -> StoredObject:
    found = next((stored for kind in RELATIONS if (stored := find(kind, name))), None)
    if found is None:
        raise missing_relation(written)
    return found


def missing_relation(written: Name) -> SnowflakeError:
    """Return the error for a relation in a query that is not there, or that the session may not know of."""
    return SnowflakeError(
        f"SQL compilation error:\nObject '{written}' does not exist or not authorized.", code=2003, sqlstate="42S02"
    )


def _targets(tree: exp.Expr) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the nodes that name what a statement changes, with the privileges that it needs there."""
    match tree:
        case exp.Insert():
            overwrites = ("DELETE",) if tree.args.get("overwrite") else ()
            yield from _target(tree.this, ("INSERT", *overwrites))
        case exp.Update():
            yield from _target(tree.this, ("UPDATE",))
        case exp.Delete():
            yield from _target(tree.this, ("DELETE",))
        case exp.Merge():
            yield from _target(tree.this, tuple(sorted(set(_merged(tree)))))
        case exp.TruncateTable():
            for table in tree.expressions:
                yield from _target(table, ("TRUNCATE",))


def _target(node: exp.Expr, privileges: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    table = node.this if isinstance(node, exp.Schema) else node
    yield id(table), privileges


def _merged(tree: exp.Merge) -> Iterator[str]:
    for when in tree.find_all(exp.When):
        then = when.args.get("then")
        yield "INSERT" if isinstance(then, exp.Insert) else "UPDATE" if isinstance(then, exp.Update) else "DELETE"


def copy_needs(statement: CopyInto, home: Name, find: Find) -> list[Need]:
    """Return what a COPY INTO a table needs; but for its format's, names are full.

    Raises:
        SnowflakeError: a name in it lacks a database or schema that the session does not have either.
    """
    needs = [Need(("INSERT",), Kind.TABLE, statement.table), *stage_needs(statement.where, find)]
    return needs + file_format_needs(statement.file_format, home)


def file_format_needs(given: Mapping[str, Any], home: Name) -> list[Need]:
    """Return what the format of a COPY needs, if it is one with a name.

    Raises:
        SnowflakeError: its name lacks a database or schema that the session does not have either.
    """
    named = given.get("FORMAT_NAME")
    return [usage(Kind.FILE_FORMAT, full_name(Kind.FILE_FORMAT, Tokens(named).name(), home))] if named else []


def staged_needs(tree: exp.Expr, home: Name, find: Find) -> list[Need]:
    """Return what a query needs of the stages and file formats that it reads by.

    Raises:
        SnowflakeError: a name in it lacks a database or schema that the session does not have either.
    """
    needs: list[Need] = []
    for source in stage_sources(tree):
        needs += _place_needs(source.location, home, find)
        if source.file_format:
            needs.append(usage(Kind.FILE_FORMAT, full_name(Kind.FILE_FORMAT, source.file_format, home)))
    for call in history_calls(tree, "INFER_SCHEMA", INFERENCE):
        if (location := call.arguments.get("LOCATION")) and location.is_string:
            needs += _place_needs(location.name, home, find)
        if (format_ := call.arguments.get("FILE_FORMAT")) and format_.is_string:
            needs.append(usage(Kind.FILE_FORMAT, full_name(Kind.FILE_FORMAT, Tokens(format_.name).name(), home)))
    for call in history_calls(tree, "VALIDATE", ("TABLE", "JOB_ID")):
        if isinstance(table := call.arguments.get("TABLE"), exp.Column):
            needs.append(Need(("SELECT", "INSERT"), Kind.TABLE, full_relation(column_as_relation(table), home)))
    return needs


def _place_needs(written: str, home: Name, find: Find) -> list[Need]:
    where = stage_path(written)
    return [] if where.kind is Kind.USER else stage_needs(full_path(where, home, ""), find)


def stage_needs(where: StagePath, find: Find, *, writes: bool = False) -> list[Need]:
    """Return what reading or writing a stage needs: a table's is its owner's, and everybody has one as a user.

    Its owner's right to use the integration of an external stage is as good as the reader's.
    https://docs.snowflake.com/en/user-guide/security-access-control-privileges#stage-privileges

    Args:
        where: a place in the stage, whose name is full.
        find: looks an object up.
        writes: whether its files are changed.
    """
    if where.kind is Kind.USER:
        return []
    if where.kind is Kind.TABLE:
        return [ownership(Kind.TABLE, where.name)]
    stored = find(Kind.STAGE, where.name)
    if stored is None or not stored.attributes.get("URL"):
        return [Need(("WRITE" if writes else "READ",), Kind.STAGE, where.name)]
    needs = [usage(Kind.STAGE, where.name)]
    if integration := stored.attributes.get("STORAGE_INTEGRATION"):
        name = Name((integration,))
        needs.append(Need(("USAGE",), Kind.STORAGE_INTEGRATION, name, through=stored.owner))
    return needs
