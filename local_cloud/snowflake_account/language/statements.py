"""The account's own statements as typed values: definitions, SHOW, DESCRIBE, grants, and a session's own.

Pure. Queries, DML, COPY and LIST are sqlglot's to parse (`parsing`). One small grammar over
tokens serves every kind of object, because the statements have one shape in Snowflake's documentation:
https://docs.snowflake.com/en/sql-reference/sql-all
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from local_cloud.snowflake_account.language.constraints import Constraint
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.tokens import Name, Value


@dataclass(frozen=True)
class ColumnDefinition:
    """A column as a CREATE or ALTER TABLE declares it; the type is Snowflake's text.

    Attributes:
        default: as SQL; of a sequence `<name>.NEXTVAL`.
        identity: of AUTOINCREMENT, `IDENTITY START 1 INCREMENT 1 ORDER`.
        sequence: what DuckDB calls the sequence that the column's values come from, once it is made.
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    comment: str | None = None
    identity: str | None = None
    sequence: str | None = None


@dataclass(frozen=True)
class Create:
    """CREATE [OR REPLACE] <kind> [IF NOT EXISTS] <name> …; `body` is what follows AS.

    Attributes:
        columns: a table's columns.
        template: of USING TEMPLATE, the query that gives a table's columns.
        constraints: a table's constraints.
        view_columns: a view's column list, each name with its comment; empty for none.
        source: of LIKE and CLONE, the table that it is made after.
        with_rows: whether that is a CLONE.
    """

    kind: Kind
    name: Name
    properties: Mapping[str, Value] = field(default_factory=dict)
    columns: tuple[ColumnDefinition, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    view_columns: Mapping[str, str | None] = field(default_factory=dict)
    source: Name | None = None
    with_rows: bool = False
    template: str = ""
    body: str = ""
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True)
class Alter:
    """ALTER <kind> <name> <action> …, and COMMENT ON.

    Attributes:
        properties: what SET sets.
        names: what UNSET or DROP COLUMN names; of RENAME COLUMN the old and the new name.
        columns: what ADD COLUMN adds.
        constraints: what ADD CONSTRAINT adds, or columns bring along; of DROP CONSTRAINT, which one.
        column_changes: what ALTER COLUMN changes, by column.
        optional: the columns that stand behind IF EXISTS or IF NOT EXISTS.
        new_name: of RENAME and SWAP.
        body: what follows MODIFY AS.
    """

    kind: Kind
    name: Name
    action: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    columns: tuple[ColumnDefinition, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    column_changes: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    new_name: Name | None = None
    if_exists: bool = False
    body: str = ""


@dataclass(frozen=True)
class Refresh:
    """ALTER <kind> <name> REFRESH …."""

    kind: Kind
    name: Name
    properties: Mapping[str, Value] = field(default_factory=dict)
    if_exists: bool = False


@dataclass(frozen=True)
class ExecuteTask:
    """EXECUTE TASK <name>."""

    name: Name


@dataclass(frozen=True)
class SetTags:
    """ALTER <kind> <name> SET TAG <tag> = '…', or UNSET TAG, where every value is None."""

    kind: Kind
    name: Name
    tags: Mapping[Name, str | None]
    if_exists: bool = False


@dataclass(frozen=True)
class Drop:
    """DROP <kind> [IF EXISTS] <name>."""

    kind: Kind
    name: Name
    if_exists: bool = False


@dataclass(frozen=True)
class Scope:
    """What SHOW … IN looks in: the account, a database, a schema or a relation; no name is the current one.

    Attributes:
        word: ACCOUNT, DATABASE, SCHEMA, TABLE or VIEW; '' where only a name is given.
        name: the name, None where it is left out.
    """

    word: str = ""
    name: Name | None = None


@dataclass(frozen=True)
class Show:
    """SHOW [TERSE] <what> [LIKE …] [IN <scope>] [STARTS WITH …] [LIMIT n [FROM …]].

    Attributes:
        what: a kind, or the words of a list that is not one kind's: OBJECTS, COLUMNS, PRIMARY KEYS ….
    """

    what: Kind | str
    like: str | None = None
    scope: Scope | None = None
    starts_with: str | None = None
    limit: int | None = None
    after: str | None = None
    terse: bool = False


@dataclass(frozen=True)
class ShowParameters:
    """SHOW PARAMETERS [LIKE …] [IN {SESSION | ACCOUNT | <kind> <name>}]."""

    kind: Kind | None = None
    name: Name | None = None
    like: str | None = None


@dataclass(frozen=True)
class ShowGrants:
    """SHOW [FUTURE] GRANTS {ON | OF | TO | IN} <kind> <name>; no kind is the account, or the current role."""

    relation: str
    kind: Kind | None = None
    name: Name | None = None
    future: bool = False


@dataclass(frozen=True)
class Describe:
    """DESCRIBE <kind> <name>."""

    kind: Kind
    name: Name


@dataclass(frozen=True)
class ListFiles:
    """LIST @<stage>[/<path>] [PATTERN = '…']."""

    where: StagePath
    pattern: str | None = None


@dataclass(frozen=True)
class RemoveFiles:
    """REMOVE @<stage>[/<path>] [PATTERN = '…']."""

    where: StagePath
    pattern: str | None = None


@dataclass(frozen=True)
class CopyFiles:
    """COPY FILES INTO @<stage>[/<path>] FROM @<stage>[/<path>] ….

    Attributes:
        files: names relative to the source; empty for all.
        detailed: whether the answer names the files.
    """

    source: StagePath
    where: StagePath
    files: tuple[str, ...] = ()
    pattern: str | None = None
    detailed: bool = True


@dataclass(frozen=True)
class PutFiles:
    """PUT file://<path> @<stage>[/<path>] …: what a client is told so that it sends its files."""

    source: str
    where: StagePath
    parallel: int = 4
    auto_compress: bool = True
    source_compression: str = "AUTO_DETECT"
    overwrite: bool = False


@dataclass(frozen=True)
class GetFiles:
    """GET @<stage>[/<path>] file://<folder> …: what a client is told so that it fetches files."""

    where: StagePath
    folder: str
    parallel: int = 10
    pattern: str | None = None


FileStatement: TypeAlias = ListFiles | RemoveFiles | CopyFiles | PutFiles | GetFiles
"""What is done with staged files as such."""


@dataclass(frozen=True)
class Use:
    """USE [<kind>] <name>; `what` is the kind's word, or SECONDARY ROLES, of which there may be several."""

    what: str
    name: Name
    more: tuple[Name, ...] = ()


@dataclass(frozen=True)
class AlterSession:
    """ALTER SESSION SET <parameter> = <value> …, or UNSET, where every value is None."""

    parameters: Mapping[str, Value]


@dataclass(frozen=True)
class Transaction:
    """BEGIN, COMMIT or ROLLBACK."""

    action: str


@dataclass(frozen=True)
class Grantee:
    """Who has a grant: kind is ROLE, DATABASE ROLE or USER."""

    kind: str
    name: Name


@dataclass(frozen=True)
class GrantPrivileges:
    """GRANT or REVOKE of privileges.

    Attributes:
        privileges: their words; ("ALL",) for every one of the kind's.
        kind: what they are on; None for the account.
        name: the object's name; with `every` or `future` that of the database or schema it looks in.
        grantee: who gets or loses them.
        container: with `every` or `future`, whether the name is a DATABASE's or a SCHEMA's.
        every: ON ALL … IN.
        future: ON FUTURE … IN.
        with_grant_option: WITH GRANT OPTION; of a REVOKE: only the option is taken.
        revoke: whether it is a REVOKE.
        current_grants: of a GRANT OWNERSHIP, what becomes of the object's grants: REVOKE, COPY or ''.
    """

    privileges: tuple[str, ...]
    kind: Kind | None
    name: Name | None
    grantee: Grantee
    container: str = ""
    every: bool = False
    future: bool = False
    with_grant_option: bool = False
    revoke: bool = False
    current_grants: str = ""


@dataclass(frozen=True)
class GrantRole:
    """GRANT or REVOKE of a role or database role."""

    kind: Kind
    name: Name
    grantee: Grantee
    revoke: bool = False


Definition: TypeAlias = Create | Alter | SetTags | Drop | GrantPrivileges | GrantRole
"""What changes the account's objects, and ends an open transaction, as DDL does in Snowflake."""

Inspection: TypeAlias = Show | ShowParameters | ShowGrants | Describe

OwnStatement: TypeAlias = Definition | Refresh | ExecuteTask | Inspection | Use | AlterSession | Transaction
"""What the account's own grammar reads."""
