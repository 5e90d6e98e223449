"""The program's resource graph, as Mermaid or DOT.

The program runs as in a preview: nothing is created, and what only a real resource would know is unknown. An arrow
goes from a resource to what needs it; arrows that follow from others are left out, and the landed files are one node.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing_keys import EXTENSIONS
from local_cloud.errors import ResourceError
from local_cloud.program.config import read_stack
from local_cloud.program.deployment import Resource
from local_cloud.program.engine import run_program

_MANY = {
    "aws:s3/bucketObjectv2:BucketObjectv2": ("files", "one BucketObjectv2 per file"),
    "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole": ("privileges", "of database roles"),
    "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole": ("warehouse", "of account roles"),
    "snowflake:index/grantDatabaseRole:GrantDatabaseRole": ("holders", "of database roles"),
}
"""Types of which a component has one box for all, and what is written into it; nothing needs them."""

_NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
_ACCOUNT, _REGION = "123456789012", "eu-west-1"
_ANSWERS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _: {
        "accountId": _ACCOUNT,
        "arn": f"arn:aws:iam::{_ACCOUNT}:user/local",
        "userId": "local",
        "id": _ACCOUNT,
    },
    "aws:index/getRegion:getRegion": lambda _: {"region": _REGION, "id": _REGION},
    "aws:s3/getBucket:getBucket": lambda asked: {"bucketRegion": _REGION, "id": asked["bucket"]},
    "snowflake:index/getAccountRoles:getAccountRoles": lambda _: {"accountRoles": [], "id": "account_roles_read"},
    "snowflake:index/getStorageIntegrations:getStorageIntegrations": lambda asked: {
        "storageIntegrations": [_integration(asked["like"])],
        "id": "storage_integrations_read",
    },
}
"""What the provider functions answer where there is no account: all that is asked for is there."""


def _integration(name: str) -> dict[str, Any]:
    described = {"enabled": True, "allowedLocations": ["*"], "blockedLocations": [], "roleArn": name}
    return {"showOutputs": [{"name": name}], "describeOutputs": [described]}


class Blueprint:
    """A provider that creates nothing and knows of a resource only what was asked for."""

    def create(self, type_token: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: ARG002
        """Return no id and the inputs, as a preview does."""
        return "", {name: value for name, value in inputs.items() if name != "source"}

    def call(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer what the program asks before there is anything."""
        if token not in _ANSWERS:
            raise ResourceError(f"the resource graph has no answer to the provider function {token}")
        return _ANSWERS[token](arguments)


@dataclass(frozen=True)
class Node:
    """A box of the graph: a resource, or all files or grants of one component.

    Attributes:
        id: what the graph calls it.
        label: its logical name.
        kind: the short name of its type.
        group: the component that it stands in; empty for none.
        count: how many resources it stands for.
    """

    id: str
    label: str
    kind: str
    group: str
    count: int = 1


@dataclass(frozen=True)
class Graph:
    """The boxes and the arrows, from what is needed to what needs it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]


def program_resources(project: Path, stack: str) -> tuple[Resource, ...]:
    """Return what the program of a project declares; one that lands files has one to land for each prefix."""
    declared = read_stack(project, stack, {})
    if f"{declared.project}:dataDir" not in declared.config:
        return run_program(declared, Blueprint(), preview=True).resources
    bare = run_program(read_stack(project, stack, {"dataDir": ""}), Blueprint(), preview=True).resources
    with tempfile.TemporaryDirectory() as folder:
        for prefix in _prefixes(bare):
            for extensions in EXTENSIONS.values():
                (Path(folder) / f"{prefix.strip('/')}{extensions[0]}").touch()
        if not any(Path(folder).iterdir()):
            return bare
        return run_program(read_stack(project, stack, {"dataDir": folder}), Blueprint(), preview=True).resources


def _prefixes(resources: Sequence[Resource]) -> list[str]:
    """Return the folders of the bucket that somebody hears of: those that a feed takes."""
    told = [resource.inputs for resource in resources if resource.type == _NOTIFICATION]
    entries = [entry for inputs in told for sort in ("queues", "topics") for entry in inputs.get(sort) or ()]
    return [prefix for entry in entries if (prefix := entry.get("filterPrefix")) and prefix.count("/") == 1]


def resource_graph(resources: Sequence[Resource]) -> Graph:
    """Return the graph of a program's resources."""
    components = {resource.urn: resource.name for resource in resources if not resource.custom}
    nodes: dict[str, Node] = {}
    node_of: dict[str, str] = {}
    edges: set[tuple[str, str]] = set()
    for resource in resources:
        if not resource.custom:
            continue
        label, kind = _MANY.get(resource.type, (resource.name, resource.type.rpartition(":")[2]))
        group = components.get(resource.parent, "")
        id_ = _identifier(f"{group}_{label}")
        others = nodes.pop(id_).count if id_ in nodes else 0  # the last of them comes after all that they need
        node = nodes[id_] = Node(id_, label, kind, group, others + 1)
        node_of[resource.urn] = node.id
        edges |= {(node_of[need], node.id) for need in resource.dependencies if need in node_of}
    order = _creation_order(list(nodes.values()), edges)
    return Graph(tuple(nodes[node] for node in order), tuple(_without_shortcuts(order, edges)))


