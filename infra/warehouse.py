"""Warehouse: the compute, its limit if the stack sets one, the database and its schemas."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.naming import SCHEMAS, Names

IDLE_SECONDS = 60
"""After how long without a query the warehouse is suspended; Snowflake bills by the second from 60 s on."""

WARN_AT_PERCENT = 80
SUSPEND_AT_PERCENT = 100


@dataclass(frozen=True)
class WarehouseArgs:
    """What the warehouse is made of.

    Attributes:
        names: the stack's names.
        size: the warehouse's size.
        monthly_credit_quota: credits a month after which it is suspended; None for no resource monitor.
    """

    names: Names
    size: str
    monthly_credit_quota: int | None


class Warehouse(pulumi.ComponentResource):
    """Where queries run and where tables live.

    Attributes:
        warehouse: the warehouse.
        database: the database.
        schemas: its schemas, by name.
    """

    warehouse: snowflake.Warehouse
    database: snowflake.Database
    schemas: dict[str, snowflake.Schema]

    def __init__(self, name: str, args: WarehouseArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:warehouse:Warehouse", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        monitor = self._resource_monitor(args)
        self.warehouse = snowflake.Warehouse(
            "warehouse",
            name=args.names.warehouse,
            warehouse_size=args.size,
            auto_suspend=IDLE_SECONDS,
            auto_resume="true",
            initially_suspended=True,
            resource_monitor=monitor.name if monitor else None,
            opts=child,
        )
        self.database = snowflake.Database("database", name=args.names.database, opts=child)
        self.schemas = {
            schema: snowflake.Schema(f"{schema.lower()}-schema", database=self.database.name, name=schema, opts=child)
            for schema in SCHEMAS
        }
        self.register_outputs({"database": self.database.name, "warehouse": self.warehouse.name})

    def _resource_monitor(self, args: WarehouseArgs) -> snowflake.ResourceMonitor | None:
        if args.monthly_credit_quota is None:
            return None
        return snowflake.ResourceMonitor(
            "resource-monitor",
            name=args.names.resource_monitor,
            credit_quota=args.monthly_credit_quota,
            frequency="MONTHLY",
            start_timestamp="IMMEDIATELY",
            notify_triggers=[WARN_AT_PERCENT],
            suspend_trigger=SUSPEND_AT_PERCENT,
            opts=pulumi.ResourceOptions(parent=self),
        )
