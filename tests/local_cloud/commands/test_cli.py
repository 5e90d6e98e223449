"""The commands, as a person types them, on the real program and a folder of six files."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_cloud.commands import cli, up
from local_cloud.errors import FailedRunError
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.state.folder import hold_state

CUSTOMERS = "customer_id,loyalty_score\r\nC1,7\r\nC2,3\r\n"
PRODUCTS = 'product_id,product_description,product_category\r\nP1,"men\'s shoes, green",clothes\r\n'


def purchase(customer: str, *products: str) -> str:
    basket = [{"product_id": product, "price": 5} for product in products]
    return json.dumps({"customer_id": customer, "basket": basket, "date_of_purchase": "2026-01-01 10:00:00"}) + "\n"


def write_data(folder: Path) -> Path:
    files = {
        "customers.csv": CUSTOMERS,
        "products.csv": PRODUCTS,
        "transactions/d=2026-01-01/transactions.json": purchase("C1", "P1", "P1"),
        "transactions/d=2026-01-02/transactions.json": purchase("C1", "P1") + purchase("C9", "P9"),
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode())
    return folder


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


def run(*arguments: str | Path) -> Run:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([str(argument) for argument in arguments])
    return Run(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place") / "state"


@pytest.fixture(scope="module")
def deployed(data: Path, state: Path) -> Run:
    export = ("--export", state.parent / "output_data.csv")
    return run("up", "--data", data, "--state", state, "--role-takes-effect-after", "2", *export)


@pytest.fixture(autouse=True)
def _own_interrupt_handler() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def view_rows(state: Path) -> list[list[object]]:
    statement = "select CUSTOMER_ID, PRODUCT_ID, PURCHASE_COUNT from MART.CUSTOMER_PURCHASES order by 1, 2"
    answer = run("query", statement, "--state", state, "--format", "json")
    assert answer.code == 0, answer.err
    return [list(row.values()) for row in json.loads(answer.out)]


ROWS = [["C1", "P1", 3], ["C2", None, 0], ["C9", "P9", 1]]


def test_up_deploys_lands_loads_and_reports(deployed: Run) -> None:
    assert (deployed.code, deployed.err) == (0, "")
    text = " ".join(deployed.out.split())
    assert "✓ Landed the files 4 files" in text
    assert "transactions 2 2 0 3" in text
    assert "CORE.PURCHASES dynamic table 4" in text
    assert "Every landed file was loaded, and the counts agree." in text


def test_up_leaves_the_requested_view_as_a_file(deployed: Run, state: Path) -> None:
    assert "✓ Exported the view 3 rows in" in " ".join(deployed.out.split())
    assert (state.parent / "output_data.csv").read_text("utf-8").splitlines() == [
        "CUSTOMER_ID,LOYALTY_SCORE,PRODUCT_ID,PRODUCT_CATEGORY,PURCHASE_COUNT",
        "C1,7,P1,clothes,3",
        "C2,3,,,0",
        "C9,,P9,,1",
    ]
    assert sorted(path.name for path in state.parent.iterdir()) == ["output_data.csv", "state"]


@pytest.mark.parametrize(("name", "complaint"), [("", "is a folder: name a file"), ("no/a.csv", "no is not there")])
def test_an_export_that_cannot_be_written_is_refused_before_anything_is_begun(
    data: Path, tmp_path: Path, name: str, complaint: str
) -> None:
    answer = run("up", "--data", data, "--state", tmp_path / "state", "--export", tmp_path / name)
    assert (answer.code, complaint in answer.err) == (2, True), answer.err
    assert not (tmp_path / "state").exists()


def test_the_program_gets_through_a_role_that_takes_effect_late(deployed: Run) -> None:
    notes = [line for line in deployed.out.splitlines() if "Snowflake cannot assume the IAM role yet" in line]
    assert len(notes) == 2


def test_query_answers_from_what_the_last_up_left(deployed: Run, state: Path) -> None:
    assert deployed.code == 0
    assert view_rows(state) == ROWS


def test_query_writes_csv(deployed: Run, state: Path) -> None:
    assert deployed.code == 0
    answer = run("query", "select CUSTOMER_ID from RAW.CUSTOMERS order by 1", "--state", state, "--format", "csv")
    assert answer == Run(0, "CUSTOMER_ID\nC1\nC2\n", "")


def test_a_statement_that_the_account_refuses_is_one_line_and_exit_1(deployed: Run, state: Path) -> None:
    assert deployed.code == 0
    answer = run("query", "select * from RAW.NO_SUCH_TABLE", "--state", state)
    assert (answer.code, answer.out) == (1, "")
    assert "NO_SUCH_TABLE" in answer.err
    assert answer.err.count("\n") == 1


def test_a_second_command_is_told_who_holds_the_state(deployed: Run, data: Path, state: Path) -> None:
    assert deployed.code == 0
    with hold_state(state, "serve"):
        for command in (["query", "select 1"], ["up", "--data", data], ["destroy"]):
            answer = run(*command, "--state", state)
            assert answer.code == 2
            assert f"is held by `serve` (process {os.getpid()})" in answer.err


def with_two_formats(folder: Path) -> Path:
    for name in ("transactions.json", "transactions.parquet"):
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing", "is not there"),
        (lambda folder: folder, "has no file that a feed takes"),
        (with_two_formats, "transactions has files of two formats"),
    ],
    ids=["missing", "nothing known", "two formats"],
)
def test_a_data_folder_that_cannot_land_is_bad_input_and_harms_nothing(
    deployed: Run, state: Path, tmp_path: Path, make: Callable[[Path], Path], message: str
) -> None:
    assert deployed.code == 0
    answer = run("up", "--data", make(tmp_path), "--state", state)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert answer.err.count("\n") == 1
    assert view_rows(state) == ROWS


@pytest.mark.parametrize(
    ("where", "failure", "code", "message"),
    [
        ("run_program", FailedRunError("the queue is gone"), 1, "error: the queue is gone\n"),
        ("run_program", SnowflakeError("the role is gone"), 1, "error: the role is gone\n"),
        (
            "reconcile",
            OSError(28, "No space left on device"),
            1,
            "error: the run broke off: [Errno 28] No space left on device; w",
        ),
        ("run_program", sqlite3.OperationalError("disk is full"), 1, "error: the run broke off: disk is full; what"),
        ("reconcile", KeyboardInterrupt(), 130, "error: interrupted\n"),
    ],
    ids=["a failure", "a refused statement", "a full disk", "a full disk below the catalog", "Ctrl-C"],
)
def test_an_up_that_fails_or_is_interrupted_leaves_the_earlier_state(
    deployed: Run,
    data: Path,
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    failure: BaseException,
    code: int,
    message: str,
) -> None:
    assert deployed.code == 0

    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(up, where, fail)
        answer = run("up", "--data", data, "--state", state)
    assert (answer.code, answer.err.count("\n")) == (code, 1)
    assert answer.err.startswith(message)
    assert view_rows(state) == ROWS


def test_a_rejected_file_is_exit_1_with_its_first_error_and_the_others_load(tmp_path: Path) -> None:
    write_data(tmp_path / "data")
    broken = tmp_path / "data" / "transactions" / "broken.json"
    broken.write_text(purchase("C1", "P1") + '{"oops\n')
    answer = run("up", "--data", tmp_path / "data", "--state", tmp_path / "state")
    assert answer.code == 1
    text = " ".join(answer.out.split())
    assert "transactions 3 2 1 3" in text
    assert "transactions/broken-" in text
    assert "1 thing does not add up." in text
    assert view_rows(tmp_path / "state") == ROWS


def test_a_command_that_cannot_write_its_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_to_a_full_disk(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "_query", write_to_a_full_disk)
    assert run("query", "select 1") == Run(1, "", "error: [Errno 28] No space left on device\n")


def test_many_files_are_loaded_while_others_still_land(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "_FILES_PER_DRAIN", 3)
    write_data(tmp_path / "data")
    answer = run("up", "--data", tmp_path / "data", "--state", tmp_path / "state")
    assert answer.code == 0
    assert view_rows(tmp_path / "state") == ROWS
    gone = run("destroy", "--state", tmp_path / "state")
    assert (gone.code, gone.err) == (0, "")
    assert "✓ Destroyed the stack" in gone.out
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", [["query", "select 1"], ["destroy"]], ids=["query", "destroy"])
def test_where_nothing_is_deployed_the_command_says_what_to_do(tmp_path: Path, command: list[str]) -> None:
    answer = run(*command, "--state", tmp_path / "none")
    assert answer.code == 2
    assert answer.err.endswith("run `python -m local_cloud up` first\n")
    assert not (tmp_path / "none").exists()


def test_destroying_an_empty_folder_is_bad_input_and_leaves_it(tmp_path: Path) -> None:
    answer = run("destroy", "--state", tmp_path)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert list(tmp_path.iterdir()) == []


def test_destroying_what_a_killed_up_left_removes_the_folder(tmp_path: Path) -> None:
    (tmp_path / "state" / "generation-1").mkdir(parents=True)
    (tmp_path / "state" / "lock").touch()
    assert run("destroy", "--state", tmp_path / "state") == Run(0, "", "")
    assert not (tmp_path / "state").exists()


def test_the_graph_is_drawn_without_a_trace_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run("graph")
    assert answer.code == 0
    assert answer.out.startswith("flowchart LR\n")
    assert run("graph", "--format", "dot", "--components").out.startswith("digraph {\n")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_stack_is_bad_input(data: Path, tmp_path: Path) -> None:
    answer = run("up", "--stack", "nowhere", "--data", data, "--state", tmp_path / "state")
    assert answer.code == 2
    assert "there is no stack 'nowhere'" in answer.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["up", "--role-takes-effect-after", "-1"],
            "--role-takes-effect-after: '-1' is no number of attempts: 0 or",
        ),
        (["up", "--data", ""], "--data: '' is no folder, perhaps of a variable that is not set: name one"),
        (["query", "select 1", "--state", ""], "--state: '' is no folder, perhaps of a variable"),
        (["query", os.fsdecode(b"select '\xff'")], "SQL: \"select '\\udcff'\" is no valid UTF-8"),
        (["up", "--dat", "x"], "unrecognized arguments: --dat x; see `python -m local_cloud --help`"),
        (["query"], "the following arguments are required: SQL; see `python -m local_cloud query --help`"),
        (["fly"], "COMMAND: invalid choice: 'fly'"),
        ([], "the following arguments are required: COMMAND; see `python -m local_cloud --help`"),
    ],
    ids=lambda value: ascii(value) if isinstance(value, list) else "",
)
def test_arguments_that_make_no_sense_are_one_line_and_exit_2(arguments: list[str], message: str) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {message}")
    assert answer.err.count("\n") == 1


def test_help_is_no_error() -> None:
    with pytest.raises(SystemExit) as ended:
        run("up", "--help")
    assert ended.value.code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_as_shells_have_it(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    monkeypatch.setattr(cli, "_query", lambda _: signal.raise_signal(number))
    assert run("query", "select 1") == Run(code, "", "error: interrupted\n")


def test_an_interrupt_that_comes_out_as_another_error_is_still_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_interrupt(*_: object) -> int:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise FailedRunError("module has no attribute")

    monkeypatch.setattr(cli, "_query", lose_the_interrupt)
    assert run("query", "select 1") == Run(130, "", "error: interrupted\n")


def test_a_reader_that_has_seen_enough_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_to_nobody(*_: object) -> int:
        raise BrokenPipeError

    reader, writer = os.pipe()
    monkeypatch.setattr(cli, "_query", write_to_nobody)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writer, "w"))
    assert cli.main(["query", "select 1"]) == 1
    sys.stdout.close()
    os.close(reader)


def test_outside_the_main_thread_no_signal_handler_is_set() -> None:
    import threading

    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(cli.main(["query", "select 1", "--state", "/no/such/state"])))
    thread.start()
    thread.join()
    assert codes == [2]


def test_the_next_commands_name_a_state_folder_of_ones_own() -> None:
    assert cli._state_option(cli.DEFAULT_STATE) == ""
    assert cli._state_option(Path("my state")) == " --state 'my state'"
