"""A person with a browser: every page, live, without an error, readable, and the data never becomes HTML."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed here: `make test-dashboard` has it")

from tests.dashboard.browsing import Browser, CannotBrowseError, Visit, browser, dashboard
from tests.dashboard.conftest import HOSTILE

PAGES = ("Pipeline", "Data", "Quality", "Models", "SQL")
LIVE_SECONDS = 3.0


@pytest.fixture(scope="module")
def address(cloud: Mapping[str, str]) -> Iterator[str]:
    with dashboard(cloud) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    try:
        with browser() as running:
            yield running
    except CannotBrowseError as error:
        pytest.skip(str(error))


def contrast_faults(visit: Visit) -> list[Any]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(visit.page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}}).response
    assert found["passes"], "nothing was looked at"
    return [node["html"] for fault in found["violations"] for node in fault["nodes"]]


@pytest.mark.parametrize(("colours", "width"), [("light", 1280), ("dark", 390)], ids=["laptop, light", "phone, dark"])
def test_every_page_opens_without_an_error_fits_and_can_be_read(
    address: str, chromium: Browser, colours: str, width: int
) -> None:
    with chromium.visit(address, colours=colours, width=width) as visit:
        for title in PAGES:
            visit.open(title)
            assert visit.page.get_by_test_id("stException").count() == 0, title
            assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), title
            if title == "Pipeline":
                # A look that is under way fades what it will replace, on a busy machine for long enough to be measured.
                visit.page.get_by_text("Live", exact=True).click()
                visit.settle()
            assert not contrast_faults(visit), title
        assert visit.errors == []


def test_a_file_that_is_put_into_the_bucket_shows_within_3_seconds_without_a_reload(
    address: str, chromium: Browser, cloud: Mapping[str, str]
) -> None:
    boto3 = pytest.importorskip("boto3")
    s3 = boto3.client("s3", endpoint_url=cloud["AWS_ENDPOINT_URL"], region_name=cloud["AWS_REGION"],
                      aws_access_key_id=cloud["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=cloud["AWS_SECRET_ACCESS_KEY"])  # fmt: skip
    record = {
        "customer_id": "C1",
        "basket": [{"product_id": "P1", "price": 3}],
        "date_of_purchase": "2026-01-05 10:00:00",
    }
    with chromium.visit(address) as visit:
        visit.open("Pipeline")
        visit.page.evaluate("window.thisVisit = true")
        before = purchases(visit)
        s3.put_object(
            Bucket=cloud["LANDING_BUCKET"],
            Key="transactions/d=2026-01-12/live-0123456789ab.json",
            Body=json.dumps(record).encode(),
        )
        begin = time.monotonic()
        visit.page.wait_for_function(
            "before => [...document.querySelectorAll('[data-testid=\"stMetric\"]')]"
            ".some(it => it.innerText.startsWith('purchases') && !it.innerText.includes(before))",
            arg=f"{before:,}",
            timeout=20_000,
        )
        seconds = time.monotonic() - begin
        assert purchases(visit) == before + 1
        assert visit.page.evaluate("window.thisVisit")
    assert seconds < LIVE_SECONDS


def purchases(visit: Visit) -> int:
    shown = visit.page.get_by_test_id("stMetric").filter(has_text="purchases").inner_text()
    return int(shown.splitlines()[-1].replace(",", ""))


def test_a_statement_is_run_in_the_editor_and_an_error_is_snowflakes(address: str, chromium: Browser) -> None:
    with chromium.visit(address) as visit:
        visit.open("SQL")
        for sql, told in (("select 40 + 2 as N", "1 row in"), ("select NOPE", "invalid identifier 'NOPE'")):
            visit.page.get_by_role("textbox", name="One statement, in Snowflake's SQL").fill(sql)
            visit.page.get_by_role("button", name="Run").click()
            visit.page.get_by_text(told).wait_for(timeout=10_000)
        assert visit.errors == []


def test_a_text_of_the_data_is_never_html(address: str, chromium: Browser) -> None:
    asked: list[str] = []
    with chromium.visit(address) as visit:
        visit.page.on("request", lambda request: asked.append(request.url))
        for title in PAGES:
            visit.open(title)
            assert visit.page.locator("img[src='x']").count() == 0, title
        visit.open("Data")
        visit.page.get_by_role("combobox", name="Categories").click()
        visit.page.get_by_text(HOSTILE, exact=True).first.wait_for(timeout=10_000)
        assert visit.page.title() != "1"
    assert [
        url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
    ] == []
