"""The account's own statements as typed values: CREATE, ALTER, DROP, SHOW, DESCRIBE and USE.

Pure. Queries, DML and COPY are sqlglot's to parse; `parse` returns None for them. One small grammar over
tokens serves every kind of object, because the statements have one shape in Snowflake's documentation:
https://docs.snowflake.com/en/sql-reference/sql-all
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from local_cloud.snowflake_account.errors import SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.tokens import Name, Tokens, Value

TRACKING_COMMENT = " --terraform_provider_usage_tracking "
"""What the Snowflake provider appends to nearly every statement, on its last line."""


class Kind(Enum):
    """The kinds of object that the account knows; the value is the word in SQL."""

    WAREHOUSE = "WAREHOUSE"
    RESOURCE_MONITOR = "RESOURCE MONITOR"
    DATABASE = "DATABASE"
    SCHEMA = "SCHEMA"
    STORAGE_INTEGRATION = "STORAGE INTEGRATION"
    STAGE = "STAGE"
    FILE_FORMAT = "FILE FORMAT"
    TABLE = "TABLE"
    PIPE = "PIPE"
    DYNAMIC_TABLE = "DYNAMIC TABLE"
    VIEW = "VIEW"

    @property
    def depth(self) -> int:
        """How many parts a full name of this kind has."""
        if self in (Kind.WAREHOUSE, Kind.RESOURCE_MONITOR, Kind.DATABASE, Kind.STORAGE_INTEGRATION):
            return 1
        return 2 if self is Kind.SCHEMA else 3

    @property
    def plural(self) -> str:
        """The word after SHOW."""
        return f"{self.value}S"


_BY_WORD = {kind.value: kind for kind in Kind}
_BY_PLURAL = {kind.plural: kind for kind in Kind}
_WITH_BODY = (Kind.PIPE, Kind.DYNAMIC_TABLE, Kind.VIEW)


@dataclass(frozen=True)
class ColumnDefinition:
    """A column as a CREATE or ALTER TABLE declares it; the type is Snowflake's text."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Create:
    """CREATE [OR REPLACE] <kind> [IF NOT EXISTS] <name> …; `body` is what follows AS."""

    kind: Kind
    name: Name
    properties: Mapping[str, Value] = field(default_factory=dict)
    columns: tuple[ColumnDefinition, ...] = ()
    body: str = ""
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True)
class Alter:
    """ALTER <kind> <name> <action> …."""

    kind: Kind
    name: Name
    action: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    columns: tuple[ColumnDefinition, ...] = ()
    new_name: Name | None = None
    if_exists: bool = False


@dataclass(frozen=True)
class Drop:
    """DROP <kind> [IF EXISTS] <name>."""

    kind: Kind
    name: Name
    if_exists: bool = False


@dataclass(frozen=True)
class Show:
    """SHOW <kind>s [LIKE …] [IN <scope>] [STARTS WITH …] [LIMIT n]; for PARAMETERS `kind` is the scope's."""

    kind: Kind
    like: str | None = None
    scope: Name | None = None
    starts_with: str | None = None
    limit: int | None = None
    parameters: bool = False


@dataclass(frozen=True)
class Describe:
    """DESCRIBE <kind> <name>."""

    kind: Kind
    name: Name


@dataclass(frozen=True)
class Use:
    """USE [<kind>] <name>; other words than a known kind keep their text."""

    what: str
    name: Name


Statement: TypeAlias = Create | Alter | Drop | Show | Describe | Use


def strip(sql: str) -> str:
    """Return a statement's text without the provider's tracking comment, outer blanks and semicolons."""
    return sql.partition(TRACKING_COMMENT)[0].strip().rstrip(";").rstrip()


def parse(sql: str) -> Statement | None:
    """Return a statement of the account as a value, or None for a query, DML or COPY.

    Raises:
        SqlSyntaxError: the statement begins like one of the account's and is not one.
        UnsupportedError: it is about a kind of object that the embedded account does not have.
    """
    tokens = Tokens(sql)
    verb = tokens.accept_one(*_PARSERS)
    return _PARSERS[verb](tokens) if verb else None


