"""Access: the database roles READER and OPERATOR, what they may do, who has them, and the warehouse they ask on.

Each privilege is granted on the objects that are there and on those to come, so that a replaced model is readable the
moment it exists. Nothing is granted on ALL objects of a kind: the provider never reads such a grant back, and takes
away with it what other grants have given. A grant that changes is taken back before it is given anew, because the
other way round would end with the privilege gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.compute import make_warehouse
from infra.database import Database
from infra.holders import Holders
from infra.ingestion import Ingestion
from infra.models import Models
from infra.naming import RAW, Names
from infra.privileges import OPERATOR, READER, ObjectKind, Role, SchemaPrivileges


@dataclass(frozen=True)
class AccessArgs:
    """What the access is made of.

    Attributes:
        names: the stack's names.
        holders: who gets it.
        store: the database and its schemas.
        ingestion: the stage, the raw tables and the pipes.
        models: the dynamic tables and views.
    """

    names: Names
    holders: Holders
    store: Database
    ingestion: Ingestion
    models: Models


class Access(pulumi.ComponentResource):
    """Who may use what the stack makes.

    Attributes:
        roles: the database roles, by name.
        warehouse: the holders' own warehouse, so that no question waits for a refresh; None without holders.
    """

    roles: dict[str, snowflake.DatabaseRole]
    warehouse: snowflake.Warehouse | None

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:access:Access", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        self._objects = _objects(args.ingestion, args.models)
        self.roles = {}
        for role in (READER, OPERATOR):
            self.roles[role.name] = self._role(role)
        self.warehouse = self._warehouse(args.holders) if args.holders.roles else None
        # Every one of them gets READER, and no database role another: SHOW GRANTS names a database role with its
        # database or without, as the account's release goes, and the provider would make that grant at each refresh.
        self._give(READER, args.holders.roles)
        self._give(OPERATOR, args.holders.operators)
        self.register_outputs({"roles": [role.fully_qualified_name for role in self.roles.values()]})

    def _role(self, role: Role) -> snowflake.DatabaseRole:
        store = self._args.store
        made = snowflake.DatabaseRole(
            f"{role.name.lower()}-role",
            database=store.database.name,
            name=role.name,
            comment=role.comment,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._grant(role, made, "database", ("USAGE",), on_database=store.database.name)
        for schema in role.schemas:
            on_schema = snowflake.GrantPrivilegesToDatabaseRoleOnSchemaArgs(
                schema_name=store.schemas[schema].fully_qualified_name
            )
            self._grant(role, made, f"{schema.lower()}-schema", ("USAGE",), on_schema=on_schema)
        for granted in role.privileges:
            self._grant_on_objects(role, made, granted)
        return made

    def _grant_on_objects(self, role: Role, made: snowflake.DatabaseRole, granted: SchemaPrivileges) -> None:
        kind = granted.kind
        future = snowflake.GrantPrivilegesToDatabaseRoleOnSchemaObjectFutureArgs(
            object_type_plural=kind.plural, in_schema=self._args.store.schemas[granted.schema].fully_qualified_name
        )
        on_future = snowflake.GrantPrivilegesToDatabaseRoleOnSchemaObjectArgs(future=future)
        what = f"future-{granted.schema}-{kind.plural}".lower().replace(" ", "-")
        self._grant(role, made, what, granted.privileges, on_schema_object=on_future)
        for name, resource in self._objects.get((granted.schema, kind), {}).items():
            on_object = snowflake.GrantPrivilegesToDatabaseRoleOnSchemaObjectArgs(
                object_type=kind.value, object_name=resource.fully_qualified_name
            )
            self._grant(role, made, name, granted.privileges, on_schema_object=on_object)

    def _grant(
        self, role: Role, made: snowflake.DatabaseRole, what: str, privileges: Sequence[str], **on: object
    ) -> None:
        snowflake.GrantPrivilegesToDatabaseRole(
            f"{role.name.lower()}-{what}",
            database_role_name=made.fully_qualified_name,
            privileges=list(privileges),
            opts=self._child,
            **on,  # pyright: ignore[reportArgumentType]  # one of the provider's on_… arguments
        )

    def _give(self, role: Role, holders: Sequence[str]) -> None:
        for holder in holders:
            snowflake.GrantDatabaseRole(
                f"{role.name}-to-{holder}".lower(),
                database_role_name=self.roles[role.name].fully_qualified_name,
                parent_role_name=holder,
                opts=self._child,
            )

    def _warehouse(self, holders: Holders) -> snowflake.Warehouse:
        warehouse = make_warehouse(
            "readers-warehouse",
            name=self._args.names.readers_warehouse,
            comment="Answers the questions of readers and operators, so that none waits for a refresh of the models",
            settings=holders.warehouse,
            monitor=holders.warehouse.resource_monitor,
            parent=self,
        )
        for holder in holders.roles:
            # A warehouse is the account's, and database roles have privileges within their database alone.
            snowflake.GrantPrivilegesToAccountRole(
                f"warehouse-to-{holder}".lower(),
                account_role_name=holder,
                privileges=["USAGE"],
                on_account_object=snowflake.GrantPrivilegesToAccountRoleOnAccountObjectArgs(
                    object_type="WAREHOUSE", object_name=warehouse.name
                ),
                opts=self._child,
            )
        return warehouse


_Named = snowflake.Table | snowflake.View | snowflake.DynamicTable | snowflake.Pipe | snowflake.StageExternalS3
"""A resource that has a full name."""

_KINDS: Mapping[type, ObjectKind] = {
    snowflake.Table: ObjectKind.TABLE,
    snowflake.View: ObjectKind.VIEW,
    snowflake.DynamicTable: ObjectKind.DYNAMIC_TABLE,
}


def _objects(ingestion: Ingestion, models: Models) -> Mapping[tuple[str, ObjectKind], Mapping[str, _Named]]:
    """Return the stack's objects by schema and kind, each by what its grants are called after."""
    found: dict[tuple[str, ObjectKind], dict[str, _Named]] = {
        (RAW, ObjectKind.STAGE): {"landing-stage": ingestion.stage},
        (RAW, ObjectKind.PIPE): {f"{feed}-pipe": pipe for feed, pipe in ingestion.pipes.items()},
    }
    for relation, resource in models.relations.items():
        found.setdefault((relation.schema, _KINDS[type(resource)]), {})[relation.logical_name] = resource
    return found
