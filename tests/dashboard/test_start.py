"""What `python -m dashboard` refuses is one line, and tells how to go on."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from dashboard import __main__ as start


def test_a_taken_port_is_refused_before_anything_is_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((start.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert start.main(["--port", str(port), "--state", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"error: port {port} is taken or none: choose another one with --port\n"


def test_without_a_served_cloud_and_an_environment_to_serve_it_the_way_to_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "_PROJECT_PYTHON", "nowhere/python")
    # A file that a killed `serve` left behind names a port at which nothing answers.
    with socket.create_server((start.LOOPBACK, 0)) as closed:
        port = closed.getsockname()[1]
    (tmp_path / "endpoints.env").write_text(f"SNOWFLAKE_HOST={start.LOOPBACK}\nSNOWFLAKE_PORT={port}\n")
    assert start.main(["--port", "0", "--state", str(tmp_path)]) == 2
    assert "`make local` first" in capsys.readouterr().err
