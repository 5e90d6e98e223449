from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.aws_account.journal import Journal
from local_cloud.errors import FailedRunError

ENTRIES = [({"url": "a"}, b"one\ntwo"), ({"url": "b"}, b""), ({"url": "c"}, bytes(range(256)))]


def write(path: Path) -> None:
    journal = Journal(path)
    for entry, body in ENTRIES:
        journal.append(entry, body)
    journal.close()


def test_entries_come_back_in_order_with_their_bodies(tmp_path: Path) -> None:
    write(tmp_path / "journal")
    assert list(Journal(tmp_path / "journal").entries()) == ENTRIES


def test_a_journal_that_was_never_written_has_no_entries(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert list(journal.entries()) == []
    journal.close()
    assert not (tmp_path / "journal").exists()


def test_an_entry_is_in_the_file_when_append_returns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append({"url": "a"}, b"x")
    assert list(Journal(tmp_path / "journal").entries()) == [({"url": "a"}, b"x")]
    journal.close()


def test_a_half_written_entry_is_cut_off_wherever_the_process_died(tmp_path: Path) -> None:
    write(tmp_path / "whole")
    content = (tmp_path / "whole").read_bytes()
    begun = len(content) - len(b'{"url":"c","size":256}\n' + bytes(range(256)) + b"\n")
    for end in range(begun, len(content)):
        torn = tmp_path / "torn"
        torn.write_bytes(content[:end])
        assert list(Journal(torn).entries()) == ENTRIES[:2]
        journal = Journal(torn)
        journal.append({"url": "d"}, b"new")
        journal.close()
        assert list(Journal(torn).entries()) == [*ENTRIES[:2], ({"url": "d"}, b"new")]


@pytest.mark.parametrize("head", [b"not json\n", b'{"url": "a"}\n', b"[1]\n"])
def test_a_file_that_is_no_journal_is_an_error_that_names_it(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "journal").write_bytes(head)
    with pytest.raises(FailedRunError, match=r"journal is damaged at byte 0: begin anew"):
        list(Journal(tmp_path / "journal").entries())
