"""The workflows: what they run exists, and nothing in them is a fork's to take."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = {path.name: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
# YAML 1.1 reads the key `on` as true.
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(path.read_text("utf-8")) for name, path in FILES.items()}
JOBS = {f"{file}: {name}": job for file, flow in WORKFLOWS.items() for name, job in flow["jobs"].items()}
FROM_ANYBODY = (
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.head_ref",
    "github.event.issue",
)
GIVEN = {"push", "pull_request", "schedule", "workflow_dispatch"}


def triggers(flow: dict[Any, Any]) -> set[str]:
    on = flow[True]
    return set(on) if isinstance(on, dict | list) else {on}


def test_actionlint_finds_nothing() -> None:
    if (actionlint := shutil.which("actionlint")) is None:
        pytest.skip("actionlint is not installed: go install github.com/rhysd/actionlint/cmd/actionlint@latest")
    finished = subprocess.run([actionlint, *map(str, FILES.values())], capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stdout


def test_there_is_a_workflow_for_each_step_of_delivery() -> None:
    assert FILES.keys() == {"check.yml", "preview.yml", "deploy.yml", "drift.yml"}
    assert JOBS["check.yml: test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


@pytest.mark.parametrize("flow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_a_workflow_begins_by_known_events_and_may_only_read(flow: dict[Any, Any]) -> None:
    """`pull_request_target` and `workflow_run` give a fork's code the repository's token and secrets."""
    assert triggers(flow) <= GIVEN
    assert flow["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_job_is_bounded_and_every_step_either_uses_or_runs(job: dict[str, Any]) -> None:
    assert job["timeout-minutes"] <= 60
    assert not job["runs-on"].startswith("self-hosted")
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step), step
        assert "uses" not in step or re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]), step


@pytest.mark.parametrize(("name", "job"), JOBS.items(), ids=JOBS)
def test_only_a_job_that_no_fork_reaches_has_rights_or_secrets(name: str, job: dict[str, Any]) -> None:
    flow = WORKFLOWS[name.partition(":")[0]]
    trusted = "environment" in job and (
        "pull_request" not in triggers(flow)
        or job.get("if") == "github.event.pull_request.head.repo.full_name == github.repository"
    )
    wants = "secrets." in yaml.safe_dump(job) or "write" in job.get("permissions", {}).values()
    assert trusted or not wants


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_no_text_that_anybody_may_write_becomes_a_command_and_no_token_stays_on_disk(job: dict[str, Any]) -> None:
    for step in job["steps"]:
        assert not any(text in step.get("run", "") for text in FROM_ANYBODY)
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_every_make_target_that_is_run_exists(job: dict[str, Any]) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(INSTALLED):", ".venv/.installed:")
    for step in job["steps"]:
        for line in re.findall(r"^make (.*)$", step.get("run", ""), re.MULTILINE):
            for target in re.sub(r'\w+="[^"]*"', "", line).split():
                assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target


def test_aws_is_reached_by_a_role_and_no_key() -> None:
    text = "\n".join(path.read_text("utf-8") for path in FILES.values())
    assert "role-to-assume" in text
    assert not re.search(r"aws-(access-key-id|secret-access-key)|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)", text)
