"""The dashboard as a process, and a Chromium that looks at it."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
START_SECONDS = 60
WITHIN_MS = 20_000


class CannotBrowseError(Exception):
    """There is no browser to look with."""


@contextlib.contextmanager
def dashboard(cloud: Mapping[str, str]) -> Iterator[str]:
    """Run the dashboard on a served cloud for the time of a with block, and yield its address."""
    command = [sys.executable, "-m", "dashboard", "--port", "0", "--state", cloud["STATE_FOLDER"]]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    reading = threading.Thread(
        target=lambda out: [lines.put(line) for line in out], args=(process.stdout,), daemon=True
    )
    reading.start()
    try:
        yield _address(lines)
    finally:
        process.terminate()
        assert process.wait(20) == 0
        reading.join(5)
        process.stdout.close()


def _address(lines: queue.Queue[str]) -> str:
    while True:
        if found := re.match(r"Dashboard +(\S+)", lines.get(timeout=START_SECONDS)):
            return found[1]


@dataclass
class Visit:
    """One visit to the dashboard.

    Attributes:
        page: Playwright's page.
        errors: what the browser's console called an error.
    """

    page: Any
    errors: list[str] = field(default_factory=list)

    def open(self, title: str) -> None:
        """Open a page by the list of pages, and wait until it is drawn."""
        if self.is_narrow:
            self.page.get_by_test_id("stExpandSidebarButton").click()
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        self.page.get_by_role("heading", name=title, exact=True).wait_for(timeout=WITHIN_MS)
        if self.is_narrow:
            self.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        self.settle()

    @property
    def is_narrow(self) -> bool:
        """Whether the list of pages covers the page."""
        return self.page.viewport_size["width"] < 700

    def settle(self) -> None:
        """Wait until the script has run, every chart is drawn, and the page keeps its height."""
        self.page.evaluate("window.heights = []")
        self.page.wait_for_function(
            """() => {
                const main = document.querySelector('[data-testid="stMain"]');
                const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')];
                window.heights.push(main.scrollHeight);
                return document.querySelector('[data-test-script-state="notRunning"]')
                    && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
                    && charts.every(chart => chart.querySelector("canvas, svg"))
                    && window.heights.length > 3 && new Set(window.heights.slice(-4)).size === 1;
            }""",
            polling=200,
            timeout=WITHIN_MS,
        )


@dataclass(frozen=True)
class Browser:
    """A running Chromium."""

    chromium: Any

    @contextlib.contextmanager
    def visit(self, address: str, colours: str = "light", width: int = 1280, height: int = 900) -> Iterator[Visit]:
        """Open the dashboard in a window of its own."""
        context = self.chromium.new_context(color_scheme=colours, viewport={"width": width, "height": height})
        try:
            visit = Visit(context.new_page())
            visit.page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)
            visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
            visit.page.goto(address)
            visit.page.get_by_role("heading", level=1).wait_for(timeout=WITHIN_MS)
            visit.settle()
            yield visit
        finally:
            context.close()


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Run the system's Chromium for the time of a with block.

    Raises:
        CannotBrowseError: there is none, or no Playwright to steer it.
    """
    if CHROMIUM is None:
        raise CannotBrowseError("there is no Chromium on this machine (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise CannotBrowseError("playwright is not installed here: `make test-dashboard` has it") from error
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, as whom containers run.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield Browser(chromium)
        finally:
            chromium.close()
