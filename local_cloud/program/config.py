"""What the CLI would hand to the program: Pulumi.yaml's defaults plus Pulumi.<stack>.yaml, flags on top.

Encrypted values (``secure:``) are left out: nothing here has the key, and the embedded cloud needs no secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from local_cloud.errors import InputError
from local_cloud.program.engine import Stack

PROJECT = Path(__file__).resolve().parents[2]
"""The folder of this project's own program."""

_NOTHING = object()


def read_stack(folder: Path, name: str, flags: Mapping[str, str], *, may_be_missing: bool = False) -> Stack:
    """Return a stack of the project in a folder, ready to run.

    Args:
        folder: the folder of Pulumi.yaml and the program's ``__main__.py``.
        name: the stack's name; ``Pulumi.<name>.yaml`` has its values.
        flags: values that win over both files, by key with or without namespace.
        may_be_missing: whether a stack without a file has the project's defaults alone, as for the CLI.

    Raises:
        InputError: a file is missing or is not what Pulumi expects.
    """
    project, file = read_project(folder), stack_file(folder, name)
    if not (file.exists() or may_be_missing):
        known = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
        raise InputError(f"there is no stack {name!r}: {file.name} is missing; stacks here: {', '.join(known)}")
    stack = read_config_file(file) if file.exists() else {}
    namespace, runtime = project["name"], project.get("runtime", "python")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        raise InputError(f"{folder / 'Pulumi.yaml'} has the runtime {language!r}; only Python programs run here")
    declared = {_full(key, namespace): _default(value) for key, value in _config(folder / "Pulumi.yaml", project)}
    given = {_full(key, namespace): _NOTHING if _is_secure(value) else value for key, value in _config(file, stack)}
    known = [key for key in declared if key.startswith(f"{namespace}:")]
    unknown = sorted(key for key in given.keys() - declared.keys() if key.startswith(f"{namespace}:"))
    if known and unknown:
        raise InputError(
            f"{file} sets {', '.join(unknown)}, which Pulumi.yaml does not declare: allowed are " + ", ".join(known)
        )
    values = declared | given | {_full(key, namespace): value for key, value in flags.items()}
    config = {key: _text(key, value) for key, value in values.items() if value is not _NOTHING}
    return Stack(folder / project.get("main", "") / "__main__.py", namespace, name, config)


def read_project(folder: Path) -> dict[str, Any]:
    """Return the description of the project in a folder, which has a name.

    Raises:
        InputError: it is missing or is not what Pulumi expects.
    """
    project = _read(folder / "Pulumi.yaml", "the project's description")
    if "name" not in project:
        raise InputError(f"{folder / 'Pulumi.yaml'} names no project")
    return project


def stack_file(folder: Path, name: str) -> Path:
    """Return where a stack's config stands."""
    return folder / f"Pulumi.{name}.yaml"


def read_config_file(path: Path) -> dict[str, Any]:
    """Return what a stack's file says.

    Raises:
        InputError: it cannot be read or is no mapping.
    """
    return _read(path, "the stack's config")


def _read(path: Path, what: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path} ({what}) cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} ({what}) is not UTF-8: {error.reason} at byte {error.start}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path} ({what}) is not YAML: {' '.join(str(error).split())}") from error
    if content is not None and not isinstance(content, dict):
        raise InputError(f"{path} ({what}) is not a mapping")
    return content or {}


def _config(path: Path, content: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    config = content.get("config") or {}
    if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
        raise InputError(f"{path}: config is {config!r}, and has to be a mapping of keys to values")
    return config.items()


def _full(key: str, namespace: str) -> str:
    return key if ":" in key else f"{namespace}:{key}"


def _default(declared: Any) -> Any:
    """A key of Pulumi.yaml is either a plain value or a mapping with a ``default`` or a ``value``."""
    if not isinstance(declared, dict):
        return declared
    return declared.get("value", declared.get("default", _NOTHING))


def _is_secure(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"secure"}


def _text(key: str, value: Any) -> str:
    """Spell a value as the CLI passes it: structured ones, numbers and booleans as JSON."""
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except TypeError:  # YAML knows more than JSON
        raise InputError(f"{key} is {value!r}, which is no text, number, list or mapping: write it in quotes") from None
