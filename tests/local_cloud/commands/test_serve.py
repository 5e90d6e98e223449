from __future__ import annotations

import io
import json
import shutil
import socket
import stat
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
import yaml
from rich.console import Console

from input_data_generator.cli import main as generate
from local_cloud.accounts import open_accounts
from local_cloud.aws_account.account import AwsAccount
from local_cloud.commands.serve import ServeAudience, serve
from local_cloud.errors import InputError, StateHeldError
from local_cloud.progress import Progress
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.state.folder import State
from tests.local_cloud.served import Served, eventually, request, served

NAMES = [
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "LANDING_BUCKET",
    "SNOWFLAKE_ACCOUNT",
    "SNOWFLAKE_HOST",
    "SNOWFLAKE_PORT",
    "SNOWFLAKE_PROTOCOL",
    "SNOWFLAKE_USER",
    "SNOWFLAKE_PASSWORD",
    "SNOWFLAKE_DATABASE",
    "SNOWFLAKE_WAREHOUSE",
]
SMALL = ["--start", "2026-01-01", "--end", "2026-01-03", "--customers", "5", "--products", "8", "--quiet"]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that a first serve, with the data of a supplier, has filled and left."""
    folder = tmp_path_factory.mktemp("deployed")
    assert generate(["--out", str(folder / "data"), *SMALL]) == 0
    with served(folder / "state", empty=False, data=folder / "data") as running:
        assert running.ups[0].summary.differences == []
    return folder / "state"


def connect(running: Served, **other: Any) -> Any:
    variables = running.endpoints.variables
    options = {name.removeprefix("SNOWFLAKE_").lower(): value for name, value in variables.items() if "SNOW" in name}
    return snowflake.connector.connect(**options | {"login_timeout": 10} | other)


def purchase(customer: str) -> bytes:
    basket = [{"product_id": "P1", "price": 100}]
    line = {"customer_id": customer, "basket": basket, "date_of_purchase": "2026-03-01 10:00:00"}
    return json.dumps(line).encode() + b"\n"


def put(running: Served, customer: str) -> str:
    key = f"transactions/live/{customer}.json"
    running.client("s3").put_object(Bucket=running.endpoints.bucket, Key=key, Body=purchase(customer))
    return key


def test_clients_are_told_what_to_export_in_a_file_that_only_its_owner_reads(state: Path) -> None:
    with served(state) as running:
        lines = dict(line.split("=", 1) for line in running.file.read_text().splitlines())
        assert list(lines) == NAMES
        assert lines == running.endpoints.variables
        assert running.file == state / "endpoints.env"
        assert stat.S_IMODE(running.file.stat().st_mode) == 0o600
    assert not running.file.exists()


def test_an_empty_cloud_has_the_names_of_the_stack_that_is_to_come(state: Path) -> None:
    with served(state, stack="dev") as running:
        assert running.endpoints.bucket == "retail-snowpipe-dev-123456789012"
        assert running.endpoints.database == running.endpoints.warehouse == "RETAIL_DEV"
        assert running.client("s3").list_buckets()["Buckets"] == []


def test_a_password_is_drawn_once_and_kept_for_its_owner(state: Path) -> None:
    with served(state) as running:
        drawn = running.endpoints.password
        assert len(drawn) >= 20
        assert stat.S_IMODE((state / "password").stat().st_mode) == 0o600
    with served(state) as running:
        assert running.endpoints.password == drawn
    with served(state, password="my own: 'quoted'") as running:
        assert running.endpoints.password == "my own: 'quoted'"
        assert connect(running).cursor().execute("select 1").fetchone() == (1,)
    assert (state / "password").read_text().strip() == drawn


def test_a_wrong_password_is_refused(state: Path) -> None:
    with served(state) as running, pytest.raises(snowflake.connector.errors.Error, match="Incorrect username"):
        connect(running, password="wrong")


def seen(running: Served, customer: str) -> int:
    """How often the view counts a customer's one purchase."""
    sql = f"select sum(PURCHASE_COUNT) from MART.CUSTOMER_PURCHASES where CUSTOMER_ID = '{customer}'"
    with connect(running) as connection:
        return int(connection.cursor().execute(sql).fetchone()[0] or 0)


@pytest.fixture
def copied(deployed: Path, state: Path) -> Path:
    shutil.copytree(deployed, state)
    return state


@pytest.fixture
def live(copied: Path) -> Iterator[Served]:
    with served(copied) as running:
        yield running


def test_everything_is_there_when_it_is_stopped_and_started_again(copied: Path) -> None:
    generation = State(copied).current
    with served(copied) as running:
        bucket, s3, sqs = running.endpoints.bucket, running.client("s3"), running.client("sqs")
        key = put(running, "K1")
        sqs.send_message(QueueUrl=sqs.create_queue(QueueName="other")["QueueUrl"], MessageBody="not handled yet")
        running.client("iam").create_role(RoleName="mine", AssumeRolePolicyDocument='{"Version": "2012-10-17"}')
        before = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
        eventually(lambda: seen(running, "K1"))
    with served(copied, empty=False) as running:
        assert State(copied).current == generation
        assert running.ups == []
        s3, sqs = running.client("s3"), running.client("sqs")
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == purchase("K1")
        assert s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"] == before
        assert running.client("iam").get_role(RoleName="mine")["Role"]["RoleName"] == "mine"
        url = sqs.get_queue_url(QueueName="other")["QueueUrl"]
        assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["not handled yet"]
        assert seen(running, "K1") == 1
        assert attempts(running, "K1") == 1


