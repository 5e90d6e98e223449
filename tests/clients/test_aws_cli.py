"""The AWS CLI, configured by the environment alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.clients.asking import ask_until

Aws = Callable[..., str]


@pytest.fixture
def aws(cloud: Mapping[str, str]) -> Aws:
    """Run the AWS CLI and return what it prints."""

    def run(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("aws")), *arguments]
        finished = subprocess.run(command, env=dict(cloud), capture_output=True, text=True)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    return run


def test_the_landing_bucket_is_listed_with_what_was_delivered(aws: Aws, cloud: Mapping[str, str]) -> None:
    listed = aws("s3", "ls", f"s3://{cloud['LANDING_BUCKET']}", "--recursive")

    assert {line.split()[-1].partition("/")[0] for line in listed.splitlines()} >= {
        "customers",
        "products",
        "transactions",
    }


def test_a_file_copied_into_the_bucket_is_loaded(aws: Aws, cloud: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,loyalty_score\nC-FROM-CLI,7\n")
    target = f"s3://{cloud['LANDING_BUCKET']}/customers/d=2030-01-01/from-cli.csv"

    aws("s3", "cp", str(file), target)
    aws("s3", "cp", target, str(tmp_path / "back.csv"))

    assert (tmp_path / "back.csv").read_text() == file.read_text()
    loaded = "select count(*) from RAW.CUSTOMERS where CUSTOMER_ID = 'C-FROM-CLI'"
    assert ask_until(cloud, loaded, [(1,)]) == [(1,)]


def test_the_account_its_role_and_the_buckets_events_are_found(aws: Aws, cloud: Mapping[str, str]) -> None:
    account = json.loads(aws("sts", "get-caller-identity", "--output", "json"))["Account"]
    roles = json.loads(aws("iam", "list-roles", "--query", "Roles[].Arn", "--output", "json"))
    bucket = cloud["LANDING_BUCKET"]
    events = json.loads(aws("s3api", "get-bucket-notification-configuration", "--bucket", bucket, "--output", "json"))

    assert all(f"::{account}:role/" in role for role in roles)
    assert len(events["QueueConfigurations"]) == 3
