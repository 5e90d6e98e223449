"""What models and their columns are, from the ``.yml`` beside each model's ``.sql``. Pure.

A description becomes the comment of the object in Snowflake, so that whoever finds a table or a view there reads what
it is. A view's columns are described too; the Snowflake provider has no columns for a dynamic table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.errors import CatalogError
from infra.sql_files import shown

_KEYS = {"description", "columns"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as fast, where PyYAML was built with libyaml


@dataclass(frozen=True)
class Description:
    """What a model is.

    Attributes:
        text: of the model itself.
        columns: of its columns, by name in upper case, in their order; empty where none can be described.
    """

    text: str
    columns: Mapping[str, str]


def read_description(path: Path, columns: list[str]) -> Description:
    """Read a model's description.

    Args:
        path: the ``.yml`` file.
        columns: the columns that have to be described, in their order; empty for none.

    Raises:
        CatalogError: there is no such file, it has another form, or describes other columns.
    """
    content = _mapping(path)
    text, described = content.get("description"), content.get("columns", {})
    if not isinstance(described, dict):
        raise CatalogError(f"{shown(path)}: columns is {described!r}; it is to be a mapping of columns to texts")
    named = {str(name).upper(): words for name, words in described.items()}
    if wrong := [what for what, words in {"description": text, **named}.items() if not _is_line(words)]:
        raise CatalogError(f"{shown(path)}: {wrong[0]} is to be a text of one line")
    if list(named) != columns:
        raise CatalogError(
            f"{shown(path)}: describes the columns {_list(named)}; to be described, in this order, are {_list(columns)}"
        )
    return Description(str(text), named)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
    except (OSError, UnicodeError) as error:
        problem = getattr(error, "strerror", error)
        raise CatalogError(f"{shown(path)}: cannot be read: {problem}; it describes the model beside it") from None
    except yaml.YAMLError as error:
        raise CatalogError(f"{shown(path)}: is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or set(content) - _KEYS:
        raise CatalogError(f"{shown(path)}: is to have the keys description and, for a view, columns, and no others")
    return content


def _is_line(words: object) -> bool:
    return isinstance(words, str) and words.strip() != "" and "\n" not in words


def _list(names: Mapping[str, str] | list[str]) -> str:
    return ", ".join(names) or "none"
