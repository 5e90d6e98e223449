"""Waiting for IAM: a role that was made a moment ago cannot be assumed yet.

IAM is eventually consistent, and Snowflake assumes the role when a stage or a pipe is created. For some
seconds after the role's creation that fails, with an error that says nothing about waiting. The hook here
retries exactly this error, a bounded number of times with growing pauses; every other error ends the
deployment at once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pulumi

MAX_RETRIES = 10
FIRST_PAUSE = 2.0
"""Seconds before the first retry; each later pause is twice as long as the one before."""
LONGEST_PAUSE = 30.0
"""Seconds; with the bounds above, a role has 210 s to take effect."""

_NOT_YET = re.compile(
    r"Error assuming AWS_ROLE\b.*?"
    r"(?:is not authorized to perform: sts:AssumeRole|verify the role and externalId are configured correctly)",
    re.DOTALL,
)
"""Snowflake's error 003167 for a role whose trust policy does not name it (yet), in its newer and its older
wording. The same first words also begin errors that no waiting cures ("STS is not activated in this region"),
so they are not enough."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for a number of seconds."""

_pause: Pause = asyncio.sleep


@contextmanager
def pausing_with(pause: Pause) -> Iterator[None]:
    """Let the hook wait with this function instead of the clock, for the time of a with block.

    The one seam for tests and for an embedded cloud, which know when the role takes effect.
    """
    global _pause
    before, _pause = _pause, pause
    try:
        yield
    finally:
        _pause = before


def is_role_propagating(error: str) -> bool:
    """Return whether an error says that Snowflake cannot assume the role, which waiting may cure."""
    return _NOT_YET.search(error) is not None


def pause_before_retry(retry: int) -> float:
    """Return the seconds to wait before a retry; the first one is number 1."""
    return min(FIRST_PAUSE * 2 ** (retry - 1), LONGEST_PAUSE)


async def retry_while_role_propagates(failure: pulumi.ErrorHookArgs) -> bool:
    """Decide whether a failed operation is tried again, after the pause that it takes.

    Args:
        failure: what failed; its errors are those of every try so far, the newest first.

    Returns:
        True to try again.
    """
    tries = len(failure.errors)
    if not tries or not is_role_propagating(failure.errors[0]):
        return False
    if tries > MAX_RETRIES:
        pulumi.log.warn(
            f"{failure.name}: Snowflake still cannot assume the IAM role after {tries} tries; given up. Compare the "
            "role's trust policy with DESCRIBE STORAGE INTEGRATION, and run `pulumi up` again"
        )
        return False
    seconds = pause_before_retry(tries)
    pulumi.log.warn(
        f"{failure.name}: Snowflake cannot assume the IAM role yet, which can take a minute after its creation; "
        f"retry {tries} of {MAX_RETRIES} in {seconds:.0f} s"
    )
    await _pause(seconds)
    return True


def role_propagation_hooks() -> pulumi.ResourceHookBinding:
    """Return the binding for a resource whose creation makes Snowflake assume the role."""
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook("role-propagation", retry_while_role_propagates)])
