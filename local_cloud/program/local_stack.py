"""The config of the stack that Pulumi's CLI deploys into a served cloud: the real providers, pointed at its endpoints.

The file belongs to whoever runs the CLI, which writes a salt and settings of its own into it: `serve` makes it where
it is missing, and keeps in step what it says of the endpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local_cloud.program.config import read_config_file, read_project, stack_file

LOCAL_STACK = "local"
"""The stack that Pulumi's CLI deploys into an empty cloud."""

_SERVICES = ("s3", "sqs", "sns", "iam", "sts", "kms", "events")
_ANY_KEY = "local"
_DISPOSABLE = {"forceDestroy": True, "targetLag": "1 minute"}
"""What suits a cloud that is there to be thrown away, of projects that have such keys."""

_HEADER = """\
# The stack that `pulumi up --stack local` deploys into a running `python -m local_cloud serve --empty`, which keeps
# the endpoints here in step with its own. The password comes from the state folder, by way of SNOWFLAKE_PASSWORD.
"""


def write_local_stack(program: Path, host: str, aws_port: int, snowflake_port: int, region: str) -> None:
    """Let the stack's file name these endpoints; all else that stands in it stays.

    Args:
        program: the folder of the Pulumi program.
        host: where both endpoints answer.
        aws_port: the port of the AWS endpoint.
        snowflake_port: the port of the Snowflake endpoint.
        region: the AWS region, of a file that is not there yet.

    Raises:
        InputError: the file, or the project's, is not what Pulumi expects.
    """
    file = stack_file(program, LOCAL_STACK)
    content = read_config_file(file) if file.exists() else {}
    config: dict[str, Any] = content.get("config") or {}
    addresses = _addresses(host, aws_port, snowflake_port)
    if config.items() >= addresses.items():
        return
    content["config"] = {**_defaults(read_project(program), region), **config, **addresses}
    file.write_text(_HEADER + yaml.safe_dump(content, sort_keys=False), "utf-8")


def _addresses(host: str, aws_port: int, snowflake_port: int) -> dict[str, Any]:
    return {
        "aws:endpoints": [dict.fromkeys(_SERVICES, f"http://{host}:{aws_port}")],
        "snowflake:host": host,
        "snowflake:port": snowflake_port,
        "snowflake:protocol": "http",
    }


def _defaults(project: Mapping[str, Any], region: str) -> dict[str, Any]:
    declared = project.get("config") or {}
    return {
        "aws:region": region,
        "aws:accessKey": _ANY_KEY,
        "aws:secretKey": _ANY_KEY,
        # A bucket in the host's name would need a name server.
        "aws:s3UsePathStyle": True,
        "aws:skipCredentialsValidation": True,
        "aws:skipMetadataApiCheck": True,
        "aws:skipRegionValidation": True,
        "snowflake:organizationName": "LOCAL",
        "snowflake:accountName": "CLOUD",
        "snowflake:user": "LOCAL",
        "snowflake:authenticator": "SNOWFLAKE",
        # Left to itself the provider takes three minutes to say that nothing answers.
        "snowflake:loginTimeout": 5,
        "snowflake:maxRetryCount": 1,
        **{f"{project['name']}:{key}": value for key, value in _DISPOSABLE.items() if key in declared},
    }
