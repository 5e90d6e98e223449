"""The pipeline as one graph: files land in S3, Snowpipe loads them, dynamic tables model them, a view answers."""

from infra.access import Access, AccessArgs
from infra.alerts import make_alerts
from infra.compute import COMPUTE_NAME, Compute, ComputeArgs
from infra.dashboard_app import make_dashboard
from infra.database import Database, DatabaseArgs
from infra.events import Events, EventsArgs
from infra.feeds import FEEDS
from infra.ingestion import Ingestion, IngestionArgs
from infra.landed_files import LandedFiles, LandedFilesArgs
from infra.landing_place import landing_place
from infra.models import Models, ModelsArgs
from infra.outputs import Parts, export_outputs
from infra.protection import protect_data
from infra.settings import load_settings
from infra.sql_catalog import load_catalog
from infra.storage_access import StorageAccess, StorageAccessArgs
from infra.surroundings import look_around
from infra.tags import tag_parts
from infra.upkeep import Upkeep, UpkeepArgs

settings = load_settings(FEEDS)
names, feeds, landing = settings.names, settings.feeds, settings.landing
catalog = load_catalog(feeds, names.database, expected_every=settings.expected_every)
around = look_around(settings)
protect_data(settings.protect)
place = landing_place(settings, around)
access = StorageAccess("storage-access", StorageAccessArgs(settings, place, around))
compute = Compute(COMPUTE_NAME, ComputeArgs(names, settings.warehouse))
store = Database("database", DatabaseArgs(names, settings.retention_days))
alerts = make_alerts(settings, around)
events = Events("events", EventsArgs(feeds, names, landing, place, around)) if landing.has_topic else None
loading = IngestionArgs(feeds, catalog.copies, place, access, events, store.schemas["RAW"], alerts)
ingestion = Ingestion("ingestion", loading)
modelled = ModelsArgs(catalog, ingestion, store.load_history, store.schemas, compute.warehouse, settings.target_lag)
models = Models("models", modelled)
Upkeep("upkeep", UpkeepArgs(store.schemas["OPS"], ingestion, models, alerts, settings.sweep_seconds))
held = Access("access", AccessArgs(names, settings.holders, store, ingestion, models))
tag_parts(names.more_tags, store, compute, held, access, alerts)
if settings.dashboard:
    make_dashboard(place, access, ingestion, store, compute, held)
LandedFiles("landed-files", LandedFilesArgs(place, settings.data_files, ingestion.listening))
export_outputs(settings, around, Parts(place, access, events, ingestion, store, compute, models))
