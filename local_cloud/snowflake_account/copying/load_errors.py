"""What a pipe with an error integration says of files that it rejected.

https://docs.snowflake.com/en/user-guide/data-load-snowpipe-errors-sns#error-notification-message-payload
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.data.load_history import FAILED, LoadRecord
from local_cloud.snowflake_account.language.session_context import LOCATOR

FILES_PER_MESSAGE = 100
"""A message of SNS has 256 KiB, a key 1 KiB at the most."""

_LONGEST_ERROR = 1_000


def error_messages(job: CopyJob, records: Sequence[LoadRecord], at: datetime) -> Iterator[str]:
    """Yield the messages about the rejected ones among some files.

    Only ON_ERROR = SKIP_FILE, a pipe's default, makes any.
    https://docs.snowflake.com/en/user-guide/data-load-snowpipe-errors

    Args:
        job: the pipe's copy statement.
        records: what became of the files.
        at: the time, UTC.
    """
    rejected = [record for record in records if record.status == FAILED]
    if job.on_error.action != "SKIP_FILE":
        return
    for start in range(0, len(rejected), FILES_PER_MESSAGE):
        payload = {
            "version": "1.0",
            "messageId": str(uuid.uuid4()),
            "messageType": "INGEST_FAILED_FILE",
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "accountName": LOCATOR,
            "pipeName": str(job.pipe),
            "tableName": str(job.table),
            "stageLocation": job.location.url.rstrip("/"),
            "messages": [
                {
                    "fileName": f"/{record.file_name.lstrip('/')}",
                    "firstError": (record.first_error_message or "")[:_LONGEST_ERROR],
                }
                for record in rejected[start : start + FILES_PER_MESSAGE]
            ],
        }
        yield json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
