"""Each environment has what its code imports, and nothing heavy that it does not."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWN = {"infra", "input_data_generator", "landing_keys", "local_cloud"}

PROGRAM = ("__main__.py", "landing_keys.py", "infra", "input_data_generator")
PRODUCT = (*PROGRAM, "local_cloud")

ONLY_ASKED_FOR = {"dask", "distributed", "pytest"}
"""What `--executor dask` imports has requirements of its own, and only a pytest that is there loads its plugin."""


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>;~! ]", requirement, maxsplit=1)[0]).lower()


def required(file: str) -> set[str]:
    """The distributions that a file of requirements names, with those of the files that it includes."""
    names: set[str] = set()
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if line.startswith("-r "):
            names |= required(line.removeprefix("-r "))
        elif line and not line.startswith(("#", "-")):
            names.add(name_of(line))
    return names


@cache
def imported(*places: str) -> frozenset[str]:
    """The top-level modules of others that the code in these places imports."""
    modules: set[str] = set()
    for place in places:
        root = ROOT / place
        for path in [root] if root.is_file() else root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    modules.add(node.module.partition(".")[0])
    return frozenset(modules - sys.stdlib_module_names - OWN)


def distributions(modules: Iterable[str]) -> dict[str, set[str]]:
    known = packages_distributions()
    return {module: {name_of(name) for name in known[module]} for module in modules}


@pytest.mark.parametrize(("file", "places"), [("requirements.txt", PROGRAM), ("requirements-local.txt", PRODUCT)])
def test_what_the_code_imports_is_required_by_name(file: str, places: tuple[str, ...]) -> None:
    names = required(file)
    found = distributions(imported(*places) - ONLY_ASKED_FOR)
    assert [module for module, possible in sorted(found.items()) if not possible & names] == []


@pytest.mark.parametrize(("file", "places"), [("requirements.txt", PROGRAM), ("requirements-local.txt", PRODUCT)])
def test_nothing_is_installed_for_the_main_command_that_it_does_not_import(file: str, places: tuple[str, ...]) -> None:
    used = set().union(*distributions(imported(*places)).values())
    assert required(file) - used == set()


def test_every_pin_is_the_one_of_the_constraints() -> None:
    constraints = {name_of(line): line.partition("==")[2] for line in (ROOT / "constraints.txt").read_text().split()}
    for file in ("requirements.txt", "requirements-local.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text("utf-8").splitlines():
            if "==" in line:
                assert constraints[name_of(line)] == line.partition("==")[2], line
