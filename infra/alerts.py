"""Alerts: where Snowpipe tells of a rejected file, an SNS topic behind a notification integration.

Nothing of it exists in a stack that names neither people to tell nor a topic.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake
from pulumi_aws import iam, sns

from infra.integration_role import IntegrationRoleArgs, integration_role
from infra.naming import Names
from infra.policies import publish_policy, topic_policy
from infra.settings import Settings
from infra.surroundings import Surroundings

TOPIC_KEY = "alias/aws/sns"
"""AWS's own key of SNS: whoever may publish may encrypt by it, as long as he is of the topic's account."""


@dataclass(frozen=True)
class AlertsArgs:
    """What the alerts are made of.

    Attributes:
        names: the stack's names.
        role_arn: the ARN that the role will have.
        topic_arn: an existing topic; None for one of the stack's own.
        emails: who is subscribed to it; each has to confirm the mail that SNS sends.
    """

    names: Names
    role_arn: str
    topic_arn: str | None
    emails: Sequence[str]


class Alerts(pulumi.ComponentResource):
    """From Snowflake to the people who look after the pipeline.

    Attributes:
        topic_arn: the topic.
        integration: the notification integration that publishes to it.
        access: the role's policy; whoever sends through the integration comes after it.
    """

    topic_arn: pulumi.Output[str]
    integration: snowflake.NotificationIntegration
    access: iam.RolePolicy

    def __init__(self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:alerts:Alerts", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.topic_arn = pulumi.Output.from_input(args.topic_arn) if args.topic_arn else self._topic(args)
        self.integration = snowflake.NotificationIntegration(
            "alerts-integration",
            name=args.names.alerts_integration,
            comment="Tells of files that Snowpipe rejected",
            notification_provider="AWS_SNS",
            aws_sns_topic_arn=self.topic_arn,
            aws_sns_role_arn=args.role_arn,
            opts=child,
        )
        _, self.access = integration_role(
            "alerts-role",
            IntegrationRoleArgs(
                name=args.names.alerts,
                description=f"Snowflake's notification integration {args.names.alerts_integration} publishes alerts",
                user_arn=self.integration.aws_sns_iam_user_arn,
                external_id=self.integration.aws_sns_external_id,
                access_name="publish-alerts",
                access=self.topic_arn.apply(publish_policy),
                tags=args.names.tags,
            ),
            child,
        )
        for email in args.emails:
            sns.TopicSubscription(
                f"alerts-to-{email}", topic=self.topic_arn, protocol="email", endpoint=email, opts=child
            )
        self.register_outputs({"topicArn": self.topic_arn, "integration": self.integration.name})

    def _topic(self, args: AlertsArgs) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        topic = sns.Topic(
            "alerts-topic",
            name=args.names.alerts,
            kms_master_key_id=TOPIC_KEY,
            tags=args.names.tags,
            opts=child,
        )
        policy = topic.arn.apply(lambda arn: json.dumps(topic_policy(arn, args.role_arn)))
        sns.TopicPolicy("alerts-topic-policy", arn=topic.arn, policy=policy, opts=child)
        return topic.arn


def make_alerts(settings: Settings, around: Surroundings) -> Alerts | None:
    """Make the alerts of a stack that tells somebody."""
    if not settings.has_alerts:
        return None
    names = settings.names
    role_arn = around.role_arn(names.alerts)
    return Alerts("alerts", AlertsArgs(names, role_arn, settings.alert_topic_arn, settings.alert_emails))
