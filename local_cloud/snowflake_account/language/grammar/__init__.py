"""The grammar of the account's own statements: text in, values of `statements` out. Pure."""

from __future__ import annotations

from local_cloud.snowflake_account.language.grammar.altering import parse_alter
from local_cloud.snowflake_account.language.grammar.altering_columns import parse_comment
from local_cloud.snowflake_account.language.grammar.creating import parse_create
from local_cloud.snowflake_account.language.grammar.granting import parse_grant, parse_revoke
from local_cloud.snowflake_account.language.grammar.inspecting import parse_describe, parse_show
from local_cloud.snowflake_account.language.grammar.words import named_kind
from local_cloud.snowflake_account.language.statement_text import StatementText
from local_cloud.snowflake_account.language.statements import Drop, ExecuteTask, OwnStatement, Transaction, Use
from local_cloud.snowflake_account.language.tokens import Tokens

__all__ = ["parse"]


def parse(statement: StatementText) -> OwnStatement | None:
    """Return a statement of the account as a value, or None for a query, DML, COPY or LIST.

    Raises:
        SqlSyntaxError: the statement begins like one of the account's and is not one.
        UnsupportedError: it is about a kind of object that the embedded account does not have.
    """
    if statement.begins_with("EXECUTE"):
        return _execute_task(statement)
    if next(iter(statement.tokens[0].text.upper().split()), "") not in _FIRST_WORDS:
        return None
    tokens = Tokens(statement)
    verb = tokens.accept_one(*_PARSERS)
    return _PARSERS[verb](tokens) if verb else None


def _drop(tokens: Tokens) -> Drop:
    kind = named_kind(tokens)
    if_exists = tokens.accept("IF", "EXISTS")
    name = tokens.name()
    tokens.accept_one("CASCADE", "RESTRICT")
    tokens.expect_end()
    return Drop(kind, name, if_exists)


def _execute_task(statement: StatementText) -> ExecuteTask | None:
    # sqlglot has all that follows EXECUTE as one text
    tokens = Tokens(statement.text[len("EXECUTE") :])
    if not tokens.accept("TASK"):
        return None
    name = tokens.name()
    tokens.expect_end()
    return ExecuteTask(name)


def _use(tokens: Tokens) -> Use:
    what = tokens.accept_one("DATABASE", "SCHEMA", "WAREHOUSE", "SECONDARY ROLES", "ROLE")
    name, *more = tokens.names() if what == "SECONDARY ROLES" else (tokens.name(),)
    tokens.expect_end()
    return Use(what or ("SCHEMA" if len(name.parts) > 1 else "DATABASE"), name, tuple(more))


def _begin(tokens: Tokens) -> Transaction:
    tokens.accept_one("WORK", "TRANSACTION")
    if tokens.accept("NAME"):
        tokens.name()
    tokens.expect_end()
    return Transaction("BEGIN")


def _end(action: str, tokens: Tokens) -> Transaction:
    tokens.accept("WORK")
    tokens.expect_end()
    return Transaction(action)


_PARSERS = {
    "CREATE": parse_create,
    "ALTER": parse_alter,
    "DROP": _drop,
    "COMMENT": parse_comment,
    "SHOW": parse_show,
    "DESCRIBE": parse_describe,
    "DESC": parse_describe,
    "USE": _use,
    "GRANT": parse_grant,
    "REVOKE": parse_revoke,
    "BEGIN": _begin,
    "START TRANSACTION": _begin,
    "COMMIT": lambda tokens: _end("COMMIT", tokens),
    "ROLLBACK": lambda tokens: _end("ROLLBACK", tokens),
}

_FIRST_WORDS = {verb.split()[0] for verb in _PARSERS}
