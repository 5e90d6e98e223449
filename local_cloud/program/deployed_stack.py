"""What a state folder's generation keeps of the program's run: the resources with their outputs, as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from local_cloud.program.deployment import Deployment, Resource

_FILE = "stack.json"


@dataclass(frozen=True)
class DeployedStack:
    """A stack that was deployed.

    Attributes:
        project: the project's name.
        name: the stack's name.
        region: the AWS region.
        deployment: its resources and outputs.
    """

    project: str
    name: str
    region: str
    deployment: Deployment

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Its resources, in the order of their creation."""
        return self.deployment.resources

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        return self.deployment.outputs

    def with_resources(self, resources: Sequence[Resource]) -> DeployedStack:
        """Return the same stack with other resources."""
        return replace(self, deployment=replace(self.deployment, resources=tuple(resources)))

    def save(self, generation: Path) -> None:
        """Write it into a generation of the state folder."""
        resources = [{**asdict(resource), "inputs": {}, "outputs": _storable(resource)} for resource in self.resources]
        content = {
            "project": self.project,
            "stack": self.name,
            "region": self.region,
            "outputs": self.outputs,
            "resources": resources,
        }
        (generation / _FILE).write_text(json.dumps(content, indent=1), "utf-8")


def _storable(resource: Resource) -> dict[str, Any]:
    """The outputs without assets, which are files that need not be there any more."""
    return {name: value for name, value in resource.outputs.items() if name != "source"}


def load_deployed_stack(generation: Path) -> DeployedStack:
    """Read the stack of a generation."""
    content = json.loads((generation / _FILE).read_text("utf-8"))
    resources = tuple(
        Resource(**{**entry, "dependencies": tuple(entry["dependencies"])}) for entry in content["resources"]
    )
    deployment = Deployment(resources, content["outputs"])
    return DeployedStack(content["project"], content["stack"], content["region"], deployment)
