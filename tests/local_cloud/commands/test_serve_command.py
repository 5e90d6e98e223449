from __future__ import annotations

import io
import shlex
import signal
import socket
import threading
from pathlib import Path

import pytest
from rich.console import Console

from local_cloud.commands.cli import main
from local_cloud.commands.interrupts import Interrupts
from local_cloud.commands.serve_report import print_endpoints
from local_cloud.endpoints import LOOPBACK
from local_cloud.state.endpoints_file import Endpoints, endpoints_file, password_of, read_variables

ENDPOINTS = Endpoints(
    aws_port=1,
    snowflake_port=2,
    password="it's $HOME `x` #1",
    region="eu-west-1",
    bucket="landing",
    database="RETAIL_DEV",
    warehouse="RETAIL_DEV",
)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--aws-port", "65536"], "'65536' is no port: 1 to 65535, or 0 for any free one"),
        (["--snowflake-port", "-1"], "'-1' is no port"),
        (["--aws-port", "x"], "'x' is no port"),
        (["--password", ""], "an empty or unprintable password keeps nobody out"),
        (["--password", "a\nb"], "an empty or unprintable password keeps nobody out"),
    ],
)
def test_a_bad_option_is_refused_before_anything_is_begun(
    arguments: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--state", str(tmp_path / "state"), *arguments]) == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


def test_a_taken_port_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes: list[int] = []
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        command = ["serve", "--empty", "--stack", "dev", "--state", str(tmp_path / "state"), "--aws-port", port]
        thread = threading.Thread(target=lambda: codes.append(main(command)))
        thread.start()
        thread.join(60)
    assert codes == [2]
    assert f"port {port} is taken by another program" in capsys.readouterr().err


def test_the_file_can_be_read_by_a_shell_and_by_a_program(tmp_path: Path) -> None:
    with endpoints_file(tmp_path, ENDPOINTS) as file:
        assert read_variables(tmp_path) == ENDPOINTS.variables
        words = [word for line in file.read_text("utf-8").splitlines() for word in shlex.split(line)]
        assert words == [f"{name}={value}" for name, value in ENDPOINTS.variables.items()]
    assert read_variables(tmp_path) is None


def test_a_person_reads_where_the_accounts_answer_and_what_to_export(tmp_path: Path) -> None:
    out = io.StringIO()
    file = tmp_path / "a folder" / "endpoints.env"
    print_endpoints(Console(file=out, width=60), ENDPOINTS, file, " --state 'a folder'", deployable=True)
    text = out.getvalue()
    assert shlex.split(text.partition("make dashboard ")[2].splitlines()[0]) == ["ARGS=--state 'a folder'"]
    assert "http://127.0.0.1:1\n" in text
    assert "http://127.0.0.1:2\n" in text
    assert "a folder/endpoints.env'; set +a\n" in text
    assert "  pulumi up --stack local\n" in text
    for name, value in ENDPOINTS.variables.items():
        assert f"  {name}={shlex.quote(value)}\n" in text


def test_the_cli_is_suggested_only_for_a_stack_that_names_these_endpoints(tmp_path: Path) -> None:
    out = io.StringIO()
    print_endpoints(Console(file=out), ENDPOINTS, tmp_path / "endpoints.env", "", deployable=False)
    assert "pulumi up" not in out.getvalue()


def test_an_empty_password_file_is_no_password(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n")
    assert len(password_of(tmp_path)) >= 20


def test_a_signal_that_broke_nothing_off_still_ends_what_keeps_running() -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        interrupts, stop = Interrupts(), threading.Event()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    interrupts.numbers.append(signal.SIGTERM)  # raised in a destructor, say, where Python passes it over
    interrupts.set_instead(stop)
    assert stop.is_set()
