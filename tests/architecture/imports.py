"""Reads what the project's own modules import of each other."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

PRODUCT = ("__main__.py", "landing_keys.py", "infra", "input_data_generator", "local_cloud", "dashboard")


@dataclass(frozen=True)
class Import:
    """One import of a module of the project.

    Attributes:
        file: the path of the file that it stands in, from the project's folder.
        line: where.
        module: the path of the file that it imports.
    """

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def imports_of(folder: Path = PROJECT) -> Iterator[Import]:
    """Yield every import between modules of the product."""
    for place in PRODUCT:
        root = folder / place
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            yield from _imports(folder, path)


def _imports(folder: Path, path: Path) -> Iterator[Import]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import():
                modules = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                inside = [f"{module}.{alias.name}" for alias in node.names]
                modules = [name if _file(folder, name) else module for name in inside]
            case ast.ImportFrom():
                raise AssertionError(f"{path}:{node.lineno}: imports here are absolute")
            case _:
                continue
        for module in dict.fromkeys(modules):
            if found := _file(folder, module):
                yield Import(path.relative_to(folder).as_posix(), node.lineno, found)


def _file(folder: Path, module: str) -> str | None:
    """Return the file of a module of the product; None of any other."""
    relative = module.replace(".", "/")
    files = (f"{relative}.py", f"{relative}/__init__.py")
    return next((file for file in files if room_of(file, PRODUCT) and (folder / file).is_file()), None)


def room_of(file: str, rooms: Collection[str]) -> str | None:
    """Return the longest of these rooms, folders or files, that a file is in."""
    inside = [room for room in rooms if file == room or file.startswith(f"{room}/")]
    return max(inside, key=len, default=None)
