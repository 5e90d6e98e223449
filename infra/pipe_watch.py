"""Drift of pipes that the provider does not see, or mends without the data.

A refresh of the stack (``pulumi up --refresh``) notices that a pipe was dropped, and the deployment makes it again: it
*creates* it, so nothing that is tied to its replacement happens, and what landed meanwhile would stay unloaded. That
its stage or its table was dropped shows in nothing that the provider reads of a pipe, and the pipe stays stopped. So
statements beside each pipe read its state at every refresh, and what they read decides what is done again. Neither is
ever wrong to do once more: a pipe loads no file twice that its history has, and CORE counts a record once.

A pipe that was found stopped is made anew once, and not again when the next refresh finds the new one running. So
something has to stay of it, and that is a number in the new pipe's comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_snowflake as snowflake

NOTHING = "SELECT 1"
"""A statement that does nothing; an Execute has to have one."""

Rows = Sequence[Mapping[str, str]] | None
"""What a query of an Execute answered; nothing where it failed, as for a pipe that is not there."""

_RENEWALS = re.compile(r"; made anew (\d+) times$")


def pipe_state(name: str, schema: snowflake.Schema, pipe: str, opts: pulumi.ResourceOptions) -> snowflake.Execute:
    """Register what reads a pipe's state and comment when it is made and at every refresh of the stack.

    Args:
        name: the resource's name.
        schema: the pipe's schema.
        pipe: the pipe's name in it.
        opts: the resource's options.
    """
    query = pulumi.Output.all(schema.database, schema.name).apply(lambda parts: _query(parts[0], parts[1], pipe))
    return snowflake.Execute(name, execute=NOTHING, revert=NOTHING, query=query, opts=opts)


def _query(database: str, schema: str, pipe: str) -> str:
    state = f"""PARSE_JSON(SYSTEM$PIPE_STATUS('"{database}"."{schema}"."{pipe}"')):executionState::VARCHAR AS STATE"""
    pipes = f"\"{database}\".INFORMATION_SCHEMA.PIPES WHERE PIPE_SCHEMA = '{schema}' AND PIPE_NAME = '{pipe}'"
    return f"SELECT {state}, COMMENT FROM {pipes}"  # noqa: S608 - the names are our own


def is_gone(rows: Rows) -> bool:
    """Return whether a pipe was not there when its state was read."""
    return not rows


def renewals(rows: Rows) -> int:
    """Return how many times a pipe was made anew, or is to be now.

    It is to be when it was there and stopped for good, because its stage or table was dropped or moved.
    """
    if not rows:
        return 0
    before = _RENEWALS.search(rows[0]["COMMENT"])
    return (int(before[1]) if before else 0) + rows[0]["STATE"].startswith("STOPPED_")


def with_renewals(comment: str, times: int) -> str:
    """Return a pipe's comment with what the next refresh has to know."""
    return f"{comment}; made anew {times} times" if times else comment
