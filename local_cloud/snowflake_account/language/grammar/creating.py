"""CREATE [OR REPLACE] <kind> [IF NOT EXISTS] <name> …."""

from __future__ import annotations

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.grammar.words import (
    named_kind,
    table_elements,
    view_columns,
    whole_number,
)
from local_cloud.snowflake_account.language.kinds import TEMPORARY_KINDS, Kind
from local_cloud.snowflake_account.language.statements import Create
from local_cloud.snowflake_account.language.tokens import Name, Tokens, Value

_MODIFIERS = {
    "TRANSIENT": (Kind.DATABASE, Kind.SCHEMA, Kind.TABLE, Kind.DYNAMIC_TABLE),
    "TEMPORARY": TEMPORARY_KINDS,
    "SECURE": (Kind.VIEW,),
}
"""Words before the kind, and the kinds that may have them."""

_LOCAL_KINDS = (Kind.TABLE, Kind.VIEW)

_TEMPORARY = {
    **dict.fromkeys(("TEMPORARY", "TEMP"), ()),
    **dict.fromkeys(("LOCAL TEMPORARY", "LOCAL TEMP", "GLOBAL TEMPORARY", "GLOBAL TEMP", "VOLATILE"), _LOCAL_KINDS),
    **dict.fromkeys(("SCOPED TEMPORARY", "SCOPED TEMP"), ()),
}
"""Other spellings of TEMPORARY, and the only kinds that may have them, if that is not every temporary one.

SCOPED is Snowpark's, for what it drops itself: https://docs.snowflake.com/en/sql-reference/sql/create-table
"""

_WITH_BODY = (Kind.PIPE, Kind.DYNAMIC_TABLE, Kind.VIEW, Kind.TASK)
_STOPS = ("AS", "WITH", "TRIGGERS", "COPY", "ON", "AFTER", "WHEN", "ALLOWED_VALUES", "CLUSTER", "USING")
_OF_SEQUENCES = ("START", "INCREMENT", "ORDER", "NOORDER")
"""Words that end a run of `KEY = value`."""


def parse_create(tokens: Tokens) -> Create:
    """Read what follows CREATE."""
    or_replace = tokens.accept("OR", "REPLACE")
    written = list(iter(lambda: tokens.accept_one(*_MODIFIERS, *_TEMPORARY), None))
    kind = named_kind(tokens)
    if wrong := [word for word in written if kind not in (_TEMPORARY.get(word) or _MODIFIERS[_modifier(word)])]:
        raise UnsupportedError(f"{wrong[0]} {kind.value}")
    if_not_exists = tokens.accept("IF", "NOT", "EXISTS")
    name = tokens.name()
    properties: dict[str, Value] = {_modifier(word): True for word in written}
    if kind is Kind.TABLE and tokens.peek("CLUSTER"):  # GET_DDL has it before the columns
        properties |= clause_of(tokens, kind)
    declared, constraints = table_elements(tokens) if kind is Kind.TABLE and tokens.peek("(") else ((), ())
    listed = view_columns(tokens) if kind is Kind.VIEW and tokens.peek("(") else {}
    if tokens.peek("("):
        raise UnsupportedError(f"CREATE {kind.value} with a column list")
    source, with_rows = _source(tokens, kind)
    template = ""
    while not tokens.at_end and not tokens.peek("AS"):
        if kind is Kind.TABLE and not declared and not source and tokens.accept("USING", "TEMPLATE"):
            template = tokens.in_brackets()
        else:
            properties |= clause_of(tokens, kind)
    body = ""
    if tokens.accept("AS"):
        body = tokens.rest()
        if kind not in (*_WITH_BODY, Kind.TABLE):
            raise UnsupportedError(f"CREATE {kind.value} … AS")
    if not body and kind in _WITH_BODY:
        raise tokens.unexpected()
    return Create(
        kind,
        name,
        properties,
        columns=declared,
        constraints=constraints,
        view_columns=listed,
        source=source,
        with_rows=with_rows,
        template=template,
        body=body,
        or_replace=or_replace,
        if_not_exists=if_not_exists,
    )


def _modifier(word: str) -> str:
    return "TEMPORARY" if word in _TEMPORARY else word


def _source(tokens: Tokens, kind: Kind) -> tuple[Name | None, bool]:
    """Read LIKE or CLONE with the table behind it; return the table, and whether its rows come along."""
    word = tokens.accept_one("LIKE", "CLONE")
    if word is None:
        return None, False
    if kind is not Kind.TABLE:
        raise UnsupportedError(f"CREATE {kind.value} {word}")
    name = tokens.name()
    if past := tokens.accept_one("AT", "BEFORE"):
        raise UnsupportedError(f"CLONE … {past}")
    return name, word == "CLONE"


def clause_of(tokens: Tokens, kind: Kind) -> dict[str, Value]:
    """Read the properties at the position, or one of the clauses that are not KEY = value."""
    if tokens.accept("WITH", "MANAGED", "ACCESS"):
        return {"MANAGED_ACCESS": True}
    if tokens.accept("COPY", "GRANTS"):
        return {"COPY_GRANTS": True}
    if kind in (Kind.RESOURCE_MONITOR, Kind.WAREHOUSE) and tokens.accept("WITH"):
        return {}
    if kind is Kind.RESOURCE_MONITOR and tokens.accept("TRIGGERS"):
        return {"TRIGGERS": _triggers(tokens)}
    if kind is Kind.TASK and tokens.accept("AFTER"):
        return {"AFTER": tuple(name.parts for name in tokens.names())}
    if kind is Kind.TASK and tokens.accept("WHEN"):
        return {"WHEN": tokens.until("AS")}
    if kind is Kind.SEQUENCE and (clause := _clause_of_sequence(tokens)):
        return clause
    if kind is Kind.TAG and tokens.accept("ALLOWED_VALUES"):
        return {"ALLOWED_VALUES": tokens.strings()}
    if kind in (Kind.TABLE, Kind.DYNAMIC_TABLE) and tokens.accept("CLUSTER", "BY"):
        return {"CLUSTER_BY": tokens.in_brackets()}
    if found := tokens.properties(*_STOPS, *(_OF_SEQUENCES if kind is Kind.SEQUENCE else ())):
        return found
    raise tokens.unexpected()


def _clause_of_sequence(tokens: Tokens) -> dict[str, Value]:
    """Read START [WITH] [=] n, INCREMENT [BY] [=] n or ORDER, if one stands here."""
    if order := tokens.accept_one("ORDER", "NOORDER"):
        return {"ORDERED": order == "ORDER"}
    if tokens.accept("WITH"):
        return _clause_of_sequence(tokens)
    for word, with_ in (("START", "WITH"), ("INCREMENT", "BY")):
        if tokens.accept(word):
            tokens.accept(with_)
            tokens.accept("=")
            return {word: whole_number(tokens)}
    return {}


def _triggers(tokens: Tokens) -> Value:
    triggers: list[Value] = []
    while tokens.accept("ON"):
        percent = tokens.integer()
        tokens.expect("PERCENT")
        tokens.expect("DO")
        triggers.append((percent, tokens.accept_one("NOTIFY", "SUSPEND_IMMEDIATE", "SUSPEND")))
        if triggers[-1] == (percent, None):
            raise tokens.unexpected()
    return tuple(triggers)
