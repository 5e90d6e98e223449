"""Writes the graph of the program's components into ``docs/architecture.md``: ``python docs/graph.py``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from local_cloud.program.config import PROJECT  # noqa: E402  (the repository's root is on the path only now)
from local_cloud.program.graph import component_graph, mermaid, program_resources, resource_graph  # noqa: E402

DOCUMENT = HERE / "architecture.md"
_PLACE = re.compile(r"<!-- graph -->\n.*?<!-- /graph -->", re.DOTALL)


def written(document: str) -> str:
    """Return the document with the graph as the program is."""
    drawn = mermaid(component_graph(resource_graph(program_resources(PROJECT, "dev"))))
    return _PLACE.sub(lambda _: f"<!-- graph -->\n```mermaid\n{drawn}```\n<!-- /graph -->", document, count=1)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
