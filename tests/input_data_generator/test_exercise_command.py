from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "input_data_generator" / "main_data_generator.py"


def test_the_exercises_command_makes_the_starter_data_where_it_is_called(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), "--quiet"], cwd=tmp_path, check=True, timeout=60)
    starter = tmp_path / "input_data" / "starter"
    assert {path.name for path in starter.iterdir()} >= {"customers.csv", "products.csv", "transactions"}
    assert len(list(starter.glob("transactions/d=*/transactions.json"))) == 181
