"""Functions about the session and the account, and system functions: answered before DuckDB sees a query."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlglot import exp

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.kinds import BY_WORD, Kind
from local_cloud.snowflake_account.language.session_context import ACCOUNT_NAME, LOCATOR, ORGANIZATION, SessionContext
from local_cloud.snowflake_account.language.tokens import Name, Tokens
from local_cloud.snowflake_account.pipes.topics import subscription_policy

VERSION = "9.30.0"


_FUNCTIONS: dict[str, Callable[[SessionContext], str | None]] = {
    "CURRENT_ACCOUNT": lambda _: LOCATOR,
    "CURRENT_ACCOUNT_NAME": lambda _: ACCOUNT_NAME,
    "CURRENT_AVAILABLE_ROLES": lambda context: json.dumps(sorted(map(str, context.available_roles))),
    "CURRENT_CLIENT": lambda _: "local_cloud",
    "CURRENT_DATABASE": lambda context: context.database,
    "CURRENT_IP_ADDRESS": lambda _: "127.0.0.1",
    "CURRENT_ORGANIZATION_NAME": lambda _: ORGANIZATION,
    "CURRENT_REGION": lambda context: f"AWS_{context.region.upper().replace('-', '_')}",
    "CURRENT_ROLE": lambda context: context.role,
    "CURRENT_ROLE_TYPE": lambda _: "ROLE",
    "CURRENT_SCHEMA": lambda context: context.schema,
    "CURRENT_SCHEMAS": lambda context: _schemas(context),
    "CURRENT_SECONDARY_ROLES": lambda context: _secondary_roles(context),
    "CURRENT_SESSION": lambda context: str(context.session_id),
    "CURRENT_USER": lambda context: context.user,
    "CURRENT_VERSION": lambda _: VERSION,
    "CURRENT_WAREHOUSE": lambda context: context.warehouse,
}


def _secondary_roles(context: SessionContext) -> str:
    roles = ",".join(sorted(map(str, context.roles.secondary)))
    return json.dumps({"roles": roles, "value": "ALL" if context.all_secondary else roles}, separators=(",", ":"))


def _schemas(context: SessionContext) -> str:
    if not context.database:
        return "[]"
    return f'["{context.database}.{context.schema}"]' if context.schema else f'["{context.database}.PUBLIC"]'


def replace_context_functions(
    tree: exp.Expr, context: SessionContext, catalog: Catalog, cancel_session: Callable[[int], int]
) -> exp.Expr:
    """Put each function about session or account in a statement into the words that answer it.

    Args:
        tree: the statement; changed.
        context: the session.
        catalog: the account's objects.
        cancel_session: stops what the session of a number runs, and returns how many statements that were.

    Raises:
        SnowflakeError: a system function is called wrongly.
        UnsupportedError: a system function that the embedded account does not have.
    """
    for call in list(tree.find_all(exp.Func)):
        name = call.name.upper() if isinstance(call, exp.Anonymous) else call.sql_name()
        if name in _FUNCTIONS:
            value = _FUNCTIONS[name](context)
        elif name.startswith("SYSTEM$"):
            value = _system(name, call, catalog, cancel_session)
        else:
            continue
        literal = exp.Null() if value is None else exp.Literal.string(value)
        answer = exp.cast(literal, "varchar")
        is_column = isinstance(call.parent, exp.Select) and call.arg_key == "expressions"
        if call is tree:
            return answer
        call.replace(exp.alias_(answer, f"{name}()", quoted=True) if is_column else answer)
    return tree


def _system(name: str, call: exp.Func, catalog: Catalog, cancel_session: Callable[[int], int]) -> str | None:
    arguments = [argument.name for argument in call.expressions]
    if name == "SYSTEM$CANCEL_ALL_QUERIES":
        if len(arguments) != 1 or not arguments[0].isdigit():
            raise SnowflakeError(f"SQL compilation error:\n{name} needs the number of a session.", code=939)
        return f"{cancel_session(int(arguments[0]))} cancelled."
    if name == "SYSTEM$GET_AWS_SNS_IAM_POLICY":
        if len(arguments) != 1:
            raise SnowflakeError(f"SQL compilation error:\n{name} needs the ARN of a topic.", code=939)
        return subscription_policy(arguments[0])
    if name != "SYSTEM$GET_TAG":
        raise UnsupportedError(name)
    if len(arguments) != 3:
        raise SnowflakeError(f"SQL compilation error:\n{name} needs a tag, an object and a domain.", code=939)
    tag, on, domain = arguments
    words = {**BY_WORD, **{kind.word: kind for kind in Kind}}
    kind = words.get(domain.upper())
    if kind is None:
        raise UnsupportedError(f"{name} of a {domain.upper()}")
    tag_name = _name(tag)
    catalog.get(Kind.TAG, tag_name)
    tagged = catalog.find_tagged(kind, _name(on)) or catalog.get(kind, _name(on))
    return tagged.attributes.get("TAGS", {}).get(tag_name.quoted)


def _name(text: str) -> Name:
    tokens = Tokens(text)
    name = tokens.name()
    tokens.expect_end()
    return name
