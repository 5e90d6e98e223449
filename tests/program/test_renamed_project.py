"""A project that was made from this one has a name, and perhaps a system, of its own: its tests hold as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.naming import FIRST_PROJECT
from local_cloud.program import config
from tests.program.recording import ROOT, run_program, stack_config
from tests.program.trees import copy_program


def test_the_program_that_tests_run_is_called_the_same_whatever_the_project_is(tmp_path: Path):
    tree = copy_program(tmp_path)
    project = yaml.safe_load((tree / "Pulumi.yaml").read_text())
    project["name"] = "sales"
    project["config"]["system"]["default"] = "acme"
    (tree / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    assert stack_config(tree, dataDir="") == stack_config(dataDir="")
    assert run_program(tree)["database"].inputs["name"] == "RETAIL_DEV"


def test_the_commands_that_tests_run_see_a_project_of_the_same_name_whatever_it_is(monkeypatch: pytest.MonkeyPatch):
    def renamed(path: Path, what: str) -> dict[str, Any]:
        declared = yaml.safe_load(path.read_text())
        return declared | ({"name": "sales"} if path.name == "Pulumi.yaml" else {})

    monkeypatch.setattr(config, "_read", renamed)
    stack = config.read_stack(config.PROJECT, "dev", {})
    assert stack.project == FIRST_PROJECT
    assert stack.config[f"{FIRST_PROJECT}:system"] == ""


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stacks_file_names_no_project_so_that_it_holds_for_one_of_another_name(stack: str):
    keys = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert {key for key in keys if key.startswith(f"{FIRST_PROJECT}:")} == set()
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert {key for key in keys if ":" not in key} <= set(declared)
