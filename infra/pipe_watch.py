"""Drift of pipes that the provider does not see, or mends without the data.

A refresh of the stack (``pulumi up --refresh``) notices that a pipe was dropped, and the deployment makes it again: it
*creates* it, so nothing that is tied to its replacement happens, and what landed meanwhile would stay unloaded. That
its stage or its table was dropped shows in nothing that the provider reads of a pipe, and the pipe stays stopped. So
statements beside each pipe read its state at every refresh, and what they read decides what is done again. Neither is
ever wrong to do once more: a pipe loads no file twice that its history has, and CORE counts a record once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_snowflake as snowflake

NOTHING = "SELECT 1"
"""A statement that does nothing; an Execute has to have one."""

Rows = Sequence[Mapping[str, str]] | None
"""What a query of an Execute answered; nothing where it failed, as for a pipe that is not there."""


def pipe_state(name: str, pipe: pulumi.Output[str], opts: pulumi.ResourceOptions) -> snowflake.Execute:
    """Register what reads a pipe's state when it is made and at every refresh of the stack.

    Args:
        name: the resource's name.
        pipe: the pipe's full name.
        opts: the resource's options.
    """
    query = pipe.apply(
        lambda full: f"SELECT REGEXP_SUBSTR(SYSTEM$PIPE_STATUS('{full}'), '\"executionState\":\"[A-Z_]+\"') AS STATE"
    )
    return snowflake.Execute(name, execute=NOTHING, revert=NOTHING, query=query, opts=opts)


def is_gone(rows: Rows) -> bool:
    """Return whether a pipe was not there when its state was read."""
    return not rows


def is_stopped(rows: Rows) -> bool:
    """Return whether a pipe was there and stopped for good, because its stage or table was dropped or moved."""
    return any("STOPPED_" in value for row in rows or () for value in row.values())
