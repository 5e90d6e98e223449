"""Writes the directions between folders into ``docs/architecture.md``: ``python docs/directions.py``."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from tests.architecture.directions import (  # noqa: E402  (the repository's root is on the path only now)
    ACCOUNT_DIRECTIONS,
    ANYWHERE,
    ANYWHERE_IN_THE_ACCOUNT,
    DIRECTIONS,
)

DOCUMENT = HERE / "architecture.md"


def written(document: str) -> str:
    """Return the document with the directions as the tests state them."""
    for marker, directions, anywhere in (
        ("directions", DIRECTIONS, ANYWHERE),
        ("directions of the account", ACCOUNT_DIRECTIONS, ANYWHERE_IN_THE_ACCOUNT),
    ):
        text = f"{picture(directions)}\n{table(directions, anywhere)}"
        pattern = re.compile(f"<!-- {marker} -->\n.*?<!-- /{marker} -->", re.DOTALL)
        if not pattern.search(document):
            raise ValueError(f"{DOCUMENT.name} has no place <!-- {marker} --> … <!-- /{marker} -->")
        document = pattern.sub(
            lambda _, text=text, marker=marker: f"<!-- {marker} -->\n{text}<!-- /{marker} -->", document
        )
    return document


def table(directions: Mapping[str, tuple[str, ...]], anywhere: tuple[str, ...]) -> str:
    """Return a row for each folder, with those that it may import."""
    rows = [f"| `{room}` | {_listed(used)} |\n" for room, used in directions.items()]
    rows.append(f"| every one | {_listed(anywhere)} |\n")
    return "| folder | may import |\n|---|---|\n" + "".join(rows)


def picture(directions: Mapping[str, tuple[str, ...]]) -> str:
    """Return the folders as a Mermaid graph; a way that also leads over another folder is left out."""
    drawn = {
        room: [used for used in rooms if not any(used in _below(directions, other) for other in rooms if other != used)]
        for room, rooms in directions.items()
    }
    boxes = [room for room in directions if drawn[room] or any(room in rooms for rooms in drawn.values())]
    number = {room: f"n{index}" for index, room in enumerate(boxes)}
    lines = [f'  {number[room]}["{room}"]\n' for room in boxes]
    lines += [f"  {number[room]} --> {number[used]}\n" for room in boxes for used in drawn[room]]
    return "```mermaid\nflowchart TD\n" + "".join(lines) + "```\n"


def _below(directions: Mapping[str, tuple[str, ...]], room: str) -> set[str]:
    found = set(directions[room])
    return found.union(*(_below(directions, used) for used in directions[room]))


def _listed(rooms: tuple[str, ...]) -> str:
    return ", ".join(f"`{room}`" for room in rooms) or "nothing"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), encoding="utf-8")
