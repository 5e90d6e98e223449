"""What a resource type is to the registry, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

Inputs = Mapping[str, Any]
"""A resource's properties as the program gives them, in the provider's spelling."""
Outputs = dict[str, Any]
"""What is known of a resource only once it is there."""


class ResourceKind(Protocol):
    """What a provider does for one resource type."""

    @property
    def inputs(self) -> frozenset[str]:
        """The inputs it knows."""
        ...

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the resource; return its id and what is known of it only now."""
        ...

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Remove the resource; its outputs include its inputs."""
        ...
