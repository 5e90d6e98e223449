from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from input_data_generator.errors import BadInput, RunFailed
from input_data_generator.run import Run
from landing_keys import UNFINISHED
from local_cloud.accounts import open_accounts
from local_cloud.commands import up as up_command
from local_cloud.commands.destroy import destroy
from local_cloud.commands.up import UpRequest, up
from local_cloud.errors import FailedRunError, InputError, ResourceError
from local_cloud.program.deployed_stack import DeployedStack, load_deployed_stack
from local_cloud.program.deployment import Deployment, Resource
from local_cloud.progress import Progress
from local_cloud.state.folder import current_generation, hold_state
from tests.local_cloud.commands.test_cli import write_data

BUCKET = "aws:s3/bucket:Bucket"


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own whose program exports its config, and an ``up`` that ends after it."""
    folder = tmp_path / "project"
    folder.mkdir()
    config = "config: {dataDir: {type: string, default: input_data/starter}}"
    (folder / "Pulumi.yaml").write_text(f"name: shop\n{config}\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {'aws:region': us-east-1}\n")
    (folder / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws as aws\n"
        "pulumi.export('dataDir', pulumi.Config().get('dataDir'))\n"
        "pulumi.export('bucket', aws.s3.Bucket('b', bucket='shop-bucket').bucket)\n"
    )
    monkeypatch.setattr(up_command, "PROJECT", folder)
    monkeypatch.setattr(up_command, "_load", lambda *_: None)
    return folder


def deployed(state: Path) -> DeployedStack:
    with hold_state(state, "test") as held:
        return load_deployed_stack(current_generation(held))


def test_starter_data_is_made_when_it_is_not_there_and_only_then(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(UpRequest(tmp_path / "state", "dev"), quiet())
    manifest = json.loads((project / "input_data" / "starter" / "manifest.json").read_text())
    assert manifest["totals"]["customers"] == 137
    monkeypatch.setattr(Run, "make", lambda _: pytest.fail("generated"))
    up(UpRequest(tmp_path / "state", "dev"), quiet())
    assert deployed(tmp_path / "state").outputs["dataDir"] == "input_data/starter"


def test_starter_data_that_was_broken_off_is_completed(project: Path, tmp_path: Path) -> None:
    starter = project / "input_data" / "starter"
    up(UpRequest(tmp_path / "state", "dev"), quiet())
    whole = {path: path.read_bytes() for path in starter.rglob("*") if path.is_file()}
    for name in ("manifest.json", "products.csv"):
        (starter / name).unlink()
    (starter / UNFINISHED).touch()
    up(UpRequest(tmp_path / "state", "dev"), quiet())
    assert {path: path.read_bytes() for path in starter.rglob("*") if path.is_file()} == whole


@pytest.mark.parametrize(
    ("failure", "error"), [(BadInput("another run"), InputError), (RunFailed("disk full"), FailedRunError)]
)
def test_starter_data_that_cannot_be_made_ends_the_run_and_says_why(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, error: type[Exception]
) -> None:
    def fail(_: Run) -> None:
        raise failure

    assert project.exists()
    monkeypatch.setattr(Run, "make", fail)
    with pytest.raises(error, match=f"^the starter data could not be made: {failure}$"):
        up(UpRequest(tmp_path / "state", "dev"), quiet())


@pytest.mark.parametrize("region", ["mars-1", "", "cn-north-1", "eu-west-99"])
def test_a_region_that_is_not_here_is_bad_input(project: Path, tmp_path: Path, region: str) -> None:
    (project / "Pulumi.dev.yaml").write_text(f"config: {{'aws:region': '{region}'}}\n")
    with pytest.raises(InputError, match=f"^aws:region is '{region}'; the embedded cloud has the regions of AWS"):
        up(UpRequest(tmp_path / "state", "dev", write_data(tmp_path / "data")), quiet())


def test_files_that_no_feed_takes_are_named(project: Path, tmp_path: Path) -> None:
    assert project.exists()
    data = write_data(tmp_path / "data")
    for name in ("a.JSON", "b.jsonl", "c.csv", "d.txt", "e", "f"):
        (data / "transactions" / name).touch()
    (data / "zzz.txt").touch()
    said = io.StringIO()
    up(UpRequest(tmp_path / "state", "dev", data), Progress(Console(file=said)))
    assert said.getvalue().splitlines()[0].strip() == (
        "passed over, because no feed takes such files: transactions/a.JSON, transactions/b.jsonl, transactions/c.csv, "
        "transactions/d.txt, transactions/e and 2 more"
    )


def test_a_data_dir_of_the_stacks_own_is_never_filled_with_starter_data(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: {'shop:dataDir': mine}\n")
    monkeypatch.setattr(Run, "make", lambda _: pytest.fail("generated"))
    up(UpRequest(tmp_path / "state", "dev"), quiet())
    assert deployed(tmp_path / "state").outputs["dataDir"] == "mine"


def test_with_a_data_folder_the_program_is_deployed_without_files_and_in_the_stacks_region(
    project: Path, tmp_path: Path
) -> None:
    assert project.exists()
    up(UpRequest(tmp_path / "state", "dev", write_data(tmp_path / "data")), quiet())
    stack = deployed(tmp_path / "state")
    assert (stack.outputs["dataDir"], stack.region) == ("", "us-east-1")


def test_roles_and_resource_monitors_that_the_config_takes_for_given_are_there_before_the_program_asks(
    project: Path, tmp_path: Path
) -> None:
    config = {"shop:readers": ["TABLE", "SYSADMIN"], "shop:operators": ["TABLE"], "shop:resourceMonitor": "LIMIT"}
    (project / "Pulumi.yaml").write_text("name: shop\n")
    (project / "Pulumi.dev.yaml").write_text(
        json.dumps({"config": config | {"shop:readersResourceMonitor": "no name"}})
    )
    (project / "__main__.py").write_text(
        "import pulumi\nimport pulumi_snowflake as snowflake\n"
        "found = snowflake.get_account_roles().account_roles\n"
        "pulumi.export('roles', [output.name for role in found for output in role.show_outputs])\n"
        "snowflake.Warehouse('w', name='W', resource_monitor='LIMIT')\n"
    )
    said = io.StringIO()
    up(UpRequest(tmp_path / "state", "dev"), Progress(Console(file=said, width=200)))
    assert {"TABLE", "SYSADMIN"} <= set(deployed(tmp_path / "state").outputs["roles"])
    assert "takes for given: TABLE, SYSADMIN, LIMIT" in said.getvalue()


def test_config_that_the_program_refuses_is_bad_input_and_nothing_is_deployed(project: Path, tmp_path: Path) -> None:
    (project / "input_data" / "starter").mkdir(parents=True)
    (project / "__main__.py").write_text("import pulumi\nraise pulumi.RunError('shop:dataDir is wrong')\n")
    with pytest.raises(InputError, match=r"^shop:dataDir is wrong$"):
        up(UpRequest(tmp_path / "state", "dev"), quiet())
    assert not list((tmp_path / "state").glob("generation-*"))


def test_a_bucket_that_holds_files_of_others_is_not_destroyed_and_the_rest_is_kept_for_the_next_try(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state"
    bucket = Resource("urn:b", BUCKET, "b", "", True, "shop-bucket", {}, {"bucket": "shop-bucket"}, ())
    file_outputs = {"bucket": "shop-bucket", "key": "k"}
    file = replace(
        bucket, urn="urn:f", type="aws:s3/bucketObjectv2:BucketObjectv2", name="f", id="k", outputs=file_outputs
    )
    house = replace(bucket, urn="urn:h", type="a:b:House", name="house", custom=False)
    with hold_state(state, "up") as held, held.new_generation() as generation, open_accounts(generation) as accounts:
        s3 = accounts.aws.client("s3")
        s3.create_bucket(Bucket="shop-bucket", CreateBucketConfiguration={"LocationConstraint": accounts.aws.region})
        for key in ("k", "of-somebody-else"):
            s3.put_object(Bucket="shop-bucket", Key=key, Body=b"x")
        DeployedStack("shop", "dev", accounts.aws.region, Deployment((house, bucket, file), {})).save(generation)
    with pytest.raises(ResourceError, match=r"Bucket 'b' could not be removed: .*BucketNotEmpty"):
        destroy(state, quiet())
    assert [resource.name for resource in deployed(state).resources] == ["house", "b"]
    delete_what_others_put(state)
    destroy(state, quiet())
    assert not state.exists()


def delete_what_others_put(state: Path) -> None:
    with hold_state(state, "test") as held, open_accounts(current_generation(held)) as accounts:
        s3: Any = accounts.aws.client("s3")
        assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="shop-bucket")["Contents"]] == ["of-somebody-else"]
        s3.delete_object(Bucket="shop-bucket", Key="of-somebody-else")