def _kind(tokens: Tokens, words: Mapping[str, Kind] = _BY_WORD) -> Kind:
    if word := tokens.accept_one(*sorted(words, key=len, reverse=True)):
        return words[word]
    feature = tokens.here.text.upper() if tokens.here else "<EOF>"
    raise UnsupportedError(feature)


def _create(tokens: Tokens) -> Create:
    or_replace = tokens.accept("OR", "REPLACE")
    modifiers = set(iter(lambda: tokens.accept_one("TRANSIENT", "TEMPORARY", "TEMP", "SECURE"), None))
    kind = _kind(tokens)
    if_not_exists = tokens.accept("IF", "NOT", "EXISTS")
    name = tokens.name()
    columns = _columns(tokens) if kind is Kind.TABLE and tokens.peek("(") else ()
    if kind is Kind.VIEW and tokens.peek("("):
        raise UnsupportedError("CREATE VIEW with a column list")
    tokens.accept("WITH") if kind is Kind.RESOURCE_MONITOR or kind is Kind.WAREHOUSE else None
    properties: dict[str, Value] = {}
    while not tokens.at_end and not tokens.peek("AS"):
        properties |= _clause(tokens)
    properties |= dict.fromkeys(modifiers, True)
    body = tokens.rest() if tokens.accept("AS") else ""
    if kind in _WITH_BODY and not body:
        raise tokens.unexpected()
    return Create(kind, name, properties, columns, body, or_replace, if_not_exists)


def _clause(tokens: Tokens) -> dict[str, Value]:
    """Read the properties at the position, or one of the clauses that are not KEY = value."""
    if tokens.accept("WITH", "MANAGED", "ACCESS"):
        return {"MANAGED_ACCESS": True}
    if tokens.accept("TRIGGERS"):
        return {"TRIGGERS": _triggers(tokens)}
    if tokens.accept("COPY", "GRANTS"):
        return {}
    return tokens.properties("AS", "WITH", "TRIGGERS", "COPY")


def _triggers(tokens: Tokens) -> Value:
    triggers: list[Value] = []
    while tokens.accept("ON"):
        percent = tokens.value()
        tokens.expect("PERCENT")
        tokens.expect("DO")
        triggers.append((percent, str(tokens.name())))
    return tuple(triggers)


def _columns(tokens: Tokens) -> tuple[ColumnDefinition, ...]:
    tokens.expect("(")
    columns = [_column(tokens)]
    while tokens.accept(","):
        columns.append(_column(tokens))
    tokens.expect(")")
    return tuple(columns)


def _column(tokens: Tokens) -> ColumnDefinition:
    name = tokens.name().last
    type_ = _type(tokens)
    nullable, default, comment = True, None, None
    while not tokens.at_end and not tokens.peek(",") and not tokens.peek(")"):
        if tokens.accept("NOT", "NULL"):
            nullable = False
        elif tokens.accept("NULL"):
            nullable = True
        elif tokens.accept("COLLATE"):
            if collation := tokens.string():
                raise UnsupportedError(f"COLLATE '{collation}'")
        elif tokens.accept("COMMENT"):
            comment = tokens.string()
        elif tokens.accept("DEFAULT"):
            token = tokens.next()
            default = token.text if token.token_type.name != "STRING" else f"'{token.text}'"
        else:
            raise tokens.unexpected()
    return ColumnDefinition(name, type_, nullable, default, comment)


def _type(tokens: Tokens) -> str:
    word = tokens.next().text.upper()
    if word == "DOUBLE" and tokens.accept("PRECISION"):
        word = "DOUBLE PRECISION"
    return f"{word}({tokens.in_brackets().replace(' ', '')})" if tokens.peek("(") else word


