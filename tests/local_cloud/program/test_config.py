from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.errors import InputError
from local_cloud.program.config import read_stack

PROJECT = """
name: shop
runtime: python
config:
  dataDir: {type: string, default: starter}
  forceDestroy: {type: boolean, default: false}
  quota: {type: integer, default: 5}
  required: {type: string, description: no default}
  plain: word
  snowflake:previewFeaturesEnabled: {value: [one, two]}
"""
STACK = """
config:
  aws:region: eu-west-1
  shop:forceDestroy: true
  snowflake:password: {secure: AAABAxxx}
  quota: 7
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return tmp_path


def test_config_is_the_projects_defaults_then_the_stacks_values_then_the_flags(project: Path) -> None:
    stack = read_stack(project, "dev", {"dataDir": ""})
    assert (stack.project, stack.name, stack.program) == ("shop", "dev", project / "__main__.py")
    assert stack.config == {
        "shop:dataDir": "",
        "shop:forceDestroy": "true",
        "shop:quota": "7",
        "shop:plain": "word",
        "snowflake:previewFeaturesEnabled": '["one", "two"]',
        "aws:region": "eu-west-1",
    }


def test_a_secret_is_left_out_even_where_the_project_has_a_default(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: {'shop:dataDir': {secure: AAAB}}")
    assert "shop:dataDir" not in read_stack(project, "dev", {}).config


def test_a_stack_without_config_has_the_defaults(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("")
    assert read_stack(project, "dev", {}).config["shop:dataDir"] == "starter"


def test_a_project_without_config_is_fine(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: shop")
    assert read_stack(project, "dev", {}).config["aws:region"] == "eu-west-1"


def test_an_unknown_stack_is_named_with_those_that_there_are(project: Path) -> None:
    (project / "Pulumi.local.yaml").write_text("")
    with pytest.raises(InputError, match=r"no stack 'prod': Pulumi\.prod\.yaml is missing; stacks here: dev, local"):
        read_stack(project, "prod", {})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("Pulumi.yaml", "runtime: python", "Pulumi.yaml names no project"),
        ("Pulumi.yaml", "a: [", r"Pulumi.yaml \(the project's description\) is not YAML"),
        ("Pulumi.dev.yaml", "- 1", r"Pulumi.dev.yaml \(the stack's config\) is not a mapping"),
        (
            "Pulumi.dev.yaml",
            "config: [1]",
            r"Pulumi.dev.yaml: config is \[1\], and has to be a mapping of keys to values",
        ),
        ("Pulumi.dev.yaml", "config: {5: x}", r"Pulumi.dev.yaml: config is \{5: 'x'\}, and has to be a mapping"),
        ("Pulumi.yaml", "name: shop\nconfig: word", r"Pulumi.yaml: config is 'word', and has to be a mapping"),
        ("Pulumi.dev.yaml", "config: {plain: 2026-01-01}", r"shop:plain is .*date\(2026, 1, 1\).*: write it in quotes"),
        (
            "Pulumi.dev.yaml",
            "config: {'shop:Plain': a}",
            r"sets shop:Plain, which Pulumi.yaml does not declare: allowed are",
        ),
        ("Pulumi.dev.yaml", "config: {plane: a}", r"sets shop:plane, .*: allowed are shop:dataDir, .*, shop:plain$"),
    ],
)
def test_a_file_that_pulumi_would_not_take_is_named(project: Path, name: str, content: str, message: str) -> None:
    (project / name).write_text(content)
    with pytest.raises(InputError, match=message) as error:
        read_stack(project, "dev", {})
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_named(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_bytes(b"config:\n  plain: \xff\n")
    with pytest.raises(InputError, match=r"Pulumi.dev.yaml \(the stack's config\) is not UTF-8: .* at byte 17$"):
        read_stack(project, "dev", {})


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Pulumi.yaml \(the project's description\) cannot be read: No such file"):
        read_stack(tmp_path, "dev", {})
