"""The names of what is not deployed yet, which only this project's own program can say before it runs."""

from __future__ import annotations

from pathlib import Path

from infra.naming import Names
from local_cloud.program.config import PROJECT, read_stack


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
