"""Straight to S3: the same content-addressed keys as the program's, clear errors, nothing left on disk."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from input_data_generator import uploads
from input_data_generator.cli import main
from landing_keys import find_data_files
from tests.input_data_generator.conftest import Generate, Start, digests, interrupt

MONTH = ["--months", "1", "--quiet"]
FEEDS = {"customers": (".csv",), "products": (".csv",), "transactions": (".json", ".json.gz", ".json.zst")}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


@pytest.fixture
def staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary files are made."""
    folder = tmp_path / "staging"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def bucket(endpoint: str, request: pytest.FixtureRequest) -> Any:
    name = "landing-" + sha256(request.node.name.encode()).hexdigest()[:12]
    resource: Any = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1")
    return resource.create_bucket(Bucket=name)


def objects_in(bucket: Any) -> dict[str, str]:
    return {item.key: sha256(item.get()["Body"].read()).hexdigest() for item in bucket.objects.all()}


def landed(folder: Path, prefix: str = "") -> dict[str, str]:
    """Return what a folder's files are in a bucket, manifest included."""
    files = {prefix + file.landing_key(): digests(folder)[file.path.relative_to(folder).as_posix()]
             for file in find_data_files(folder, FEEDS)}  # fmt: skip
    return files | {prefix + "manifest.json": digests(folder)["manifest.json"]}


@pytest.mark.parametrize("arguments", [[], ["--snapshots", "2", "--format", "json.gz", "--rows-per-file", "9"]])
def test_the_bucket_holds_what_the_folder_would_under_its_landing_keys(
    endpoint: str, bucket: Any, generate: Generate, staging: Path, arguments: list[str]
):
    assert main([*MONTH, *arguments, "--upload", f"s3://{bucket.name}", "--endpoint-url", endpoint]) == 0
    assert objects_in(bucket) == landed(generate(*MONTH, *arguments))
    assert list(staging.iterdir()) == []


def test_a_prefix_comes_before_every_key(endpoint: str, bucket: Any, generate: Generate, staging: Path):
    assert main([*MONTH, "--upload", f"s3://{bucket.name}/try/1/", "--endpoint-url", endpoint]) == 0
    assert objects_in(bucket) == landed(generate(*MONTH), "try/1/")


def test_with_a_folder_the_files_go_to_both(endpoint: str, bucket: Any, tmp_path: Path):
    out = tmp_path / "data"
    assert main([*MONTH, "--out", str(out), "--upload", f"s3://{bucket.name}", "--endpoint-url", endpoint]) == 0
    assert objects_in(bucket) == landed(out)


def test_processes_upload_the_same(endpoint: str, bucket: Any, generate: Generate, staging: Path):
    arguments = [*MONTH, "--workers", "2"]
    assert main([*arguments, "--upload", f"s3://{bucket.name}", "--endpoint-url", endpoint]) == 0
    assert objects_in(bucket) == landed(generate(*MONTH))
    assert list(staging.iterdir()) == []


def test_large_files_go_in_parts(endpoint: str, bucket: Any, generate: Generate, staging: Path, monkeypatch):
    monkeypatch.setattr(uploads, "MULTIPART_FROM", 6 * 1024 * 1024)
    monkeypatch.setattr(uploads, "PART_SIZE", 5 * 1024 * 1024)
    arguments = ["--end", "2026-01-01", "--transactions-per-day", "100000", "--quiet"]
    assert main([*arguments, "--upload", f"s3://{bucket.name}", "--endpoint-url", endpoint]) == 0
    assert objects_in(bucket) == landed(generate(*arguments))
    (large,) = (item for item in bucket.objects.all() if item.size > 6 * 1024 * 1024)
    assert large.e_tag.endswith('-3"')


def test_files_on_disk_stay_few_while_uploading(endpoint: str, bucket: Any, staging: Path, monkeypatch):
    most = 0
    start = uploads.Uploads.start

    def counting(*arguments):
        nonlocal most
        most = max(most, sum(path.is_file() for path in staging.rglob("*")))
        return start(*arguments)

    monkeypatch.setattr(uploads.Uploads, "start", counting)
    monkeypatch.setattr(uploads, "FILES_AHEAD", 4)
    assert main([*MONTH, "--upload", f"s3://{bucket.name}", "--endpoint-url", endpoint]) == 0
    assert 1 <= most <= 5


@pytest.mark.parametrize("with_out", [False, True])
def test_a_missing_bucket_is_one_line_and_nothing_written(
    endpoint: str, tmp_path: Path, staging: Path, capsys, with_out: bool
):
    out = ["--out", str(tmp_path / "data")] if with_out else []
    assert main([*MONTH, *out, "--upload", "s3://nobodys-bucket/x", "--endpoint-url", endpoint]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"error: --upload s3://nobodys-bucket/x: there is no such bucket[^\n]*\n", error)
    assert not (tmp_path / "data").exists()


