"""The notification configuration of the stack's own bucket: whom S3 tells of each feed's files.

S3 keeps one per bucket, so all feeds are entries of the same one, and it keeps its logical name whoever is told: a
second resource for the same bucket would be made before the first is removed, and the removal would empty it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import s3

from infra.events import Events
from infra.feeds import Feed


def bucket_notification(
    bucket: pulumi.Output[str],
    feeds: Sequence[Feed],
    queues: Mapping[str, pulumi.Output[str]],
    events: Events | None,
    opts: pulumi.ResourceOptions,
) -> s3.BucketNotification:
    """Register it.

    Args:
        bucket: the bucket.
        feeds: whose files are told of.
        queues: the queue of each feed's pipe, by the feed's name.
        events: the topic that is told instead; None to tell the queues.
        opts: its options.
    """
    if events is None:
        entries = [s3.BucketNotificationQueueArgs(queue_arn=queues[feed.name], **_entry(feed)) for feed in feeds]
        return s3.BucketNotification("landing-notification", bucket=bucket, queues=entries, opts=opts)
    if events.by_eventbridge:
        return s3.BucketNotification("landing-notification", bucket=bucket, eventbridge=True, opts=opts)
    topics = [s3.BucketNotificationTopicArgs(topic_arn=events.topic_arn, **_entry(feed)) for feed in feeds]
    return s3.BucketNotification("landing-notification", bucket=bucket, topics=topics, opts=opts)


def _entry(feed: Feed) -> dict[str, Any]:
    return {"id": feed.table, "events": ["s3:ObjectCreated:*"], "filter_prefix": feed.prefix}
