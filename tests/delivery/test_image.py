"""The image, without a builder: what it copies is there and enough, who it runs as, how it is asked for its health."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local_cloud.commands.arguments import parse_arguments
from local_cloud.endpoints import AWS_PORT, SNOWFLAKE_PORT

ROOT = Path(__file__).resolve().parents[2]
INSTRUCTIONS = [
    tuple(line.split(maxsplit=1))
    for line in re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()
    if line and not line.startswith("#")
]
LET_IN = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]


def of(word: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == word]


def test_what_is_copied_by_name_is_there_and_let_in() -> None:
    first = of("COPY")[0].split()[:-1]
    assert set(first) <= set(LET_IN)
    assert all(list(ROOT.glob(name)) for name in LET_IN)


def test_what_is_installed_is_what_the_makefile_installs_for_a_run() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (run,) = [line for line in of("RUN") if "pip install" in line]
    for installed in (
        "-c constraints.txt pulumi pulumi-aws pulumi-snowflake",
        "requirements.txt",
        "requirements-local.txt",
    ):
        assert installed in run
        assert installed in makefile


def test_it_runs_as_nobodys_root() -> None:
    (user,) = of("USER")
    assert user not in {"root", "0"}
    assert f"useradd --create-home --uid 10001 {user}" in of("RUN")[0]
    words = [name for name, _ in INSTRUCTIONS]
    assert words.index("USER") < words.index("ENTRYPOINT")


def test_what_it_starts_is_a_serve_that_is_reached_from_outside() -> None:
    entry, arguments = json.loads(of("ENTRYPOINT")[0]), json.loads(of("CMD")[0])
    assert entry == ["python", "-m", "local_cloud"]
    options = parse_arguments(arguments)
    assert (options.command, options.empty, options.host) == ("serve", True, "0.0.0.0")
    assert of("EXPOSE") == [f"{AWS_PORT} {SNOWFLAKE_PORT}"]
    assert f"({AWS_PORT}, {SNOWFLAKE_PORT})" in of("HEALTHCHECK")[0]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The files that get into the image, and nothing else of the project."""
    for name in LET_IN:
        for source in ROOT.glob(name):
            if source.is_dir():
                shutil.copytree(source, tmp_path / source.name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.name != "Pulumi.local.yaml":
                shutil.copy(source, tmp_path)
    return tmp_path


def test_what_is_copied_is_enough_to_serve_and_the_health_check_tells(copied: Path) -> None:
    state = copied / "state"
    ports = ["--aws-port", "0", "--snowflake-port", "0"]
    command = [sys.executable, "-m", "local_cloud", "serve", "--empty", "--state", str(state), *ports]
    process = subprocess.Popen(
        command, cwd=copied, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    assert process.stdout
    timer = threading.Timer(90, process.kill)
    timer.start()
    try:
        # the last line that it prints: from then on a signal ends it in its own time
        said = list(itertools.takewhile(lambda line: "SNOWFLAKE_PORT" not in line, process.stdout))
        assert process.poll() is None, "".join(said)
        text = (state / "endpoints.env").read_text()
        (aws,), (snowflake,) = (
            re.findall(r"AWS_ENDPOINT_URL=http://[\d.]+:(\d+)", text),
            re.findall(r"SNOWFLAKE_PORT=(\d+)", text),
        )
        check = json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])
        healthy = check[2].replace(str(AWS_PORT), aws).replace(str(SNOWFLAKE_PORT), snowflake)
        assert subprocess.run([sys.executable, "-c", healthy], timeout=30).returncode == 0
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(60)
        timer.cancel()
    assert subprocess.run([sys.executable, "-c", healthy], capture_output=True, timeout=30).returncode != 0
