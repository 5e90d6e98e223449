"""The data folder: which files the program lands as bucket objects, and what stops it before any resource."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from infra.errors import SettingsError
from infra.feeds import Feed
from landing_keys import UNFINISHED, DataFile, UnlandableError, find_data_files

PROJECT_FOLDER = Path(__file__).resolve().parent.parent

MAX_DATA_FILES = 1_000
"""Bucket objects are for starter data: a stack with some thousand resources takes minutes to preview."""


def files_to_land(key: str, data_dir: str, feeds: Sequence[Feed]) -> tuple[DataFile, ...]:
    """Return the files of a data folder in landing order.

    Args:
        key: the config key that names the folder, for errors.
        data_dir: the folder, from the project's folder; empty for no files.
        feeds: the feeds.

    Raises:
        SettingsError: the folder is missing, unfinished, empty of known files or too large, or a file cannot land.
    """
    if not data_dir:
        return ()
    folder = PROJECT_FOLDER / data_dir
    if not folder.is_dir():
        raise SettingsError(
            f"{key} is {data_dir!r}, which is no folder here; make the data with `python -m input_data_generator "
            f"--out {data_dir}`, or land no files with `pulumi config set dataDir ''`"
        )
    if (folder / UNFINISHED).exists():
        raise SettingsError(
            f"{key} is {data_dir!r}, which the generator has not finished: run its command again, or remove "
            f"{UNFINISHED} there if the data is yours"
        )
    try:
        files = find_data_files(folder, {feed.name: feed.extensions for feed in feeds})
        others = find_data_files(folder, {feed.name: feed.other_extensions for feed in feeds})
    except UnlandableError as error:
        raise SettingsError(f"{key} is {data_dir!r}, which cannot land: {error}") from None
    except OSError as error:
        raise SettingsError(f"{key} is {data_dir!r}, which cannot be read: {error}") from None
    if others := [file for file in others if file.feed not in {landed.feed for landed in files}]:
        read = next(feed.extensions for feed in feeds if feed.name == others[0].feed)
        raise SettingsError(
            f"{key} is {data_dir!r}, where {others[0].path.name} is not in the format in which parquetFeeds has "
            f"{others[0].feed} ({', '.join(read)}); change that, or take the files of the other format out"
        )
    if not files:
        known = ", ".join(f"{feed.name}*{extension}" for feed in feeds for extension in feed.extensions)
        raise SettingsError(f"{key} is {data_dir!r}, where no file of a feed is; looked for {known}")
    if unreadable := [file.path for file in files if not (file.path.is_file() and os.access(file.path, os.R_OK))]:
        raise SettingsError(f"{key} is {data_dir!r}, where {unreadable[0].name} is no file that can be read")
    if len(files) > MAX_DATA_FILES:
        raise SettingsError(
            f"{key} is {data_dir!r}, which holds {len(files):,} files; a stack lands at most {MAX_DATA_FILES:,}, "
            "more go into the bucket with `python -m input_data_generator --upload` and dataDir ''"
        )
    return tuple(files)
