"""Physical names: of the stack's objects, of what is inside the database, and the roles' ARNs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FIRST_PROJECT, FIRST_SYSTEM = "retail-snowpipe", "RETAIL"
"""The project whose stacks were deployed before others could be, and what their objects in Snowflake begin with."""

RAW, CORE, MART, OPS = "RAW", "CORE", "MART", "OPS"

OWN_TAGS = "project", "stack", "managed-by"
"""The keys of the tags that every AWS resource has that takes some."""

STAGE = "LANDING"
"""The stage in schema RAW; it stands at the bucket's root."""

LOAD_HISTORY, NEW_LOAD_ATTEMPTS = (OPS, "LOAD_HISTORY"), (OPS, "NEW_LOAD_ATTEMPTS")
"""Schema and name of the table that keeps the load history, and of the view of what it does not have yet."""

DASHBOARD_PREFIX = "_dashboard/"
"""Where in the bucket the dashboard's files lie; no feed has such a name."""

REQUESTED_VIEW = (MART, "CUSTOMER_PURCHASES")
"""Schema and name of the view that the stack is there for."""


@dataclass(frozen=True)
class Names:
    """The physical names of one stack.

    Attributes:
        project: the Pulumi project's name.
        stack: the stack's name: lower-case letters, digits and hyphens, so that no two stacks share a name.
        landing_bucket: the bucket's name; None derives one from system, stack and account.
        system: what the names begin with: lower-case letters, digits and single hyphens; None takes the project's.
        more_tags: the tags of the stack's config.
    """

    project: str
    stack: str
    landing_bucket: str | None = None
    system: str | None = None
    more_tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def stem(self) -> str:
        """What the names in AWS begin with: ``retail-snowpipe-dev``, ``sales--dev``.

        One hyphen between two names that have hyphens would let the stacks of two projects share a name; the first
        project keeps it, because what it has deployed is called so.
        """
        return f"{self.project}-{self.stack}" if self._is_first else f"{self.system or self.project}--{self.stack}"

    @property
    def _is_first(self) -> bool:
        return self.system is None and self.project == FIRST_PROJECT

    @property
    def database(self) -> str:
        """Name of the database: ``RETAIL_DEV``, ``SALES__DEV``."""
        name = f"{FIRST_SYSTEM}_{self.stack}" if self._is_first else self.stem
        return name.replace("-", "_").upper()

    @property
    def warehouse(self) -> str:
        """Name of the warehouse; objects of different kinds may share a name."""
        return self.database

    @property
    def readers_warehouse(self) -> str:
        """Name of the warehouse that readers and operators ask on."""
        return warehouses(self.database)[1]

    @property
    def integration(self) -> str:
        """Name of the storage integration."""
        return self.database

    @property
    def resource_monitor(self) -> str:
        """Name of the resource monitor."""
        return self.database

    @property
    def role(self) -> str:
        """Name of the IAM role that Snowflake assumes; IAM allows 64 characters."""
        return self.stem

    @property
    def alerts(self) -> str:
        """Name of the alerts' topic and of the IAM role that publishes to it."""
        return f"{self.role}-alerts"

    @property
    def events(self) -> str:
        """Name of the topic of files, and of the rule that publishes to it."""
        return f"{self.role}-files"

    @property
    def alerts_integration(self) -> str:
        """Name of the notification integration; all integrations of an account share one namespace."""
        return f"{self.database}_ALERTS"

    def bucket(self, account_id: str) -> str:
        """Return the landing bucket's name, which is unique in the world by the account's 12 digits."""
        return self.landing_bucket or f"{self.stem}-{account_id}"

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every AWS resource that takes some."""
        return {**self.more_tags, **dict(zip(OWN_TAGS, (self.project, self.stack, "pulumi"), strict=True))}


def warehouses(database: str) -> tuple[str, str]:
    """Return the names of the warehouses of a stack by its database's: what refreshes, and what answers readers."""
    return database, f"{database}_READERS"


def snowflake_tag(key: str) -> str:
    """Return what a tag is called in Snowflake, where the name needs no quotes: ``COST_CENTER`` for ``cost-center``."""
    return re.sub(r"[^A-Z0-9_]", "_", key.upper())


def qualified(*parts: str) -> str:
    """Return a fully qualified Snowflake name, each part quoted: ``"RETAIL_DEV"."RAW"."CUSTOMERS"``."""
    return ".".join(f'"{part}"' for part in parts)


def dotted(qualified_name: str) -> str:
    """Return a fully qualified name as a person writes it: ``RETAIL_DEV.RAW.CUSTOMERS``."""
    return qualified_name.replace('"', "")


def landing_url(bucket: str) -> str:
    """Return the stage's url. Snowflake compares it literally, so the trailing slash is part of it."""
    return f"s3://{bucket}/"
