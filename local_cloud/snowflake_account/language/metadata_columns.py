"""What a query or a COPY can ask of a staged file beside its fields. Pure.

https://docs.snowflake.com/en/user-guide/querying-metadata
"""

from __future__ import annotations

METADATA = (
    "METADATA$FILENAME",
    "METADATA$FILE_ROW_NUMBER",
    "METADATA$FILE_LAST_MODIFIED",
    "METADATA$START_SCAN_TIME",
    "METADATA$FILE_CONTENT_KEY",
)
"""The columns about the file that a row is from."""
