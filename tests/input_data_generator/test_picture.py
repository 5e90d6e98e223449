"""The picture in the documents shows what the generator makes."""

from __future__ import annotations

import runpy
from pathlib import Path
from xml.etree import ElementTree

SCRIPT = Path(__file__).parents[2] / "docs" / "generator_distributions.py"


def test_the_picture_is_the_one_that_its_script_draws():
    drawn = runpy.run_path(str(SCRIPT))["picture"]()
    assert (SCRIPT.parent / "generator-distributions.svg").read_text(encoding="utf-8") == drawn
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
