"""A manifest is held against a load only if it is the generator's, and then it has to be whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.feeds import FEEDS
from input_data_generator.cli import main as generate
from local_cloud.errors import InputError
from local_cloud.landing.data_folder import read_data_folder
from local_cloud.landing.manifest import Manifest, ManifestFile, read_manifest
from tests.local_cloud.commands.test_cli import run, write_data

NAMES = [feed.name for feed in FEEDS]
FILE = {"path": "customers.csv", "feed": "customers", "rows": 2, "bytes": 9, "sha256": "0" * 64}
TOTALS = {"transactions": 3, "items": 4, "customers": 2, "products": 1, "items_by_category": {"food": 4}}
WHOLE = {"generator": "1.0.0", "seed": 7, "options": {}, "totals": TOTALS, "files": [FILE]}


def write(folder: Path, content: Any) -> Path:
    (folder / "manifest.json").write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder


def test_the_generators_manifest_is_read(tmp_path: Path) -> None:
    counts = {name: count for name, count in TOTALS.items() if name != "items_by_category"}
    read = read_manifest(write(tmp_path, WHOLE), NAMES)
    assert read == Manifest((ManifestFile("customers.csv", "customers", 2, "0" * 64),), counts, {"food": 4})


def test_what_the_generator_writes_is_whole(tmp_path: Path) -> None:
    arguments = ["--customers", "2", "--products", "3", "--start", "2026-01-01", "--end", "2026-01-02", "--quiet"]
    assert generate(["--out", str(tmp_path), *arguments]) == 0
    data = read_data_folder(tmp_path, FEEDS)
    assert data.manifest is not None
    assert {file.path for file in data.manifest.files} == {
        delivery.file.path.relative_to(tmp_path).as_posix() for delivery in data.deliveries
    }


@pytest.mark.parametrize(
    "content",
    [{"version": 1}, [], "null", {}, {"files": [], "totals": {}}, {"generator": "x", "files": []}],
    ids=["another's", "a list", "null", "empty", "without generator", "without totals"],
)
def test_another_file_of_this_name_is_as_if_there_were_none(tmp_path: Path, content: Any) -> None:
    assert read_manifest(write(tmp_path, content), NAMES) is None


def test_a_folder_of_this_name_is_no_manifest(tmp_path: Path) -> None:
    assert read_manifest(tmp_path, NAMES) is None
    (tmp_path / "manifest.json").mkdir()
    assert read_manifest(tmp_path, NAMES) is None


HALF: dict[str, tuple[Any, str]] = {
    "files no list": ({**WHOLE, "files": 5}, "files is no list"),
    "totals empty": ({**WHOLE, "totals": {}}, "totals is no object with items_by_category"),
    "totals a number": ({**WHOLE, "totals": 1}, "totals is no object with items_by_category"),
    "a total absent": ({**WHOLE, "totals": {"items_by_category": {}}}, "totals.transactions is null, not a number"),
    "a total a text": ({**WHOLE, "totals": {**TOTALS, "items": "4"}}, 'totals.items is "4", not a number'),
    "a category's count": (
        {**WHOLE, "totals": {**TOTALS, "items_by_category": {"fo\nod": -1}}},
        r"totals.items_by_category['fo\nod'] is -1, not a number",
    ),
    "a file no object": ({**WHOLE, "files": [FILE, 5]}, "files[1] is no object"),
    "a file empty": ({**WHOLE, "files": [{}]}, "files[0].path is no text"),
    "a file of an unknown feed": (
        {**WHOLE, "files": [{**FILE, "feed": "shelves"}]},
        'files[0].feed is "shelves", not one of customers, products, transactions',
    ),
    "a file of many feeds": ({**WHOLE, "files": [{**FILE, "feed": ["customers"]}]}, "files[0].feed is ["),
    "a file without a digest": ({**WHOLE, "files": [{**FILE, "sha256": "abc"}]}, "files[0].sha256 is not 64"),
    "a file's rows": ({**WHOLE, "files": [{**FILE, "rows": True}]}, "files[0].rows is true, not a number"),
    "no JSON": ('{"generator": "1.0', "cannot be read as JSON: "),
    "nested too deeply": ("[" * 100_000, "cannot be read as JSON: "),
}


@pytest.mark.parametrize(("content", "why"), HALF.values(), ids=HALF.keys())
def test_a_manifest_that_is_not_whole_is_refused_in_one_line_that_names_it(
    tmp_path: Path, content: Any, why: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_manifest(write(tmp_path, content), NAMES)
    message = str(refused.value)
    assert message.startswith(f"{tmp_path}/manifest.json ")
    assert why in message
    assert message.endswith("; make the data again, or take this file out of the folder")
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("content", [{**WHOLE, "files": 5}, {**WHOLE, "files": [{}]}], ids=["files", "a file"])
def test_up_refuses_such_a_manifest_before_anything_is_done(tmp_path: Path, content: Any) -> None:
    data = write(write_data(tmp_path / "data"), content)
    refused = run("up", "--data", data, "--state", tmp_path / "state")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert f"{data}/manifest.json" in refused.err
    assert not (tmp_path / "state").exists()


def test_up_and_verify_pass_over_anothers_manifest(tmp_path: Path) -> None:
    data = write(write_data(tmp_path / "data"), {"version": 1})
    assert run("up", "--data", data, "--state", tmp_path / "state").code == 0
    proved = run("verify", "--data", data, "--state", tmp_path / "state")
    assert (proved.code, proved.err) == (0, "")
    assert "manifest" not in proved.out
