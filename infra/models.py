"""Models: the dynamic tables (CORE) and views (MART, OPS), one per SELECT in ``sql/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.ingestion import Ingestion
from infra.naming import LOAD_HISTORY, RAW, REQUESTED_VIEW, dotted
from infra.sql_catalog import Model, ModelKind, Relation, SqlCatalog


@dataclass(frozen=True)
class ModelsArgs:
    """What the models are made of.

    Attributes:
        catalog: the SELECTs.
        ingestion: the raw tables, and the pipes, of which some views ask the status.
        load_history: the table that keeps the load history.
        schemas: the schemas, by name.
        warehouse: the warehouse that refreshes the dynamic tables.
        target_lag: how old the dynamic tables may be that only views read: ``5 minutes``.
    """

    catalog: SqlCatalog
    ingestion: Ingestion
    load_history: snowflake.Table
    schemas: Mapping[str, snowflake.Schema]
    warehouse: snowflake.Warehouse
    target_lag: str


class Models(pulumi.ComponentResource):
    """The models, in the order in which they read each other.

    Attributes:
        relations: every table, dynamic table and view, by schema and name.
        requested_view: full name of the view that the stack is there for.
    """

    relations: dict[Relation, snowflake.Table | snowflake.DynamicTable | snowflake.View]
    requested_view: pulumi.Output[str]

    def __init__(self, name: str, args: ModelsArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:models:Models", name, None, opts)
        self._args = args
        self.relations = {Relation(RAW, name): table for name, table in args.ingestion.tables.items()}
        self.relations[Relation(*LOAD_HISTORY)] = args.load_history
        for model in args.catalog.models:
            create = self._dynamic_table if model.kind is ModelKind.DYNAMIC_TABLE else self._view
            self.relations[model.relation] = create(model)
        self.requested_view = self.relations[Relation(*REQUESTED_VIEW)].fully_qualified_name.apply(dotted)
        self.register_outputs({"models": [str(model.relation) for model in args.catalog.models]})

    def _dynamic_table(self, model: Model) -> snowflake.DynamicTable:
        schema = self._args.schemas[model.relation.schema]
        return snowflake.DynamicTable(
            model.relation.logical_name,
            database=schema.database,
            schema=schema.name,
            name=model.relation.name,
            comment=model.description.text,
            query=self._statement(model),
            warehouse=self._args.warehouse.name,
            target_lag=self._target_lag(model),
            # A SELECT that cannot be refreshed incrementally fails at its creation, and not in the bill.
            refresh_mode="INCREMENTAL",
            # ON_CREATE holds up the deployment until the table is filled, and the provider gives up after 20 minutes.
            initialize="ON_SCHEDULE",
            opts=self._options(model),
        )

    def _view(self, model: Model) -> snowflake.View:
        schema = self._args.schemas[model.relation.schema]
        return snowflake.View(
            model.relation.logical_name,
            database=schema.database,
            schema=schema.name,
            name=model.relation.name,
            comment=model.description.text,
            columns=[
                snowflake.ViewColumnArgs(column_name=column, comment=words)
                for column, words in model.description.columns.items()
            ],
            statement=self._statement(model),
            opts=self._options(model),
        )

    def _statement(self, model: Model) -> pulumi.Output[str]:
        # The names come from the resources, not from naming.py: that is what orders and replaces the models.
        names = {str(read): self.relations[read].fully_qualified_name for read in model.upstream}
        return pulumi.Output.all(**names).apply(
            lambda known: model.statement({read: known[str(read)] for read in model.upstream})
        )

    def _target_lag(self, model: Model) -> snowflake.DynamicTableTargetLagArgs:
        # Views do not drive DOWNSTREAM: a dynamic table that only views read needs a lag of its own.
        if self._args.catalog.is_leaf(model):
            return snowflake.DynamicTableTargetLagArgs(maximum_duration=self._args.target_lag)
        return snowflake.DynamicTableTargetLagArgs(downstream=True)

    def _options(self, model: Model) -> pulumi.ResourceOptions:
        pipes = self._args.ingestion.pipes.values() if model.asks_pipes else ()
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=[*(self.relations[named] for named in model.mentions), *pipes],
            replacement_trigger=[model.content_hash],
            # The engine's own replacements create first, which two objects of one name do not survive.
            delete_before_replace=True,
        )