def attempts(running: Served, customer: str) -> int:
    """How many times a customer's file was loaded, as the load history has it."""
    arguments = "table_name => 'RETAIL_DEV.RAW.TRANSACTIONS', start_time => dateadd(day, -14, current_timestamp())"
    history = f"table(information_schema.copy_history({arguments}))"
    with connect(running) as connection:
        sql = f"select count(*) from {history} where FILE_NAME like '%{customer}.json'"
        return int(connection.cursor().execute(sql).fetchone()[0])


def test_a_file_that_is_put_is_in_the_view_without_anybody_asking(live: Served) -> None:
    put(live, "K1")
    eventually(lambda: seen(live, "K1"))
    assert (seen(live, "K1"), attempts(live, "K1")) == (1, 1)


def test_a_file_that_landed_while_nobody_served_is_loaded_at_the_start(copied: Path) -> None:
    bucket = "retail-snowpipe-dev-123456789012"
    with AwsAccount(current(copied) / "aws") as aws:
        aws.client("s3").put_object(Bucket=bucket, Key="transactions/live/K7.json", Body=purchase("K7"))
    with served(copied) as running:
        eventually(lambda: seen(running, "K7"))


def current(state: Path) -> Path:
    generation = State(state).current
    assert generation is not None
    return generation


def test_the_second_serve_of_a_folder_is_told_who_holds_it(state: Path) -> None:
    with served(state), pytest.raises(StateHeldError, match=r"held by `serve` \(process \d+\)"), served(state):
        pass


@pytest.mark.parametrize(("option", "port"), [("--aws-port", "aws_port"), ("--snowflake-port", "snowflake_port")])
def test_a_taken_port_is_one_line_before_anything_is_begun(state: Path, option: str, port: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"port {number} is taken .* choose another port with {option}"):
            serve(request(state, **{port: number}), quiet(), threading.Event(), nobody())
    assert not state.exists()


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


def nobody() -> ServeAudience:
    return ServeAudience(deployed=lambda _: None, ready=lambda *_: None, note=lambda _: None)


def test_an_unknown_stack_is_refused_before_anything_is_begun(state: Path) -> None:
    with pytest.raises(InputError, match="there is no stack 'nothing'"):
        serve(request(state, stack="nothing"), quiet(), threading.Event(), nobody())
    assert not state.exists()


def test_queries_are_answered_while_files_load_and_models_refresh(live: Served) -> None:
    slowest = 0.0
    with connect(live) as connection:
        cursor = connection.cursor()
        for number in range(40):
            put(live, f"K{number}")
            started = time.monotonic()
            assert cursor.execute("select count(*) from CORE.CUSTOMER_VERSIONS").fetchone()[0] > 0
            slowest = max(slowest, time.monotonic() - started)
    assert slowest < 5, f"a query waited {slowest:.1f} s"
    eventually(lambda: all(seen(live, f"K{number}") == 1 for number in range(40)))


def test_what_goes_wrong_is_noted_once_and_loading_goes_on(live: Served) -> None:
    role = "retail-snowpipe-dev"
    iam = live.client("iam")
    policies = {name: iam.get_role_policy(RoleName=role, PolicyName=name) for name in policy_names(iam, role)}
    for name in policies:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    put(live, "K1")
    eventually(lambda: live.notes)
    for name, policy in policies.items():
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy["PolicyDocument"]))
    eventually(lambda: seen(live, "K1"))
    assert len(live.notes) == 1


def policy_names(iam: Any, role: str) -> list[str]:
    return iam.list_role_policies(RoleName=role)["PolicyNames"]


OF_TRANSACTIONS = ["NUMBERED_RECORDS", "UNIQUE_RECORDS", "TRANSACTIONS", "PURCHASES", "PURCHASE_COUNTS"]


@pytest.mark.parametrize(
    ("changed", "refreshed"),
    [
        (["TRANSACTIONS"], OF_TRANSACTIONS),
        (["CUSTOMERS"], ["CUSTOMER_VERSIONS"]),
        (["PRODUCTS"], ["PRODUCT_VERSIONS"]),
        ([], []),
    ],
)
def test_only_dynamic_tables_that_read_what_changed_are_refreshed(
    copied: Path, changed: list[str], refreshed: list[str]
) -> None:
    with open_accounts(current(copied)) as accounts:
        names = [Name(("RETAIL_DEV", "RAW", table)) for table in changed]
        assert [name.last for name in accounts.snowflake.refresh_dynamic_tables(names)] == refreshed


def test_the_account_says_which_tables_a_statement_may_have_changed(copied: Path) -> None:
    told: list[Collection[Name] | None] = []
    with open_accounts(current(copied)) as accounts:
        accounts.snowflake.tell_of_changes(told.append)
        session = accounts.snowflake.connect("RETAIL_DEV", "RAW")
        session.execute("select count(*) from CUSTOMERS")
        assert told == []
        session.execute("insert into CUSTOMERS (CUSTOMER_ID) values ('C1000')")
        assert told == [{Name(("RETAIL_DEV", "RAW", "CUSTOMERS"))}]
        session.execute("begin")
        session.execute("delete from CUSTOMERS where CUSTOMER_ID = 'C1000'")
        assert len(told) == 1
        session.execute("commit")
        assert told[1:] == [None]
        session.close()


def test_an_empty_cloud_on_any_ports_is_the_one_that_the_clis_stack_names(state: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for _ in range(2):
        with served(state, stack="local", program=tmp_path) as running:
            config = yaml.safe_load((tmp_path / "Pulumi.local.yaml").read_text())["config"]
            assert config["snowflake:port"] == running.endpoints.snowflake_port
            assert config["aws:endpoints"][0]["s3"] == running.endpoints.variables["AWS_ENDPOINT_URL"]


def test_a_served_stack_of_another_name_leaves_the_clis_stack_alone(state: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    with served(state, program=tmp_path):
        assert not (tmp_path / "Pulumi.local.yaml").exists()
