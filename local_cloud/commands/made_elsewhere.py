"""What a stack's config takes for given: account roles and resource monitors, of which a fresh account has none."""

from __future__ import annotations

from collections.abc import Iterator

from infra.holders import is_name, names_in
from local_cloud.program.engine import Stack
from local_cloud.sql_door import SqlDoor

_ROLES = "readers", "operators"
_RESOURCE_MONITORS = "resourceMonitor", "readersResourceMonitor"


def make_what_config_names(stack: Stack, account: SqlDoor) -> list[str]:
    """Make the account roles and resource monitors that a stack's config names, and return their names.

    What is no name is left to the program, which refuses it.
    """
    named = list(dict.fromkeys(_named(stack)))
    for kind, name in named:
        account.execute(f'CREATE {kind} IF NOT EXISTS "{name}"')
    return [name for _, name in named]


def _named(stack: Stack) -> Iterator[tuple[str, str]]:
    for key in _ROLES:
        yield from (("ROLE", name) for name in names_in(stack.config.get(f"{stack.project}:{key}", "")) or ())
    for key in _RESOURCE_MONITORS:
        if is_name(name := stack.config.get(f"{stack.project}:{key}", "")):
            yield "RESOURCE MONITOR", name
