"""manifest.json: enough to prove that a load is complete."""

from __future__ import annotations

import csv
import json
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from input_data_generator import __version__
from tests.input_data_generator.conftest import Generate, transactions_in


def read(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_bytes())


def current_categories(folder: Path) -> dict[str, str]:
    last = max(folder.glob("products*.csv"))
    with last.open(newline="", encoding="utf-8") as file:
        return {row["product_id"]: row["product_category"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("arguments", [[], ["--snapshots", "4", "--max-basket", "8", "--products", "100"]])
def test_totals_are_what_the_files_hold(generate: Generate, arguments: list[str]):
    folder = generate(*arguments)
    totals, category = read(folder)["totals"], current_categories(folder)
    records = [record for _, record in transactions_in(folder)]
    bought = Counter(category[item["product_id"]] for record in records for item in record["basket"])
    assert totals["transactions"] == len(records)
    assert totals["items"] == bought.total()
    assert totals["items_by_category"] == bought
    assert totals["customers"] == 137
    assert totals["products"] == len(category)


def test_every_file_is_listed_with_what_it_is(generate: Generate):
    folder = generate("--snapshots", "2", "--rows-per-file", "10")
    listed = {file["path"]: file for file in read(folder)["files"]}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert listed.keys() == present - {"manifest.json"}
    for name, file in listed.items():
        content = (folder / name).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == sha256(content).hexdigest()
        assert file["rows"] == content.count(b"\n") - name.endswith(".csv")
        assert name.startswith(file["feed"])


def test_it_says_how_to_make_the_data_again(generate: Generate):
    content = read(generate("--seed", "11", "--customers", "20", "--end", "2026-01-31", "--format", "json.zst"))
    assert content["generator"] == __version__
    assert content["seed"] == 11
    assert content["options"] == {
        "start": "2026-01-01", "end": "2026-01-31", "customers": 20, "products": 64, "transactions_per_day": 4,
        "max_basket": 3, "snapshots": 0, "format": "json.zst", "rows_per_file": None,
    }  # fmt: skip
