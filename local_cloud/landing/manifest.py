"""The ``manifest.json`` that the generator puts beside its data: what a complete load of it must show.

Its form is told by `input_data_generator.manifest`. A data folder may hold a file of this name that somebody else
made; only one with the generator's three keys is held against a load, and that one has to be whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing_keys import MANIFEST
from local_cloud.errors import InputError

_KEYS = {"generator", "files", "totals"}
_COUNTED = ("transactions", "items", "customers", "products")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ManifestFile:
    """A file that was made.

    Attributes:
        path: within the data folder.
        feed: the feed that it belongs to.
        rows: how many rows it has.
        sha256: of its content, hexadecimal.
    """

    path: str
    feed: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a data set holds.

    Attributes:
        files: all of its files.
        totals: how many transactions, items, customers and products.
        items_by_category: how many items of each product category.
    """

    files: tuple[ManifestFile, ...]
    totals: Mapping[str, int]
    items_by_category: Mapping[str, int]


class _MalformedError(ValueError):
    """A part of a manifest that is not as the generator writes it."""


def read_manifest(folder: Path, feeds: Collection[str]) -> Manifest | None:
    """Return a data folder's manifest; None if it has none of the generator's.

    Args:
        folder: the data folder.
        feeds: the names of the feeds that its files may belong to.

    Raises:
        InputError: it cannot be read, or is the generator's and not whole.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        return _manifest(content, feeds) if isinstance(content, dict) and content.keys() >= _KEYS else None
    except _MalformedError as error:
        why = f"is not as the generator writes it: {error}"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except (ValueError, RecursionError) as error:
        why = f"cannot be read as JSON: {error}"
    raise InputError(f"{path} {why}; make the data again, or take this file out of the folder")


def _manifest(content: Mapping[str, Any], feeds: Collection[str]) -> Manifest:
    files, totals = content["files"], content["totals"]
    if not isinstance(files, list):
        raise _MalformedError("files is no list")
    if not isinstance(totals, dict) or not isinstance(totals.get("items_by_category"), dict):
        raise _MalformedError("totals is no object with items_by_category")
    return Manifest(
        tuple(_file(f"files[{number}]", entry, feeds) for number, entry in enumerate(files)),
        {name: _count(f"totals.{name}", totals.get(name)) for name in _COUNTED},
        {name: _count(f"totals.items_by_category[{name!r}]", n) for name, n in totals["items_by_category"].items()},
    )


def _file(where: str, entry: Any, feeds: Collection[str]) -> ManifestFile:
    if not isinstance(entry, dict):
        raise _MalformedError(f"{where} is no object")
    path, feed, sha256 = entry.get("path"), entry.get("feed"), entry.get("sha256")
    if not isinstance(path, str):
        raise _MalformedError(f"{where}.path is no text")
    if not isinstance(feed, str) or feed not in feeds:
        raise _MalformedError(f"{where}.feed is {_shown(feed)}, not one of {', '.join(feeds)}")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise _MalformedError(f"{where}.sha256 is not 64 hexadecimal digits")
    return ManifestFile(path, feed, _count(f"{where}.rows", entry.get("rows")), sha256)


def _count(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _MalformedError(f"{where} is {_shown(value)}, not a number of 0 or more")
    return value


def _shown(value: Any) -> str:
    return json.dumps(value)[:40]
