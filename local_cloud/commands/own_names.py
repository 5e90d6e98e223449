"""What is known of this project's own program before it runs: the names to come, and the feeds to refuse files by.

Of any other program it is known once it is deployed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from infra.feeds import FEEDS, Feed, as_delivered, parquet_names
from infra.naming import Names
from local_cloud.errors import InputError
from local_cloud.landing.data_folder import a_file_of_each
from local_cloud.program.config import PROJECT, read_stack
from local_cloud.program.engine import Stack

_PARQUET_FEEDS = "parquetFeeds"


def feeds_to_come(stack: Stack, folder: Path) -> tuple[Feed, ...]:
    """Return this project's feeds, each in the format in which a data folder has its files, or as config says.

    Raises:
        InputError: a feed has files of two formats, and its pipe reads one.
    """
    configured = parquet_names(stack.config.get(f"{stack.project}:{_PARQUET_FEEDS}", "[]"), FEEDS) or ()
    found = a_file_of_each(folder, as_delivered(FEEDS, [feed.name for feed in FEEDS]))
    others = a_file_of_each(folder, FEEDS)
    for name in found.keys() & others.keys():
        raise InputError(
            f"{name} has files of two formats in {folder}, {others[name].name} and {found[name].name}; its pipe "
            "reads one: leave those of the other out"
        )
    return as_delivered(FEEDS, [*found, *(name for name in configured if name not in others)])


def with_formats(stack: Stack, feeds: Sequence[Feed]) -> Stack:
    """Return a stack of this project whose config says which of these feeds are Parquet."""
    names = json.dumps([feed.name for feed in feeds if feed.is_parquet])
    return replace(stack, config={**stack.config, f"{stack.project}:{_PARQUET_FEEDS}": names})


_NAMING = "existingBucket", "landingBucket", "system"
"""The config by which names are others than they would be."""


def names_to_come(program: Path, stack: str) -> Names | None:
    """Return the names of a stack of this project; None of another one, whose names are known once it is deployed.

    Raises:
        InputError: the stack's config is not usable.
    """
    if program != PROJECT:
        return None
    declared = read_stack(program, stack, {}, may_be_missing=True)
    given = {key: declared.config.get(f"{declared.project}:{key}") or None for key in _NAMING}
    bucket = given["existingBucket"] or given["landingBucket"]
    return Names(declared.project, declared.name, landing_bucket=bucket, system=given["system"])
