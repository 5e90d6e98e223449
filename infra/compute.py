"""Compute: the warehouse that refreshes the models, and its limit if the stack sets one."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.holders import WarehouseSettings
from infra.naming import Names

IDLE_SECONDS = 60
"""After how long without a query the warehouse is suspended; Snowflake bills by the second from 60 s on."""

WARN_AT_PERCENT = 80
SUSPEND_AT_PERCENT = 100

COMPUTE_NAME, COMPUTE_TYPE = "warehouse", "retail-snowpipe:warehouse:Warehouse"
"""Logical name and type of the component, part of its children's URNs in every deployed stack."""


def make_warehouse(
    logical_name: str,
    *,
    name: str,
    comment: str,
    settings: WarehouseSettings,
    monitor: pulumi.Input[str] | None,
    parent: pulumi.Resource,
) -> snowflake.Warehouse:
    """Register a warehouse that sleeps until it is asked, with what it may cost said in full.

    What is left out is Snowflake's to choose, and it chooses the dearer: a second generation, query acceleration,
    ten minutes without a query, two days for a statement.
    """
    accelerated = settings.scale_factor > 0
    return snowflake.Warehouse(
        logical_name,
        name=name,
        comment=comment,
        warehouse_size=settings.size,
        generation=settings.generation,
        auto_suspend=IDLE_SECONDS,
        auto_resume="true",
        initially_suspended=True,
        enable_query_acceleration=str(accelerated).lower(),
        # Standard Edition takes the switch and refuses the factor.
        query_acceleration_max_scale_factor=settings.scale_factor if accelerated else None,
        statement_timeout_in_seconds=settings.timeout_seconds,
        statement_queued_timeout_in_seconds=settings.queue_seconds,
        resource_monitor=monitor,
        opts=pulumi.ResourceOptions(parent=parent),
    )


@dataclass(frozen=True)
class ComputeArgs:
    """What the compute is made of.

    Attributes:
        names: the stack's names.
        warehouse: how large the warehouse is, and what limits it.
    """

    names: Names
    warehouse: WarehouseSettings


class Compute(pulumi.ComponentResource):
    """Where queries run.

    Attributes:
        warehouse: the warehouse.
    """

    warehouse: snowflake.Warehouse

    def __init__(self, name: str, args: ComputeArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__(COMPUTE_TYPE, name, None, opts)
        monitor = self._resource_monitor(args)
        self.warehouse = make_warehouse(
            "warehouse",
            name=args.names.warehouse,
            comment="Refreshes the models and answers the pipeline's own queries",
            settings=args.warehouse,
            monitor=monitor.name if monitor else args.warehouse.resource_monitor,
            parent=self,
        )
        self.register_outputs({"warehouse": self.warehouse.name})

    def _resource_monitor(self, args: ComputeArgs) -> snowflake.ResourceMonitor | None:
        if args.warehouse.monthly_credit_quota is None:
            return None
        return snowflake.ResourceMonitor(
            "resource-monitor",
            name=args.names.resource_monitor,
            credit_quota=args.warehouse.monthly_credit_quota,
            frequency="MONTHLY",
            start_timestamp="IMMEDIATELY",
            notify_triggers=[WARN_AT_PERCENT],
            suspend_trigger=SUSPEND_AT_PERCENT,
            opts=pulumi.ResourceOptions(parent=self),
        )
