"""Proves that files = RAW = CORE = MART, or says where they differ.

Everything is asked in SQL through one door, so the same proof runs on the embedded account and on Snowflake.
What can be counted inside the database is the view OPS.RECONCILIATION; here it is joined to what lies
outside: the files in the bucket, a data folder, and the manifest of whoever made the data.
"""

# ruff: noqa: S608 - what is put into these statements are names of the program's own resources

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landing_keys import landing_key, logical_path
from local_cloud.landing.data_folder import DataFolder, Feed
from local_cloud.landing.manifest import Manifest
from local_cloud.reconciliation.feed_files import FeedFiles, known_files
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.sql_door import SqlDoor

_VIEWS_OF_COUNTS = ("MODEL_FRESHNESS", "PIPE_HEALTH")
"""A row for each model and each pipe."""


@dataclass(frozen=True)
class Check:
    """One proof.

    Attributes:
        name: what has to agree.
        compared: how many things were compared.
        differences: what does not agree, a line each, down to the file where a file is to blame.
    """

    name: str
    compared: int
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reconciliation:
    """What was found.

    Attributes:
        files: by the names of the feeds.
        checks: what was proved, and where it does not agree.
    """

    files: Mapping[str, FeedFiles]
    checks: tuple[Check, ...]


def reconcile(door: SqlDoor, database: str, feeds: Sequence[Feed], data: DataFolder | None = None) -> Reconciliation:
    """Compare what landed with what was loaded, modelled and counted.

    Args:
        door: where the database is.
        database: its name.
        feeds: the feeds.
        data: the folder that the files came from; its manifest, if it has one, is held against the counts.
    """
    files = known_files(door, database, feeds)
    checks = [_working(door, database)]
    checks += [_loaded(files), _unchanged(files, data), _from_files(files), *_reconciled(door, database)]
    if data is not None:
        checks.append(_arrived(data, files))
        if data.manifest:
            checks += _as_made(door, database, data, data.manifest, files)
    return Reconciliation(files, tuple(checks))


def all_differences(checks: Sequence[Check]) -> list[str]:
    """Return every difference of these checks."""
    return [difference for check in checks for difference in check.differences]


def _working(door: SqlDoor, database: str) -> Check:
    """Find what is suspended, failing or stopped; each line ends with the command that mends it."""
    name = "every model is refreshed and every pipe runs"
    if not _has_views_of_its_work(door, database):
        return Check(f"{name} (not asked: an earlier version deployed this stack; update it)", 0, ())
    counts = " + ".join(f"(select count(*) from {database}.OPS.{view})" for view in _VIEWS_OF_COUNTS)
    try:
        rows = door.execute(
            f"select asked.counted, found.object, found.problem, found.detail, found.remedy from (select {counts} as "
            f"counted) as asked left join {database}.OPS.FINDINGS as found on true"
        ).rows
    except SnowflakeError as error:
        # a pipe, table or view that the question itself needs is not there
        return Check(name, 0, (f"{' '.join(error.message.split())}: pulumi up --refresh",))
    found = [
        f"{named} is {problem} ({' '.join(str(detail).split())}): {remedy}"
        for _, named, problem, detail, remedy in rows
        if named is not None
    ]
    return Check(name, int(rows[0][0]), tuple(sorted(found)))


def _has_views_of_its_work(door: SqlDoor, database: str) -> bool:
    """Tell whether a stack has any of the views that say how it works; those of version 1.0 have none."""
    named = ", ".join(f"'{view}'" for view in (*_VIEWS_OF_COUNTS, "FINDINGS"))
    views = f"{database}.INFORMATION_SCHEMA.VIEWS where TABLE_SCHEMA = 'OPS' and TABLE_NAME in ({named})"
    return bool(door.execute(f"select count(*) from {views}").rows[0][0])


def _loaded(files: Mapping[str, FeedFiles]) -> Check:
    found = [
        f"{key} {problem}" for feed in files.values() for key in sorted(feed.landed) if (problem := feed.problem(key))
    ]
    return Check("every landed file is loaded", sum(len(feed.landed) for feed in files.values()), tuple(found))


def _unchanged(files: Mapping[str, FeedFiles], data: DataFolder | None) -> Check:
    """Find the files that were put again after they were loaded, unless they hold what they held."""
    sent = {delivery.key: delivery.file.path for delivery in data.deliveries} if data else {}
    found = [
        f"{key} was changed after it was loaded (put {feed.landed[key].modified_at}, loaded as of "
        f"{feed.loaded_as_of[key]:%Y-%m-%d %H:%M:%S} UTC): a name loads once, so put what it holds under a new name "
        "and delete this one; if it is the same content, nothing counts twice"
        for feed in files.values()
        for key in sorted(feed.landed)
        if feed.changed(key) and not _holds_what_it_held(key, feed.landed[key].md5, sent)
    ]
    compared = sum(len(feed.landed.keys() & feed.loaded_as_of.keys()) for feed in files.values())
    return Check("no landed file was changed after it was loaded", compared, tuple(found))


