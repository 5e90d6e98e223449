"""A real Dask cluster of two workers on loopback makes the same data set."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from input_data_generator import cluster
from input_data_generator.cli import main
from tests.input_data_generator.conftest import Generate, Start, digests, interrupt

distributed = pytest.importorskip("distributed")

SECONDS = 60
DATA = [
    "--months",
    "1",
    "--snapshots",
    "2",
    "--rows-per-file",
    "9",
    "--format",
    "json.gz",
    "--products",
    "70",
    "--quiet",
]


class Running:
    """A process of the cluster, ready once it has said so."""

    def __init__(self, folder: Path, environment: dict[str, str], module: str, *arguments: str, ready: str):
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr
        found = next(filter(None, (re.search(ready, line) for line in self._process.stderr)))
        self.said = found.group(1)
        # What else it says is read and thrown away: a full pipe would stop it.
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)
        self._reader.join(SECONDS)
        assert self._process.stderr
        self._process.stderr.close()


def head_of_a_cluster(folder: Path, environment: dict[str, str]) -> Running:
    return Running(folder, environment, "dask_scheduler", "--port", "0", ready=r"Scheduler at:\s*(tcp://\S+)")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a cluster whose workers do not have the generator's code, but may write to the buckets."""
    folder = tmp_path_factory.mktemp("cluster")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment |= {"AWS_ACCESS_KEY_ID": "worker", "AWS_SECRET_ACCESS_KEY": "worker", "TMPDIR": str(folder)}
    head = head_of_a_cluster(folder, environment)
    options = ["--no-nanny", "--nthreads", "1", "--local-directory"]
    workers = [
        Running(folder, environment, "dask_worker", head.said, *options, str(folder / name), ready="(Registered to)")
        for name in ("one", "two")
    ]
    yield head.said
    for process in (*workers, head):
        process.stop()


@pytest.fixture(autouse=True)
def no_credentials_here(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)


def dask(address: str) -> list[str]:
    return ["--executor", "dask", "--scheduler", address]


def test_workers_write_to_the_bucket_themselves_and_make_the_same_bytes(scheduler: str, s3: str, generate: Generate):
    resource: Any = boto3.resource(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="me", aws_secret_access_key="me"
    )
    bucket = resource.create_bucket(Bucket="landing")
    assert main([*DATA, *dask(scheduler), "--upload", "s3://landing", "--endpoint-url", s3]) == 0
    import hashlib

    from landing_keys import logical_path

    there = {item.key: hashlib.sha256(item.get()["Body"].read()).hexdigest() for item in bucket.objects.all()}
    here = digests(generate(*DATA))
    assert there.pop("manifest.json") == here.pop("manifest.json")
    assert {logical_path(key).removeprefix("customers/").removeprefix("products/"): there[key] for key in there} == here
    assert all(key.rpartition("-")[2].startswith(there[key][:12]) for key in there)


def test_workers_write_to_a_folder_they_share(scheduler: str, tmp_path: Path, generate: Generate):
    out = tmp_path / "shared"
    assert main([*DATA, *dask(scheduler), "--out", str(out)]) == 0
    assert digests(out) == digests(generate(*DATA))


def test_a_bucket_that_workers_may_not_write_to_is_one_line(scheduler: str, s3: str, tmp_path: Path, capsys):
    arguments = ["--out", str(tmp_path / "shared"), "--upload", "s3://absent", "--endpoint-url", s3]
    assert main([*DATA, *dask(scheduler), *arguments]) == 2
    assert re.fullmatch(r"error: --upload s3://absent: there is no such bucket[^\n]*\n", capsys.readouterr().err)
    assert not (tmp_path / "shared").exists()


def test_a_failure_on_a_worker_ends_the_run_with_one_line(scheduler: str, tmp_path: Path, capsys):
    out = tmp_path / "shared"
    (out / "transactions").mkdir(parents=True)
    (out / "transactions" / "d=2026-01-09").write_text("a file where a folder must be")
    assert main([*DATA, *dask(scheduler), "--out", str(out)]) == 1
    assert re.fullmatch(r"error: [^\n]*d=2026-01-09[^\n]*again[^\n]*\n", capsys.readouterr().err)


def test_workers_with_other_versions_are_refused(scheduler: str, tmp_path: Path, monkeypatch, capsys):
    here = cluster.versions_here()
    monkeypatch.setattr(cluster, "versions_here", lambda: here | {"pyarrow": "1.2.3"})
    out = tmp_path / "shared"
    assert main([*DATA, *dask(scheduler), "--out", str(out)]) == 2
    assert re.fullmatch(
        r"error: the worker tcp://\S+ has pyarrow \S+, this machine 1\.2\.3[^\n]*\n", capsys.readouterr().err
    )
    assert not out.exists()


def test_a_scheduler_that_does_not_answer_is_one_line(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "_SECONDS_TO_CONNECT", 0.2)
    arguments = [*DATA, *dask("tcp://127.0.0.1:9"), "--out", str(tmp_path / "data")]
    assert main(arguments) == 2
    assert re.fullmatch(r"error: --scheduler tcp://127.0.0.1:9 does not answer[^\n]*\n", capsys.readouterr().err)
    assert not (tmp_path / "data").exists()


def test_an_address_that_is_none_is_one_line(tmp_path: Path, capsys):
    assert main([*DATA, *dask("nonsense://x"), "--out", str(tmp_path / "data")]) == 2
    assert re.fullmatch(r"error: --scheduler nonsense://x[^\n]*\n", capsys.readouterr().err)


def test_a_cluster_without_workers_is_one_line(tmp_path: Path, capsys):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    head = head_of_a_cluster(tmp_path, environment)
    assert main([*DATA, *dask(head.said), "--out", str(tmp_path / "data")]) == 2
    assert "has no workers" in capsys.readouterr().err
    head.stop()


def test_without_dask_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([*DATA, *dask("tcp://127.0.0.1:9")]) == 2
    assert "pip install -r requirements-dask.txt" in capsys.readouterr().err


def test_ctrl_c_leaves_the_cluster_at_once_and_ready_for_more(
    scheduler: str, tmp_path: Path, start: Start, generate: Generate
):
    many = ["--customers", "1000", "--transactions-per-day", "100000", "--months", "60"]
    run = start("-m", "input_data_generator", *many, *dask(scheduler), "--out", str(tmp_path / "broken"))
    assert run.stderr
    assert run.stderr.readline().startswith("making ")
    said, seconds = interrupt(run)
    assert seconds < 3  # a second, and room for a busy machine
    assert run.returncode == 130
    assert re.fullmatch(r"interrupted: [\d,]+ of 1,828 files are complete in [^\n]*\n", said)
    assert main([*DATA, *dask(scheduler), "--out", str(tmp_path / "next")]) == 0
    assert digests(tmp_path / "next") == digests(generate(*DATA))
