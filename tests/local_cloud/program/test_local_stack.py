"""The stack file of the CLI: made where it is missing, kept in step with the endpoints, the user's own in all else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from local_cloud.program.config import PROJECT, read_stack
from local_cloud.program.local_stack import write_local_stack

# What `pulumi stack init local` and `pulumi config set` make of such a file: quotes, a salt, a key of the user's.
OF_THE_CLI = """\
encryptionsalt: v1:7oD0AyEqKpM=:v1:abc
config:
  aws:endpoints:
    - s3: "http://127.0.0.1:1"
      sqs: "http://127.0.0.1:1"
      sns: "http://127.0.0.1:1"
      iam: "http://127.0.0.1:1"
      sts: "http://127.0.0.1:1"
      kms: "http://127.0.0.1:1"
      events: "http://127.0.0.1:1"
  snowflake:host: "127.0.0.1"
  snowflake:port: 2
  snowflake:protocol: "http"
  shop:targetLag: "2 hours"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nconfig: {targetLag: 5 minutes}\n")
    return tmp_path


def write(program: Path, aws: int, snowflake: int) -> str:
    write_local_stack(program, "127.0.0.1", aws, snowflake, "eu-west-1")
    return (program / "Pulumi.local.yaml").read_text()


def test_a_missing_file_is_made_with_the_endpoints_and_what_the_project_has_keys_for(program: Path) -> None:
    config = yaml.safe_load(write(program, 5, 6))["config"]
    assert set(config["aws:endpoints"][0].values()) == {"http://127.0.0.1:5"}
    assert (config["snowflake:port"], config["shop:targetLag"]) == (6, "1 minute")
    assert "shop:forceDestroy" not in config


def test_a_cloud_that_does_not_answer_is_told_of_within_seconds(program: Path) -> None:
    config = yaml.safe_load(write(program, 5, 6))["config"]
    assert (config["snowflake:loginTimeout"], config["snowflake:maxRetryCount"]) == (5, 1)


def test_other_ports_change_the_addresses_and_nothing_else(program: Path) -> None:
    (program / "Pulumi.local.yaml").write_text(OF_THE_CLI)
    before, after = yaml.safe_load(OF_THE_CLI), yaml.safe_load(write(program, 3, 4))
    assert after["encryptionsalt"] == before["encryptionsalt"]
    assert after["config"]["shop:targetLag"] == "2 hours"
    assert set(after["config"]["aws:endpoints"][0].values()) == {"http://127.0.0.1:3"}
    assert after["config"]["snowflake:port"] == 4


def test_a_file_that_names_the_endpoints_already_is_left_as_it_is(program: Path) -> None:
    (program / "Pulumi.local.yaml").write_text(OF_THE_CLI)
    assert write(program, 1, 2) == OF_THE_CLI


def test_the_program_takes_the_stack_as_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text((PROJECT / "Pulumi.yaml").read_text())
    write(tmp_path, 1, 2)
    stack = read_stack(tmp_path, "local", {})
    config = stack.config
    assert config[f"{stack.project}:forceDestroy"] == "true"
    assert config["aws:region"] == "eu-west-1"


def test_git_does_not_track_it() -> None:
    assert "Pulumi.local.yaml" in (PROJECT / ".gitignore").read_text().splitlines()
