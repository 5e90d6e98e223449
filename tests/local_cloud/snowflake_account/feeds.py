"""Pipes as the project declares them: its own copy statements, formats and raw tables."""

from __future__ import annotations

from pathlib import Path

from infra.sql_files import SqlFile
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

COPIES = Path(__file__).resolve().parents[3] / "sql" / "copy"
DELIVERED = {
    "CUSTOMERS": "CUSTOMER_ID varchar, LOYALTY_SCORE varchar, _SURPLUS varchar",
    "PRODUCTS": "PRODUCT_ID varchar, PRODUCT_DESCRIPTION varchar, PRODUCT_CATEGORY varchar, _SURPLUS varchar",
    "TRANSACTIONS": "RECORD variant",
}
FORMATS = {"CUSTOMERS": "CSV", "PRODUCTS": "CSV", "TRANSACTIONS": "JSON"}
METADATA = "_FILE varchar, _FILE_ROW number(38, 0), _FILE_MODIFIED_AT timestamp_ntz(9), _LOADED_AT timestamp_ntz(9)"
CSV_OPTIONS = (
    "skip_header = 1 field_optionally_enclosed_by = '\"' empty_field_as_null = false null_if = ()"
    " escape_unenclosed_field = none error_on_column_count_mismatch = false"
)


def copy_statement(feed: str) -> str:
    """Return the copy statement of a feed's pipe."""
    return SqlFile.read(COPIES / f"{feed.lower()}.sql").render(
        table=f"{SCHEMA}.{feed}",
        stage=f"{SCHEMA}.LANDING",
        file_format=f"{SCHEMA}.{FORMATS[feed]}",
        prefix=f"{feed.lower()}/",
        is_parquet=False,
    )


def create_pipes(landing: Landing, *feeds: str) -> None:
    """Make the raw tables and pipes of feeds, and let the bucket send its events."""
    landing.execute(f"create file format {SCHEMA}.CSV type = csv {CSV_OPTIONS}")
    landing.execute(f"create file format {SCHEMA}.JSON type = json")
    for feed in feeds:
        landing.execute(f"create table {SCHEMA}.{feed} ({DELIVERED[feed]}, {METADATA})")
        create_pipe(landing, feed)
    landing.send_events(*(f"{feed.lower()}/" for feed in feeds))


def create_pipe(landing: Landing, feed: str) -> None:
    """Make the pipe of a feed."""
    landing.execute(f"create or replace pipe {SCHEMA}.{feed} auto_ingest = true as {copy_statement(feed)}")


def rows_by_file(landing: Landing, feed: str = "TRANSACTIONS") -> dict[str, int]:
    """Return how many rows of each file a raw table has."""
    return dict(landing.rows(f"select _FILE, count(*) from {SCHEMA}.{feed} group by 1 order by 1"))
