"""The command line: defaults, and one line for every wrong argument."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from input_data_generator.arguments import parse_request
from input_data_generator.cli import main
from input_data_generator.options import usual_transactions_per_day

WRONG = {
    "end before start": (["--start", "2026-02-01", "--end", "2026-01-31"], "2026-01-31", "2026-02-01"),
    "end before the default start": (["--end", "2025-12-31"], "2025-12-31", "2026-01-01"),
    "zero customers": (["--customers", "0"], "'0'", "from 1 to 100,000,000"),
    "too many customers": (["--customers", "100000001"], "'100000001'", "from 1 to 100,000,000"),
    "customers in words": (["--customers", "many"], "'many'", "from 1 to 100,000,000"),
    "underscored customers": (["--customers", "1_000"], "'1_000'", "from 1 to 100,000,000"),
    "zero products": (["--products", "0"], "'0'", "from 1 to 100,000"),
    "half a product": (["--products", "2.5"], "'2.5'", "from 1 to 100,000"),
    "no transactions": (["--transactions-per-day", "0"], "'0'", "from 1 to"),
    "basket too large": (["--max-basket", "9"], "'9'", "from 1 to 8"),
    "seed no integer": (["--seed", "lucky"], "'lucky'", "from 0 to 18,446,744,073,709,551,615"),
    "seed negative": (["--seed=-1"], "'-1'", "from 0 to"),
    "seed endless": (["--seed", "9" * 6000], "9999", "from 0 to"),
    "zero months": (["--months", "0"], "'0'", "from 1 to 1,200"),
    "too many months": (["--months", "1201"], "'1201'", "from 1 to 1,200"),
    "beyond the calendar": (["--start", "9999-06-01", "--months", "12"], "12", "9999"),
    "months and end": (["--months", "2", "--end", "2026-03-01"], "--months", "--end"),
    "no such day": (["--start", "2026-02-30"], "'2026-02-30'", "YYYY-MM-DD"),
    "day without dashes": (["--start", "20260201"], "'20260201'", "YYYY-MM-DD"),
    "a week is no day": (["--end", "2026-W05-1"], "'2026-W05-1'", "YYYY-MM-DD"),
    "unknown format": (["--format", "xml"], "xml", "json.zst"),
    "rows per file zero": (["--rows-per-file", "0"], "'0'", "from 1 to"),
    "too many files a day": (
        ["--transactions-per-day", "1000000", "--rows-per-file", "1"], "--rows-per-file 1 ", "35,000 a day"
    ),
    "more snapshots than days": (["--snapshots", "3", "--end", "2026-01-02"], "--snapshots 3", "2 days"),
    "negative snapshots": (["--snapshots=-1"], "'-1'", "from 0 to 1,000"),
    "zero workers": (["--workers", "0"], "'0'", "from 1 to 1,024"),
    "unknown executor": (["--executor", "ray"], "ray", "dask"),
    "dask without scheduler": (["--executor", "dask"], "--scheduler", "tcp://"),
    "an empty folder": (["--out", ""], "--out: '' is no folder", "name one"),
    "a scheduler without a protocol": (["--executor", "dask", "--scheduler", "x"], "--scheduler x", "tcp://HOST:PORT"),
    "scheduler without dask": (["--scheduler", "tcp://127.0.0.1:1"], "tcp://127.0.0.1:1", "--executor dask"),
    "workers of a cluster": (
        ["--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], "--workers 2", "cluster"
    ),
    "upload to no bucket": (["--upload", "s3://"], "s3://", "s3://BUCKET"),
    "upload to a web address": (["--upload", "https://example.com/x"], "https://example.com/x", "s3://BUCKET"),
    "upload to a bad name": (["--upload", "s3://My_Bucket"], "s3://My_Bucket", "s3://BUCKET"),
    "endpoint without upload": (["--endpoint-url", "http://127.0.0.1:1"], "http://127.0.0.1:1", "--upload"),
    "endpoint no address": (["--upload", "s3://abc", "--endpoint-url", "localhost:9000"], "localhost:9000", "http"),
    "endpoint port": (["--upload", "s3://abc", "--endpoint-url", "http://h:x"], "http://h:x", "http"),
    "unknown option": (["--colour", "red"], "--colour", ""),
    "abbreviated option": (["--cust", "3"], "--cust", ""),
    "option without value": (["--seed"], "--seed", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_gets_one_line_and_nothing_is_written(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    arguments, value, allowed = WRONG[case]
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"error: [^\n]+\n", shown.err)
    assert value in shown.err
    assert allowed in shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "start", "end"),
    [
        ([], "2026-01-01", "2026-06-30"),
        (["--months", "1"], "2026-01-01", "2026-01-31"),
        (["--months", "14"], "2026-01-01", "2027-02-28"),
        (["--start", "2024-02-29", "--months", "12"], "2024-02-29", "2025-02-27"),
        (["--start", "2026-01-31", "--months", "1"], "2026-01-31", "2026-02-27"),
        (["--start", "2026-03-15"], "2026-03-15", "2026-09-14"),
        (["--end", "2026-01-01"], "2026-01-01", "2026-01-01"),
        (["--start", "2020-12-31", "--end", "2021-01-01"], "2020-12-31", "2021-01-01"),
    ],
)
def test_the_window_is_what_was_asked_for(arguments: list[str], start: str, end: str):
    options = parse_request(arguments).options
    assert (options.start, options.end) == (date.fromisoformat(start), date.fromisoformat(end))


def test_the_usual_number_of_transactions_is_that_of_the_exercise():
    assert usual_transactions_per_day(137) == 25  # 92 days of them are about 2,250
    assert usual_transactions_per_day(1) == 1
    assert usual_transactions_per_day(100_000) == 18_294


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_reads_without_making_anything(flag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([flag]) == 0
    text = capsys.readouterr().out
    assert "examples:" in text
    assert max(map(len, text.splitlines())) <= 100
    assert list(tmp_path.iterdir()) == []


def test_the_examples_of_the_help_are_understood(capsys):
    main(["--help"])
    text = capsys.readouterr().out.split("examples:")[1].replace("\\\n", "")
    commands = re.findall(r"python -m input_data_generator(.*)", text)
    assert len(commands) >= 4
    for command in commands:
        parse_request(command.split())


def test_output_is_a_start_and_a_result_and_nothing_with_quiet(tmp_path: Path, capsys):
    out = tmp_path / "data"
    assert main(["--out", str(out), "--months", "1"]) == 0
    shown = capsys.readouterr()
    assert shown.err == f"making 33 files in {out}\n"
    assert re.fullmatch(rf"{out}: 33 files, \d+ transactions, \S+ kB in \S+ s\n", shown.out)
    assert main(["--out", str(out), "--months", "1", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_small_data_set_waits_for_no_large_library(tmp_path: Path):
    program = (
        "import sys; from input_data_generator.cli import main; code = main(sys.argv[1:]);"
        "print(sorted({'boto3', 'faker', 'pandas', 'distributed', 'rich', 'pyarrow.parquet'} & set(sys.modules)));"
        "sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "--quiet", "--out", str(tmp_path / "data")]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
