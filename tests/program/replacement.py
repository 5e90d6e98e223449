"""What an engine would do with an edited program: compares two recordings by the providers' rules. Pure.

The rules are what the real engine and providers were seen to do: which inputs force a replacement, which
texts are compared with some tolerance, and how a replacement spreads. A resource that is deleted before it is
replaced takes along each resource with an input that comes from it, if a change of that input would replace
the other one too (its new value is unknown at that time); ``replace_with`` takes along whatever else it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from tests.program.recording import Recording, Resource

CREATED, DELETED, REPLACED, UPDATED = "created", "deleted", "replaced", "updated"

_SCHEMA_OBJECT = {"database", "schema"}
_FORCES_REPLACEMENT: Mapping[str, set[str]] = {
    "Pipe": {"database", "schema", "name", "copyStatement", "autoIngest", "awsSnsTopicArn"},
    "DynamicTable": {"name", "query", "refreshMode", "initialize"},
    "View": _SCHEMA_OBJECT,
    "Table": _SCHEMA_OBJECT,
    "FileFormatCsv": _SCHEMA_OBJECT,
    "FileFormatJson": _SCHEMA_OBJECT,
    "StageExternalS3": _SCHEMA_OBJECT,
    "StorageIntegrationAws": {"name", "storageProvider"},
    "Schema": {"database"},
    "ResourceMonitor": {"name"},
    "Tag": _SCHEMA_OBJECT,
    "TagAssociation": {"tagId", "objectType"},
    "Execute": {"execute"},
    "Task": {"name"} | _SCHEMA_OBJECT,
    "DatabaseRole": {"database"},
    "GrantPrivilegesToDatabaseRole": {"databaseRoleName", "onDatabase", "onSchema", "onSchemaObject"},
    "GrantPrivilegesToAccountRole": {"accountRoleName", "onAccountObject"},
    "GrantDatabaseRole": {"databaseRoleName", "parentRoleName"},
    "Bucket": {"bucket"},
    "BucketObjectv2": {"bucket", "key"},
    "Role": {"name"},
    "RolePolicy": {"name", "role"},
    **{
        kind: {"bucket"}
        for kind in (
            "BucketPublicAccessBlock",
            "BucketOwnershipControls",
            "BucketPolicy",
            "BucketVersioning",
            "BucketServerSideEncryptionConfiguration",
            "BucketLifecycleConfiguration",
            "BucketNotification",
        )
    },
}
# A stage moves to another integration in place; only while that integration is being replaced it cannot stand.
_SPREADS_THROUGH: Mapping[str, set[str]] = {"StageExternalS3": {"storageIntegration"}}


def _exact_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip().rstrip(";").rstrip()


def _loose_text(text: str) -> str:
    return re.sub(r"\s+", " ", text).lower()


_COMPARED_AS: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("Pipe", "copyStatement"): _exact_text,
    ("DynamicTable", "query"): _loose_text,
    ("View", "statement"): _loose_text,
    ("StorageIntegrationAws", "storageAllowedLocations"): frozenset,
}


def changes(before: Recording, after: Recording) -> dict[str, str]:
    """Return what becomes of each resource that is not left alone, by logical name."""
    old = {resource.name: resource for resource in before.resources}
    new = {resource.name: resource for resource in after.resources}
    found = dict.fromkeys(new.keys() - old.keys(), CREATED) | dict.fromkeys(old.keys() - new.keys(), DELETED)
    for name in old.keys() & new.keys():
        if change := _own_change(old[name], new[name]):
            found[name] = change
    while spread := {
        name for name in old.keys() & new.keys() if found.get(name) != REPLACED and _joins(new[name], found)
    }:
        found |= dict.fromkeys(spread, REPLACED)
    return found


def _own_change(old: Resource, new: Resource) -> str | None:
    kind = new.type.split(":")[-1]
    changed = {key for key in old.inputs.keys() | new.inputs.keys() if _value(kind, key, old) != _value(kind, key, new)}
    if changed & _FORCES_REPLACEMENT.get(kind, set()):
        return REPLACED
    # no trigger, before or now, is no change of one
    triggers = old.options["replacement_trigger"], new.options["replacement_trigger"]
    if all(triggers) and triggers[0] != triggers[1]:
        return REPLACED
    return UPDATED if changed else None


def _value(kind: str, key: str, resource: Resource) -> Any:
    value = resource.inputs.get(key)
    if isinstance(value, pulumi.FileAsset):
        return value.path
    same = _COMPARED_AS.get((kind, key))
    return same(value) if same and value is not None else value


def _joins(resource: Resource, found: Mapping[str, str]) -> bool:
    replaced = {name for name, change in found.items() if change == REPLACED}
    if replaced & set(resource.options["replace_with"]):
        return True
    kind = resource.type.split(":")[-1]
    binding = _FORCES_REPLACEMENT.get(kind, set()) | _SPREADS_THROUGH.get(kind, set())
    return any(replaced & edges for key, edges in resource.property_dependencies.items() if key in binding)