def _creation_order(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> list[str]:
    """Order nodes by the longest way to them, then by name: the order of registration differs from run to run."""
    needs: dict[str, set[str]] = {node.id: set() for node in nodes}
    for source, target in edges:
        if source != target:
            needs[target].add(source)
    depth: dict[str, int] = {}
    for node in nodes:  # resources are registered after what they need, so every depth is known in time
        depth[node.id] = 1 + max((depth[need] for need in needs[node.id]), default=-1)
    return [node.id for node in sorted(nodes, key=lambda node: (depth[node.id], node.group, node.label))]


def _without_shortcuts(order: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out an arrow where a longer way leads to the same place; nodes come after what they need."""
    position = {node: number for number, node in enumerate(order)}
    needs: dict[str, set[str]] = {node: set() for node in order}
    for source, target in edges:
        if source != target:
            needs[target].add(source)
    reach: dict[str, set[str]] = {}
    kept = []
    for node in order:
        indirect = {far for near in needs[node] for far in reach[near]}
        direct = sorted(needs[node] - indirect, key=position.__getitem__)
        kept += [(source, node) for source in direct]
        reach[node] = needs[node] | indirect
    return kept


def component_graph(graph: Graph) -> Graph:
    """Return the graph of the components alone: how many resources each has, and which waits for which."""
    groups = dict(_groups(graph))
    nodes = [
        Node(_identifier(group), group, nodes[0].kind if len(nodes) == 1 else f"{_count(nodes)} resources", "")
        for group, nodes in groups.items()
    ]
    home = {node.id: _identifier(node.group) for node in graph.nodes}
    edges = {(home[source], home[target]) for source, target in graph.edges if home[source] != home[target]}
    order = [node.id for node in nodes]
    return Graph(tuple(nodes), tuple(sorted(edges, key=lambda edge: (order.index(edge[1]), order.index(edge[0])))))


def _count(nodes: Iterable[Node]) -> int:
    return sum(node.count for node in nodes)


def mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid flow chart."""
    lines = ["flowchart LR"]
    for group, nodes in _groups(graph):
        boxes = [f'{node.id}["{node.label}<br/><small>{node.kind}</small>"]' for node in nodes]
        if group:
            lines += [f'  subgraph {_identifier(group)}_group["{group}"]', *(f"    {box}" for box in boxes), "  end"]
        else:
            lines += [f"  {box}" for box in boxes]
    return "\n".join([*lines, *(f"  {source} --> {target}" for source, target in graph.edges)]) + "\n"


def dot(graph: Graph) -> str:
    """Return the graph in Graphviz's language."""
    lines = ["digraph {", "  rankdir=LR;", "  node [shape=box];"]
    for group, nodes in _groups(graph):
        boxes = [f'{node.id} [label="{node.label}\\n{node.kind}"];' for node in nodes]
        if group:
            opening = f'  subgraph cluster_{_identifier(group)} {{ label="{group}";'
            lines += [opening, *(f"    {box}" for box in boxes), "  }"]
        else:
            lines += [f"  {box}" for box in boxes]
    return "\n".join([*lines, *(f"  {source} -> {target};" for source, target in graph.edges), "}"]) + "\n"


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _groups(graph: Graph) -> list[tuple[str, list[Node]]]:
    names = dict.fromkeys(node.group for node in graph.nodes)
    return [(name, [node for node in graph.nodes if node.group == name]) for name in names]


FORMS: dict[str, Callable[[Graph], str]] = {"mermaid": mermaid, "dot": dot}
