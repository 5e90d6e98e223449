"""Where staged files lie, as SQL says it: `@stage/path`, `@%table/path` of a table, `@~/path` of a user. Pure.

https://docs.snowflake.com/en/user-guide/data-load-local-file-system-create-stage
"""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.snowflake_account.errors import SqlSyntaxError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name, Tokens


@dataclass(frozen=True)
class StagePath:
    """A place in a stage.

    Attributes:
        name: what the stage is called; of a user's stage nothing as long as nobody says whose.
        path: what follows, without the first slash.
        kind: STAGE, or TABLE or USER for the stage that each of these has.
    """

    name: Name
    path: str = ""
    kind: Kind = Kind.STAGE


def stage_path(text: str) -> StagePath:
    """Read `@"DB"."SCHEMA"."STAGE"/path/`, `@db.schema.%table/path` or `@~/path`, with or without quotes around it.

    Raises:
        SqlSyntaxError: it is none of these.
    """
    text = text.strip("'")
    if not text.startswith("@"):
        raise SqlSyntaxError(f"unexpected '{text}': a stage begins with @.")
    named, path = _split(text[1:])
    if named == "~":
        return StagePath(Name(()), path, Kind.USER)
    before, mark, table = _around_percent(named)
    if mark:
        return StagePath(Tokens(f"{before}{table}").name(), path, Kind.TABLE)
    tokens = Tokens(named)
    name = tokens.name()
    tokens.expect_end()
    if len(name.last) > 1 and name.last.startswith("%"):  # the sign may stand inside the quotes, as dlt has it
        return StagePath(Name((*name.parts[:-1], name.last[1:])), path, Kind.TABLE)
    return StagePath(name, path)


def _split(text: str) -> tuple[str, str]:
    """Return what stands before and behind the first slash outside double quotes."""
    quoted = False
    for position, sign in enumerate(text):
        quoted ^= sign == '"'
        if sign == "/" and not quoted:
            return text[:position], text[position + 1 :]
    return text, ""


def _around_percent(text: str) -> tuple[str, str, str]:
    """Split at the sign of a table's stage: the last part begins with it."""
    quoted = False
    for position, sign in enumerate(text):
        quoted ^= sign == '"'
        if sign == "%" and not quoted and text[:position][-1:] in ("", "."):
            return text[:position], "%", text[position + 1 :]
    return text, "", ""
