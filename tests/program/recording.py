"""Runs the whole program under Pulumi's mocks and keeps every registration as the engine would get it.

``run_program`` executes a tree's ``__main__.py`` once, in this process, with outputs as the real providers
answer them, and returns a ``Recording``: each resource with its inputs, its edges and its options. It returns
when every registration has drained, so a test may also assert what is *not* there.
"""

from __future__ import annotations

import asyncio
import json
import re
import runpy
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import yaml
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.stack import run_in_stack

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "retail-snowpipe"
ACCOUNT = "123456789012"
RUNNING = {"STATE": "RUNNING", "COMMENT": "Loads what lands"}
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:sf-snowpipe-AIDATEST-queue"
SNOWFLAKE_USER = "arn:aws:iam::210987654321:user/abcd1234-s"
EXTERNAL_ID = "MYORG_SFCRole=2_abc="
ALERTS_EXTERNAL_ID = "MYORG_SFCRole=2_def="


@dataclass(frozen=True)
class Resource:
    """One registration.

    Attributes:
        urn: what the engine knows it by.
        type: the Pulumi type token.
        name: the logical name.
        inputs: the inputs, as they go over the wire.
        outputs: what the mocked provider answered.
        parent: the parent's logical name, or its type for the stack.
        dependencies: logical names of all that comes before it.
        property_dependencies: the same, by the input that they come from.
        options: the other options of the request.
        aliases: the URNs by which an earlier version of the program may have registered it.
    """

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    parent: str
    dependencies: frozenset[str]
    property_dependencies: dict[str, frozenset[str]]
    options: dict[str, Any]
    aliases: tuple[str, ...] = ()


@dataclass
class Recording:
    """What one run of the program registered, in the order in which it arrived."""

    resources: list[Resource] = field(default_factory=list)
    components: list[Resource] = field(default_factory=list)
    stack_outputs: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Resource:
        (found,) = [resource for resource in self.resources if resource.name == name]
        return found

    def of_type(self, token: str) -> list[Resource]:
        """Return the resources of one type."""
        return [resource for resource in self.resources if resource.type == token]

    @property
    def names(self) -> set[str]:
        """The logical names of all resources."""
        return {resource.name for resource in self.resources}

    def comes_after(self, name: str) -> set[str]:
        """Return the logical names of all that exists before this resource does, over any number of edges."""
        known = {resource.name: resource for resource in self.resources}
        before: set[str] = set()
        todo = [name]
        while todo:
            new = {edge for edge in known[todo.pop()].dependencies if edge in known} - before
            before |= new
            todo += new
        return before


BUCKETS = {"deliveries": "eu-west-1", "far-away": "us-east-1"}
"""Buckets that are there, with their regions."""

THEIR_ROLE = f"arn:aws:iam::{ACCOUNT}:role/their-reader"
INTEGRATIONS: Mapping[str, dict[str, Any]] = {
    "LAKE": {"enabled": True, "allowedLocations": ["s3://deliveries/"], "blockedLocations": []},
    "LAKE12": {"enabled": True, "allowedLocations": ["*"], "blockedLocations": []},
    "LA_E12": {"enabled": True, "allowedLocations": ["s3://other/", "s3://deliveries"], "blockedLocations": []},
    "OFF": {"enabled": False, "allowedLocations": ["*"], "blockedLocations": []},
    "NARROW": {"enabled": True, "allowedLocations": ["s3://deliveries/in/"], "blockedLocations": []},
    "BLOCKED": {"enabled": True, "allowedLocations": ["*"], "blockedLocations": ["s3://deliveries/products/"]},
}
"""Storage integrations that are there."""

SUBSCRIBER = {"Sid": "1", "Effect": "Allow", "Principal": {"AWS": SNOWFLAKE_USER}, "Action": ["sns:Subscribe"]}
"""The statement that Snowflake answers for a topic, without the topic."""


def _listed(name: str) -> dict[str, Any]:
    """Return an integration as the provider's function lists it."""
    return {"showOutputs": [{"name": name}], "describeOutputs": [{**INTEGRATIONS[name], "roleArn": THEIR_ROLE}]}


def _query_results(query: str) -> list[dict[str, str]]:
    """Return what the queries of the program answer."""
    if found := re.search(r"SYSTEM\$GET_AWS_SNS_IAM_POLICY\('(.+)'\)", query):
        return [{"POLICY": json.dumps({"Statement": [{**SUBSCRIBER, "Resource": [found[1]]}]})}]
    return [RUNNING]


ROLES_OF_THE_ACCOUNT = ("SECURITYADMIN", "ANALYST", "ONCALL", "ONCALL12")


