"""The same seed and options give the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from input_data_generator.options import Options
from input_data_generator.plan import plan_files
from input_data_generator.writer import write_file
from tests.input_data_generator.conftest import Generate, digests

SMALL = ["--customers", "1500", "--products", "80", "--start", "2026-05-30", "--end", "2026-06-02", "--snapshots", "2"]
SMALL += ["--transactions-per-day", "20000", "--rows-per-file", "18000", "--max-basket", "5", "--seed", "2026"]

PINNED = {
    "json": "07c15d83b9582473c11fe6da4639c15aa5d0da33a234300c3d45f2adac998d73",
    "json.gz": "81e31b03e03c1d33e8943fa9f073344c077306ad61ed6689a035f14e64d22cff",
    "json.zst": "878787dda42663387835f2e50f21d3db76057bc74398a8a5870d9e850222d6eb",
}
"""SHA-256 over all files' SHA-256. A change of these bytes needs a new ``__version__``."""


def fingerprint(folder: Path) -> str:
    lines = [f"{digest}  {path}\n" for path, digest in sorted(digests(folder).items())]
    return sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("format_name", PINNED)
def test_a_seed_gives_the_pinned_bytes(generate: Generate, format_name: str):
    assert fingerprint(generate(*SMALL, "--format", format_name)) == PINNED[format_name]


def test_another_seed_gives_other_data(generate: Generate):
    one, two = digests(generate("--seed", "1")), digests(generate("--seed", "2"))
    assert one.keys() == two.keys()
    assert all(one[path] != two[path] for path in one if not path.startswith("products"))


def test_processes_make_the_same_bytes(generate: Generate):
    assert digests(generate(*SMALL, "--workers", "2")) == digests(generate(*SMALL, "--workers", "1"))


def test_files_made_alone_and_in_reverse_are_the_same(tmp_path: Path, generate: Generate):
    options = Options(transactions_per_day=400, rows_per_file=100, snapshots=3)
    arguments = ["--transactions-per-day", "400", "--rows-per-file", "100", "--snapshots", "3"]
    for file in reversed(plan_files(options)):
        write_file(options, file, tmp_path / "reverse")
    expected = digests(generate(*arguments))
    del expected["manifest.json"]
    assert digests(tmp_path / "reverse") == expected


def test_a_longer_window_leaves_the_earlier_days_as_they_are(generate: Generate):
    short, long = digests(generate("--months", "1")), digests(generate("--months", "2"))
    del short["manifest.json"]
    assert short.items() <= long.items()


def test_neither_hash_seed_nor_zone_nor_locale_matter(tmp_path: Path, generate: Generate):
    environment = os.environ | {"PYTHONHASHSEED": "99", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "input_data_generator", "--quiet", "--out", str(tmp_path / "elsewhere")]
    subprocess.run([*command, "--products", "70", "--snapshots", "2"], env=environment, check=True)
    assert digests(tmp_path / "elsewhere") == digests(generate("--products", "70", "--snapshots", "2"))
