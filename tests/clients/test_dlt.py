"""dlt: its Snowflake destination loads through the stages of its tables."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from tests.clients.asking import ask
from tests.clients.serving import LOADING


def test_a_pipeline_merges_what_it_loads_twice(cloud: Mapping[str, str], tmp_path: Path) -> None:
    program = [str(LOADING / "python"), "-W", "ignore", str(Path(__file__).with_name("load_with_dlt.py"))]
    environment = {**cloud, "RUNTIME__DLTHUB_TELEMETRY": "false", "HOME": str(tmp_path)}
    command = [*program, str(tmp_path), "things_of_dlt", "merge"]

    for _ in range(2):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stdout.split()[-1:]) == (0, ["loaded"]), done.stdout + done.stderr

    numbers = "count(*), count(distinct ID), sum(INNER__X), min(NAME), max(PRICE)"
    (found,) = ask(cloud, f"select {numbers} from THINGS_OF_DLT.THINGS")
    assert found == (100, 100, 4950, "it's 0", Decimal("1.5"))
    assert ask(cloud, "select count(*) from THINGS_OF_DLT.THINGS__TAGS") == [(200,)]
