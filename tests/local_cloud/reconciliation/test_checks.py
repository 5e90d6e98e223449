"""What is lost, doubled or changed between files, RAW, CORE and MART is found, and named down to the file."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.feeds import FEEDS
from input_data_generator.cli import main as generate
from local_cloud.accounts import Accounts, open_accounts
from local_cloud.commands.cli import main as local_cloud
from local_cloud.commands.summary import summarize
from local_cloud.landing.data_folder import read_data_folder
from local_cloud.program.deployed_stack import load_deployed_stack
from local_cloud.reconciliation.checks import all_differences, reconcile
from local_cloud.snowpipe.loader import Snowpipe

DATABASE = "RETAIL_DEV"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    arguments = ["--customers", "9", "--products", "6", "--start", "2026-01-01", "--end", "2026-01-03", "--quiet"]
    assert generate(["--out", str(folder), *arguments]) == 0
    return folder


@pytest.fixture(scope="module")
def deployed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployed") / "state"
    assert local_cloud(["up", "--data", str(data), "--state", str(folder)]) == 0
    return folder


@pytest.fixture
def state(deployed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(deployed, tmp_path / "state")


@pytest.fixture
def accounts(state: Path) -> Iterator[Accounts]:
    (generation,) = state.glob("generation-*")
    with open_accounts(generation) as opened:
        yield opened


def found(accounts: Accounts, data: Path | None = None) -> list[str]:
    sent = read_data_folder(data, FEEDS) if data else None
    return all_differences(reconcile(accounts.snowflake, DATABASE, FEEDS, sent).checks)


def a_file(accounts: Accounts, feed: str = "TRANSACTIONS") -> str:
    return accounts.snowflake.execute(f"select min(_file) from {DATABASE}.RAW.{feed}").rows[0][0]


def test_a_complete_load_agrees_with_its_data_folder_and_manifest(accounts: Accounts, data: Path) -> None:
    checks = reconcile(accounts.snowflake, DATABASE, FEEDS, read_data_folder(data, FEEDS)).checks
    assert all_differences(checks) == []
    assert [check.name for check in checks if not check.compared] == []
    assert "totals in the manifest and in the models" in [check.name for check in checks]


def test_where_no_transaction_was_delivered_everything_agrees(tmp_path: Path) -> None:
    (tmp_path / "data" / "transactions").mkdir(parents=True)
    (tmp_path / "data" / "transactions" / "none.json").touch()
    assert local_cloud(["up", "--data", str(tmp_path / "data"), "--state", str(tmp_path / "state")]) == 0


def test_files_that_may_be_all_of_a_feed_and_that_it_does_not_take_are_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, state = tmp_path / "data", str(tmp_path / "state")
    for name in ("transactions/t.json", "customers.csv/part-0.csv", "PRODUCTS.CSV", "Transactions/more.json", "a.txt"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    assert local_cloud(["up", "--data", str(data), "--state", state]) == 1
    up = " ".join(capsys.readouterr().out.split())
    named = "PRODUCTS.CSV, Transactions/more.json, a.txt, customers.csv/part-0.csv"
    assert f"passed over, because no feed takes such files: {named}" in up
    assert local_cloud(["verify", "--data", str(data), "--state", state]) == 1
    for told in (up, " ".join(capsys.readouterr().out.split())):
        assert f"{data}/customers.csv/part-0.csv did not land, nor has any other file of customers: " in told
        assert f"{data}/PRODUCTS.CSV did not land, nor has any other file of products: " in told
        assert f"{data}/Transactions/more.json did not land" not in told


def test_a_row_missing_from_raw_is_named_by_its_file(accounts: Accounts, data: Path) -> None:
    file = a_file(accounts)
    accounts.snowflake.execute(f"delete from {DATABASE}.RAW.TRANSACTIONS where _file = '{file}' and _file_row = 1")
    differences = found(accounts, data)
    assert any(difference.startswith(f"{file}: ") for difference in differences)
    assert any(difference.startswith(f"{file}: ") and "rows in RAW" in difference for difference in differences)
    assert any(difference.startswith("CORE.TRANSACTIONS: ") for difference in differences)


def test_rows_loaded_twice_change_nothing(accounts: Accounts, data: Path) -> None:
    table = f"{DATABASE}.RAW.TRANSACTIONS"
    accounts.snowflake.execute(f"insert into {table} select * from {table}")
    accounts.snowflake.refresh_dynamic_tables()
    assert found(accounts, data) == []


def test_a_purchase_doubled_in_core_is_found(accounts: Accounts) -> None:
    table = f"{DATABASE}.CORE.PURCHASES"
    accounts.snowflake.shared.databases.duck.execute(f"insert into {table} select * from {table} limit 1")
    # the view reads the counts, which were not made again
    differing = [difference.partition(":")[0] for difference in found(accounts)]
    assert differing == ["CORE.PURCHASES", "MART.CUSTOMER_PURCHASES"]


@pytest.mark.parametrize("dimension", ["CUSTOMER", "PRODUCT"])
def test_an_id_lost_between_raw_and_core_is_found(accounts: Accounts, dimension: str) -> None:
    table = f"{DATABASE}.CORE.{dimension}_VERSIONS"
    accounts.snowflake.shared.databases.duck.execute(
        f"delete from {table} where {dimension}_ID = (select min({dimension}_ID) from {table})"
    )
    count = {"CUSTOMER": 9, "PRODUCT": 6}[dimension]
    assert found(accounts) == [f"CORE.{dimension}_VERSIONS: {count - 1} instead of {count}"]


def test_a_line_without_an_id_is_a_version_without_one(accounts: Accounts) -> None:
    deliver(accounts, "customers/nobody.csv", b"customer_id,loyalty_score\r\n,5\r\n,6\r\nC1,5\r\n")
    assert found(accounts) == []


def test_a_view_without_the_customers_who_never_bought_is_found(accounts: Accounts) -> None:
    deliver(accounts, "customers/never.csv", b"customer_id,loyalty_score\r\nNEVER,5\r\n")
    assert found(accounts) == []
    view = f"{DATABASE}.MART.CUSTOMER_PURCHASES"
    accounts.snowflake.execute(f"create table {DATABASE}.MART.BOUGHT as select * from {view} where purchase_count > 0")
    accounts.snowflake.execute(f"create or replace view {view} as select * from {DATABASE}.MART.BOUGHT")
    (difference,) = found(accounts)
    assert difference.startswith("MART.CUSTOMER_PURCHASES: ")


def test_a_file_that_landed_unheard_is_named(accounts: Accounts) -> None:
    bucket = accounts.aws.client("s3").list_buckets()["Buckets"][0]["Name"]
    accounts.aws.client("s3").put_object(Bucket=bucket, Key="transactions/unheard.json", Body=b"{}")
    assert found(accounts) == ["transactions/unheard.json landed and was never loaded"]


def deliver(accounts: Accounts, key: str, content: bytes) -> None:
    s3 = accounts.aws.client("s3")
    s3.put_object(Bucket=s3.list_buckets()["Buckets"][0]["Name"], Key=key, Body=content)
    Snowpipe(accounts.snowflake, accounts.aws).run_until_idle()
    accounts.snowflake.refresh_dynamic_tables()


def rejected(accounts: Accounts, state: Path) -> list[str]:
    """Return what the report calls rejected."""
    (generation,) = state.glob("generation-*")
    reconciliation = reconcile(accounts.snowflake, DATABASE, FEEDS)
    summary = summarize(load_deployed_stack(generation), accounts.snowflake, reconciliation)
    count = summary.feeds[[feed.name for feed in FEEDS].index("transactions")]
    assert count.loaded + len(count.rejected) <= count.landed
    return [rejection.file for rejection in summary.rejected]


def test_a_rejected_file_is_a_difference_until_a_corrected_one_of_its_path_has_loaded(
    accounts: Accounts, state: Path, data: Path
) -> None:
    names = ("x-aaaaaaaaaaaa", "y-bbbbbbbbbbbb", "x-bbbbbbbbbbbb")
    broken, other, corrected = (f"transactions/{name}.json" for name in names)
    deliver(accounts, broken, b'{"broken')
    deliver(accounts, other, b'{"customer_id": "C1", "n": 1}')
    (difference,) = found(accounts)
    assert difference.startswith(f"{broken} was rejected: ")
    assert rejected(accounts, state) == [broken]
    deliver(accounts, corrected, b'{"customer_id": "C1", "n": 2}')
    assert found(accounts, data) == []
    assert rejected(accounts, state) == []
    resolved = accounts.snowflake.execute(f"select _file, resolved from {DATABASE}.OPS.LOAD_FAILURES").rows
    assert resolved == [(broken, True)]


def test_a_file_that_is_rejected_after_another_of_its_path_has_loaded_is_a_difference(accounts: Accounts) -> None:
    deliver(accounts, "transactions/x-bbbbbbbbbbbb.json", b'{"customer_id": "C1"}')
    deliver(accounts, "transactions/x-aaaaaaaaaaaa.json", b'{"broken')
    (difference,) = found(accounts)
    assert difference.startswith("transactions/x-aaaaaaaaaaaa.json was rejected: ")


def loaded_an_hour_earlier(accounts: Accounts) -> None:
    """Make the bucket's files an hour younger than what RAW and the load history have of them."""
    for feed in FEEDS:
        earlier = "_file_modified_at = dateadd(hour, -1, _file_modified_at)"
        accounts.snowflake.execute(f"update {DATABASE}.RAW.{feed.table} set {earlier}")
    history = f'{DATABASE}."_ACCOUNT".LOAD_HISTORY'
    accounts.snowflake.shared.databases.duck.execute(
        f"update {history} set LAST_LOAD_TIME = LAST_LOAD_TIME - interval 1 hour"
    )


