"""What is known of each feed's files: in the bucket, in the load history and in RAW.

Everything is asked in SQL, so the embedded account and Snowflake answer alike.
"""

# ruff: noqa: S608 - what is put into these statements are names of the program's own resources

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from local_cloud.landing.data_folder import Feed
from local_cloud.reconciliation.deployed_feeds import patterns_of_files
from local_cloud.sql_door import SqlDoor


@dataclass(frozen=True)
class LandedFile:
    """A file in the bucket, as LIST has it.

    Attributes:
        size: in bytes.
        md5: its ETag: the MD5 of a content that was put in one piece and without a KMS key.
        modified_at: when it was put, UTC, in whole seconds.
    """

    size: int
    md5: str
    modified_at: datetime


@dataclass(frozen=True)
class FeedFiles:
    """One feed's files, by their keys.

    Attributes:
        landed: those in the bucket.
        attempts: the row of OPS.LOAD_ATTEMPTS that counts for each.
        resolved: those that were rejected and that OPS.LOAD_FAILURES calls resolved.
        rows: how many rows of each are in RAW.
        loaded_as_of: what was loaded of each is what had been put by then, UTC.
        rows_of_no_file: how many rows in RAW name no file.
    """

    landed: Mapping[str, LandedFile]
    attempts: Mapping[str, Mapping[str, Any]]
    resolved: frozenset[str]
    rows: Mapping[str, int]
    loaded_as_of: Mapping[str, datetime]
    rows_of_no_file: int = 0

    @property
    def loaded(self) -> int:
        """How many files the load history calls loaded."""
        return sum(attempt["STATUS"] == "loaded" for attempt in self.attempts.values())

    @property
    def rejected(self) -> list[str]:
        """The files that are not, or not wholly, loaded, without those that a corrected file stands for."""
        return sorted(
            key for key, attempt in self.attempts.items() if attempt["STATUS"] != "loaded" and key not in self.resolved
        )

    def problem(self, key: str) -> str | None:
        """Return why a file is not loaded, or None; rows in RAW prove what the history no longer keeps.

        A file of no bytes has no row to prove it by, and none to lose.
        """
        if (attempt := self.attempts.get(key)) is None:
            return None if key in self.rows or not self.landed[key].size else "landed and was never loaded"
        if attempt["STATUS"] == "loaded" or key in self.resolved:
            return None
        line = attempt["FIRST_ERROR_LINE"]
        return f"was rejected: {attempt['FIRST_ERROR']}" + (f" (line {line})" if line is not None else "")

    def has_landed(self, key: str) -> bool:
        """Tell whether a file is in the bucket, or was loaded before somebody deleted it."""
        return key in self.landed or key in self.loaded_as_of

    @property
    def has_any(self) -> bool:
        """Whether any file has landed."""
        return bool(self.landed or self.loaded_as_of)

    def changed(self, key: str) -> bool:
        """Tell whether a landed file was put again after it was loaded: Snowpipe loads a name once.

        Nothing put in the place of nothing is no change: tools put such objects again and again as folders' markers.
        """
        landed, loaded = self.landed[key], self.loaded_as_of.get(key)
        if loaded is None or not (landed.size or key in self.rows):
            return False
        return landed.modified_at > loaded.replace(microsecond=0)


def known_files(door: SqlDoor, database: str, feeds: Sequence[Feed]) -> dict[str, FeedFiles]:
    """Ask for the files of every feed.

    Args:
        door: where the database is.
        database: its name.
        feeds: the feeds.
    """
    failures = door.execute(f"select _file from {database}.OPS.LOAD_FAILURES where resolved").rows
    resolved = frozenset(file for (file,) in failures)
    read = patterns_of_files(door, database)
    return {feed.name: _files_of(door, database, feed.name, resolved, read.get(feed.name)) for feed in feeds}


def _files_of(
    door: SqlDoor, database: str, feed: str, resolved: frozenset[str], read: re.Pattern[str] | None
) -> FeedFiles:
    listed = door.execute(f"list @{database}.RAW.LANDING/{feed}/").dicts()
    landed = {entry["name"].split("/", 3)[3]: _landed(entry) for entry in listed}
    raw = door.execute(
        "select _file, count(distinct _file_row), max(_file_modified_at), count(*) "
        f"from {database}.RAW.{feed.upper()} group by _file"
    ).rows
    rows = {key: int(count) for key, count, _, _ in raw if key is not None}
    attempts = _attempts(door, database, feed)
    # a file without rows is in the history alone
    loaded_as_of = {key: entry["ATTEMPTED_AT"] for key, entry in attempts.items() if entry["STATUS"] == "loaded"}
    loaded_as_of |= {key: modified_at for key, _, modified_at, _ in raw if key is not None and modified_at is not None}
    return FeedFiles(
        landed={key: file for key, file in landed.items() if read is None or read.fullmatch(key) or key in rows},
        attempts=attempts,
        resolved=resolved,
        rows=rows,
        rows_of_no_file=sum(int(count) for key, _, _, count in raw if key is None),
        loaded_as_of=loaded_as_of,
    )


def _landed(listed: Mapping[str, Any]) -> LandedFile:
    """Read a row of LIST, whose times look like `Thu, 16 Jul 2026 12:13:14 GMT`."""
    return LandedFile(
        int(listed["size"]), listed["md5"], parsedate_to_datetime(listed["last_modified"]).replace(tzinfo=None)
    )


def _attempts(door: SqlDoor, database: str, feed: str) -> dict[str, Mapping[str, Any]]:
    attempts = door.execute(
        "select _file, status, first_error, first_error_line, attempted_at "
        f"from {database}.OPS.LOAD_ATTEMPTS where feed = '{feed}' order by attempted_at"
    )
    by_file: dict[str, Mapping[str, Any]] = {}
    for attempt in attempts.dicts():
        if by_file.get(attempt["_FILE"], {}).get("STATUS") != "loaded":
            by_file[attempt["_FILE"]] = attempt
    return by_file
