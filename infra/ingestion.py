"""Ingestion: file formats, stage, raw tables, pipes with their refreshes, and the bucket's notification.

A feed is one raw table, one pipe and one entry of the notification. The order that keeps every file:
role's policy → stage → pipe → refresh of what landed before the pipe, and pipe → notification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake
from pulumi_aws import s3

from infra.alerts import Alerts
from infra.bucket_notification import bucket_notification
from infra.events import Events
from infra.feeds import Feed, FileFormat
from infra.landing_place import LandingPlace
from infra.naming import STAGE, dotted
from infra.pipe_watch import NOTHING, is_gone, pipe_state, renewals, with_renewals
from infra.role_propagation import role_propagation_hooks
from infra.sql_catalog import CopyStatement
from infra.storage_access import StorageAccess


@dataclass(frozen=True)
class IngestionArgs:
    """What the ingestion is made of.

    Attributes:
        feeds: the feeds.
        copies: each feed's copy statement, by the feed's name.
        place: the landing bucket.
        storage_access: the way into it.
        events: the topic by which the pipes hear of files; None where the bucket tells them itself.
        schema: schema RAW, where all of it stands.
        alerts: who hears of rejected files, if anybody does.
    """

    feeds: Sequence[Feed]
    copies: Mapping[str, CopyStatement]
    place: LandingPlace
    storage_access: StorageAccess
    events: Events | None
    schema: snowflake.Schema
    alerts: Alerts | None = None


class Ingestion(pulumi.ComponentResource):
    """From a file's arrival in the bucket to its rows in a raw table.

    Attributes:
        stage: the external stage at the bucket's root.
        tables: the raw tables, by their names.
        pipes: the pipes, by the feed's name.
        refreshes: what loads the files that landed while a pipe was not there.
        notification: the one notification configuration of the stack's own bucket; no file may land before it.
        hooks: what waits for AWS. The engine takes a hook of one name once, so others who wait take these.
    """

    stage: snowflake.StageExternalS3
    tables: dict[str, snowflake.Table]
    pipes: dict[str, snowflake.Pipe]
    refreshes: list[snowflake.Execute]
    notification: s3.BucketNotification | None
    hooks: pulumi.ResourceHookBinding

    def __init__(self, name: str, args: IngestionArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:ingestion:Ingestion", name, None, opts)
        self._args = args
        self.hooks = role_propagation_hooks()
        self._formats = self._file_formats()
        self.stage = self._stage()
        self.tables = {feed.table: self._raw_table(feed) for feed in args.feeds}
        self.pipes = {feed.name: self._pipe(feed) for feed in args.feeds}
        self.refreshes = [self._refresh(feed) for feed in args.feeds]
        self.notification = self._notification() if args.place.zone else None
        self.register_outputs({"stage": self.stage.fully_qualified_name})

    @property
    def listening(self) -> list[pulumi.Resource]:
        """What has to exist before the first file lands, so that none lands unheard or is queued twice."""
        told = [self.notification] if self.notification else []
        return [*told, *self._topic_ready, *self.refreshes]

    @property
    def _topic_ready(self) -> list[pulumi.Resource]:
        return self._args.events.ready if self._args.events else []

    @property
    def queues(self) -> pulumi.Output[dict[str, str]]:
        """The queue or topic that each pipe listens to, by the pipe's full name: ``RETAIL_DEV.RAW.CUSTOMERS``."""
        pairs = [
            pulumi.Output.all(pipe.fully_qualified_name, pipe.notification_channel) for pipe in self.pipes.values()
        ]
        return pulumi.Output.all(*pairs).apply(lambda known: {dotted(name): queue for name, queue in known})

    def _file_formats(self) -> dict[FileFormat, snowflake.FileFormatCsv | snowflake.FileFormatJson]:
        schema, child = self._args.schema, pulumi.ResourceOptions(parent=self)
        return {
            # An absent field is NULL, an empty one is '', and no value is read as anything but its text. A blank line
            # is no record; by default it would be an error, for which the whole file is left out.
            FileFormat.CSV: snowflake.FileFormatCsv(
                "csv-format",
                database=schema.database,
                schema=schema.name,
                name=FileFormat.CSV.value,
                comment="CSV with a header; fields are taken as they are written, an absent one is NULL",
                skip_header=1,
                skip_blank_lines="true",
                field_optionally_enclosed_by='"',
                escape_unenclosed_field="NONE",
                empty_field_as_null="false",
                null_ifs=[],
                error_on_column_count_mismatch="false",
                opts=child,
            ),
            FileFormat.JSON: snowflake.FileFormatJson(
                "json-format",
                database=schema.database,
                schema=schema.name,
                name=FileFormat.JSON.value,
                comment="One JSON value per line, plain or compressed",
                opts=child,
            ),
        }

    def _stage(self) -> snowflake.StageExternalS3:
        access, schema = self._args.storage_access, self._args.schema
        return snowflake.StageExternalS3(
            "landing-stage",
            database=schema.database,
            schema=schema.name,
            name=STAGE,
            comment="The landing bucket, from its root",
            url=access.url,
            storage_integration=access.integration,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=access.ready, delete_before_replace=True, hooks=self.hooks
            ),
        )

    def _raw_table(self, feed: Feed) -> snowflake.Table:
        schema = self._args.schema
        return snowflake.Table(
            f"{feed.name}-raw",
            database=schema.database,
            schema=schema.name,
            name=feed.table,
            comment=feed.description,
            columns=[
                snowflake.TableColumnArgs(name=column.name, type=column.type, comment=column.description)
                for column in feed.columns
            ],
            # An incremental dynamic table switches this on for the tables it reads. Undeclared, it would show as
            # drift and be switched off again.
            change_tracking=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _pipe(self, feed: Feed) -> snowflake.Pipe:
        copy, schema, alerts = self._args.copies[feed.name], self._args.schema, self._args.alerts
        renewal, times = self._renewal(feed)
        comment = f"Loads what lands under {feed.prefix} into table {feed.table}"
        return snowflake.Pipe(
            f"{feed.name}-pipe",
            database=schema.database,
            schema=schema.name,
            name=feed.table,
            comment=times.apply(lambda known: with_renewals(comment, known)),
            auto_ingest=True,
            aws_sns_topic_arn=self._args.events.topic_arn if self._args.events else None,
            error_integration=alerts.integration.name if alerts else None,
            copy_statement=pulumi.Output.all(
                table=self.tables[feed.table].fully_qualified_name,
                stage=self.stage.fully_qualified_name,
                file_format=self._formats[feed.file_format].fully_qualified_name,
            ).apply(lambda names: copy.statement(**names)),
            # A pipe whose stage was recreated, or points elsewhere, is dead, and the provider does not notice.
            # Nor does it notice that the stage or the table was dropped.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[
                    *self._args.storage_access.ready,
                    *self._topic_ready,
                    *([alerts.access] if alerts else []),
                ],
                replace_with=[self.stage, renewal],
                replacement_trigger=[self._args.storage_access.url],
                # The engine's own replacements create first, which two pipes of one name do not survive.
                delete_before_replace=True,
                hooks=self.hooks,
            ),
        )

    def _renewal(self, feed: Feed) -> tuple[snowflake.Execute, pulumi.Output[int]]:
        """Register what is replaced, and its pipe with it, once a refresh of the stack has found the pipe stopped.

        Returns:
            That, and how many times it was.
        """
        child = pulumi.ResourceOptions(parent=self)
        # The name and not the pipe's own: whatever the pipe is replaced with cannot wait for the pipe.
        state = pipe_state(f"{feed.name}-pipe-before", self._args.schema, feed.table, child)
        times = state.query_results.apply(renewals)
        opts = pulumi.ResourceOptions(parent=self, replacement_trigger=[times])
        return snowflake.Execute(f"{feed.name}-renewal", execute=NOTHING, revert=NOTHING, opts=opts), times

    def _refresh(self, feed: Feed) -> snowflake.Execute:
        pipe = self.pipes[feed.name]
        after = pulumi.ResourceOptions(parent=self, depends_on=[pipe])
        state = pipe_state(f"{feed.name}-pipe-state", self._args.schema, feed.table, after)
        return snowflake.Execute(
            f"{feed.name}-refresh",
            execute=pipe.fully_qualified_name.apply(lambda name: f"ALTER PIPE {name} REFRESH"),
            revert=NOTHING,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[pipe],
                replace_with=[pipe],
                replacement_trigger=[state.query_results.apply(is_gone)],
                hooks=self.hooks,
            ),
        )

    def _notification(self) -> s3.BucketNotification:
        args, queues = self._args, {feed: pipe.notification_channel for feed, pipe in self.pipes.items()}
        opts = pulumi.ResourceOptions(parent=self, depends_on=self._topic_ready, hooks=self.hooks)
        return bucket_notification(args.place.bucket, args.feeds, queues, args.events, opts)
