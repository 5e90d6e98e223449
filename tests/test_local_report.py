"""The picture of the end of `make local` comes from its command, and shows what a run shows."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

SCRIPT = Path(__file__).parents[1] / "docs" / "local_report.py"
MOST_BYTES = 80_000


def text_of(svg: str) -> str:
    """Return the picture's text, as one line."""
    return " ".join("".join(ElementTree.fromstring(svg).itertext()).replace("\xa0", " ").split())


def test_the_command_still_draws_the_end_of_make_local(tmp_path: Path) -> None:
    script = runpy.run_path(str(SCRIPT))
    result = script["run"](tmp_path / "state")
    drawn = script["picture"](result)

    assert drawn == script["picture"](result)
    assert len(drawn.encode()) < MOST_BYTES
    assert re.findall(r"https?://[^\"]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert str(tmp_path) not in drawn
    shown, kept = text_of(drawn), text_of((SCRIPT.parent / "local-report.svg").read_text("utf-8"))
    assert "Every landed file was loaded, and the counts agree." in shown
    first_rows = re.compile(r"MART\.CUSTOMER_PURCHASES 10 of .*? the most bought first.*?╭")
    assert first_rows.findall(shown) == first_rows.findall(kept) != []
