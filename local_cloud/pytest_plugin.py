"""Fixtures for tests of Pulumi programs with S3 and Snowflake: an empty account, a deployed stack, endpoints.

Loaded with ``pytest_plugins = ["local_cloud.pytest_plugin"]`` in the top ``conftest.py`` of any project; the program
is the folder that the ini option ``pulumi_program`` names. Every test has accounts of its own, in its ``tmp_path``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local_cloud.accounts import Accounts, open_accounts
from local_cloud.endpoints.aws.server import AwsEndpoint
from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from local_cloud.program.config import read_stack
from local_cloud.program.deployment import Deployment
from local_cloud.program.engine import run_program
from local_cloud.resources import Registry
from local_cloud.snowpipe.live_loading import LiveLoading
from local_cloud.snowpipe.loader import Snowpipe
from local_cloud.state.endpoints_file import USER, Endpoints, password_of

_STOP_SECONDS = 1.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare which program and which stack the fixture `deployed_stack` deploys."""
    parser.addini("pulumi_program", "folder of the Pulumi program, from the ini file's folder", default=".")
    parser.addini("pulumi_stack", "name of its stack", default="dev")


class Cloud:
    """A pair of accounts of one test, and what was deployed to them.

    Attributes:
        accounts: the AWS account and the Snowflake account.
        outputs: the stack outputs of the last deployment.
    """

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.outputs: Mapping[str, Any] = {}

    def deploy(self, program: Path, stack: str = "dev", **config: str) -> Deployment:
        """Run a Pulumi program on these accounts.

        Args:
            program: the folder of its Pulumi.yaml.
            stack: the stack's name; a stack without a file has the project's defaults.
            config: values that win over those of both files.

        Raises:
            InputError: the config is not usable, or the program refused it.
            ResourceError: a resource could not be created.
            FailedRunError: the program failed.
        """
        described = read_stack(program, stack, config, may_be_missing=True)
        deployment = run_program(described, Registry(self.accounts.aws, self.accounts.snowflake))
        self.outputs = deployment.outputs
        return deployment

    def aws(self, service: str) -> Any:
        """Return a boto3 client of the AWS account."""
        return self.accounts.aws.client(service)

    def put(self, bucket: str, key: str, body: bytes | str) -> None:
        """Let a file land."""
        content = body.encode() if isinstance(body, str) else body
        self.aws("s3").put_object(Bucket=bucket, Key=key, Body=content)

    def load(self) -> None:
        """Let Snowpipe load what has landed, and refresh the dynamic tables."""
        Snowpipe(self.accounts.snowflake, self.accounts.aws).run_until_idle()
        self.accounts.snowflake.refresh_dynamic_tables()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Execute a statement in the Snowflake account and return its rows."""
        return self.accounts.snowflake.execute(sql).rows


@pytest.fixture
def empty_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A pair of empty accounts."""
    folder = tmp_path / "cloud"
    folder.mkdir()
    with open_accounts(folder) as accounts:
        yield Cloud(accounts)


@pytest.fixture
def pulumi_config() -> Mapping[str, str]:
    """What the stack's config says differently in tests; override it where a program needs some."""
    return {}


@pytest.fixture
def deployed_stack(empty_cloud: Cloud, pulumi_config: Mapping[str, str], pytestconfig: pytest.Config) -> Cloud:
    """The accounts with the program's stack in them."""
    program = pytestconfig.rootpath / str(pytestconfig.getini("pulumi_program"))
    empty_cloud.deploy(program.resolve(), str(pytestconfig.getini("pulumi_stack")), **pulumi_config)
    return empty_cloud


@pytest.fixture
def cloud_endpoints(empty_cloud: Cloud, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Both accounts on free loopback ports, files loading live: the environment variables of their clients."""
    accounts, password = empty_cloud.accounts, password_of(tmp_path)
    with contextlib.ExitStack() as parts:
        aws = _started(parts, AwsEndpoint(accounts.aws, port=0))
        door = SnowflakeEndpoint(accounts.snowflake, port=0, user=USER, password=password)
        snowflake = _started(parts, door)
        loading = LiveLoading(accounts)
        loading.start()
        parts.callback(loading.stop, within=_STOP_SECONDS)
        names: dict[str, str] = dict.fromkeys(("bucket", "database", "warehouse"), "")
        yield Endpoints(aws.port, snowflake.port, password, accounts.aws.region, **names).variables


def _started(parts: contextlib.ExitStack, endpoint: Any) -> Any:
    endpoint.start()
    parts.callback(endpoint.stop)
    return endpoint
