"""Events: the topic by which the pipes hear of a bucket's files, where the bucket itself does not tell their queue.

A bucket has one notification configuration, and whoever writes it replaces what others have put there. A topic has
room for everybody: S3 publishes to it, or a rule of EventBridge does, and Snowflake subscribes its queue when a pipe
that names it is made. A topic that is there keeps its policy, which is its owner's to write.

https://docs.snowflake.com/en/user-guide/data-load-snowpipe-auto-s3#determining-the-correct-option
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_snowflake as snowflake
from pulumi_aws import cloudwatch, sns

from infra.errors import ProgramError
from infra.feeds import Feed
from infra.landing_place import LandingPlace
from infra.landing_settings import LandingSettings, Notifications
from infra.naming import Names
from infra.pipe_watch import NOTHING
from infra.policies import events_topic_policy
from infra.surroundings import Surroundings


@dataclass(frozen=True)
class Publisher:
    """Who publishes to the topic.

    Attributes:
        service: the service's principal.
        arn: the bucket or rule in whose name it does.
        account_id: the AWS account of that.
    """

    service: str
    arn: pulumi.Output[str]
    account_id: str


@dataclass(frozen=True)
class EventsArgs:
    """What the events are made of.

    Attributes:
        feeds: whose files are told of.
        names: the stack's names.
        landing: who tells, and the topic if it is there already.
        place: the bucket.
        around: the AWS account and region.
    """

    feeds: Sequence[Feed]
    names: Names
    landing: LandingSettings
    place: LandingPlace
    around: Surroundings


class Events(pulumi.ComponentResource):
    """From a file's arrival to a message on the topic.

    Attributes:
        topic_arn: the topic.
        by_eventbridge: whether a rule of EventBridge publishes to it, and not S3.
        publisher: the same, as the topic's policy names it.
        ready: what has to be there before a pipe names the topic, or the bucket does.
    """

    topic_arn: pulumi.Output[str]
    by_eventbridge: bool
    publisher: Publisher
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: EventsArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:events:Events", name, None, opts)
        self._args = args
        self.ready = []
        self.by_eventbridge = args.landing.notifications is Notifications.EVENTBRIDGE
        rule = self._rule() if self.by_eventbridge else None
        self.publisher = Publisher("s3.amazonaws.com", args.place.arn, args.place.account_id)
        if rule:
            self.publisher = Publisher("events.amazonaws.com", rule.arn, args.around.account_id)
        existing = args.landing.topic_arn
        self.topic_arn = pulumi.Output.from_input(existing) if existing else self._topic()
        if rule:
            after = pulumi.ResourceOptions(parent=self, depends_on=[*self.ready])
            self.ready.append(cloudwatch.EventTarget("events-target", rule=rule.name, arn=self.topic_arn, opts=after))
        self.register_outputs({"topicArn": self.topic_arn})

    def _topic(self) -> pulumi.Output[str]:
        names, child = self._args.names, pulumi.ResourceOptions(parent=self)
        # Not encrypted at rest: AWS's own key of SNS lets neither S3 nor EventBridge in, and what is said here is the
        # name of a file.
        topic = sns.Topic("events-topic", name=names.events, tags=names.tags, opts=child)
        asked = snowflake.Execute(
            "events-subscription",
            execute=NOTHING,
            revert=NOTHING,
            query=topic.arn.apply(lambda arn: f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('{arn}') AS POLICY"),
            opts=child,
        )
        who = self.publisher
        policy = pulumi.Output.all(topic.arn, who.arn, asked.query_results).apply(
            lambda known: json.dumps(
                events_topic_policy(known[0], who.service, known[1], who.account_id, subscribers(known[2]))
            )
        )
        self.ready.append(sns.TopicPolicy("events-topic-policy", arn=topic.arn, policy=policy, opts=child))
        return topic.arn

    def _rule(self) -> cloudwatch.EventRule:
        args = self._args
        return cloudwatch.EventRule(
            "events-rule",
            name=args.names.events,
            description=f"Files that the pipes of {args.names.database} load",
            event_pattern=args.place.bucket.apply(lambda bucket: json.dumps(event_pattern(bucket, args.feeds))),
            tags=args.names.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )


def event_pattern(bucket: str, feeds: Sequence[Feed]) -> dict[str, Any]:
    """Return which of EventBridge's events tell of a feed's file.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    below = [{"prefix": feed.prefix} for feed in feeds]
    detail = {"bucket": {"name": [bucket]}, "object": {"key": below}}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def subscribers(rows: Sequence[Mapping[str, str]] | None) -> list[dict[str, Any]]:
    """Return the statements by which Snowflake may subscribe its queue, as it has answered them.

    Raises:
        ProgramError: it has answered none.
    """
    answered = [value for row in rows or () for value in row.values()]
    if not answered:
        raise ProgramError(
            "SYSTEM$GET_AWS_SNS_IAM_POLICY answered nothing, so no pipe can hear of files by the stack's topic; run it "
            "as the role that deploys, and `pulumi up` again"
        )
    return json.loads(answered[0])["Statement"]
