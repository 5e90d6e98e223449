"""Draws ``docs/local-report.svg``, the end of ``make local``, from a run: ``python docs/local_report.py``."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from rich.console import Console  # noqa: E402  (the repository's root is on the path only now)
from rich.terminal_theme import MONOKAI  # noqa: E402

from local_cloud.commands.report import PLAIN_WIDTH, print_report  # noqa: E402
from local_cloud.commands.up import UpRequest, UpResult, up  # noqa: E402
from local_cloud.progress import Progress  # noqa: E402

PICTURE = HERE / "local-report.svg"

FORM = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>The end of make local</title>
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#222"/>
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Without rich's window frame and its fonts from another host."""


def run(state: Path) -> UpResult:
    """Return what an ``up`` of the starter data leaves in a new state folder."""
    return up(UpRequest(state, "dev"), Progress(Console(file=io.StringIO())))


def picture(result: UpResult) -> str:
    """Return the report as SVG; nothing in it depends on the machine or the time."""
    console = Console(record=True, width=PLAIN_WIDTH, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    with patch.dict(os.environ, {"VIRTUAL_ENV": sys.prefix}):  # further commands as in an activated environment
        print_report(console, result.stack, result.summary, "")
    svg = console.export_svg(title="make local", theme=MONOKAI, code_format=FORM, unique_id="report")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(picture(run(Path(folder) / "state")), encoding="utf-8")
