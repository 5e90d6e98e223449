"""The pipeline as one graph: files land in S3, Snowpipe loads them, dynamic tables model them, a view answers."""

import pulumi
import pulumi_aws as aws

from infra.access import Access, AccessArgs
from infra.account_roles import check_account_roles
from infra.alerts import Alerts, AlertsArgs
from infra.compute import COMPUTE_NAME, Compute, ComputeArgs
from infra.database import Database, DatabaseArgs
from infra.feeds import FEEDS
from infra.ingestion import Ingestion, IngestionArgs
from infra.landed_files import LandedFiles, LandedFilesArgs
from infra.landing_zone import LandingZone, LandingZoneArgs
from infra.models import Models, ModelsArgs
from infra.naming import role_arn
from infra.protection import protect_data
from infra.settings import load_settings
from infra.sql_catalog import load_catalog
from infra.storage_access import StorageAccess, StorageAccessArgs
from infra.upkeep import Upkeep, UpkeepArgs

settings = load_settings(FEEDS)
names, feeds = settings.names, settings.feeds
catalog = load_catalog(feeds, names.database, expected_every=settings.expected_every)
caller = aws.get_caller_identity()
protect_data(settings.protect)
check_account_roles(settings.holders.roles)
zone = LandingZone("landing-zone", LandingZoneArgs(names, names.bucket(caller.account_id), settings.force_destroy))
access = StorageAccess("storage-access", StorageAccessArgs(feeds, names, zone.bucket, role_arn(caller.arn, names.role)))
compute = Compute(COMPUTE_NAME, ComputeArgs(names, settings.warehouse))
store = Database("database", DatabaseArgs(names, settings.retention_days))
told = AlertsArgs(names, role_arn(caller.arn, names.alerts), settings.alert_topic_arn, settings.alert_emails)
alerts = Alerts("alerts", told) if settings.has_alerts else None
landing = IngestionArgs(feeds, catalog.copies, zone.bucket, access, store.schemas["RAW"], alerts)
ingestion = Ingestion("ingestion", landing)
modelled = ModelsArgs(catalog, ingestion, store.load_history, store.schemas, compute.warehouse, settings.target_lag)
models = Models("models", modelled)
Upkeep("upkeep", UpkeepArgs(store.schemas["OPS"], ingestion, models, alerts, settings.sweep_seconds))
Access("access", AccessArgs(names, settings.holders, store, ingestion, models))
LandedFiles("landed-files", LandedFilesArgs(zone.bucket, settings.data_files, zone.protections + ingestion.listening))

pulumi.export("bucket", zone.bucket.bucket)
pulumi.export("landingUrl", access.url)
pulumi.export("roleArn", access.role.arn)
pulumi.export("integration", access.integration.name)
pulumi.export("pipes", ingestion.queues)
pulumi.export("database", store.database.name)
pulumi.export("warehouse", compute.warehouse.name)
pulumi.export("view", models.requested_view)