class CloudMocks(mocks.Mocks):
    """Answers as the two real providers do, as far as the program reads the answers.

    Args:
        found: what a refresh has found instead, by the names of resources.
    """

    def __init__(self, found: Mapping[str, dict[str, Any]] | None = None) -> None:
        self._found = found or {}

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token == "snowflake:index/getAccountRoles:getAccountRoles":
            # an underscore in LIKE stands for any character
            like = re.compile(args.args["like"].replace("_", "."))
            found = [role for role in ROLES_OF_THE_ACCOUNT if like.fullmatch(role)]
            return {"accountRoles": [{"showOutputs": [{"name": role}]} for role in found], "id": "roles"}
        if args.token == "snowflake:index/getStorageIntegrations:getStorageIntegrations":
            like = re.compile(args.args["like"].replace("_", "."))
            return {"storageIntegrations": [_listed(name) for name in INTEGRATIONS if like.fullmatch(name)], "id": "si"}
        if args.token == "aws:s3/getBucket:getBucket":
            if args.args["bucket"] not in BUCKETS:
                return {}, [("bucket", f"reading S3 Bucket ({args.args['bucket']}): couldn't find resource")]
            return {"bucket": args.args["bucket"], "bucketRegion": BUCKETS[args.args["bucket"]], "id": "bucket"}
        if args.token == "aws:index/getRegion:getRegion":
            return {"region": "eu-west-1", "id": "eu-west-1"}
        if args.token == "aws:index/getCallerIdentity:getCallerIdentity":
            return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/someone", "userId": "AIDA"}
        raise AssertionError(f"the program calls {args.token}, which the mocks do not know")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = dict(args.inputs)
        if args.typ.startswith("snowflake:"):
            parts = [outputs[key] for key in ("database", "schema", "name") if key in outputs]
            outputs["fullyQualifiedName"] = ".".join(f'"{part}"' for part in parts)
        outputs |= _ANSWERS.get(args.typ, lambda _: {})(args.inputs)
        outputs |= self._found.get(args.name, {})
        return outputs.get("name", args.name), outputs


_ANSWERS = {
    "aws:s3/bucket:Bucket": lambda given: {"arn": f"arn:aws:s3:::{given['bucket']}"},
    "aws:kms/key:Key": lambda _: {"arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd"},
    "aws:iam/role:Role": lambda given: {"arn": f"arn:aws:iam::{ACCOUNT}:role/{given['name']}"},
    "aws:sns/topic:Topic": lambda given: {"arn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:{given['name']}"},
    "aws:cloudwatch/eventRule:EventRule": lambda given: {
        "arn": f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/{given['name']}"
    },
    "snowflake:index/notificationIntegration:NotificationIntegration": lambda _: {
        "awsSnsIamUserArn": SNOWFLAKE_USER,
        "awsSnsExternalId": ALERTS_EXTERNAL_ID,
    },
    "snowflake:index/execute:Execute": lambda given: (
        {"queryResults": _query_results(given["query"])} if "query" in given else {}
    ),
    "snowflake:index/pipe:Pipe": lambda _: {"notificationChannel": QUEUE},
    "snowflake:index/storageIntegrationAws:StorageIntegrationAws": lambda _: {
        "describeOutputs": [{"iamUserArn": SNOWFLAKE_USER, "externalId": EXTERNAL_ID}]
    },
}


class _Monitor(mocks.MockMonitor):
    """The mock monitor drops most of a request; this one keeps it."""

    def __init__(self, recording: Recording, answers: CloudMocks):
        super().__init__(answers)
        self.recording = recording
        self._lock = threading.RLock()
        self._hooks = set[str]()

    def RegisterErrorHook(self, request: Any) -> Any:  # noqa: N802 - the name of the RPC
        assert request.name not in self._hooks, f"the engine takes hook {request.name!r} once"
        self._hooks.add(request.name)
        return super().RegisterErrorHook(request)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the RPC
        if request.type == "pulumi:pulumi:Stack":
            return super().RegisterResource(request)
        with self._lock:
            response = super().RegisterResource(request)
            kept = self.recording.resources if request.custom else self.recording.components
            kept.append(_resource(request, response.urn, self.resources[response.urn].state))
            return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the RPC
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self.recording.stack_outputs = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)


def _resource(request: Any, urn: str, outputs: dict[str, Any]) -> Resource:
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        inputs=rpc.deserialize_properties(request.object),
        outputs=outputs,
        parent=_name(request.parent),
        dependencies=frozenset(_name(urn) for urn in request.dependencies),
        property_dependencies={
            key: frozenset(_name(urn) for urn in dependencies.urns)
            for key, dependencies in request.propertyDependencies.items()
        },
        options={
            "protect": request.protect,
            "retain_on_delete": request.retainOnDelete,
            "ignore_changes": list(request.ignoreChanges),
            "delete_before_replace": request.deleteBeforeReplace,
            "replace_with": [_name(urn) for urn in request.replace_with],
            "replacement_trigger": _trigger(request),
            "on_error": list(request.hooks.on_error),
            "provider": request.provider,
        },
        aliases=tuple(_alias(request, urn, alias) for alias in request.aliases),
    )


