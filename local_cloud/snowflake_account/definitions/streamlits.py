"""Streamlit apps: what one is made of is checked and kept, and nothing here runs it.

https://docs.snowflake.com/en/sql-reference/sql/create-streamlit
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import stage_path
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.stages import is_external


def checked_streamlit(catalog: Catalog, properties: Mapping[str, Any], home: Name) -> dict[str, Any]:
    """Return an app's properties, its location by its full name.

    Args:
        catalog: where stages and warehouses are declared.
        properties: some of an app's.
        home: the app's database and schema.

    Raises:
        SnowflakeError: its files would not lie in an internal stage.
        DoesNotExistError: the stage or the warehouse is not there.
    """
    found = dict(properties)
    if warehouse := found.get("QUERY_WAREHOUSE"):
        catalog.get(Kind.WAREHOUSE, Name((str(warehouse),)))
    if location := found.get("ROOT_LOCATION"):
        place = stage_path(str(location))
        if place.kind is not Kind.STAGE:
            raise SnowflakeError(f"SQL compilation error:\nROOT_LOCATION '{location}' is no named stage.")
        stage = catalog.get(Kind.STAGE, full_name(Kind.STAGE, place.name, home))
        if is_external(stage):
            raise SnowflakeError(
                f"SQL compilation error:\nROOT_LOCATION '{location}' is external; Streamlit needs an internal stage."
            )
        found["ROOT_LOCATION"] = f"@{stage.name.quoted}" + (f"/{place.path}" if place.path else "")
    return found
