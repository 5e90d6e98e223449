"""How long the dashboard's pages take: ``python -m tests.dashboard.benchmark``, in the dashboard's environment.

On the starter data it measures the first page in Chromium, from the address to the stations; with a million
transactions every page anew, with nothing kept, and what a person does on it, each as Streamlit runs it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.clients.serving import run_project, serving
from tests.dashboard.browsing import browser, dashboard
from tests.dashboard.conftest import DASHBOARD

MILLION = ("--start", "2026-01-01", "--end", "2026-03-01", "--transactions-per-day", "16667",
           "--customers", "10000", "--products", "1000")  # fmt: skip
ROUNDS = 3
SECONDS = 120


def main() -> None:
    """Measure and print."""
    sys.path.insert(0, str(DASHBOARD))
    with tempfile.TemporaryDirectory() as folder:
        starter, million = Path(folder) / "starter", Path(folder) / "million"
        for data, arguments in ((starter, ()), (million, MILLION)):
            run_project("-m", "input_data_generator", "--out", str(data / "data"), *arguments)
        with serving(starter / "data", starter) as cloud:
            print(f"starter data, first page in Chromium: {_first_page(cloud):.2f} s")
        with serving(million / "data", million) as cloud:
            for what, seconds in _interactions(cloud):
                print(f"a million transactions, {what}: {seconds:.2f} s")


def _first_page(cloud: Mapping[str, str]) -> float:
    """Return the median time from the address to the stations, each in a window of its own."""
    measured = []
    with dashboard(cloud) as address, browser() as chromium:
        for _ in range(ROUNDS):
            context = chromium.chromium.new_context()
            page = context.new_page()
            begin = time.perf_counter()
            page.goto(address)
            page.get_by_text("6. MART").wait_for()
            measured.append(time.perf_counter() - begin)
            context.close()
    return statistics.median(measured)


def _interactions(cloud: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    os.environ.update({name: value for name, value in cloud.items() if name.startswith("SNOWFLAKE_")})
    yield "connect", _timed(lambda: _opened("SQL"))
    for title in ("Pipeline", "Data", "Quality", "Models", "SQL"):
        st.cache_data.clear()
        yield f"{title} opened with nothing kept", _timed(lambda title=title: _opened(title))
    page = _opened("Pipeline")
    yield "Pipeline looked at again", _timed(page.run)
    page = _opened("Data")
    first, last = page.date_input(key="period").value
    st.cache_data.clear()
    yield "Data, another period", _timed(page.date_input(key="period").set_value((first, last.replace(day=1))).run)
    category = page.multiselect(key="categories").options[0]
    yield "Data, one category", _timed(page.multiselect(key="categories").set_value([category]).run)
    page = _opened("Models")
    yield "Models, another model", _timed(page.selectbox(key="model").set_value("CORE.PURCHASES").run)
    page = _opened("SQL")
    page.text_area(key="statement").set_value("select count(*) from MART.CUSTOMER_PURCHASES")
    yield "SQL, a count over the view", _timed(page.button[0].click().run)


def _opened(title: str) -> AppTest:
    page = AppTest.from_string(f"from navigation import PAGES\nPAGES[{title!r}].show()", default_timeout=SECONDS).run()
    assert not page.exception, page.exception
    assert not page.error, [error.value for error in page.error]
    return page


def _timed(do: Callable[[], object]) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
