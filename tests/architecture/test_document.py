"""The document about the architecture prints the directions that the tests hold."""

from __future__ import annotations

import runpy

from tests.architecture.imports import PROJECT


def test_the_document_shows_the_directions() -> None:
    document = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    written = runpy.run_path(str(PROJECT / "docs" / "directions.py"))["written"]
    assert written(document) == document, "`python docs/directions.py` brings the document up to date"
