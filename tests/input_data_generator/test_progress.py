"""What a person sees: a bar on a terminal, plain lines elsewhere, nothing with quiet."""

from __future__ import annotations

import io

import pytest

from input_data_generator import progress
from input_data_generator.options import Options
from input_data_generator.plan import plan_files
from input_data_generator.progress import Display, Tally, size_text
from input_data_generator.writer import FileRecord


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show_a_run(stream: io.StringIO, quiet: bool = False) -> str:
    files = plan_files(Options(customers=3, rows_per_file=1))[:5]
    tally = Tally()
    with Display(files, "data", quiet, stream) as display:
        for file in files:
            record = FileRecord(file.path, file.feed, file.rows, 2_500, "0" * 64)
            tally.add(record)
            display.show(record, tally)
    return stream.getvalue()


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    shown = show_a_run(Terminal())
    assert "━" in shown
    assert "100%" in shown
    assert "5 files" in shown


def test_a_log_gets_a_start_and_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch):
    moments = iter([0.0, 1.0, 5.5, 5.5, 6.0, 10.6, 10.6, 11.0])  # the start, then each file; twice where a line is due
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(moments))
    assert show_a_run(io.StringIO()).splitlines() == [
        "making 5 files in data",
        "2 files, 0 transactions, 5.0 kB",
        "4 files, 2 transactions, 10.0 kB",
    ]


def test_quiet_shows_nothing():
    assert show_a_run(io.StringIO(), quiet=True) == ""
    assert show_a_run(Terminal(), quiet=True) == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (2_560_000, "2.6 MB"), (4_500_000_000, "4.5 GB")],
)
def test_sizes_read_as_people_write_them(size: int, text: str):
    assert size_text(size) == text
