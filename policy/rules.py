"""The rules, as functions of what a stack declares: no import but the standard library's.

A rule gets every resource of a stack and the stack's name, and returns a line for each thing that breaks it. What is
not known before the deployment breaks no rule; it is looked at again when it is.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BUCKET, ROLE, TOPIC = "aws:s3/bucket:Bucket", "aws:iam/role:Role", "aws:sns/topic:Topic"
KEY = "aws:kms/key:Key"
WAREHOUSE = "snowflake:index/warehouse:Warehouse"
_INTEGRATIONS = (
    "snowflake:index/storageIntegrationAws:StorageIntegrationAws",
    "snowflake:index/storageIntegration:StorageIntegration",
)
_TAGGED = (BUCKET, ROLE, TOPIC, KEY, "aws:cloudwatch/eventRule:EventRule")
_TAGS = ("project", "stack", "managed-by")
_HOLD_DATA = (BUCKET, KEY, "snowflake:index/database:Database", "snowflake:index/table:Table", *_INTEGRATIONS)
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_TOPMOST = {"ACCOUNTADMIN", "ORGADMIN"}
_UPPER = re.compile(r"[A-Z][A-Z0-9_$]*")


@dataclass(frozen=True)
class Declared:
    """A resource that a stack declares.

    Attributes:
        type: its type token.
        name: its logical name.
        inputs: what it is to be.
        protected: whether it is protected from being deleted.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]
    protected: bool = False


Check = Callable[[Sequence[Declared], str], Iterator[str]]


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes:
        name: what it is called by in a policy group's settings.
        description: what it asks for.
        check: the lines about what breaks it.
        mandatory: whether a breach stops the deployment.
    """

    name: str
    description: str
    check: Check
    mandatory: bool = True


def known(properties: Mapping[str, Any], unknown: type[Exception]) -> dict[str, Any]:
    """Return the properties that are known before a deployment, lists and mappings in them included.

    Args:
        properties: a resource's properties.
        unknown: what reading one raises whose value is not known yet.
    """
    found: dict[str, Any] = {}
    for name in properties:
        with contextlib.suppress(unknown):
            found[name] = _plain(properties[name], unknown)
    return found


def _plain(value: Any, unknown: type[Exception]) -> Any:
    if isinstance(value, Mapping):
        return known(value, unknown)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(value[index], unknown) for index in range(len(value))]
    return value


def _of(resources: Iterable[Declared], *types: str) -> Iterator[Declared]:
    return (resource for resource in resources if resource.type in types)


def _settings(resources: Sequence[Declared], kind: str) -> list[Declared]:
    return list(_of(resources, f"aws:s3/bucket{kind}:Bucket{kind}"))


def _setting_of(bucket: Declared, settings: Sequence[Declared]) -> list[Declared]:
    """Return the settings of one bucket; one whose bucket is not named yet may be any's."""
    name = bucket.inputs.get("bucket")
    return [s for s in settings if not name or s.inputs.get("bucket") in {None, name}]


