from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.errors import InputError, StateHeldError
from local_cloud.state.folder import current_generation, hold_state


def deploy(folder: Path, content: str) -> None:
    with hold_state(folder, "up") as state, state.new_generation() as generation:
        (generation / "file").write_text(content)


def deployed(folder: Path) -> str:
    with hold_state(folder, "query") as state:
        return (current_generation(state) / "file").read_text()


def test_a_generation_counts_when_it_is_complete_and_the_earlier_one_is_removed(tmp_path: Path) -> None:
    deploy(tmp_path / "state", "one")
    deploy(tmp_path / "state", "two")
    assert deployed(tmp_path / "state") == "two"
    assert len(list((tmp_path / "state").glob("generation-*"))) == 1


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_generation_that_fails_leaves_the_earlier_one(tmp_path: Path, failure: type[BaseException]) -> None:
    def fail(folder: Path) -> None:
        with hold_state(folder, "up") as state, state.new_generation() as generation:
            (generation / "file").write_text("half")
            raise failure

    deploy(tmp_path, "one")
    with pytest.raises(failure):
        fail(tmp_path)
    assert deployed(tmp_path) == "one"
    assert len(list(tmp_path.glob("generation-*"))) == 1


def test_what_a_killed_process_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    deploy(tmp_path, "one")
    (tmp_path / "generation-9").mkdir()
    (tmp_path / "generation-9" / "file").write_text("half")
    (tmp_path / "generation-notes").mkdir()
    assert deployed(tmp_path) == "one"
    assert not (tmp_path / "generation-9").exists()
    assert (tmp_path / "generation-notes").exists()


@pytest.mark.parametrize("pointer", [b"\xff", b"..", b""])
def test_a_pointer_to_no_generation_points_to_none(tmp_path: Path, pointer: bytes) -> None:
    deploy(tmp_path, "one")
    (tmp_path / "current").write_bytes(pointer)
    with hold_state(tmp_path, "up") as state:
        assert state.current is None


@pytest.mark.parametrize("lost", [False, True], ids=["never deployed", "generation gone"])
def test_without_a_generation_that_counts_nothing_is_deployed(tmp_path: Path, lost: bool) -> None:
    if lost:
        (tmp_path / "current").write_text("generation-1\n")
        (tmp_path / "lock").touch()
    with (
        pytest.raises(InputError, match=r"nothing is deployed in .*: run `python -m local_cloud up` first"),
        hold_state(tmp_path, "query") as state,
    ):
        current_generation(state)


def test_a_folder_that_was_made_for_nothing_is_removed(tmp_path: Path) -> None:
    with hold_state(tmp_path / "state", "up"):
        assert (tmp_path / "state" / "lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_its_holder_removed_is_not_taken_for_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def removed_meanwhile(descriptor: int, operation: int) -> None:
        monkeypatch.undo()
        (tmp_path / "lock").unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_meanwhile)
    with hold_state(tmp_path, "up"), pytest.raises(StateHeldError), hold_state(tmp_path, "query"):
        pass


def test_an_empty_folder_that_must_be_a_state_is_left_empty(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is deployed"), hold_state(tmp_path, "query", must_exist=True):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is deployed"), hold_state(tmp_path / "a", "query", must_exist=True):
        pass
    assert not (tmp_path / "a").exists()


def test_one_process_at_a_time_holds_a_folder_and_the_second_is_told_who(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from local_cloud.state.folder import hold_state
with hold_state(Path({str(tmp_path)!r}), "serve"):
    print("held", flush=True)
    input()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd(), text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    message = rf"held by `serve` \(process {holder.pid}\); wait for its end, or choose another one with --state"
    with pytest.raises(StateHeldError, match=message), hold_state(tmp_path, "up"):
        pass
    holder.communicate("\n")
    with hold_state(tmp_path, "up"):
        assert f"process {os.getpid()}" in (tmp_path / "lock").read_text()
    assert (tmp_path / "lock").read_text() == ""


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty and no state folder"), hold_state(tmp_path, "up"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"state folder .*file/state cannot be used: Not a directory"):
        hold_state(tmp_path / "file" / "state", "up").__enter__()


def test_removing_a_state_removes_its_folder_but_nothing_of_others(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        deploy(folder, "x")
    (tmp_path / "two" / "notes").touch()
    for folder in (tmp_path / "one", tmp_path / "two"):
        with hold_state(folder, "destroy") as state:
            state.remove()
    assert not (tmp_path / "one").exists()
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["notes"]
