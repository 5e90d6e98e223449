"""Leaves the requested view as a CSV file, its columns in its own order."""

# ruff: noqa: S608 - what is put into this statement is the name of the program's own view

from __future__ import annotations

from pathlib import Path

from local_cloud.commands.query_output import write_result
from local_cloud.errors import InputError
from local_cloud.sql_door import SqlDoor


def check_export(file: Path) -> None:
    """Find out before the work what would keep the file from being written.

    Raises:
        InputError: its folder is not there, or a folder has its name.
    """
    if file.is_dir():
        raise InputError(f"--export {file} is a folder: name a file, like {file / 'output_data.csv'}")
    if not file.parent.is_dir():
        raise InputError(f"--export {file}: the folder {file.parent} is not there; make it, or name another file")


def export_view(door: SqlDoor, view: str, file: Path) -> None:
    """Write the rows of a view, in a fixed order, in one step: whoever reads the file finds all of it or nothing."""
    columns = door.execute(f"select * from {view} limit 0").columns
    positions = ", ".join(str(number) for number, _ in enumerate(columns, 1))
    result = door.execute(f"select * from {view} order by {positions}")
    new = file.with_name(f".{file.name}.new")
    try:
        with new.open("w", encoding="utf-8", newline="") as out:
            write_result(result, "csv", out)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