def test_a_key_that_has_other_content_since_it_was_loaded_is_named_with_what_to_do(
    accounts: Accounts, data: Path
) -> None:
    key = a_file(accounts)
    loaded_an_hour_earlier(accounts)
    deliver(accounts, key, b'{"customer_id": "C7"}')
    (difference,) = found(accounts, data)
    assert difference.startswith(f"{key} was changed after it was loaded (put ")
    assert "put what it holds under a new name and delete this one" in difference


def test_a_key_that_was_put_again_with_its_content_is_no_difference(accounts: Accounts, data: Path) -> None:
    loaded_an_hour_earlier(accounts)
    assert found(accounts) == found(accounts, data) == []


def test_of_a_name_without_its_contents_digits_only_the_times_can_be_compared(accounts: Accounts) -> None:
    deliver(accounts, "transactions/plain.json", b'{"customer_id": "C1"}')
    loaded_an_hour_earlier(accounts)
    (difference,) = found(accounts)
    assert difference.startswith("transactions/plain.json was changed after it was loaded (put ")
    assert "if it is the same content, nothing counts twice" in difference


def test_a_file_without_rows_is_held_against_the_time_of_its_load(accounts: Accounts) -> None:
    deliver(accounts, "transactions/blank.json", b"\n")
    assert found(accounts) == []
    loaded_an_hour_earlier(accounts)
    (difference,) = found(accounts)
    assert difference.startswith("transactions/blank.json was changed after it was loaded")


