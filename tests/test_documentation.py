"""The documents say what is true: their graph, commands, keys, files and links."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from infra.naming import LOAD_HISTORY, REQUESTED_VIEW
from local_cloud.commands.cli import main as local_cloud

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(ROOT.glob("docs/*.md"))} | {
    name: (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
}
ALL = "\n".join(DOCUMENTS.values())

MOST_LINES_OF_THE_README = 150

_FENCE = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)


def prose(text: str) -> str:
    return _FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def relative_links() -> Iterator[tuple[str, str]]:
    for name, text in DOCUMENTS.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
            if not re.match(r"[a-z]+:", target):
                yield name, target


def test_the_graph_is_the_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert local_cloud(["graph", "--components"]) == 0
    (drawn,) = re.findall(r"<!-- graph -->\n```mermaid\n(.*?)\n```\n<!-- /graph -->", ALL, re.DOTALL)
    assert drawn == capsys.readouterr().out.strip()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", ALL, re.MULTILINE))))
def test_every_make_target_exists(target: tuple[str, str]) -> None:
    assert re.search(rf"^{''.join(target)}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m local_cloud ([a-z]+)", ALL))))
def test_every_command_of_the_embedded_cloud_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        local_cloud([command, "--help"])
    assert exit_.value.code == 0
    assert f"local_cloud {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:infra|sql|tests|docs|benchmarks|input_data_generator|local_cloud)/[\w./]*)`", ALL))),
)
def test_every_file_that_they_name_is_there(path: str) -> None:
    generated = path.startswith(("sql/copy/returns", "input_data"))
    assert generated or (ROOT / path).exists()


@pytest.mark.parametrize(("document", "target"), sorted(set(relative_links())))
def test_every_link_leads_somewhere(document: str, target: str) -> None:
    file, _, anchor = target.partition("#")
    path = (ROOT / document).parent.joinpath(file).resolve() if file else ROOT / document
    assert path.exists()
    assert not anchor or anchor in anchors(path.read_text("utf-8"))


def test_the_readme_is_read_in_five_minutes_and_leads_to_every_document() -> None:
    assert len(DOCUMENTS["README.md"].splitlines()) <= MOST_LINES_OF_THE_README
    assert {target for name, target in relative_links() if name == "README.md"} >= DOCUMENTS.keys() - {"README.md"}


def test_the_readmes_map_has_every_folder_and_nothing_else() -> None:
    (table,) = re.findall(r"^## The repository\n\n(.*?)\n\n", DOCUMENTS["README.md"], re.DOTALL | re.MULTILINE)
    mapped = set(re.findall(r"^\| `([\w./]+)`", table, re.MULTILINE))
    assert all((ROOT / path).exists() for path in mapped)
    code = {f"{path.parent.name}/" for path in ROOT.glob("*/*.py") if not path.parent.name.startswith(".")}
    assert mapped >= code | {path.name for path in ROOT.glob("*.py")}


def test_the_readme_names_every_table_and_view() -> None:
    (table,) = re.findall(r"^## The data\n\n.*?\n\n(.*?)\n\n", DOCUMENTS["README.md"], re.DOTALL | re.MULTILINE)
    named = {
        (schema, relation)
        for schema, cell in re.findall(r"^\| ([A-Z]+) \| (.*?):", table, re.MULTILINE)
        for relation in re.findall(r"`(\w+)`", cell)
    }
    models = {
        (path.parent.name.upper(), path.stem.upper())
        for schema in ("core", "mart", "ops")
        for path in ROOT.glob(f"sql/{schema}/*.sql")
    }
    raw = {("RAW", path.stem.upper()) for path in ROOT.glob("sql/copy/*.sql")}
    assert named == models | raw | {LOAD_HISTORY}
    assert REQUESTED_VIEW in named


def test_the_commands_that_deploy_are_the_same_in_the_readme_and_where_deploying_is_explained() -> None:
    blocks = [
        set(re.findall(r"```sh\n(pulumi .*?)```", DOCUMENTS[name], re.DOTALL))
        for name in ("README.md", "docs/deploy.md")
    ]
    assert len(blocks[0] & blocks[1]) == 1


def test_the_table_of_config_keys_is_that_of_the_project() -> None:
    (table,) = re.findall(
        r"^## Configuration\n\n.*?\n\n(.*?)\n\n", DOCUMENTS["docs/deploy.md"], re.DOTALL | re.MULTILINE
    )
    rows = dict(re.findall(r"^\| `([\w:]+)` \| (.*?) \|", table, re.MULTILINE))
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))["config"]
    assert rows.keys() == declared.keys()
    for key, description in declared.items():
        if "default" in description and key != "system":  # which a project made from this one sets for itself
            default = description["default"]
            shown = str(default).lower() if isinstance(default, bool) else default if default != "" else "''"
            assert rows[key].startswith(f"`{shown}`")


def test_the_last_changes_are_those_of_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"^## (\S+)", DOCUMENTS["CHANGELOG.md"], re.MULTILINE)
    assert headings[headings[0] == "Unreleased"] == version


def test_a_template_asks_with_a_description_for_what_deploying_sets() -> None:
    asked = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))["template"]["config"]
    assert all(question["description"] for question in asked.values())
    assert asked.keys() <= set(re.findall(r"^pulumi config set (\S+)", DOCUMENTS["docs/deploy.md"], re.MULTILINE))
