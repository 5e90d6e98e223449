"""How DESCRIBE and SHOW spell the options of a file format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.files.format_options import OPTIONS


def format_options(given: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return each option of a format: name, type, value and default, as DESCRIBE FILE FORMAT spells them."""
    rows = []
    for name, option in OPTIONS[str(given.get("TYPE", "CSV")).upper()].items():
        if option.is_described:
            kind = {bool: "Boolean", int: "Integer", tuple: "List"}.get(type(option.default), "String")
            value = given.get(name, option.default)
            rows.append((name, kind, spelled_option(value), spelled_option(option.default)))
    return rows


def spelled_option(value: Any) -> str:
    """Return an option's value as DESCRIBE spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value)}]"
    return str(value)