def _alter(tokens: Tokens) -> Alter:
    kind = _kind(tokens)
    if_exists = tokens.accept("IF", "EXISTS")
    name = tokens.name()
    if tokens.accept("RENAME", "TO"):
        return Alter(kind, name, "RENAME", new_name=tokens.name(), if_exists=if_exists)
    action = tokens.accept_one(
        *("SET SECURE", "UNSET SECURE", "SET", "UNSET", "ADD COLUMN", "DROP COLUMN", "ALTER COLUMN", "REFRESH"),
        *("SUSPEND", "RESUME", "ENABLE MANAGED ACCESS", "DISABLE MANAGED ACCESS"),
    )
    if action is None:
        raise tokens.unexpected()
    properties: dict[str, Value] = {}
    names: tuple[str, ...] = ()
    columns: tuple[ColumnDefinition, ...] = ()
    if action in ("SET", "REFRESH"):
        while not tokens.at_end:
            properties |= _clause(tokens)
    elif action in ("UNSET", "DROP COLUMN"):
        names = _names(tokens)
    elif action == "ADD COLUMN":
        columns = (_column(tokens),)
        while tokens.accept(","):
            columns += (_column(tokens),)
    elif action == "ALTER COLUMN":
        names, properties = (tokens.name().last,), _column_change(tokens)
    if not tokens.at_end:
        raise tokens.unexpected()
    return Alter(kind, name, action, properties, names, columns, if_exists=if_exists)


def _names(tokens: Tokens) -> tuple[str, ...]:
    names = [tokens.name().last]
    while tokens.accept(","):
        names.append(tokens.name().last)
    return tuple(names)


def _column_change(tokens: Tokens) -> dict[str, Value]:
    if tokens.accept("SET", "DATA", "TYPE"):
        return {"TYPE": _type(tokens)}
    if tokens.accept("SET", "NOT", "NULL"):
        return {"NULLABLE": False}
    if tokens.accept("DROP", "NOT", "NULL"):
        return {"NULLABLE": True}
    tokens.expect("COMMENT")
    return {"COMMENT": tokens.string()}


def _drop(tokens: Tokens) -> Drop:
    kind = _kind(tokens)
    if_exists = tokens.accept("IF", "EXISTS")
    name = tokens.name()
    tokens.accept("CASCADE")
    if not tokens.at_end:
        raise tokens.unexpected()
    return Drop(kind, name, if_exists)


def _show(tokens: Tokens) -> Show:
    tokens.accept("TERSE")
    if tokens.accept("PARAMETERS"):
        tokens.expect("IN")
        kind = _kind(tokens)
        return Show(kind, scope=tokens.name(), parameters=True)
    kind = _kind(tokens, _BY_PLURAL)
    like = tokens.string() if tokens.accept("LIKE") else None
    scope = None
    if tokens.accept("IN") and not tokens.accept("ACCOUNT"):
        tokens.accept_one("DATABASE", "SCHEMA")
        scope = tokens.name()
    starts_with = tokens.string() if tokens.accept("STARTS", "WITH") else None
    limit = int(tokens.next().text) if tokens.accept("LIMIT") else None
    if not tokens.at_end:
        raise tokens.unexpected()
    return Show(kind, like, scope, starts_with, limit)


def _describe(tokens: Tokens) -> Describe:
    kind = _kind(tokens)
    name = tokens.name()
    if tokens.accept("TYPE", "="):
        tokens.expect("COLUMNS")
    if not tokens.at_end:
        raise tokens.unexpected()
    return Describe(kind, name)


def _use(tokens: Tokens) -> Use:
    what = tokens.accept_one("DATABASE", "SCHEMA", "WAREHOUSE", "SECONDARY ROLES", "ROLE") or "DATABASE"
    return Use(what, tokens.name())


_PARSERS = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "SHOW": _show,
    "DESCRIBE": _describe,
    "DESC": _describe,
    "USE": _use,
}

__all__ = ["Alter", "ColumnDefinition", "Create", "Describe", "Drop", "Kind", "Show", "SqlSyntaxError", "Use", "parse"]
