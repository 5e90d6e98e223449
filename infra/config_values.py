"""One value of a stack's config: its text, and the error that refuses it."""

from __future__ import annotations

import pulumi

from infra.errors import SettingsError


def text(config: pulumi.Config, key: str, default: str) -> str:
    """Return a value as it is written; structured ones, numbers and booleans as JSON."""
    value = config.get(key)
    return default if value is None else value


def refused(config: pulumi.Config, key: str, value: str, allowed: str) -> SettingsError:
    """Return the error that names a key, its value and what is allowed."""
    return SettingsError(f"{config.name}:{key} is {value!r}; allowed is {allowed}")


def truth(config: pulumi.Config, key: str) -> bool:
    """Return a value that is true or false, and false where there is none.

    Raises:
        SettingsError: it is something else.
    """
    value = text(config, key, "false")
    if value not in {"true", "false"}:
        raise refused(config, key, value, "true or false")
    return value == "true"
