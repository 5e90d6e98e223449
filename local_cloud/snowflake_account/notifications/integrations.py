"""Notification integrations: the way to an SNS topic, by a role in its account.

https://docs.snowflake.com/en/user-guide/notifications/creating-notification-integration-amazon-sns
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.assumed_role import Aws, Trust, assume, policies_of
from local_cloud.snowflake_account.stages.role_access import allows


class NotificationError(SnowflakeError):
    """A notification could not be sent."""


def send(catalog: Catalog, aws: Aws, integration: str, message: str) -> None:
    """Send a message through a notification integration.

    Raises:
        SnowflakeError: the integration is gone or not enabled, its role cannot be assumed or may not publish, or
            the topic is not there.
    """
    given = catalog.get(Kind.NOTIFICATION_INTEGRATION, Name((integration,))).attributes
    if not given.get("ENABLED", True):
        raise NotificationError(f"Notification integration {integration} is not enabled.")
    topic, role = given["AWS_SNS_TOPIC_ARN"], given["AWS_SNS_ROLE_ARN"]
    assume(aws, Trust(given["SF_AWS_IAM_USER_ARN"], role, given["SF_AWS_EXTERNAL_ID"]))
    if not allows(policies_of(aws, role), "sns:Publish", topic):
        raise NotificationError(f"{role} is not allowed sns:Publish on {topic}")
    try:
        aws.client("sns").publish(TopicArn=topic, Message=message)
    except ClientError as error:
        raise NotificationError(f"{topic}: {error.response['Error']['Message']}") from error
