from __future__ import annotations

from pathlib import Path

from pulumi import FileAsset

from local_cloud.program.deployed_stack import DeployedStack, load_deployed_stack
from local_cloud.program.deployment import Deployment, Resource


def resource(name: str, **outputs: object) -> Resource:
    return Resource(f"urn:{name}", "a:b:C", name, "", True, f"id:{name}", {}, dict(outputs), ("urn:x",))


def test_a_stack_comes_back_as_it_was_without_its_files(tmp_path: Path) -> None:
    file = resource("file", key="k", source=FileAsset("somewhere"))
    stack = DeployedStack("shop", "dev", "eu-west-1", Deployment((resource("one", arn="a"), file), {"bucket": "b"}))
    stack.save(tmp_path)
    loaded = load_deployed_stack(tmp_path)
    assert loaded == stack.with_resources([resource("one", arn="a"), resource("file", key="k")])
    assert loaded.outputs == {"bucket": "b"}
