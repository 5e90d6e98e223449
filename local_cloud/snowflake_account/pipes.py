"""Pipes: what CREATE PIPE accepts, which pipe an object concerns, and loading through one.

https://docs.snowflake.com/en/sql-reference/sql/create-pipe
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from local_cloud.snowflake_account import load_history
from local_cloud.snowflake_account.catalog import Catalog, StoredObject
from local_cloud.snowflake_account.copy_into import CopyJob, load
from local_cloud.snowflake_account.copy_statement import CopyStatement, OnError, parse_copy
from local_cloud.snowflake_account.databases import Databases
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError
from local_cloud.snowflake_account.file_formats import FileFormat, file_format
from local_cloud.snowflake_account.load_history import LoadRecord
from local_cloud.snowflake_account.stages import Aws, StagedFile, StageReader, Stages
from local_cloud.snowflake_account.statements import Kind
from local_cloud.snowflake_account.tokens import Name, Tokens

QUEUE_NAME = "sf-snowpipe-AIDALOCALACCOUNT-landing"
"""One queue serves all pipes of an account in a region, as in Snowflake."""

REFRESH_WINDOW = timedelta(days=7)
"""ALTER PIPE … REFRESH looks at files of the last 7 days."""

_KEYS_PER_MESSAGE = 100


class Pipes:
    """The account's pipes."""

    def __init__(self, catalog: Catalog, databases: Databases, stages: Stages, aws: Aws) -> None:
        self._catalog = catalog
        self._databases = databases
        self._stages = stages
        self._aws = aws

    def attributes(self, body: str, properties: Mapping[str, Any], home: Name) -> dict[str, Any]:
        """Check a new pipe and return what the catalog keeps of it.

        Args:
            body: the copy statement.
            properties: of CREATE PIPE.
            home: the pipe's database and schema.

        Raises:
            SnowflakeError: Snowflake would refuse the pipe.
        """
        statement = parse_copy(body)
        statement.check_pipe()
        job = self.job(statement, home)
        stage = self._catalog.get(Kind.STAGE, resolved(statement.stage, home))
        self._stages.reader(stage.name, statement.path)
        auto_ingest = bool(properties.get("AUTO_INGEST"))
        return {
            **properties,
            "DEFINITION": body,
            "TABLE": list(job.table.parts),
            "STAGE": list(stage.name.parts),
            "STAGE_CREATED_ON": stage.created_on,
            "NOTIFICATION_CHANNEL": self._queue_arn() if auto_ingest else None,
        }

    def job(self, statement: CopyStatement, home: Name, pipe: Name | None = None) -> CopyJob:
        """Return a copy statement with its names looked up.

        Raises:
            DoesNotExistError: its table, stage or format is not there.
        """
        table = resolved(statement.table, home)
        if (target := self._catalog.find_relation(table)) is None or target.kind is not Kind.TABLE:
            raise DoesNotExistError("TABLE", str(table))
        stage = self._catalog.get(Kind.STAGE, resolved(statement.stage, home))
        default = OnError("ABORT_STATEMENT" if pipe is None else "SKIP_FILE")
        return CopyJob(
            statement=statement,
            table=table,
            location=self._stages.location(stage.name, statement.path),
            file_format=self._format(statement.file_format or stage.attributes.get("FILE_FORMAT") or {}, home),
            on_error=statement.on_error or default,
            pipe=pipe,
        )

    def _format(self, options: Mapping[str, Any], home: Name) -> FileFormat:
        if named := options.get("FORMAT_NAME"):
            stored = self._catalog.get(Kind.FILE_FORMAT, resolved(Tokens(named).name(), home))
            return file_format(stored.attributes)
        return file_format(options)

    def _queue_arn(self) -> str:
        sqs = self._aws.client("sqs")
        url = sqs.create_queue(QueueName=QUEUE_NAME)["QueueUrl"]
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def concerned(self, bucket: str, key: str) -> Iterator[StoredObject]:
        """Yield the pipes that an object in a bucket concerns: its key lies at their location."""
        for pipe in self._catalog.list(Kind.PIPE):
            if self.status(pipe) == "RUNNING" and pipe.attributes["NOTIFICATION_CHANNEL"]:
                job = self._job_of(pipe)
                if bucket == job.location.bucket and _belongs(job, key):
                    yield pipe

    def status(self, pipe: StoredObject) -> str:
        """Return a pipe's execution state, as SYSTEM$PIPE_STATUS names it."""
        stage = self._catalog.find(Kind.STAGE, Name(tuple(pipe.attributes["STAGE"])))
        if stage is None or stage.created_on != pipe.attributes["STAGE_CREATED_ON"]:
            return "STOPPED_STAGE_DROPPED"
        return "PAUSED" if pipe.attributes.get("PIPE_EXECUTION_PAUSED") else "RUNNING"

    def refresh(self, pipe: StoredObject, prefix: str = "", modified_after: datetime | None = None) -> int:
        """Queue the files of the last 7 days that the pipe has not dealt with; return how many.

        Raises:
            SnowflakeError: the pipe is stopped, or its location cannot be read.
        """
        if (status := self.status(pipe)) == "STOPPED_STAGE_DROPPED":
            raise SnowflakeError(f"SQL execution error: Pipe {pipe.name} is {status}; its stage was dropped.")
        job = self._job_of(pipe)
        since = max(datetime.now(UTC) - REFRESH_WINDOW, modified_after or datetime.min.replace(tzinfo=UTC))
        reader = self._stages.reader(Name(tuple(pipe.attributes["STAGE"])), job.statement.path)
        keys = [
            file.key
            for file in reader.list_files()
            if file.last_modified >= since and _belongs(job, file.key) and job.file_name(file.key).startswith(prefix)
        ]
        keys = self._unloaded(pipe.name, job, keys)
        sqs = self._aws.client("sqs")
        url = sqs.create_queue(QueueName=QUEUE_NAME)["QueueUrl"]
        for start in range(0, len(keys), _KEYS_PER_MESSAGE):
            message = {"Pipe": list(pipe.name.parts), "Keys": keys[start : start + _KEYS_PER_MESSAGE]}
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message))
        return len(keys)

    def load(
        self, pipe: StoredObject, keys: Sequence[str], on_file: Callable[[LoadRecord], None] | None = None
    ) -> list[LoadRecord]:
        """Load those of these objects that the pipe has not dealt with, each once."""
        job = self._job_of(pipe)
        new = self._unloaded(pipe.name, job, list(dict.fromkeys(keys)))
        if not new:
            return []
        reader = self._stages.reader(Name(tuple(pipe.attributes["STAGE"])), job.statement.path)
        return load(self._databases, job, reader, new, datetime.now(UTC), on_file)

    def selected(self, job: CopyJob, reader: StageReader) -> list[StagedFile]:
        """Return the files that a COPY of its own is to load: named or at the location, and not loaded before.

        Unlike a pipe, a COPY sees that a file's content has changed (its ETag).

        Raises:
            SnowflakeError: a named file is not there.
        """
        found = {job.file_name(file.key): file for file in reader.list_files() if _belongs(job, file.key)}
        names = list(job.statement.files or found)
        if missing := [name for name in names if name not in found]:
            raise SnowflakeError(
                f"Remote file '{job.location.url}{missing[0]}' was not found.", code=100016, sqlstate="22000"
            )
        loaded = load_history.loaded_into_table(self._databases.duck, job.table, names, job.location.url)
        files = [(name, found[name]) for name in names]
        return [file for name, file in files if job.statement.force or (name, file.etag) not in loaded]

    def _unloaded(self, pipe: Name, job: CopyJob, keys: Sequence[str]) -> list[str]:
        names = [job.file_name(key) for key in keys]
        known = load_history.loaded_by_pipe(self._databases.duck, pipe, names, job.location.url)
        return [key for key, name in zip(keys, names, strict=True) if name not in known]

    def _job_of(self, pipe: StoredObject) -> CopyJob:
        return self.job(parse_copy(pipe.attributes["DEFINITION"]), Name(pipe.name.parts[:2]), pipe.name)


def resolved(name: Name, home: Name) -> Name:
    """Return a name in full: what it leaves out is taken from a database and schema."""
    return Name((*home.parts[: 3 - len(name.parts)], *name.parts))


def _belongs(job: CopyJob, key: str) -> bool:
    pattern = job.statement.pattern
    return key.startswith(job.location.prefix) and (pattern is None or re.fullmatch(pattern, key) is not None)
