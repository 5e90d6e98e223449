"""Copies of the program, for tests that edit it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.program.recording import ROOT

PARTS = ("__main__.py", "landing_keys.py", "Pulumi.yaml", "Pulumi.dev.yaml", "infra", "sql", "dashboard")


def copy_program(folder: Path) -> Path:
    """Copy all that ``pulumi up`` reads into a folder, and return the folder."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / part)
    return folder


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that is in a file exactly once or more; a test's edit that edits nothing is an error."""
    text = file.read_text()
    assert old in text, f"{old!r} is not in {file.name}"
    file.write_text(text.replace(old, new))