@pytest.mark.parametrize("key", ["products/2026/", "transactions/2026_$folder$"])
def test_a_folders_marker_that_is_put_again_after_it_was_loaded_is_no_change(accounts: Accounts, key: str) -> None:
    deliver(accounts, key, b"")
    loaded_an_hour_earlier(accounts)
    deliver(accounts, key, b"")
    assert found(accounts) == []


def test_a_file_whose_rows_are_in_raw_and_that_was_emptied_since_is_named(accounts: Accounts) -> None:
    deliver(accounts, "transactions/plain.json", b'{"customer_id": "C1"}')
    loaded_an_hour_earlier(accounts)
    deliver(accounts, "transactions/plain.json", b"")
    (difference,) = found(accounts)
    assert difference.startswith("transactions/plain.json was changed after it was loaded")


def test_times_are_compared_in_whole_seconds_as_list_tells_them(accounts: Accounts) -> None:
    for feed in FEEDS:
        later = "_file_modified_at = dateadd(millisecond, 999, date_trunc('second', _file_modified_at))"
        accounts.snowflake.execute(f"update {DATABASE}.RAW.{feed.table} set {later}")
    assert found(accounts) == []


def test_a_file_of_the_data_folder_that_did_not_land_is_named(accounts: Accounts, data: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    (more / "transactions").mkdir(parents=True)
    (more / "transactions" / "late.json").write_text("{}")
    (difference,) = found(accounts, more)
    assert "late.json did not land" in difference


def test_a_row_that_no_file_delivered_is_told(accounts: Accounts) -> None:
    accounts.snowflake.execute(f"insert into {DATABASE}.RAW.PRODUCTS (PRODUCT_ID) values ('P1'), ('P2')")
    accounts.snowflake.refresh_dynamic_tables()
    assert "RAW.PRODUCTS has rows of no file: 2" in found(accounts)


def test_a_file_that_was_deleted_after_it_was_loaded_has_landed(accounts: Accounts, data: Path) -> None:
    s3 = accounts.aws.client("s3")
    (bucket,) = [entry["Name"] for entry in s3.list_buckets()["Buckets"]]
    for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=entry["Key"])
    assert found(accounts, data) == []


