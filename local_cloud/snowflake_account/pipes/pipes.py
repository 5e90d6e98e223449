"""Pipes: what CREATE PIPE accepts, which pipe an object concerns, and loading through one.

https://docs.snowflake.com/en/sql-reference/sql/create-pipe
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.copying.job import CopyJob, job_of
from local_cloud.snowflake_account.copying.load import load_through_pipe
from local_cloud.snowflake_account.data import load_history, outbox
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import parse_copy
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.statements import Kind
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.notifications.integrations import send
from local_cloud.snowflake_account.pipes.queue import PipeQueue
from local_cloud.snowflake_account.pipes.status import status_text
from local_cloud.snowflake_account.pipes.topics import subscribe
from local_cloud.snowflake_account.stages.staged_files import Location
from local_cloud.snowflake_account.stages.stages import Aws, Stages, is_external

RUNNING, PAUSED, MISSING_TABLE = "RUNNING", "PAUSED", "STOPPED_MISSING_TABLE"
STALLED, NO_ACCESS = "STALLED_COMPILATION_ERROR", "STALLED_STAGE_PERMISSION_ERROR"
"""The state of a pipe whose COPY cannot be compiled, as without a privilege of its owner."""

_STOPPED_FOR_GOOD = {
    "STOPPED_STAGE_DROPPED": "its stage was dropped",
    "STOPPED_STAGE_ALTERED": "the url of its stage was changed",
}
"""States that only a new pipe ends: https://docs.snowflake.com/en/user-guide/data-load-snowpipe-ts."""

REFRESH_WINDOW = timedelta(days=7)
"""ALTER PIPE … REFRESH looks at files of the last 7 days.

https://docs.snowflake.com/en/sql-reference/sql/alter-pipe#optional-parameters
"""


@dataclass(frozen=True)
class ListeningPipe:
    """A pipe that the queue's messages may concern.

    Attributes:
        name: its full name.
        location: where its files lie.
        paused: whether its messages are to wait.
        auto_ingest: whether it loads by the bucket's events, and not only what a refresh queues.
        topic: the topic by which alone it hears of them; None for one that names none.
    """

    name: Name
    location: Location
    paused: bool
    auto_ingest: bool
    topic: str | None = None

    def hears_of(self, bucket: str, key: str, topic: str | None = None) -> bool:
        """Tell whether a new object is for this pipe: it lies at the pipe's location; a PATTERN comes with the load.

        Args:
            bucket: the object's bucket.
            key: its key.
            topic: the topic by which the pipes heard of it, None for none.
        """
        is_here = bucket == self.location.bucket and key.startswith(self.location.prefix)
        return self.auto_ingest and is_here and self.topic in (None, topic)


