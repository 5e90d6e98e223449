"""The README says what is true: its graph, its commands, its files and its links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_cloud.commands.cli import main as local_cloud

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_graph_is_the_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert local_cloud(["graph", "--components"]) == 0
    (drawn,) = re.findall(r"<!-- graph -->\n```mermaid\n(.*?)\n```\n<!-- /graph -->", README, re.DOTALL)
    assert drawn == capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"^\| `make ([a-z-]+)`|^make ([a-z-]+)", README, re.MULTILINE)))
)
def test_every_make_target_exists(target: tuple[str, str]) -> None:
    assert re.search(rf"^{''.join(target)}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m local_cloud ([a-z]+)", README))))
def test_every_command_of_the_embedded_cloud_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        local_cloud([command, "--help"])
    assert exit_.value.code == 0
    assert f"local_cloud {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path",
    sorted(
        set(re.findall(r"`((?:infra|sql|tests|docs|benchmarks|input_data_generator|local_cloud)/[\w./]+)`", README))
    ),
)
def test_every_file_that_it_names_is_there(path: str) -> None:
    generated = path.startswith(("sql/copy/returns", "input_data"))
    assert generated or (ROOT / path).exists()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([\w-]+)\)", README))))
def test_every_link_inside_leads_somewhere(anchor: str) -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
