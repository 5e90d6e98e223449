"""What exists in the account before the stack and is named in its config: account roles and resource monitors. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

# An identifier that needs no quotes: the provider quotes every name, so the case has to be the account's.
_NAME = re.compile(r"[A-Z_][A-Z0-9_$]{0,254}")


@dataclass(frozen=True)
class WarehouseSettings:
    """How large a warehouse is, and what limits it.

    Attributes:
        size: Snowflake's word for it.
        monthly_credit_quota: credits a month of a resource monitor that is made for it; None makes none.
        resource_monitor: name of an existing resource monitor; None for none.
    """

    size: str
    monthly_credit_quota: int | None
    resource_monitor: str | None


@dataclass(frozen=True)
class Holders:
    """The account roles that get the database roles, and the warehouse that is made for them.

    Attributes:
        readers: account roles that get READER.
        operators: account roles that get OPERATOR, and READER too.
        warehouse: their warehouse.
    """

    readers: tuple[str, ...]
    operators: tuple[str, ...]
    warehouse: WarehouseSettings

    @property
    def roles(self) -> tuple[str, ...]:
        """Every account role, each once."""
        return tuple(dict.fromkeys((*self.readers, *self.operators)))


def is_name(text: str) -> bool:
    """Tell whether a text is the name of an object of the account as SHOW spells it, and needs no quotes in SQL."""
    return bool(_NAME.fullmatch(text))


def names_in(text: str) -> tuple[str, ...] | None:
    """Return the names of a JSON list, each once, or None if it is none."""
    try:
        names = json.loads(text)
    except ValueError:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and is_name(name) for name in names):
        return None
    return tuple(dict.fromkeys(names))
