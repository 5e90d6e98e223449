"""Waiting for AWS: what was made a moment ago does not work yet.

IAM is eventually consistent. Snowflake assumes the role when a stage or a pipe is created, and reads the bucket by it
when a pipe is refreshed; for some seconds after the role or its policy was made that fails. So does S3's look at the
queue of a notification, whose policy Snowflake has only just set, and Snowflake's subscription to a topic. The errors
say nothing about waiting. The hook here retries exactly these, a bounded number of times with growing pauses; every
other error ends the deployment at once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pulumi

MAX_RETRIES = 10
FIRST_PAUSE = 2.0
"""Seconds before the first retry; each later pause is twice as long as the one before."""
LONGEST_PAUSE = 30.0
"""Seconds; with the bounds above, a role has 210 s to take effect."""


@dataclass(frozen=True)
class Delay:
    """Something that takes a while to take effect.

    Attributes:
        error: what fails meanwhile.
        said: what cannot be done yet.
        remedy: where to look if it never can.
    """

    error: re.Pattern[str]
    said: str
    remedy: str


_DELAYS = (
    # Error 003167 for a role whose trust policy does not name Snowflake (yet), in its newer and its older wording. The
    # same first words also begin errors that no waiting cures ("STS is not activated in this region").
    Delay(
        re.compile(
            r"Error assuming AWS_ROLE\b.*?"
            r"(?:is not authorized to perform: sts:AssumeRole|verify the role and externalId are configured correctly)",
            re.DOTALL,
        ),
        "Snowflake cannot assume the IAM role",
        "Compare the role's trust policy with DESCRIBE STORAGE INTEGRATION",
    ),
    Delay(
        re.compile(r"Failure using stage area\. Cause: \[Access Denied \(Status Code: 403"),
        "the IAM role may not read the bucket",
        "Compare the role's policy, and the bucket's, with the prefixes of the feeds",
    ),
    Delay(
        re.compile(
            r"Pipe Notifications bind failure.*not authorized to perform: SNS:Subscribe", re.DOTALL | re.IGNORECASE
        ),
        "Snowflake may not subscribe to the topic",
        "Compare the topic's policy with SYSTEM$GET_AWS_SNS_IAM_POLICY",
    ),
    Delay(
        re.compile(r"Unable to validate the following destination configurations"),
        "S3 may not send to the pipes' queue or topic",
        "Compare the queue or topic in SHOW PIPES with the bucket's region",
    ),
)

Pause = Callable[[float], Awaitable[None]]
"""Waits for a number of seconds."""


async def _by_the_clock(seconds: float) -> None:
    await asyncio.sleep(seconds)


_pause: Pause = _by_the_clock


@contextmanager
def pausing_with(pause: Pause) -> Iterator[None]:
    """Let the hook wait with this function instead of the clock, for the time of a with block.

    The one seam for tests, which know when the role takes effect.
    """
    global _pause
    before, _pause = _pause, pause
    try:
        yield
    finally:
        _pause = before


def delay_of(error: str) -> Delay | None:
    """Return what an error says that waiting may cure, None for an error that it does not."""
    return next((delay for delay in _DELAYS if delay.error.search(error)), None)


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
    delay = delay_of(failure.errors[0]) if tries else None
    if delay is None:
        return False
    if tries > MAX_RETRIES:
        pulumi.log.warn(
            f"{failure.name}: after {tries} tries {delay.said} yet; given up. {delay.remedy}, and run `pulumi up` again"
        )
        return False
    seconds = pause_before_retry(tries)
    pulumi.log.warn(
        f"{failure.name}: {delay.said} yet, which can take a minute after its creation; "
        f"retry {tries} of {MAX_RETRIES} in {seconds:.0f} s"
    )
    await _pause(seconds)
    return True


def role_propagation_hooks() -> pulumi.ResourceHookBinding:
    """Return the binding for a resource whose creation needs what may not have taken effect yet."""
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook("role-propagation", retry_while_role_propagates)])
