"""What ``pulumi stack output`` shows: the names to look inside by, and what others have to allow the stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.compute import Compute
from infra.database import Database
from infra.events import Events
from infra.ingestion import Ingestion
from infra.landing_place import LandingPlace
from infra.models import Models
from infra.policies import Key, decrypter_statements, publisher_statement, reader_statements
from infra.settings import Settings
from infra.storage_access import StorageAccess, reading
from infra.surroundings import Surroundings


@dataclass(frozen=True)
class Parts:
    """The parts of a stack that its outputs tell of."""

    place: LandingPlace
    access: StorageAccess
    events: Events | None
    ingestion: Ingestion
    store: Database
    compute: Compute
    models: Models


def export_outputs(settings: Settings, around: Surroundings, parts: Parts) -> None:
    """Let the stack have its outputs."""
    outputs: dict[str, pulumi.Input[Any]] = {
        "bucket": parts.place.bucket,
        "landingUrl": parts.access.url,
        "roleArn": parts.access.role_arn,
        "integration": parts.access.integration,
        "pipes": parts.ingestion.queues,
        "database": parts.store.database.name,
        "warehouse": parts.compute.warehouse.name,
        "view": parts.models.requested_view,
    }
    if parts.events:
        outputs["notificationTopicArn"] = parts.events.topic_arn
    if needed := _to_be_allowed(settings, around, parts):
        outputs["toBeAllowed"] = needed
    for name, value in outputs.items():
        pulumi.export(name, value)


def _to_be_allowed(settings: Settings, around: Surroundings, parts: Parts) -> Mapping[str, pulumi.Output[Any]]:
    """Return the statements that owners add to the policies of what is not the stack's, by whose policy it is."""
    landing, place, found = settings.landing, parts.place, dict[str, pulumi.Output[Any]]()
    prefixes = settings.prefixes
    if place.account_id != around.account_id:
        found["bucketPolicy"] = pulumi.Output.all(place.arn, parts.access.role_arn).apply(
            lambda arns: reader_statements(arns[0], prefixes, arns[1])
        )
    if landing.integration:
        found["rolePolicy"] = reading(place, prefixes, around.region).apply(lambda document: document["Statement"])
    if key_arn := settings.encryption.key_arn:
        key = Key(key_arn, around.region)
        found["keyPolicy"] = parts.access.role_arn.apply(lambda role_arn: decrypter_statements(key, role_arn))
    if landing.topic_arn and parts.events:
        topic, who = landing.topic_arn, parts.events.publisher
        found["topicPolicy"] = who.arn.apply(lambda arn: [publisher_statement(topic, who.service, arn, who.account_id)])
    return found
