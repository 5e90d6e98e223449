"""Database: the database, its schemas, where everything that holds or answers rows stands, and the load history."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.compute import COMPUTE_NAME, COMPUTE_TYPE
from infra.load_history import load_history_table
from infra.naming import CORE, MART, OPS, RAW, Names

SCHEMAS = {
    RAW: "Files as delivered, a row per record; append-only, loaded by the pipes",
    CORE: "What was delivered, once and typed: transactions, purchases, versions of customers and products",
    MART: "What is asked for: purchases per customer and product, and what looks wrong in the data",
    OPS: "How the loading goes: attempts, failures, changed files, and whether the counts agree",
}
"""The schemas, each with what is in it."""


@dataclass(frozen=True)
class DatabaseArgs:
    """What the database is made of.

    Attributes:
        names: the stack's names.
        retention_days: how long its tables keep their history; None for as long as the account says.
    """

    names: Names
    retention_days: int | None


class Database(pulumi.ComponentResource):
    """Where tables, models and pipes live.

    Attributes:
        database: the database.
        schemas: its schemas, by name.
        load_history: the table that keeps the load history.
    """

    database: snowflake.Database
    schemas: dict[str, snowflake.Schema]
    load_history: snowflake.Table

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:database:Database", name, None, opts)
        # Version 1.0 had the database and the schemas in the component of the warehouse.
        earlier = pulumi.Alias(parent=pulumi.create_urn(COMPUTE_NAME, COMPUTE_TYPE))
        child = pulumi.ResourceOptions(parent=self, aliases=[earlier])
        self.database = snowflake.Database(
            "database",
            name=args.names.database,
            comment="Retail purchases: files from S3 by Snowpipe, their models and the views on them",
            data_retention_time_in_days=args.retention_days,
            opts=child,
        )
        self.schemas = {
            schema: snowflake.Schema(
                f"{schema.lower()}-schema",
                database=self.database.name,
                name=schema,
                comment=comment,
                # Who owns an object in it may not grant on it: what is granted is what the program declares.
                with_managed_access="true",
                opts=child,
            )
            for schema, comment in SCHEMAS.items()
        }
        self.load_history = load_history_table(self.schemas[OPS], self)
        self.register_outputs({"database": self.database.name})
