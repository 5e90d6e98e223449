"""The real Pulumi CLI with the real providers deploys the program into a served, empty cloud."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from pulumi import automation

from tests.clients.asking import ask
from tests.local_cloud.served import eventually

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = {"aws": "pulumi-aws", "snowflake": "pulumi-snowflake"}


def missing() -> str:
    """Return what this machine lacks to run the CLI, or nothing."""
    if (program := shutil.which("pulumi")) is None:
        return "the Pulumi CLI is not installed"
    listed = subprocess.run([program, "plugin", "ls"], capture_output=True, text=True, check=False).stdout.split()
    lacking = [name for name in PLUGINS if name not in listed]
    return f"Pulumi's plugins are not installed: {', '.join(lacking)}" if lacking else ""


pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "everything is there")


@pytest.fixture
def variables(program: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of clients of an empty cloud, which makes the program's Pulumi.local.yaml name its ports."""
    state = tmp_path / "cloud"
    ports = ["--aws-port", "0", "--snowflake-port", "0"]
    command = [sys.executable, "-m", "local_cloud", "serve", "--empty", "--program", str(program), *ports]
    command += ["--state", str(state)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        until = time.monotonic() + 30
        while not (state / "endpoints.env").exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        pairs = (line.partition("=") for line in (state / "endpoints.env").read_text().splitlines())
        yield {name: "".join(shlex.split(value)) for name, _, value in pairs}
    finally:
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program that a test may change."""
    copy = tmp_path / "program"
    copy.mkdir()
    for name in ("__main__.py", "landing_keys.py", "Pulumi.yaml"):
        shutil.copy(ROOT / name, copy)
    for name in ("infra", "sql"):
        shutil.copytree(ROOT / name, copy / name)
    settings = yaml.safe_load((copy / "Pulumi.yaml").read_text())
    settings["runtime"] = {"name": "python"}
    settings["config"]["dataDir"]["default"] = ""
    (copy / "Pulumi.yaml").write_text(yaml.safe_dump(settings))
    return copy


@pytest.fixture
def stack(program: Path, variables: dict[str, str], tmp_path: Path) -> Any:
    """The stack `local`, with its state in a folder of the test's own."""
    (tmp_path / "backend").mkdir()
    environment = {
        "PULUMI_BACKEND_URL": (tmp_path / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SNOWFLAKE_PASSWORD": variables["SNOWFLAKE_PASSWORD"],
    }
    options = automation.LocalWorkspaceOptions(work_dir=str(program), env_vars=environment)
    return automation.create_or_select_stack("local", work_dir=str(program), opts=options)


def client(variables: dict[str, str]) -> Any:
    """Return a client of the served S3."""
    return boto3.client(
        "s3",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )


def operations(changes: Any) -> set[str]:
    """Return which operations a change consists of, apart from leaving things as they are."""
    return {str(getattr(name, "value", name)) for name, count in (changes or {}).items() if count} - {"same"}


def change(file: Path, old: str, new: str) -> None:
    """Put one text in place of another in a file of the program."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "gone", ["pipe RAW.TRANSACTIONS", "stage RAW.LANDING", "table RAW.TRANSACTIONS", "database RETAIL_LOCAL"]
)
def test_what_was_dropped_comes_back_with_every_purchase(stack: Any, variables: dict[str, str], gone: str) -> None:
    s3 = client(variables)

    def land(customer: str) -> None:
        line = {"customer_id": customer, "basket": [{"product_id": "P1"}], "date_of_purchase": "2026-03-01 10:00:00"}
        s3.put_object(
            Bucket=stack.outputs()["bucket"].value, Key=f"transactions/{customer}.json", Body=json.dumps(line)
        )

    def arrived(*customers: str) -> bool:
        return ask(variables, "select customer_id from MART.CUSTOMER_PURCHASES order by 1") == [(c,) for c in customers]

    stack.up()
    land("C1")
    eventually(lambda: arrived("C1"))
    ask(variables, f"drop {gone}")
    land("C2")
    stack.up(refresh=True)
    eventually(lambda: arrived("C1", "C2"))
    stack.preview(expect_no_changes=True)


def test_the_program_comes_up_stays_changes_and_goes(stack: Any, program: Path, variables: dict[str, str]) -> None:
    first = stack.up()
    assert operations(first.summary.resource_changes) == {"create"}
    assert ask(variables, "select count(*) from MART.CUSTOMER_PURCHASES") == [(0,)]

    stack.preview(expect_no_changes=True)
    assert operations(stack.refresh().summary.resource_changes) == set()

    change(program / "infra" / "compute.py", "IDLE_SECONDS = 60", "IDLE_SECONDS = 120")
    assert operations(stack.up().summary.resource_changes) == {"update"}
    stack.preview(expect_no_changes=True)

    change(program / "sql" / "copy" / "customers.sql", '{{ field(2, "loyalty_score", is_parquet) }}', "trim($2)")
    assert "replace" in operations(stack.up().summary.resource_changes)
    stack.preview(expect_no_changes=True)

    stack.destroy()
    assert ask({**variables, "SNOWFLAKE_DATABASE": ""}, "show databases") == []