def encrypted(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Every bucket says how it encrypts."""
    settings = _settings(resources, "ServerSideEncryptionConfiguration")
    for bucket in _of(resources, BUCKET):
        if not _setting_of(bucket, settings):
            yield f"bucket {bucket.name} declares no encryption: add a BucketServerSideEncryptionConfiguration"


def private(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Every bucket refuses all that is public."""
    settings = _settings(resources, "PublicAccessBlock")
    for bucket in _of(resources, BUCKET):
        blocked = [s for s in _setting_of(bucket, settings) if all(s.inputs.get(word) is True for word in _BLOCKS)]
        if not blocked:
            yield f"bucket {bucket.name} may become public: add a BucketPublicAccessBlock with all four blocks"


def tls_only(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Every bucket denies whoever comes without TLS."""
    policies = _settings(resources, "Policy")
    for bucket in _of(resources, BUCKET):
        of_bucket = _setting_of(bucket, policies)
        unknown = any("policy" not in policy.inputs for policy in of_bucket)
        if not unknown and not any(_denies_without_tls(policy.inputs["policy"]) for policy in of_bucket):
            yield f"bucket {bucket.name} can be reached without TLS: deny it where aws:SecureTransport is false"


def _denies_without_tls(policy: Any) -> bool:
    return any(
        statement.get("Effect") == "Deny"
        and statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") in {"false", False}
        for statement in _statements(policy)
    )


def _statements(policy: Any) -> list[dict[str, Any]]:
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    found = document.get("Statement", [])
    return [found] if isinstance(found, dict) else list(found)


def no_wildcard_in_trust(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """No role trusts everybody, and one that trusts another account asks for an external id."""
    for role in _of(resources, ROLE):
        for statement in _statements(role.inputs.get("assumeRolePolicy")):
            principal = statement.get("Principal")
            named = principal.get("AWS", []) if isinstance(principal, dict) else principal
            arns = [named] if isinstance(named, str) else list(named or [])
            if statement.get("Effect") == "Allow" and any("*" in arn for arn in arns):
                yield f"role {role.name} can be assumed by anybody: name the one who may"
            elif arns and "sts:ExternalId" not in json.dumps(statement.get("Condition", {})):
                yield f"role {role.name} asks {', '.join(arns)} for no external id: add the integration's"


def no_wildcard_in_locations(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """No storage integration allows every bucket."""
    for integration in _of(resources, *_INTEGRATIONS):
        for location in integration.inputs.get("storageAllowedLocations") or []:
            if "*" in str(location) or str(location).rstrip("/") in {"s3:", ""}:
                yield f"integration {integration.name} allows {location!r}: name the bucket, like 's3://bucket/'"


def no_topmost_role(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Nothing is granted to, or by way of, the roles above all."""
    for resource in resources:
        if not resource.type.startswith("snowflake:"):
            continue
        for key in ("accountRoleName", "parentRoleName", "roleName", "defaultRole", "owner"):
            name = str(resource.inputs.get(key, "")).strip('"')
            if name.upper() in _TOPMOST:
                yield f"{resource.name} gives something to {name}: take a role with the privileges that it takes"


def quota(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Every warehouse is under a resource monitor."""
    for warehouse in _of(resources, WAREHOUSE):
        if not warehouse.inputs.get("resourceMonitor"):
            yield f"warehouse {warehouse.name} has no limit: name a resource monitor (config monthlyCreditQuota)"


def upper_case_names(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Names in Snowflake need no quotes."""
    for resource in resources:
        name = resource.inputs.get("name")
        of_snowflake = resource.type.startswith("snowflake:index/") and "rant" not in resource.type
        if of_snowflake and isinstance(name, str) and not _UPPER.fullmatch(name):
            yield f"{resource.name} is named {name!r}, which needs quotes everywhere: upper case, digits, underscores"


def protected_in_prod(resources: Sequence[Declared], stack: str) -> Iterator[str]:
    """In a stack of production, what holds data is protected."""
    if stack != "prod" and not stack.startswith(("prod-", "production")):
        return
    for resource in _of(resources, *_HOLD_DATA):
        if not resource.protected:
            yield f"{resource.name} holds data and is not protected: set protect (config protect)"


def tagged(resources: Sequence[Declared], _: str) -> Iterator[str]:
    """Everything in AWS that takes tags says whose it is."""
    for resource in _of(resources, *_TAGGED):
        if missing := [tag for tag in _TAGS if tag not in (resource.inputs.get("tags") or {})]:
            yield f"{resource.name} has no tag {', '.join(missing)}"


RULES = (
    Rule("encrypted", "Buckets are encrypted", encrypted),
    Rule("private", "Buckets refuse everything public", private),
    Rule("tls-only", "Buckets are reached over TLS only", tls_only),
    Rule("no-wildcard-in-trust", "Roles trust exactly one, by an external id", no_wildcard_in_trust),
    Rule("no-wildcard-in-locations", "Integrations name their buckets", no_wildcard_in_locations),
    Rule("no-topmost-role", "Nothing is given to ACCOUNTADMIN", no_topmost_role),
    Rule("quota", "Warehouses are limited by a resource monitor", quota, mandatory=False),
    Rule("upper-case-names", "Names in Snowflake need no quotes", upper_case_names),
    Rule("protected-in-prod", "What holds data is protected in production", protected_in_prod),
    Rule("tagged", "AWS resources carry project, stack and managed-by", tagged),
)
"""Every rule. A quota is advice: resource monitors take ACCOUNTADMIN, which not everybody has who deploys."""
