"""Every import goes the way that the directions say, and the directions have no circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture.directions import (
    ACCOUNT,
    ACCOUNT_DIRECTIONS,
    ANYWHERE,
    ANYWHERE_IN_THE_ACCOUNT,
    DIRECTIONS,
)
from tests.architecture.imports import PROJECT, imports_of, room_of

INSIDE = {
    f"{ACCOUNT}/{room}": tuple(f"{ACCOUNT}/{used}" for used in rooms) for room, rooms in ACCOUNT_DIRECTIONS.items()
}
INSIDE_ANYWHERE = tuple(f"{ACCOUNT}/{room}" for room in ANYWHERE_IN_THE_ACCOUNT)

MOST_LEVELS = 8


def violations(directions: Mapping[str, tuple[str, ...]], anywhere: tuple[str, ...], folder: Path) -> Iterator[str]:
    for found in imports_of(folder):
        room, used = room_of(found.file, directions), room_of(found.module, directions)
        if room is None or used is None or room == used or used in anywhere:
            continue
        if used not in directions[room]:
            allowed = ", ".join((*directions[room], *anywhere)) or "nothing"
            yield f"{found}: {room} may import {allowed}"


@pytest.mark.parametrize(
    ("directions", "anywhere"), [(DIRECTIONS, ANYWHERE), (INSIDE, INSIDE_ANYWHERE)], ids=["project", "account"]
)
def test_every_import_goes_in_an_allowed_direction(
    directions: Mapping[str, tuple[str, ...]], anywhere: tuple[str, ...]
) -> None:
    assert not list(violations(directions, anywhere, PROJECT))


@pytest.mark.parametrize(
    ("directions", "anywhere"), [(DIRECTIONS, ANYWHERE), (INSIDE, INSIDE_ANYWHERE)], ids=["project", "account"]
)
def test_no_direction_is_allowed_that_nothing_takes(
    directions: Mapping[str, tuple[str, ...]], anywhere: tuple[str, ...]
) -> None:
    taken = {(room_of(found.file, directions), room_of(found.module, directions)) for found in imports_of(PROJECT)}
    spare = {(room, used) for room, rooms in directions.items() for used in rooms} - taken
    assert not spare
    assert {used for _, used in taken} >= set(anywhere)


@pytest.mark.parametrize("directions", [DIRECTIONS, INSIDE], ids=["project", "account"])
def test_the_directions_have_no_circle_and_few_levels(directions: Mapping[str, tuple[str, ...]]) -> None:
    levels: dict[str, int] = {}

    def level(room: str, above: tuple[str, ...] = ()) -> int:
        assert room not in above, f"a circle: {' → '.join((*above, room))}"
        if room not in levels:
            levels[room] = 1 + max((level(used, (*above, room)) for used in directions[room]), default=0)
        return levels[room]

    assert max(level(room) for room in directions) <= MOST_LEVELS


@pytest.mark.parametrize("directions", [DIRECTIONS, INSIDE], ids=["project", "account"])
def test_every_file_of_the_product_has_a_room(directions: Mapping[str, tuple[str, ...]]) -> None:
    files = {found.file for found in imports_of(PROJECT)}
    homeless = {
        file
        for file in files
        if file != "local_cloud/__init__.py"
        and room_of(file, directions) is None
        and (directions is DIRECTIONS or file.startswith(f"{ACCOUNT}/"))
    }
    assert not homeless


def test_an_import_against_the_directions_is_named_with_file_line_and_module(tmp_path: Path) -> None:
    for file, text in {
        "__main__.py": "",
        "landing_keys.py": "",
        "infra/naming.py": "import os\n\nfrom local_cloud import progress\n",
        "local_cloud/progress.py": "",
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    assert list(violations(DIRECTIONS, ANYWHERE, tmp_path)) == [
        "infra/naming.py:3 imports local_cloud/progress.py: infra may import landing_keys.py, local_cloud/errors.py"
    ]
