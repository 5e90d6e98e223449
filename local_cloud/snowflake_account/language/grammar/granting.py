"""GRANT and REVOKE of privileges and of roles."""

from __future__ import annotations

from dataclasses import replace

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.grammar.words import named_kind
from local_cloud.snowflake_account.language.kinds import BY_PLURAL, Kind
from local_cloud.snowflake_account.language.statements import Grantee, GrantPrivileges, GrantRole
from local_cloud.snowflake_account.language.tokens import Name, Tokens


def parse_grant(tokens: Tokens) -> GrantPrivileges | GrantRole:
    """Read what follows GRANT."""
    if role := _role(tokens):
        tokens.expect("TO")
        grant = GrantRole(*role, _grantee(tokens, users=True))
        tokens.expect_end()
        return grant
    grant = _privileges(tokens, "TO")
    if grant.privileges == ("OWNERSHIP",):
        if clause := tokens.accept_one("REVOKE CURRENT GRANTS", "COPY CURRENT GRANTS"):
            grant = replace(grant, current_grants=clause.split()[0])
    elif tokens.accept("WITH", "GRANT", "OPTION"):
        grant = replace(grant, with_grant_option=True)
    tokens.expect_end()
    return grant


def parse_revoke(tokens: Tokens) -> GrantPrivileges | GrantRole:
    """Read what follows REVOKE."""
    if role := _role(tokens):
        tokens.expect("FROM")
        grant = GrantRole(*role, _grantee(tokens, users=True), revoke=True)
        tokens.expect_end()
        return grant
    option_only = tokens.accept("GRANT", "OPTION", "FOR")
    grant = replace(_privileges(tokens, "FROM"), with_grant_option=option_only, revoke=True)
    if "OWNERSHIP" in grant.privileges and not grant.future:
        raise SnowflakeError(
            "SQL compilation error:\nOWNERSHIP cannot be revoked, only granted to another role.", code=3007
        )
    tokens.accept_one("CASCADE", "RESTRICT")
    tokens.expect_end()
    return grant


def _role(tokens: Tokens) -> tuple[Kind, Name] | None:
    if tokens.accept("DATABASE", "ROLE"):
        return Kind.DATABASE_ROLE, tokens.name()
    if tokens.accept("ROLE"):
        return Kind.ROLE, tokens.name()
    return None


def _privileges(tokens: Tokens, preposition: str) -> GrantPrivileges:
    privileges = _privilege_words(tokens)
    tokens.expect("ON")
    every = tokens.accept("ALL")
    future = not every and tokens.accept("FUTURE")
    kind = name = None
    container = ""
    if every or future:
        kind = named_kind(tokens, BY_PLURAL)
        tokens.expect("IN")
        container = tokens.accept_one("DATABASE", "SCHEMA") or ""
        if not container:
            raise tokens.unexpected()
        name = tokens.name()
    elif not tokens.accept("ACCOUNT"):
        kind = named_kind(tokens)
        name = tokens.name()
    tokens.expect(preposition)
    return GrantPrivileges(privileges, kind, name, _grantee(tokens), container, every, future)


def _privilege_words(tokens: Tokens) -> tuple[str, ...]:
    if tokens.accept("ALL"):
        tokens.accept("PRIVILEGES")
        return ("ALL",)
    found = []
    while not found or tokens.accept(","):
        words = [tokens.identifier()]
        while not (tokens.peek("ON") or tokens.peek(",")):
            words.append(tokens.identifier())
        found.append(" ".join(words))
    if "OWNERSHIP" in found and len(found) > 1:
        raise SnowflakeError("SQL compilation error:\nOWNERSHIP is granted in a statement of its own.")
    return tuple(found)


def _grantee(tokens: Tokens, *, users: bool = False) -> Grantee:
    word = tokens.accept_one("DATABASE ROLE", "ROLE", *(["USER"] if users else [])) or "ROLE"
    return Grantee(word, tokens.name())
