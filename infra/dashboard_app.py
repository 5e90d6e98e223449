"""DashboardApp: the dashboard as Streamlit in Snowflake.

An app's files have to lie in an internal stage, and the provider puts none there. So they are objects of the bucket,
which a statement copies; it names the folder by the hash of what it copies, so an edit copies to another folder, the
apps turn to that, and only then the earlier folder is removed.

An app has its owner's rights, whoever opens it, and the owner made the stack. So there are two, of the same files:
one for operators, who may see all of what it shows, and one for readers, with what the views of MART answer; in
neither can a statement be typed.
https://docs.snowflake.com/en/developer-guide/streamlit/object-management/owners-rights
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_snowflake as snowflake
from pulumi_aws import s3

from infra.access import Access
from infra.compute import Compute
from infra.database import Database
from infra.ingestion import Ingestion
from infra.landing_place import LandingPlace
from infra.naming import DASHBOARD_PREFIX, MART, OPS
from infra.privileges import OPERATOR, READER, ObjectKind, Role
from infra.storage_access import StorageAccess

FOLDER = Path(__file__).resolve().parent.parent / "dashboard"
STAGE = "DASHBOARD"
_PATTERNS = ("*.py", "queries/*.sql", "environment.yml")
_STARTS_IT_HERE = "__main__.py"


@dataclass(frozen=True)
class App:
    """One app.

    Attributes:
        name: its name in Snowflake.
        schema: where it stands: a schema that its role may use.
        main_file: what it begins with.
        title: what Snowsight calls it.
        comment: what it shows.
        role: who may open it.
    """

    name: str
    schema: str
    main_file: str
    title: str
    comment: str
    role: Role


APPS = (
    App("DASHBOARD", OPS, "app.py", "Retail pipeline", "Loading, data, quality and models on pages", OPERATOR),
    App("PURCHASES", MART, "data_app.py", "Retail purchases", "Who bought what and when, by the views", READER),
)


@dataclass(frozen=True)
class DashboardAppArgs:
    """What the apps are made of.

    Attributes:
        place: the bucket that the files go through.
        storage_access: Snowflake's way into it.
        ingestion: the stage at the bucket's root, and what waits for AWS.
        store: the schemas.
        warehouse: the warehouse that the apps run on.
        access: the database roles.
    """

    place: LandingPlace
    storage_access: StorageAccess
    ingestion: Ingestion
    store: Database
    warehouse: snowflake.Warehouse
    access: Access


class DashboardApp(pulumi.ComponentResource):
    """The dashboard in Snowflake: a stage with its files, and the apps."""

    def __init__(self, name: str, args: DashboardAppArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:dashboard:DashboardApp", name, None, opts)
        self._args = args
        files = app_files()
        folder = content_hash(files)
        schema = args.store.schemas[OPS]
        self._stage = snowflake.StageInternal(
            "dashboard-stage",
            database=schema.database,
            schema=schema.name,
            name=STAGE,
            comment="The files of the dashboard, a folder for what they hold now",
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        copied = self._copied(files, folder)
        for app in APPS:
            self._app(app, folder, copied)
        self.register_outputs({})

    def _copied(self, files: Mapping[str, Path], folder: str) -> snowflake.Execute:
        place = self._args.place
        after = pulumi.ResourceOptions(parent=self, depends_on=list(place.protections))
        objects = [
            s3.BucketObjectv2(
                f"dashboard/{path}",
                bucket=place.bucket,
                key=f"{DASHBOARD_PREFIX}{path}",
                source=pulumi.FileAsset(str(file)),
                opts=after,
            )
            for path, file in files.items()
        ]
        names = pulumi.Output.all(self._stage.fully_qualified_name, self._args.ingestion.stage.fully_qualified_name)
        return snowflake.Execute(
            "dashboard-files",
            execute=names.apply(lambda both: copying_statement(both[0], both[1], folder, list(files))),
            revert=self._stage.fully_qualified_name.apply(lambda stage: f"REMOVE @{stage}/{folder}/"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*objects, *self._args.storage_access.ready],
                replace_with=[self._stage],
                hooks=self._args.ingestion.hooks,
            ),
        )

    def _app(self, app: App, folder: str, copied: snowflake.Execute) -> None:
        schema = self._args.store.schemas[app.schema]
        made = snowflake.Streamlit(
            f"{app.name.lower()}-app",
            database=schema.database,
            schema=schema.name,
            name=app.name,
            stage=self._stage.fully_qualified_name,
            directory_location=folder,
            main_file=app.main_file,
            query_warehouse=self._args.warehouse.name,
            title=app.title,
            comment=app.comment,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[copied]),
        )
        snowflake.GrantPrivilegesToDatabaseRole(
            f"{app.role.name.lower()}-{app.name.lower()}-app",
            database_role_name=self._args.access.roles[app.role.name].fully_qualified_name,
            privileges=["USAGE"],
            on_schema_object=snowflake.GrantPrivilegesToDatabaseRoleOnSchemaObjectArgs(
                object_type=ObjectKind.STREAMLIT.value, object_name=made.fully_qualified_name
            ),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def make_dashboard(
    place: LandingPlace, storage: StorageAccess, ingestion: Ingestion, store: Database, compute: Compute, access: Access
) -> DashboardApp:
    """Make the dashboard on the warehouse of whoever opens it, or on the stack's where nobody has one."""
    asked = access.warehouse or compute.warehouse
    return DashboardApp("dashboard", DashboardAppArgs(place, storage, ingestion, store, asked, access))


def app_files(folder: Path = FOLDER) -> dict[str, Path]:
    """Return the app's files by their paths in its folder, without what starts it on a machine."""
    found = [file for pattern in _PATTERNS for file in folder.glob(pattern) if file.name != _STARTS_IT_HERE]
    return {file.relative_to(folder).as_posix(): file for file in sorted(found)}


def content_hash(files: Mapping[str, Path]) -> str:
    """Return what differs when a file's name or content does: 16 hexadecimal digits."""
    digests = [f"{path} {hashlib.sha256(file.read_bytes()).hexdigest()}" for path, file in files.items()]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def copying_statement(stage: str, landing: str, folder: str, paths: Sequence[str]) -> str:
    """Return the statement that copies these files and no others, which may lie beside them for a while.

    Args:
        stage: the full name of the internal stage.
        landing: the full name of the stage at the bucket's root.
        folder: where in the stage they go.
        paths: their paths.
    """
    listed = ", ".join(f"'{path}'" for path in paths)
    return f"COPY FILES INTO @{stage}/{folder}/ FROM @{landing}/{DASHBOARD_PREFIX} FILES = ({listed})"