def _alias(request: Any, urn: str, alias: Any) -> str:
    """Return the URN that an alias means; what its specification leaves out is as it is now."""
    if alias.WhichOneof("alias") == "urn":
        return alias.urn
    spec = alias.spec
    own = urn.split("::")
    parent = spec.parentUrn if spec.WhichOneof("parent") == "parentUrn" else request.parent
    parents_type = parent.split("::")[2] + "$" if parent and not spec.noParent else ""
    above = "" if parents_type.startswith("pulumi:pulumi:Stack") else parents_type
    return "::".join([*own[:2], f"{above}{spec.type or request.type}", spec.name or request.name])


def _trigger(request: Any) -> list[Any]:
    wrapped = struct_pb2.Struct(fields={"trigger": request.replacement_trigger})
    return rpc.deserialize_properties(wrapped).get("trigger", []) if request.HasField("replacement_trigger") else []


def _name(urn: str) -> str:
    return urn.split("::")[-1]


def stack_config(root: Path = ROOT, stack: str | None = "dev", **overrides: str | None) -> dict[str, str]:
    """Return a stack's config as the CLI hands it over: Pulumi.yaml's defaults, the stack's values, overrides.

    The project is called as these tests have it, and its names begin with that, whatever Pulumi.yaml says: the
    tests of a project that was made from this one hold as they are.

    Args:
        root: the program's folder.
        stack: whose file to read; None for the project's defaults alone.
        overrides: values by key of the project's namespace, or by ``namespace__key``; None takes a key out.
    """
    project = yaml.safe_load((root / "Pulumi.yaml").read_text())
    values = {key: declared.get("value", declared.get("default")) for key, declared in project["config"].items()}
    if stack:
        values |= yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text())["config"]
    values = {key.removeprefix(f"{project['name']}:"): value for key, value in values.items()} | {"system": ""}
    config = {_full(PROJECT, key): _on_the_wire(value) for key, value in values.items()}
    for key, value in overrides.items():
        full = _full(PROJECT, key.replace("__", ":"))
        if value is None:
            config.pop(full, None)
        else:
            config[full] = value
    return config


def _full(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _on_the_wire(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def run_program(
    root: Path = ROOT,
    *,
    project: str = PROJECT,
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    recording: Recording | None = None,
    found: Mapping[str, dict[str, Any]] | None = None,
) -> Recording:
    """Run a tree's program once and return what it registered.

    Args:
        root: the program's folder.
        project: the project's name.
        stack: the stack's name.
        config: full keys to values; by default the dev stack's config without data files.
        found: what a refresh of the stack has found of resources, by their names.
        recording: where to write; a test whose program fails gives one, to see what was registered before.

    Raises:
        Exception: whatever the program raises.
    """
    given = stack_config(root, dataDir="") if config is None else config
    recording = recording or Recording()
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(1, "registrations") as executor, _modules_of(root):
        loop.set_default_executor(executor)
        asyncio.set_event_loop(loop)
        answers = CloudMocks(found)
        monitor = _Monitor(recording, answers)
        mocks.set_mocks(answers, project=project, stack=stack, preview=False, monitor=monitor)
        _forget_finished_stack()
        pulumi.runtime.set_all_config(dict(given))
        try:
            loop.run_until_complete(run_in_stack(lambda: _execute(root)))
        finally:
            _forget_finished_stack()
            loop.close()
            asyncio.set_event_loop(None)
    return recording


def _forget_finished_stack() -> None:
    """set_mocks makes a Stack that is finished at once, and a run leaves its own; run_in_stack wants to make one."""
    runtime: Any = runtime_settings
    runtime.set_root_resource(None)
    runtime.SETTINGS.rpc_manager.clear()
    runtime.SETTINGS.outputs.clear()


def _execute(root: Path) -> None:
    runpy.run_path(str(root / "__main__.py"), run_name="__main__")


@contextmanager
def _modules_of(root: Path) -> Iterator[None]:
    """Let the program's imports find this tree's modules, and leave the test's own as they were."""
    if root == ROOT:
        yield
        return
    ours = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_program_module(name)}
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if _is_program_module(name)]:
            del sys.modules[name]
        sys.modules.update(ours)


def _is_program_module(name: str) -> bool:
    return name == "landing_keys" or name.split(".")[0] == "infra"
