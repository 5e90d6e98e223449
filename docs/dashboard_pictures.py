"""Draws docs/dashboard-*.png, the dashboard's pages as Chromium shows them: `make pictures`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from tests.clients.serving import run_project, serving  # noqa: E402
from tests.dashboard.browsing import Browser, browser, dashboard  # noqa: E402

PICTURES = {
    "pipeline": ("Pipeline", "light", (1280, 900)),
    "data": ("Data", "light", (1280, 1000)),
    "models": ("Models", "dark", (1280, 800)),
}
"""Page, colours and size of each picture."""


def draw(address: str, chromium: Browser, folder: Path) -> None:
    """Write every picture into a folder."""
    for name, (title, colours, (width, height)) in PICTURES.items():
        with chromium.visit(address, colours=colours, width=width, height=height) as visit:
            visit.open(title)
            visit.page.screenshot(path=folder / f"dashboard-{name}.png", animations="disabled")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        run_project("-m", "input_data_generator", "--out", str(data))
        with serving(data, Path(temporary)) as cloud, dashboard(cloud) as page, browser() as chromium:
            draw(page, chromium, PROJECT / "docs")