def test_missing_credentials_are_one_line(endpoint: str, monkeypatch, capsys):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert main([*MONTH, "--upload", "s3://some-bucket", "--endpoint-url", endpoint]) == 2
    assert re.fullmatch(r"error: --upload s3://some-bucket: no AWS credentials found[^\n]*\n", capsys.readouterr().err)


def test_an_unknown_profile_is_one_line(endpoint: str, monkeypatch, capsys):
    monkeypatch.setenv("AWS_PROFILE", "absent")
    assert main([*MONTH, "--upload", "s3://some-bucket", "--endpoint-url", endpoint]) == 2
    assert re.fullmatch(r"error: --upload s3://some-bucket: [^\n]*absent[^\n]*\n", capsys.readouterr().err)


class Store(BaseHTTPRequestHandler):
    """A store that says to each request what the test wants."""

    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.answers(self.command, self.path)  # pyright: ignore[reportAttributeAccessIssue]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # a client that was interrupted has hung up
            self.end_headers()
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up, as an upload that is refused does: what is printed is the test's."""


@pytest.fixture
def store() -> Iterator[ThreadingHTTPServer]:
    server = QuietServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


BEGUN = b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def address(store: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{store.server_address[1]}"


def test_no_right_to_write_is_one_line(store: Any, tmp_path: Path, capsys):
    store.answers = lambda _method, _path: (403, DENIED)
    out = tmp_path / "data"
    assert main([*MONTH, "--out", str(out), "--upload", "s3://theirs", "--endpoint-url", address(store)]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"error: --upload s3://theirs: you have no right to write there[^\n]*s3:PutObject\n", error)
    assert not out.exists()


def test_nobody_at_the_endpoint_is_one_line(store: Any, capsys):
    nobody = address(store)
    store.server_close()
    assert main([*MONTH, "--upload", "s3://some-bucket", "--endpoint-url", nobody]) == 2
    assert re.fullmatch(r"error: --upload s3://some-bucket: nobody answers[^\n]*\n", capsys.readouterr().err)


def test_the_check_leaves_nothing_and_may_lack_the_right_to_tidy_up(store: Any, staging: Path):
    asked = []

    def answers(method: str, path: str):
        asked.append((method, path.split("?")[0]))
        return (200, BEGUN) if method == "POST" else (403, DENIED) if method == "DELETE" else (200, b"")

    store.answers = answers
    assert main([*MONTH, "--upload", "s3://theirs/p", "--endpoint-url", address(store)]) == 0
    assert asked[:2] == [("POST", "/theirs/p/manifest.json"), ("DELETE", "/theirs/p/manifest.json")]
    assert asked[-1] == ("PUT", "/theirs/p/manifest.json")
    assert {method for method, _ in asked[2:]} == {"PUT"}


def test_a_request_that_fails_is_tried_again(store: Any, staging: Path):
    failures = [500, 503]

    def answers(method: str, path: str):
        if method == "PUT" and "customers" in path and failures:
            return failures.pop(), b""
        return 200, BEGUN

    store.answers = answers
    assert main([*MONTH, "--upload", "s3://theirs", "--endpoint-url", address(store)]) == 0
    assert not failures


def test_an_upload_refused_halfway_ends_the_run_with_one_line(store: Any, staging: Path, capsys):
    store.answers = lambda method, path: (403, DENIED) if "2026-01-20" in path else (200, BEGUN)
    assert main([*MONTH, "--upload", "s3://theirs", "--endpoint-url", address(store)]) == 1
    assert re.fullmatch(r"error: --upload s3://theirs: you have no right[^\n]*again\n", capsys.readouterr().err)
    assert list(staging.iterdir()) == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_does_not_wait_for_a_bucket_that_does_not_answer(store: Any, start: Start, tmp_path: Path, workers: str):
    waiting, end = threading.Event(), threading.Event()

    def answers(method: str, _path: str):
        if method == "PUT":
            waiting.set()
            end.wait(30)
        return 200, BEGUN

    store.answers = answers
    arguments = ["--months", "1", "--workers", workers, "--upload", "s3://theirs", "--endpoint-url", address(store)]
    run = start("-m", "input_data_generator", *arguments, TMPDIR=str(tmp_path))
    assert waiting.wait(30)
    error, took = interrupt(run)
    end.set()
    assert run.returncode == 130
    assert "0 of 33 files are complete in s3://theirs" in error
    assert "Traceback" not in error
    assert took < 3  # a second, and room for a busy machine
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("input_data_generator-")]


def test_a_manifest_that_is_refused_ends_the_run_with_one_line(store: Any, staging: Path, capsys):
    store.answers = lambda method, path: (403, DENIED) if method == "PUT" and "manifest" in path else (200, BEGUN)
    assert main([*MONTH, "--upload", "s3://theirs", "--endpoint-url", address(store)]) == 1
    assert re.fullmatch(r"error: --upload s3://theirs: you have no right[^\n]*again\n", capsys.readouterr().err)
