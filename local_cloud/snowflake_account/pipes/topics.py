"""Topics that tell pipes of new files: Snowflake's queue is subscribed to them, as the topic's policy allows it.

https://docs.snowflake.com/en/user-guide/data-load-snowpipe-auto-s3#option-2-configuring-amazon-sns-to-automate-snowpipe-using-sqs-notifications
https://docs.snowflake.com/en/sql-reference/functions/system_get_aws_sns_iam_policy
"""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.stages.assumed_role import SNOWFLAKE_USER, Aws
from local_cloud.snowflake_account.stages.role_access import principal_may

_SUBSCRIBE = "sns:Subscribe"


class TopicError(SnowflakeError):
    """A pipe cannot hear of files by a topic."""

    def __init__(self, reason: str) -> None:
        super().__init__(f'Pipe Notifications bind failure "{reason}"')


def subscription_policy(topic_arn: str) -> str:
    """Return the policy that a topic's owner adds, so that Snowflake may subscribe its queue."""
    statement = {
        "Sid": "1",
        "Effect": "Allow",
        "Principal": {"AWS": SNOWFLAKE_USER},
        "Action": [_SUBSCRIBE],
        "Resource": [topic_arn],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


def subscribe(aws: Aws, topic_arn: str, queue_arn: str | None) -> None:
    """Subscribe the pipes' queue to a topic; the subscription outlives the pipe, and is made only once.

    Args:
        aws: the AWS account.
        topic_arn: the topic.
        queue_arn: the queue; None for a pipe that does not ingest by itself.

    Raises:
        TopicError: the pipe has no queue, the topic is not there, or its policy does not let Snowflake subscribe.
    """
    if queue_arn is None:
        raise TopicError("Cannot set AWS SNS topic for pipe without auto_ingest")
    sns = aws.client("sns")
    try:
        policy = json.loads(sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]["Policy"])
    except ClientError as error:
        raise TopicError(error.response["Error"]["Message"]) from error
    if not principal_may(policy, SNOWFLAKE_USER, _SUBSCRIBE, topic_arn):
        raise TopicError(
            f"User: {SNOWFLAKE_USER} is not authorized to perform: SNS:Subscribe on resource: {topic_arn} because no "
            "resource-based policy allows the SNS:Subscribe action"
        )
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
