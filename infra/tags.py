"""Tags: the config's tags as Snowflake has them, an object per key and its values on what the stack owns.

What stands in the database inherits the database's, so its value is set there, and on what stands beside it: the
warehouses, which cost, and the integrations. On an object of AWS the tags stand in its own declaration.
https://docs.snowflake.com/en/user-guide/object-tagging/inheritance
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.access import Access
from infra.alerts import Alerts
from infra.compute import Compute
from infra.database import Database
from infra.naming import OPS, snowflake_tag
from infra.storage_access import StorageAccess


@dataclass(frozen=True)
class TagsArgs:
    """What the tags are made of.

    Attributes:
        tags: the values by the tags' keys.
        schema: schema OPS, where they stand.
        database: the database.
        warehouses: the warehouses.
        integrations: the integrations that are the stack's own.
    """

    tags: Mapping[str, str]
    schema: snowflake.Schema
    database: snowflake.Database
    warehouses: Sequence[snowflake.Warehouse]
    integrations: Sequence[snowflake.StorageIntegrationAws | snowflake.NotificationIntegration]


class Tags(pulumi.ComponentResource):
    """The config's tags in Snowflake."""

    def __init__(self, name: str, args: TagsArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:tags:Tags", name, None, opts)
        tagged = {"DATABASE": [args.database], "WAREHOUSE": args.warehouses, "INTEGRATION": args.integrations}
        for key, value in args.tags.items():
            tag = self._tag(key, args.schema)
            for kind, objects in tagged.items():
                names = [each.fully_qualified_name for each in objects]
                if names:
                    self._set(tag, key, value, kind, names)
        self.register_outputs({})

    def _tag(self, key: str, schema: snowflake.Schema) -> snowflake.Tag:
        return snowflake.Tag(
            _logical_name(key),
            database=schema.database,
            schema=schema.name,
            name=snowflake_tag(key),
            comment=f"Tag {key} of the stack's config",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _set(self, tag: snowflake.Tag, key: str, value: str, kind: str, names: list[pulumi.Output[str]]) -> None:
        snowflake.TagAssociation(
            f"{_logical_name(key)}-on-{kind.lower()}",
            tag_id=tag.fully_qualified_name,
            tag_value=value,
            object_type=kind,
            object_identifiers=names,
            # Made before the old one is removed, the value would be gone afterwards.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def _logical_name(key: str) -> str:
    return f"tag-{snowflake_tag(key).lower().replace('_', '-')}"


def tag_parts(
    tags: Mapping[str, str],
    store: Database,
    compute: Compute,
    holders: Access,
    storage: StorageAccess,
    alerts: Alerts | None,
) -> None:
    """Tag what a stack owns in Snowflake, if its config says by what."""
    if tags:
        warehouses = [compute.warehouse, *([holders.warehouse] if holders.warehouse else [])]
        integrations = [*([storage.own] if storage.own else []), *([alerts.integration] if alerts else [])]
        Tags("tags", TagsArgs(tags, store.schemas[OPS], store.database, warehouses, integrations))
