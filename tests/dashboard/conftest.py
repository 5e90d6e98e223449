"""A served cloud with a delivery that has something of everything, for the dashboard's pages.

These tests run in the environment of requirements-dashboard-tests.txt (`make test-dashboard`); elsewhere they are
skipped. The cloud is another process, in the project's own environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.serving import run_project, serving

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"

DAYS = ["--start", "2026-01-01", "--end", "2026-01-10"]
SIZE = ["--customers", "12", "--products", "7", "--transactions-per-day", "20"]

HOSTILE = '<img src=x onerror="document.title=1"> [a](http://evil.example) ![b](http://evil.example/b.png)'
"""A category that a page must show as it is."""

# The modules of the app are imported by their own names, as Streamlit finds them beside app.py.
sys.path.insert(0, str(DASHBOARD))


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten days, a product of a hostile category, three records with issues, and a file that is no JSON."""
    folder = tmp_path_factory.mktemp("delivery")
    run_project("-m", "input_data_generator", "--out", str(folder), *DAYS, *SIZE)
    (folder / "manifest.json").unlink(missing_ok=True)
    with (folder / "products.csv").open("a", encoding="utf-8") as products:
        quoted = HOSTILE.replace('"', '""')
        products.write(f'P900,hostile,"{quoted}"\n')
    day = folder / "transactions" / "d=2026-01-11"
    day.mkdir(parents=True)
    bad = [_purchase(None, "P900"), _purchase("C1", "P900", at="yesterday"), _purchase("C900", "P900")]
    (day / "suspect.json").write_text("".join(f"{json.dumps(record)}\n" for record in bad))
    (day / "broken.json").write_text('{"customer_id": "C1"}\n{<b>broken</b>\n')
    return folder


def _purchase(customer: str | None, product: str, at: str = "2026-01-11 10:00:00") -> dict[str, Any]:
    basket = [{"product_id": product, "price": 3}]
    return {"customer_id": customer, "basket": basket, "date_of_purchase": at}


@pytest.fixture(scope="session")
def cloud(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of a client of a served cloud that has loaded the delivery."""
    with serving(delivery, tmp_path_factory.mktemp("cloud")) as environment:
        yield environment
