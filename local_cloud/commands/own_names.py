"""What is known of this project's own program before it runs: the names to come, and the feeds to refuse files by.

Of any other program it is known once it is deployed.
"""

from __future__ import annotations

from pathlib import Path

from infra.feeds import FEEDS
from infra.naming import Names
from local_cloud.program.config import PROJECT, read_stack

FEEDS_TO_COME = FEEDS
"""What files a data folder may have; so that a folder that cannot land is refused before anything is begun."""


def names_to_come(program: Path, stack: str) -> Names | None:
    """Return the names of a stack of this project; None of another one, whose names are known once it is deployed.

    Raises:
        InputError: the stack's config is not usable.
    """
    if program != PROJECT:
        return None
    declared = read_stack(program, stack, {}, may_be_missing=True)
    return Names(
        declared.project,
        declared.name,
        landing_bucket=declared.config.get(f"{declared.project}:landingBucket") or None,
        system=declared.config.get(f"{declared.project}:system") or None,
    )
