"""`query` and `verify` on a state folder: opened by the command itself, or through the `serve` that runs on it."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local_cloud.commands.query import run_query
from local_cloud.commands.verify import print_checks, verify_local
from local_cloud.errors import StateHeldError
from local_cloud.reconciliation.checks import Check
from local_cloud.snowpipe.live_loading import LiveLoading
from local_cloud.state.folder import hold_state
from tests.local_cloud.commands.test_cli import Run, run, write_data
from tests.local_cloud.served import served

FILE = "transactions/d=2026-01-02/transactions-"
"""What the key of the second of the delivered files of transactions begins with."""

Way = Callable[[Path], contextlib.AbstractContextManager[object]]
WAYS: dict[str, Way] = {"at rest": contextlib.nullcontext, "through serve": served}


def garbage(path: Path) -> None:
    path.write_bytes(b"\xffgarbage")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def deployed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployed") / "state"
    assert run("up", "--data", data, "--state", folder).code == 0
    return folder


@pytest.fixture
def state(deployed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(deployed, tmp_path / "state"))


@pytest.fixture(params=WAYS.values(), ids=list(WAYS))
def way(request: pytest.FixtureRequest) -> Way:
    return request.param


@pytest.fixture
def opened(state: Path, way: Way) -> Iterator[Path]:
    """The folder with the deployed stack, as each way has it."""
    with way(state):
        yield state


def complaint(refused: Run, code: int) -> str:
    """Return the one line that a refused command says."""
    assert (refused.code, refused.err.count("\n")) == (code, 1), refused
    return refused.err


def test_the_stacks_database_is_the_current_one(opened: Path) -> None:
    asked = run("query", "select count(*) as N from CORE.TRANSACTIONS", "--format", "csv", "--state", opened)
    assert (asked.code, asked.out.split(), asked.err) == (0, ["N", "3"], "")


def test_a_refused_query_is_one_line_and_exit_code_1(opened: Path) -> None:
    refused = complaint(run("query", "select * from CORE.NOWHERE", "--state", opened), 1)
    assert refused.startswith("error: SQL compilation error: ")
    assert "NOWHERE' does not exist or not authorized" in refused


@pytest.mark.parametrize("value", ["'0000-01-01'::date", "'10000-01-01'::date", "'10000-01-01 00:00:00'::timestamp"])
def test_a_date_beyond_pythons_is_one_line_and_exit_code_1(opened: Path, value: str) -> None:
    complaint(run("query", f"select 'x' as X, {value} as AT", "--state", opened), 1)


def test_a_column_with_a_value_beyond_pythons_is_named_with_the_way_to_read_it(state: Path) -> None:
    refused = complaint(run("query", "select 'x' as X, '0000-01-01'::date as AT", "--state", state), 1)
    assert "column AT has a value that Python cannot hold" in refused
    assert "AT::varchar" in refused
    answer = run("query", "select '10000-01-01'::date::varchar as AT", "--format", "csv", "--state", state)
    assert (answer.code, answer.out.split()) == (0, ["AT", "10000-01-01"])


def test_a_complete_load_is_proved_with_its_data(opened: Path, data: Path) -> None:
    proved = run("verify", "--data", data, "--state", opened)
    assert (proved.code, proved.err) == (0, "")
    assert "every file of the data folder has landed" in proved.out
    assert "Files = RAW = CORE = MART." in proved.out


def test_a_row_that_raw_has_lost_is_named_by_its_file(opened: Path) -> None:
    run_query(opened, f"delete from RAW.TRANSACTIONS where _file like '{FILE}%' and _file_row = 2")
    found = run("verify", "--state", opened)
    assert (found.code, found.err) == (1, "")
    assert "do not agree." in found.out
    assert f"  {FILE}" in found.out
    assert ": 1 instead of 2" in found.out


def test_what_is_suspended_or_paused_is_found_with_the_statement_that_mends_it(opened: Path) -> None:
    run_query(opened, "alter dynamic table CORE.PURCHASES suspend")
    run_query(opened, "alter pipe RAW.PRODUCTS set pipe_execution_paused = true")
    found = run("verify", "--state", opened)
    assert found.code == 1
    assert ": alter dynamic table RETAIL_DEV.CORE.PURCHASES resume;" in found.out
    assert ": alter pipe RETAIL_DEV.RAW.PRODUCTS set pipe_execution_paused = false;" in found.out
    for line in found.out.splitlines():
        if line.endswith(";"):
            run_query(opened, line.rpartition(": ")[2])
    assert run("verify", "--state", opened).code == 0


def test_a_pipe_that_is_gone_is_found_and_not_passed_over(state: Path) -> None:
    run_query(state, "drop pipe RAW.PRODUCTS")
    found = run("verify", "--state", state)
    assert found.code == 1
    assert "PRODUCTS' does not exist or not authorized.: pulumi up --refresh" in found.out


def test_models_are_refreshed_before_they_are_compared(state: Path, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiveLoading, "start", lambda _: None)
    monkeypatch.setattr(LiveLoading, "stop", lambda *_, **__: None)
    purchase = 'select parse_json(\'{"customer_id": "C1", "basket": [{"product_id": "P1"}]}\'), \'new.json\', 1'
    with way(state):
        run_query(state, f"insert into RAW.TRANSACTIONS (RECORD, _FILE, _FILE_ROW) {purchase}")
        assert run_query(state, "select count(*) from CORE.TRANSACTIONS").rows == [(3,)]
        assert run("verify", "--state", state).code == 0
        assert run_query(state, "select count(*) from CORE.TRANSACTIONS").rows == [(4,)]


@pytest.mark.parametrize(
    ("missing", "refused"),
    [
        ("table RAW.CUSTOMERS", "CUSTOMER_VERSIONS"),
        ("view OPS.RECONCILIATION", "error: RETAIL_DEV could not be verified: SQL compilation error: "),
    ],
    ids=["a model cannot be refreshed", "nothing can be counted"],
)
def test_what_cannot_be_verified_is_one_line_and_exit_code_1(opened: Path, missing: str, refused: str) -> None:
    run_query(opened, f"drop {missing}")
    assert refused in complaint(run("verify", "--state", opened), 1)


def test_a_statement_that_a_served_account_refuses_is_told_with_its_words(state: Path, tmp_path: Path) -> None:
    with served(state):
        run_query(state, "drop table RAW.CUSTOMERS")
        refused = complaint(run("verify", "--state", state), 1)
    assert refused.startswith(
        "error: Snowflake refused `alter dynamic table RETAIL_DEV.CORE.CUSTOMER_VERSIONS refresh`: "
    )
    with served(tmp_path / "empty"):
        refused = complaint(run("verify", "--state", tmp_path / "empty"), 1)
    assert refused.startswith("error: Snowflake refused `show dynamic tables in database RETAIL_DEV`: ")


def test_without_a_stack_verify_says_which_database_is_missing(tmp_path: Path, way: Way) -> None:
    with served(tmp_path / "empty"):
        pass
    with way(tmp_path / "empty"):
        refused = complaint(run("verify", "--state", tmp_path / "empty"), 1)
    assert "holds no database, or several" in refused or "'RETAIL_DEV' does not exist or not authorized" in refused


def test_without_a_stack_what_a_client_deployed_is_in_the_current_database(tmp_path: Path, way: Way) -> None:
    state = tmp_path / "empty"
    with served(state):
        assert run_query(state, "select 1").rows == [(1,)]
        run_query(state, "create database RETAIL_DEV")
        run_query(state, "create table RETAIL_DEV.PUBLIC.SHELVES as select 7 as HEIGHT")
    with way(state):
        assert run_query(state, "select HEIGHT from PUBLIC.SHELVES").rows == [(7,)]


def test_a_query_needs_no_database(tmp_path: Path, way: Way) -> None:
    with served(tmp_path / "empty"):
        pass
    with way(tmp_path / "empty"):
        assert run_query(tmp_path / "empty", "select 1").rows == [(1,)]


@pytest.mark.parametrize(
    "ask",
    [lambda state: run_query(state, "select 1"), lambda state: verify_local(state, None)],
    ids=["query", "verify"],
)
def test_a_folder_that_anything_but_serve_holds_is_left_to_it(state: Path, ask: Callable[[Path], object]) -> None:
    with (
        hold_state(state, "up"),
        pytest.raises(StateHeldError, match=r"held by `up` \(process \d+\); wait for its end"),
    ):
        ask(state)


def test_a_served_stack_is_verified_over_the_variables_that_its_clients_export(
    state: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(state) as running:
        for name, value in running.endpoints.variables.items():
            monkeypatch.setenv(name, value)
        assert run("verify", "--target", "snowflake", "--data", data).code == 0


def test_a_key_with_other_content_is_found_over_the_ordinary_connector_too(
    state: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(state) as running:
        for name, value in running.endpoints.variables.items():
            monkeypatch.setenv(name, value)
        run_query(state, "update RAW.TRANSACTIONS set _FILE_MODIFIED_AT = dateadd(day, -1, _FILE_MODIFIED_AT)")
        assert run("verify", "--target", "snowflake", "--data", data).code == 0
        ((key,),) = run_query(state, f"select distinct _FILE from RAW.TRANSACTIONS where _FILE like '{FILE}%'").rows
        s3 = running.client("s3")
        s3.put_object(Bucket=s3.list_buckets()["Buckets"][0]["Name"], Key=key, Body=b"{}")
        found = run("verify", "--target", "snowflake", "--data", data)
    assert found.code == 1
    assert f"{key} was changed after it was loaded" in found.out
    assert "1 do not agree." in found.out


def test_of_many_differences_the_first_fifty_are_printed_and_the_others_counted() -> None:
    out = io.StringIO()
    found = tuple(f"file {number:,} was never loaded" for number in range(1, 1_252))
    print_checks(Console(file=out, width=100), [Check("every landed file is loaded", 2_000, found)])
    lines = [line.strip() for line in out.getvalue().splitlines()]
    assert [line for line in lines if line.startswith("file ")] == list(found[:50])
    assert lines[-2:] == ["and 1,201 more", "1,251 do not agree."]


@pytest.mark.parametrize("command", [["query", "select 1"], ["verify"], ["destroy"]], ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("stack.json", Path.unlink),
        ("stack.json", garbage),
        ("stack.json", lambda path: path.write_text("{}")),
        ("snowflake/catalog.sqlite", garbage),
        ("snowflake/RETAIL_DEV.db", garbage),
    ],
)
def test_a_state_that_cannot_be_opened_is_one_line_with_the_way_out(
    deployed: Path, tmp_path: Path, command: list[str], name: str, damage: Callable[[Path], object]
) -> None:
    state = shutil.copytree(deployed, tmp_path / "state")
    damage(state / "generation-1" / name)
    answer = run(*command, "--state", state)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert answer.err.startswith(f"error: {state / 'generation-1'} cannot be opened (")
    assert answer.err.endswith(": begin anew with `python -m local_cloud up`, or remove the folder\n")


def test_a_query_opens_aws_only_when_it_asks_for_something_of_it(state: Path) -> None:
    shutil.rmtree(state / "generation-1" / "aws")
    garbage(state / "generation-1" / "aws")
    assert run("query", "select count(*) from RAW.CUSTOMERS", "--state", state).code == 0
    answer = run("query", "list @RAW.LANDING", "--state", state)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert f"{state / 'generation-1'} cannot be opened (" in answer.err
