"""A state folder that an earlier version left opens in this one."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from local_cloud.commands.cli import main

OF_VERSION_1_0 = Path(__file__).with_name("of_version_1_0.tar.gz")
"""What `up --data` left at version 1.0: three files, two customers, two transactions."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    with tarfile.open(OF_VERSION_1_0) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "state"


def test_its_view_answers(state: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = "select customer_id, product_id, purchase_count from MART.CUSTOMER_PURCHASES order by 1"
    assert main(["query", "--state", str(state), "--format", "csv", asked]) == 0
    assert capfd.readouterr().out.split() == ["CUSTOMER_ID,PRODUCT_ID,PURCHASE_COUNT", "C1,P1,2", "C2,P2,1"]


def test_it_verifies_and_is_destroyed(state: Path) -> None:
    assert main(["verify", "--state", str(state)]) == 0
    assert main(["destroy", "--state", str(state)]) == 0
    assert not state.exists()
