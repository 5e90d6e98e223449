"""Snowflake's CLI: files copied into stages and out of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.asking import ask
from tests.clients.serving import LOADING

Snow = Callable[..., Any]


@pytest.fixture(scope="module")
def snow(cloud: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Snow:
    """Run the CLI in a fresh schema, and return what it answers as JSON."""
    home = tmp_path_factory.mktemp("snow")
    ask(cloud, "create or replace schema CLI")
    config = home / "config.toml"
    config.write_text(
        "[connections.local]\n"
        f'account = "{cloud["SNOWFLAKE_ACCOUNT"]}"\nuser = "{cloud["SNOWFLAKE_USER"]}"\n'
        f'password = "{cloud["SNOWFLAKE_PASSWORD"]}"\nhost = "{cloud["SNOWFLAKE_HOST"]}"\n'
        f'port = {cloud["SNOWFLAKE_PORT"]}\nprotocol = "{cloud["SNOWFLAKE_PROTOCOL"]}"\n'
        f'database = "{cloud["SNOWFLAKE_DATABASE"]}"\nschema = "CLI"\n'
    )
    config.chmod(0o600)
    environment = {name: value for name, value in cloud.items() if not name.startswith("SNOWFLAKE_")}

    def run(*arguments: str) -> Any:
        command = [str(LOADING / "snow"), "--config-file", str(config), *arguments, "-c", "local", "--format", "json"]
        done = subprocess.run(
            command, env=environment | {"HOME": str(home)}, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_a_folder_is_copied_into_a_stage_and_out_of_it(snow: Snow, cloud: Mapping[str, str], tmp_path: Path) -> None:
    sent, got = tmp_path / "sent", tmp_path / "got"
    (sent / "pages").mkdir(parents=True)
    got.mkdir()
    (sent / "app.py").write_text("app\n")
    (sent / "pages/one.py").write_text("one\n")
    ask(cloud, "create stage CLI.APP")

    copied = snow("stage", "copy", f"{sent}/", "@app/v1", "--recursive")
    snow("stage", "copy", "@app/v1", str(got), "--recursive")

    assert {row["status"] for row in copied} == {"UPLOADED"}
    assert [row[0] for row in ask(cloud, "list @CLI.APP")] == ["app/v1/app.py", "app/v1/pages/one.py"]
    assert {str(file.relative_to(got)): file.read_text() for file in got.rglob("*.py")} == {
        "app.py": "app\n",
        "pages/one.py": "one\n",
    }
