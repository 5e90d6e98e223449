"""What the kinds of the AWS provider have in common: their account, required inputs, the API's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.aws_account.account import AwsAccount
from local_cloud.errors import ResourceError
from local_cloud.resources.kind import Inputs


class AwsKind:
    """A resource type of one account."""

    inputs: frozenset[str]

    def __init__(self, aws: AwsAccount) -> None:
        """Bind the kind to an account."""
        self._aws = aws

    @property
    def _s3(self) -> Any:
        return self._aws.client("s3")

    @property
    def _sns(self) -> Any:
        return self._aws.client("sns")

    @property
    def _events(self) -> Any:
        return self._aws.client("events")

    @property
    def _kms(self) -> Any:
        return self._aws.client("kms")

    @property
    def _iam(self) -> Any:
        return self._aws.client("iam")


def required(inputs: Inputs, name: str) -> Any:
    """Return an input that the API cannot do without.

    Raises:
        ResourceError: it is missing.
    """
    if name not in inputs:
        raise ResourceError(f"input {name} is missing; the embedded cloud invents no names")
    return inputs[name]


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the API takes them, by key."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def pascal(name: str) -> str:
    """Return a provider's name in the API's spelling."""
    return name[:1].upper() + name[1:]


def api_names(value: Any) -> Any:
    """Return a nested input with the names that the API has: the provider's, capitalised."""
    if isinstance(value, dict):
        return {"ID" if key == "id" else pascal(key): api_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [api_names(item) for item in value]
    return value