class Pipes:
    """The account's pipes.

    Args:
        catalog: where they are declared.
        databases: where their rows go.
        stages: where their files are.
        aws: the AWS account with their queue.
        check: refuses a pipe whose owner may not, any more, read the stage and write the table.
    """

    def __init__(
        self,
        catalog: Catalog,
        databases: Databases,
        stages: Stages,
        aws: Aws,
        check: Callable[[StoredObject], None],
    ) -> None:
        self._catalog = catalog
        self._databases = databases
        self._stages = stages
        self._aws = aws
        self._check = check

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
        job = job_of(statement, home, self._catalog, self._stages)
        job.check_target(self._databases.columns(job.table))
        if job.where.kind is not Kind.STAGE:
            raise UnsupportedError("PIPE of a table's stage")
        if properties.get("AUTO_INGEST") and not is_external(self._catalog.get(Kind.STAGE, job.where.name)):
            raise UnsupportedError("AUTO_INGEST of an internal stage")
        if integration := properties.get("ERROR_INTEGRATION"):
            self._catalog.get(Kind.NOTIFICATION_INTEGRATION, Name((str(integration),)))
        self._stages.files(job.where)
        queue = PipeQueue(self._aws).arn() if properties.get("AUTO_INGEST") else None
        topic = properties.get("AWS_SNS_TOPIC")
        if topic:
            subscribe(self._aws, topic, queue)
        return {
            **properties,
            "DEFINITION": body,
            "TABLE": list(job.table.parts),
            "STAGE": list(job.where.name.parts),
            "STAGE_CREATED_ON": self._catalog.get(Kind.STAGE, job.where.name).created_on,
            "STAGE_LOCATION": self._stages.location(StagePath(job.where.name)).url,
            "NOTIFICATION_CHANNEL": topic or queue,
        }

    def listening(self) -> list[ListeningPipe]:
        """Return the pipes whose stage is as it was, whatever else their copy statements lack."""
        return [
            ListeningPipe(
                pipe.name,
                self._location(pipe),
                state == PAUSED,
                bool(pipe.attributes["NOTIFICATION_CHANNEL"]),
                pipe.attributes.get("AWS_SNS_TOPIC"),
            )
            for pipe in self._catalog.list(Kind.PIPE)
            if (state := self.state(pipe)) not in _STOPPED_FOR_GOOD
        ]

    def _location(self, pipe: StoredObject) -> Location:
        return self._stages.location(self._where(pipe))

    @staticmethod
    def _where(pipe: StoredObject) -> StagePath:
        path = parse_copy(pipe.attributes["DEFINITION"]).where.path
        return StagePath(Name(tuple(pipe.attributes["STAGE"])), path)

    def state(self, pipe: StoredObject) -> str:
        """Return a pipe's execution state, as SYSTEM$PIPE_STATUS names it."""
        attributes = pipe.attributes
        stage = self._catalog.find(Kind.STAGE, Name(tuple(attributes["STAGE"])))
        if stage is None or stage.created_on != attributes["STAGE_CREATED_ON"]:
            return "STOPPED_STAGE_DROPPED"
        location = self._stages.location(StagePath(stage.name)).url
        if attributes.get("STAGE_LOCATION", location) != location:
            return "STOPPED_STAGE_ALTERED"
        if self._catalog.find_relation(Name(tuple(attributes["TABLE"]))) is None:
            return MISSING_TABLE
        try:
            self._check(pipe)
        except SnowflakeError:
            return STALLED
        return PAUSED if attributes.get("PIPE_EXECUTION_PAUSED") else RUNNING

    def status(self, pipe: Name) -> str:
        """Return what SYSTEM$PIPE_STATUS answers.

        Raises:
            DoesNotExistError: there is no such pipe.
        """
        stored = self._catalog.get(Kind.PIPE, pipe)
        channel = stored.attributes["NOTIFICATION_CHANNEL"]
        outstanding = PipeQueue(self._aws).outstanding() if channel else 0
        state, error = self.state(stored), None
        if state == RUNNING:
            try:
                self._stages.files(self._where(stored))
            except SnowflakeError as denied:
                state, error = NO_ACCESS, denied.message
        last = load_history.last_load(self._databases.duck, pipe)
        return status_text(state, channel, outstanding, last, error)

    def refresh(self, pipe: StoredObject, prefix: str = "", modified_after: datetime | None = None) -> int:
        """Queue the files of the last 7 days that the pipe has not dealt with, nor a COPY of its own loaded.

        https://docs.snowflake.com/en/user-guide/data-load-snowpipe-manage#load-historical-or-missed-files

        Args:
            pipe: the pipe.
            prefix: what the files' names begin with, after the pipe's location.
            modified_after: the earliest time of a file.

        Returns:
            How many were queued.

        Raises:
            SnowflakeError: the pipe is stopped, or its location cannot be read.
        """
        if reason := _STOPPED_FOR_GOOD.get(state := self.state(pipe)):
            raise SnowflakeError(f"SQL execution error: Pipe {pipe.name} is {state}; {reason}.")
        job = self._job_of(pipe)
        since = max(datetime.now(UTC) - REFRESH_WINDOW, modified_after or datetime.min.replace(tzinfo=UTC))
        files = {
            f"{job.location.url}{job.file_name(file.key)}": file
            for file in self._stages.files(job.where).list_files()
            if file.last_modified >= since and job.concerns(file.key) and job.file_name(file.key).startswith(prefix)
        }
        copied = load_history.loaded_into_table(self._databases.duck, job.table, list(files))
        keys = [file.key for url, file in files.items() if (url, file.etag) not in copied]
        keys = self._unloaded(pipe.name, job, keys)
        PipeQueue(self._aws).send_refresh(pipe.name, keys)
        return len(keys)

    def load(
        self, pipe: StoredObject, keys: Sequence[str], on_file: Callable[[LoadRecord], None] | None = None
    ) -> list[LoadRecord]:
        """Load those of these objects that are the pipe's and that it has not dealt with, each once.

        Raises:
            SnowflakeError: its owner may not, or the files cannot be read.
        """
        self._check(pipe)
        job = self._job_of(pipe)
        new = self._unloaded(pipe.name, job, [key for key in dict.fromkeys(keys) if job.concerns(key)])
        try:
            if not new:
                return []
            reader = self._stages.files(job.where)
            return load_through_pipe(self._databases, job, reader, new, datetime.now(UTC), on_file)
        finally:
            self._send_errors(pipe.name)

    def tell(self, about: Name, integration: str, message: str) -> None:
        """Let a message wait to be sent, and send what waits about the same object."""
        with self._databases.transaction():
            outbox.queue(self._databases.duck, about, integration, [message])
        self._send_errors(about)

    def _send_errors(self, pipe: Name) -> None:
        """Send what waits to be said of a pipe's rejected files; what cannot be sent keeps no file from loading."""
        duck = self._databases.duck
        for message in outbox.waiting(duck, pipe):
            error = None
            try:
                send(self._catalog, self._aws, message.integration, message.message)
            except SnowflakeError as refused:
                error = str(refused)
            with self._databases.transaction():
                outbox.settle(duck, pipe, message, error)

    def _unloaded(self, pipe: Name, job: CopyJob, keys: Sequence[str]) -> list[str]:
        names = [job.file_name(key) for key in keys]
        known = load_history.loaded_by_pipe(self._databases.duck, pipe, names, job.location.url)
        return [key for key, name in zip(keys, names, strict=True) if name not in known]

    def _job_of(self, pipe: StoredObject) -> CopyJob:
        statement = parse_copy(pipe.attributes["DEFINITION"])
        job = job_of(statement, Name(pipe.name.parts[:2]), self._catalog, self._stages, pipe.name)
        return replace(job, error_integration=pipe.attributes.get("ERROR_INTEGRATION"))
