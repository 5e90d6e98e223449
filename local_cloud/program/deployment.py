"""What a run of a program leaves, as plain values: who only reads it need not import Pulumi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """A resource that the program declared.

    Attributes:
        urn: the program's name for it, unique within the stack.
        type: type token (``snowflake:index/pipe:Pipe``).
        name: logical name.
        parent: URN of its component, or of the stack.
        custom: False for a component, which only groups others.
        id: the provider's name for it.
        inputs: what was asked for.
        outputs: what came of it.
        dependencies: URNs of what it needs, by its inputs or by ``depends_on``.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    dependencies: tuple[str, ...]


@dataclass(frozen=True)
class Deployment:
    """What a run of the program left: its resources in the order of their creation, and the stack's outputs."""

    resources: tuple[Resource, ...]
    outputs: dict[str, Any]
