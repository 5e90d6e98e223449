"""The registry: what stands behind each resource type of the program, as the two real providers do.

A kind turns the inputs of one resource type into calls of the AWS API (`aws`) or into the SQL that the real
Snowflake provider sends (`snowflake`). A type, an input or a provider function that has none here is an error
that names it; nothing is passed over in silence.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.aws_account.account import AwsAccount
from local_cloud.errors import ResourceError
from local_cloud.resources.aws import aws_functions, aws_kinds
from local_cloud.resources.kind import Inputs, Outputs, ResourceKind
from local_cloud.resources.snowflake import snowflake_functions, snowflake_kinds
from local_cloud.resources.snowflake_grants import grant_functions
from local_cloud.sql_door import SqlDoor

_NAMED_BY = {"aws:s3/bucket:Bucket": "bucket"}
_UNNAMED = {"aws:s3/bucketObjectv2:BucketObjectv2"}


class Registry:
    """All resource types and provider functions, on one pair of accounts."""

    def __init__(self, aws: AwsAccount, snowflake: SqlDoor) -> None:
        """Bind the registry to two accounts."""
        self._kinds: Mapping[str, ResourceKind] = {**aws_kinds(aws), **snowflake_kinds(snowflake)}
        self._functions: Mapping[str, Callable[[Inputs], Outputs]] = {
            **aws_functions(aws),
            **grant_functions(snowflake),
            **snowflake_functions(snowflake),
        }

    def create(self, type_token: str, inputs: Inputs) -> tuple[str, Outputs]:
        """Create a resource of this type; return its id and its outputs, inputs included.

        Raises:
            ResourceError: the type or one of the inputs is not known.
        """
        kind = self._kind(type_token)
        given = {name: value for name, value in inputs.items() if value is not None}
        if unknown := sorted(given.keys() - kind.inputs):
            raise ResourceError(
                f"the embedded cloud does not know {', '.join(unknown)} of {type_token}; "
                f"it knows {', '.join(sorted(kind.inputs))}"
            )
        id_, computed = kind.create(given)
        return id_, {**given, **computed}

    def named(self, type_token: str, logical_name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return the inputs with a name where they have none, made as the real providers make it.

        https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
        """
        key = _NAMED_BY.get(type_token, "name")
        if key not in self._kind(type_token).inputs or inputs.get(key) is not None or type_token in _UNNAMED:
            return inputs
        return {**inputs, key: f"{logical_name}-{secrets.token_hex(4)[:7]}"}

    def delete(self, type_token: str, id_: str, outputs: Outputs) -> None:
        """Remove a resource that `create` made."""
        self._kind(type_token).delete(id_, outputs)

    def call(self, token: str, arguments: Inputs) -> Outputs:
        """Answer a provider function.

        Raises:
            ResourceError: the function is not known.
        """
        if token not in self._functions:
            raise ResourceError(f"the embedded cloud has no provider function {token}; it has {_list(self._functions)}")
        return self._functions[token](arguments)

    def _kind(self, type_token: str) -> ResourceKind:
        if type_token not in self._kinds:
            raise ResourceError(f"the embedded cloud has no resource type {type_token}; it has {_list(self._kinds)}")
        return self._kinds[type_token]


def _list(known: Mapping[str, object]) -> str:
    return ", ".join(sorted(known))
