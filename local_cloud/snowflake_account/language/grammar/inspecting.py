"""SHOW and DESCRIBE."""

from __future__ import annotations

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.grammar.words import accept_kind, named_kind
from local_cloud.snowflake_account.language.kinds import BY_PLURAL, Kind
from local_cloud.snowflake_account.language.statements import Describe, Scope, Show, ShowGrants, ShowParameters
from local_cloud.snowflake_account.language.tokens import Tokens

LISTS = ("OBJECTS", "COLUMNS", "PRIMARY KEYS", "UNIQUE KEYS", "IMPORTED KEYS", "EXPORTED KEYS", "REPLICATION DATABASES")
"""What SHOW lists beside the kinds."""

_SCOPES = ("ACCOUNT", "DATABASE", "SCHEMA", "TABLE", "VIEW")
_AFTER_SCOPE = ("STARTS", "LIMIT", "LIKE")


def parse_show(tokens: Tokens) -> Show | ShowParameters | ShowGrants:
    """Read what follows SHOW."""
    if tokens.accept("PARAMETERS"):
        return _parameters(tokens)
    if word := tokens.accept_one("FUTURE GRANTS", "GRANTS"):
        return _grants(tokens, future=word == "FUTURE GRANTS")
    terse = tokens.accept("TERSE")
    what = accept_kind(tokens, BY_PLURAL) or tokens.accept_one(*LISTS)
    if what is None:
        if tokens.here is None:
            raise tokens.unexpected()
        raise UnsupportedError(f"SHOW {tokens.here.text.upper()}")
    if what == "REPLICATION DATABASES" and tokens.accept("WITH"):
        tokens.expect("PRIMARY")
        tokens.name()
    like = tokens.string() if tokens.accept("LIKE") else None
    scope = _scope(tokens) if tokens.accept("IN") else None
    starts_with = tokens.string() if tokens.accept("STARTS", "WITH") else None
    limit = tokens.integer() if tokens.accept("LIMIT") else None
    after = tokens.string() if limit is not None and tokens.accept("FROM") else None
    tokens.expect_end()
    return Show(what, like, scope, starts_with, limit, after, terse)


def _scope(tokens: Tokens) -> Scope:
    word = tokens.accept_one(*_SCOPES) or ""
    if word == "ACCOUNT":
        return Scope(word)
    if word and (tokens.at_end or any(tokens.peek(stop) for stop in _AFTER_SCOPE)):
        return Scope(word)
    return Scope(word, tokens.name())


def _parameters(tokens: Tokens) -> ShowParameters:
    like = tokens.string() if tokens.accept("LIKE") else None
    kind = name = None
    if tokens.accept_one("IN", "FOR") and not tokens.accept_one("SESSION", "ACCOUNT"):
        kind = named_kind(tokens)
        name = tokens.name()
    tokens.expect_end()
    return ShowParameters(kind, name, like)


def _grants(tokens: Tokens, *, future: bool) -> ShowGrants:
    if tokens.at_end and not future:
        return ShowGrants("TO")
    relation = tokens.accept_one("IN", "TO") if future else tokens.accept_one("ON", "OF", "TO")
    if relation is None:
        raise tokens.unexpected()
    if relation == "ON" and tokens.accept("ACCOUNT"):
        tokens.expect_end()
        return ShowGrants(relation)
    if relation in ("OF", "TO"):
        words = {"DATABASE ROLE": Kind.DATABASE_ROLE, "ROLE": Kind.ROLE}
    else:
        words = {"DATABASE": Kind.DATABASE, "SCHEMA": Kind.SCHEMA} if future else None
    kind = named_kind(tokens, words) if words else named_kind(tokens)
    name = tokens.name()
    tokens.expect_end()
    return ShowGrants(relation, kind, name, future)


def parse_describe(tokens: Tokens) -> Describe:
    """Read what follows DESCRIBE."""
    kind = named_kind(tokens)
    name = tokens.name()
    if tokens.accept("TYPE", "="):
        tokens.expect("COLUMNS")
    tokens.expect_end()
    return Describe(kind, name)