def _from_files(files: Mapping[str, FeedFiles]) -> Check:
    """Find rows that nobody delivered: a COPY notes the file of each."""
    found = [
        f"RAW.{name.upper()} has rows of no file: {feed.rows_of_no_file:,}"
        for name, feed in files.items()
        if feed.rows_of_no_file
    ]
    return Check("every row in RAW is of a file", len(files), tuple(found))


def _holds_what_it_held(key: str, md5: str, sent: Mapping[str, Path]) -> bool:
    """Tell whether a key that was put again has the content that it had.

    A data folder knows; without it a name with the digits of its content is taken at its word. An ETag with a hyphen,
    of an object that was put in parts, is no MD5.
    """
    if key in sent and "-" not in md5:
        return _md5(sent[key]) == md5
    return logical_path(key) != key


def _md5(path: Path) -> str | None:
    with contextlib.suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return None


def _reconciled(door: SqlDoor, database: str) -> list[Check]:
    rows = door.execute(f"select check_name, subject, expected, found from {database}.OPS.RECONCILIATION").rows
    checks = [] if rows else [Check("the counts of the database", 0, ("OPS.RECONCILIATION has compared nothing",))]
    for name in dict.fromkeys(row[0] for row in rows):
        compared = [(subject, int(expected), int(found)) for check, subject, expected, found in rows if check == name]
        wrong = [f"{s}: {found:,} instead of {expected:,}" for s, expected, found in compared if expected != found]
        checks.append(Check(name, len(compared), tuple(sorted(wrong))))
    return checks


def _arrived(data: DataFolder, files: Mapping[str, FeedFiles]) -> Check:
    """Find the files of a data folder that are not in the bucket.

    One that no feed takes is none of them, unless it may be all that there is of a feed.
    """
    missing = [
        f"{sent.file.path} did not land ({sent.key})"
        for sent in data.deliveries
        if not files[sent.file.feed].has_landed(sent.key)
    ]
    refused = [
        f"{data.path / path} did not land, nor has any other file of {name}: a feed's files are {name}* in the data "
        f"folder and those in the folder {name}, of its extension in lower case"
        for name, feed in files.items()
        if not feed.has_any
        for path in data.passed_over_of(name)
    ]
    return Check("every file of the data folder has landed", len(data.deliveries) + len(refused), (*missing, *refused))


def _as_made(
    door: SqlDoor, database: str, data: DataFolder, manifest: Manifest, files: Mapping[str, FeedFiles]
) -> list[Check]:
    """Hold a load against the manifest of its data: each file's rows, and the totals if nothing else landed."""
    sent = [delivery.file for delivery in data.deliveries]
    logical_paths = {file.path.relative_to(data.path).as_posix(): file.logical_path for file in sent}
    made: dict[str, int] = {}
    found = []
    for entry in manifest.files:
        logical = logical_paths.get(entry.path)
        if logical is None:
            found.append(f"{entry.path} is in the manifest and not in the folder")
            continue
        key = landing_key(logical, entry.sha256)
        made[key] = entry.rows
        rows = files[entry.feed].rows.get(key, 0)
        if rows != entry.rows:
            found.append(f"{key}: {rows:,} rows in RAW instead of {entry.rows:,}")
    checks = [Check("rows of each file in the manifest and in RAW", len(manifest.files), tuple(found))]
    if set().union(*(feed.landed for feed in files.values())) == made.keys():
        checks.append(_totals(door, database, manifest))
    return checks


def _totals(door: SqlDoor, database: str, manifest: Manifest) -> Check:
    """Compare the manifest's totals, which hold where nothing but its files has landed."""
    view = f"{database}.MART.CUSTOMER_PURCHASES"
    counted = {
        name: int(door.execute(f"select count(*) from {database}.{relation}").rows[0][0])
        for name, relation in (
            ("transactions", "CORE.TRANSACTIONS"),
            ("items", "CORE.PURCHASES"),
            ("customers", "CORE.CUSTOMER_VERSIONS where is_current"),
            ("products", "CORE.PRODUCT_VERSIONS where is_current"),
        )
    }
    by_category = door.execute(
        f"select product_category, sum(purchase_count) from {view} where purchase_count > 0 group by product_category"
    ).rows
    counted |= {f"items of category {name}": int(count) for name, count in by_category}
    expected = dict(manifest.totals)
    expected |= {f"items of category {name}": count for name, count in manifest.items_by_category.items() if count}
    wrong = [
        f"{name}: {counted.get(name, 0):,} instead of {expected.get(name, 0):,}"
        for name in sorted(expected.keys() | counted.keys())
        if counted.get(name, 0) != expected.get(name, 0)
    ]
    return Check("totals in the manifest and in the models", len(expected), tuple(wrong))
