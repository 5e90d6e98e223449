"""The data folder: complete files only, one data set only, one run at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from input_data_generator import workers, writer
from input_data_generator.cli import main
from landing_keys import UNFINISHED
from tests.input_data_generator.conftest import digests

MONTH = ["--months", "1", "--quiet"]


@pytest.fixture
def break_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Return a function that lets the tenth file fail halfway with an exception."""

    def arrange(failure: BaseException) -> None:
        made = 0

        def failing(options, file, root, check=lambda: None):
            nonlocal made
            made += 1

            def halfway() -> None:
                if made == 10:
                    raise failure

            return writer.write_file(options, file, root, halfway)

        monkeypatch.setattr(workers, "write_file", failing)

    return arrange


def test_a_run_that_breaks_off_leaves_only_whole_files_and_no_manifest(tmp_path: Path, break_off, capsys):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main(["--out", str(whole), *MONTH]) == 0
    break_off(OSError(28, "No space left on device"))
    assert main(["--out", str(broken), *MONTH]) == 1
    made = digests(broken)
    assert made.pop(UNFINISHED)
    assert made.items() <= digests(whole).items()
    assert len(made) == 9
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "No space left on device" in error
    assert "9 of 33 files are complete" in error


def test_an_interrupted_run_says_what_is_complete_and_a_rerun_completes_it(
    tmp_path: Path, break_off, monkeypatch: pytest.MonkeyPatch, capsys
):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main(["--out", str(whole), *MONTH]) == 0
    with monkeypatch.context():
        break_off(KeyboardInterrupt())
        assert main(["--out", str(broken), *MONTH]) == 130
    assert f"9 of 33 files are complete in {broken}" in capsys.readouterr().err
    assert not [name for name in digests(broken) if "part" in name or name == "manifest.json"]
    monkeypatch.undo()
    assert main(["--out", str(broken), *MONTH]) == 0
    assert digests(broken) == digests(whole)


def test_a_rerun_that_breaks_off_leaves_no_manifest_of_what_was_there_before(tmp_path: Path, break_off):
    assert main(["--out", str(tmp_path), *MONTH]) == 0
    break_off(KeyboardInterrupt())
    assert main(["--out", str(tmp_path), "--seed", "8", *MONTH]) == 130
    assert not (tmp_path / "manifest.json").exists()


def test_unfinished_files_have_names_that_readers_pass_over(tmp_path: Path):
    with writer.write_atomically(tmp_path / "transactions.json") as file:
        file.write(b"half")
        file.flush()
        assert [path.name[0] for path in tmp_path.iterdir()] == ["."]
    assert [path.name for path in tmp_path.iterdir()] == ["transactions.json"]


def test_what_a_killed_run_left_behind_is_overwritten(tmp_path: Path):
    left = tmp_path / "transactions" / "d=2026-01-01" / ".transactions.json.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a line")
    assert main(["--out", str(tmp_path), *MONTH]) == 0
    assert not left.exists()


def test_the_files_of_an_earlier_data_set_make_way(tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["--out", str(first), "--snapshots", "2", "--rows-per-file", "5", *MONTH]) == 0
    assert main(["--out", str(first), "--format", "json.gz", *MONTH]) == 0
    assert main(["--out", str(second), "--format", "json.gz", *MONTH]) == 0
    assert digests(first) == digests(second)


@pytest.mark.parametrize(
    "name", ["transactions/d=2020-01-01/till-4.json", "customers-old.csv", "products/x.csv", "customers.csv"]
)
def test_data_of_another_origin_is_refused_and_kept(tmp_path: Path, capsys, name: str):
    strange = tmp_path / name
    strange.parent.mkdir(parents=True, exist_ok=True)
    strange.write_text("mine")
    assert main(["--out", str(tmp_path), *MONTH]) == 2
    assert digests(tmp_path).keys() == {name}
    assert name in capsys.readouterr().err


def test_other_files_in_the_folder_are_nobodys_business(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["--out", str(tmp_path), *MONTH]) == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', '{"files": [{}]}', "\x00"])
def test_a_damaged_manifest_lists_nothing(tmp_path: Path, content: str):
    (tmp_path / "manifest.json").write_text(content)
    (tmp_path / "customers-old.csv").write_text("mine")
    assert main(["--out", str(tmp_path), *MONTH]) == 2
    assert (tmp_path / "customers-old.csv").exists()


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path, capsys):
    fcntl = pytest.importorskip("fcntl")
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert main(["--out", str(tmp_path), *MONTH]) == 2
    assert "another run" in capsys.readouterr().err
    assert not digests(tmp_path)
    os.close(held)
    assert main(["--out", str(tmp_path), *MONTH]) == 0


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_is_no_folder(tmp_path: Path, capsys, below: str):
    (tmp_path / "taken").write_text("mine")
    out = tmp_path / "taken" / below
    assert main(["--out", str(out), *MONTH]) == 2
    assert digests(tmp_path).keys() == {"taken"}
    error = capsys.readouterr().err
    assert str(out) in error
    assert error.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path: Path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert main(["--out", str(tmp_path), *MONTH]) == 2
    tmp_path.chmod(stat.S_IRWXU)
