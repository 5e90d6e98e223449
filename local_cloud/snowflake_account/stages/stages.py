"""The account's stages: where they may point, and the files at a place in one.

A stage of a bucket can be made only inside its integration's allowed locations.
https://docs.snowflake.com/en/user-guide/data-load-s3-config-storage-integration
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.errors import SnowflakeError, StorageAccessError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.assumed_role import Aws, Trust, assume, policies_of
from local_cloud.snowflake_account.stages.external_files import ExternalFiles, location
from local_cloud.snowflake_account.stages.file_store import FileStore
from local_cloud.snowflake_account.stages.internal_files import InternalFiles, area_of, internal_location
from local_cloud.snowflake_account.stages.staged_files import Location, StageFiles

_WITH_FILES = (Kind.STAGE, Kind.TABLE, Kind.USER)
"""The kinds that have a stage of their own, or are one."""


class Stages:
    """The stages of the account.

    Args:
        catalog: where they are declared.
        aws: the AWS account that external stages are in.
        store: where the files of internal stages are.
    """

    def __init__(self, catalog: Catalog, aws: Aws, store: FileStore) -> None:
        self._catalog = catalog
        self._aws = aws
        self._store = store

    def check_location(self, url: str, integration: str) -> None:
        """Refuse a stage outside its integration's allowed locations, or whose role cannot be assumed.

        Raises:
            SnowflakeError: the url is not S3's, or the location is not allowed.
            AssumeRoleError: the integration's role cannot be assumed.
        """
        location(url, "")
        stored = self._catalog.get(Kind.STORAGE_INTEGRATION, Name((integration,)))
        if not stored.attributes.get("ENABLED"):
            raise SnowflakeError(f"SQL execution error: Storage integration {integration} is not enabled.")
        within = [place for place in stored.attributes["STORAGE_ALLOWED_LOCATIONS"] if _covers(place, url)]
        blocked = [place for place in stored.attributes.get("STORAGE_BLOCKED_LOCATIONS", ()) if _covers(place, url)]
        if not within or blocked:
            raise StorageAccessError(
                f"SQL compilation error:\nLocation '{url}' is not allowed by integration '{integration}'. "
                "Please use DESC INTEGRATION to check out allowed and blocked locations."
            )
        assume(self._aws, _trust(stored))

    def files(self, where: StagePath) -> StageFiles:
        """Return the files at a place in a stage, whose name is full; assumes the role of an external one.

        Raises:
            DoesNotExistError: the stage, or the table or user that it is of, is not there.
            AssumeRoleError: the integration's role cannot be assumed.
        """
        stored = self._catalog.get(where.kind, where.name)
        if not is_external(stored):
            return InternalFiles(self._store, internal_location(stored, where.path))
        if not (integration := stored.attributes.get("STORAGE_INTEGRATION")):
            raise StorageAccessError(
                f"Failure using stage area. Cause: [stage {where.name} has no storage integration]"
            )
        self.check_location(stored.attributes["URL"], integration)
        owner = self._catalog.get(Kind.STORAGE_INTEGRATION, Name((integration,)))
        role_arn = owner.attributes["STORAGE_AWS_ROLE_ARN"]
        return ExternalFiles(self._aws, self.location(where), policies_of(self._aws, role_arn), role_arn)

    def location(self, where: StagePath) -> Location:
        """Return where a place in a stage is."""
        stored = self._catalog.get(where.kind, where.name)
        if is_external(stored):
            return location(stored.attributes["URL"], where.path)
        return internal_location(stored, where.path)

    def forget_unowned(self) -> None:
        """Remove the files of stages, tables and users that are no more."""
        if areas := self._store.areas():
            kept = {area_of(stored) for kind in _WITH_FILES for stored in self._catalog.list(kind)}
            self._store.forget(areas - kept)


def is_external(stored: StoredObject) -> bool:
    """Tell whether the files of a stage lie in a bucket."""
    return bool(stored.attributes.get("URL")) and stored.kind is Kind.STAGE


def check_internal(attributes: Mapping[str, Any]) -> None:
    """Refuse a stage without a url that has what only one of a bucket can have.

    Raises:
        SnowflakeError: it has.
    """
    if wrong := next((name for name in ("URL", "STORAGE_INTEGRATION") if attributes.get(name)), None):
        raise SnowflakeError(
            f"SQL compilation error:\ninvalid property '{wrong}' for an internal stage", code=1420, sqlstate="22023"
        )


def _covers(allowed: str, url: str) -> bool:
    return allowed == "*" or f"{url.rstrip('/')}/".startswith(f"{allowed.rstrip('/')}/")


def _trust(integration: StoredObject) -> Trust:
    given = integration.attributes
    return Trust(given["STORAGE_AWS_IAM_USER_ARN"], given["STORAGE_AWS_ROLE_ARN"], given["STORAGE_AWS_EXTERNAL_ID"])