def test_totals_that_differ_from_the_manifest_are_told(accounts: Accounts, data: Path, tmp_path: Path) -> None:
    manifest = json.loads((data / "manifest.json").read_text())
    manifest["totals"]["items"] += 1
    manifest["totals"]["items_by_category"]["food"] += 1
    copy = tmp_path / "copy"
    copy.mkdir()
    for entry in data.iterdir():
        if entry.name != "manifest.json":
            (copy / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
    (copy / "manifest.json").write_text(json.dumps(manifest))
    differences = found(accounts, copy)
    assert [difference.partition(":")[0] for difference in differences] == ["items", "items of category food"]


def test_a_sessions_time_zone_changes_no_time_that_tells_of_a_load(accounts: Accounts) -> None:
    told = f"select min(attempted_at), max(attempted_at) from {DATABASE}.OPS.LOAD_ATTEMPTS"
    with contextlib.closing(accounts.snowflake.connect(DATABASE)) as session:
        session.execute("alter session set TIMEZONE = 'America/Los_Angeles'")
        assert session.execute(told).rows == accounts.snowflake.execute(told).rows


def test_rows_in_raw_prove_a_file_whose_history_is_gone_and_one_of_no_bytes_needs_none(
    accounts: Accounts, data: Path
) -> None:
    deliver(accounts, "transactions/nothing-sold.json", b"")
    accounts.snowflake.shared.databases.duck.execute(f'delete from {DATABASE}."_ACCOUNT".LOAD_HISTORY')
    assert {line.split(":")[0] for line in found(accounts, data)} == {f"RAW.{feed.table}" for feed in FEEDS}
    for feed in FEEDS:  # loaded before the time that Snowflake's own history tells of
        accounts.snowflake.execute(f"update {DATABASE}.RAW.{feed.table} set _LOADED_AT = dateadd(day, -14, _LOADED_AT)")
    accounts.snowflake.refresh_dynamic_tables()
    assert found(accounts, data) == []


def test_verify_says_what_it_proved_and_exits_0(state: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert local_cloud(["verify", "--data", str(data), "--state", str(state)]) == 0
    out = capsys.readouterr().out
    assert "every landed file is loaded" in out
    assert "Files = RAW = CORE = MART." in out


def test_verify_names_a_difference_and_exits_1(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    delete = f"delete from {DATABASE}.RAW.TRANSACTIONS where _file_row = 1"
    assert local_cloud(["query", delete, "--state", str(state)]) == 0
    capsys.readouterr()
    assert local_cloud(["verify", "--state", str(state)]) == 1
    assert "transactions/d=2026-01-01/transactions-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--data", "no/such/folder"], "no/such/folder is not there"),
        (["--state", "no/such/state"], "local_cloud up"),
        (["--target", "snowflake"], "SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER not set"),
        (["--target", "snowflake", "--stack", "moon"], "no stack 'moon'"),
    ],
    ids=["missing folder", "missing state", "no account", "unknown stack"],
)
def test_verify_refuses_bad_input_in_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER"):
        monkeypatch.delenv(name, raising=False)
    assert local_cloud(["verify", *arguments]) == 2
    err = capsys.readouterr().err
    assert complaint in err
    assert len(err.splitlines()) == 1
