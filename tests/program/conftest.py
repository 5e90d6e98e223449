"""The program's runs that many tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program.recording import Recording, run_program, stack_config

STARTER = {
    "customers.csv": "customer_id,loyalty_score\r\nC1,5\r\n",
    "products.csv": "product_id,product_description,product_category\r\nP01,chair,house\r\n",
    "transactions/d=2026-01-01/transactions.json": '{"customer_id": "C1", "basket": []}\n',
}


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one file per feed."""
    folder = tmp_path_factory.mktemp("starter")
    for path, text in STARTER.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, newline="")
    return folder


@pytest.fixture(scope="session")
def program(data_folder: Path) -> Recording:
    """The dev stack's program, with one file per feed to land."""
    return run_program(config=stack_config(dataDir=str(data_folder)))


@pytest.fixture(scope="session")
def bare_program() -> Recording:
    """The program with the project's defaults alone, and no files to land."""
    return run_program(config=stack_config(stack=None, dataDir=""))
