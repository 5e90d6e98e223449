"""ALTER <kind> [IF EXISTS] <name> <action> …, and ALTER SESSION."""

from __future__ import annotations

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.grammar.altering_columns import COLUMN_ACTIONS, parse_column_action
from local_cloud.snowflake_account.language.grammar.creating import clause_of
from local_cloud.snowflake_account.language.grammar.words import named_kind
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Alter, AlterSession, Refresh, SetTags
from local_cloud.snowflake_account.language.tokens import Name, Tokens, Value

_ACTIONS = (
    *("RENAME TO", "SWAP WITH", "SET SECURE", "UNSET SECURE", "SET TAG", "UNSET TAG", "SET", "UNSET", "REFRESH"),
    *("MODIFY AS", "MODIFY WHEN", "REMOVE WHEN", "CLUSTER BY", "DROP CLUSTERING KEY"),
    *("SUSPEND", "RESUME IF SUSPENDED", "RESUME", "ENABLE MANAGED ACCESS", "DISABLE MANAGED ACCESS"),
    *("ADD AFTER", "REMOVE AFTER", "ADD ALLOWED_VALUES", "DROP ALLOWED_VALUES", "UNSET ALLOWED_VALUES"),
)

_REFUSED = (
    *("SUSPEND RECLUSTER", "RESUME RECLUSTER", "RECLUSTER", "ADD SEARCH OPTIMIZATION", "DROP SEARCH OPTIMIZATION"),
    *("ADD ROW ACCESS POLICY", "DROP ROW ACCESS POLICY", "DROP ALL ROW ACCESS POLICIES", "ADD DATA METRIC FUNCTION"),
    *("DROP DATA METRIC FUNCTION", "SET AGGREGATION POLICY", "UNSET AGGREGATION POLICY", "SET JOIN POLICY"),
    *("UNSET JOIN POLICY", "ADD STORAGE LIFECYCLE POLICY", "DROP STORAGE LIFECYCLE POLICY", "SET CONTACT"),
)
"""What Snowflake does and the embedded account does not, so that it is refused by its name."""


def parse_alter(tokens: Tokens) -> Alter | Refresh | SetTags | AlterSession:
    """Read what follows ALTER."""
    if tokens.accept("SESSION"):
        return _alter_session(tokens)
    kind = named_kind(tokens)
    if_exists = tokens.accept("IF", "EXISTS")
    name = tokens.name()
    # the longest first, so that RESUME IF SUSPENDED is not RESUME with something behind it
    action = tokens.accept_one(*sorted((*_ACTIONS, *_REFUSED), key=len, reverse=True))
    if action in _REFUSED:
        raise UnsupportedError(f"ALTER {kind.value} {action}")
    if action is None:
        if (word := tokens.accept_one(*COLUMN_ACTIONS)) is None:
            raise tokens.unexpected()
        changed = parse_column_action(tokens, word, Alter(kind, name, word, if_exists=if_exists))
        tokens.expect_end()
        return changed
    if action in ("SET TAG", "UNSET TAG"):
        return SetTags(kind, name, _tags(tokens, with_values=action == "SET TAG"), if_exists)
    if action == "RESUME IF SUSPENDED":
        action = "RESUME"
    alter = _change(tokens, kind, name, action, if_exists)
    tokens.expect_end()
    return alter


def _change(tokens: Tokens, kind: Kind, name: Name, action: str, if_exists: bool) -> Alter | Refresh:
    match action:
        case "RENAME TO":
            return Alter(kind, name, "RENAME", new_name=tokens.name(), if_exists=if_exists)
        case "SWAP WITH":
            return Alter(kind, name, "SWAP", new_name=tokens.name(), if_exists=if_exists)
        case "CLUSTER BY":
            return Alter(kind, name, action, {"CLUSTER_BY": tokens.in_brackets()}, if_exists=if_exists)
        case "SET" | "REFRESH":
            properties: dict[str, Value] = {}
            while not tokens.at_end:
                properties |= clause_of(tokens, kind)
            if action == "SET" and not properties:
                raise tokens.unexpected()
            if action == "REFRESH":
                return Refresh(kind, name, properties, if_exists)
            return Alter(kind, name, action, properties, if_exists=if_exists)
        case "UNSET":
            names = tuple(named.last for named in tokens.names())
            return Alter(kind, name, action, names=names, if_exists=if_exists)
        case "MODIFY AS" | "MODIFY WHEN":
            if not (body := tokens.rest()):
                raise tokens.unexpected()
            return Alter(kind, name, action, body=body, if_exists=if_exists)
        case "ADD AFTER" | "REMOVE AFTER":
            after: Value = tuple(named.parts for named in tokens.names())
            return Alter(kind, name, action, {"AFTER": after}, if_exists=if_exists)
        case "ADD ALLOWED_VALUES" | "DROP ALLOWED_VALUES":
            return Alter(kind, name, action, {"ALLOWED_VALUES": tokens.strings()}, if_exists=if_exists)
        case _:
            return Alter(kind, name, action, if_exists=if_exists)


def _tags(tokens: Tokens, *, with_values: bool) -> dict[Name, str | None]:
    found: dict[Name, str | None] = {}
    while not found or tokens.accept(","):
        tag = tokens.name()
        if with_values:
            tokens.expect("=")
        found[tag] = tokens.string() if with_values else None
    tokens.expect_end()
    return found


def _alter_session(tokens: Tokens) -> AlterSession:
    if tokens.accept("UNSET"):
        names = tokens.names()
        tokens.expect_end()
        return AlterSession({name.last: None for name in names})
    tokens.expect("SET")
    parameters = tokens.properties()
    tokens.expect_end()
    if not parameters:
        raise tokens.unexpected()
    return AlterSession(parameters)
