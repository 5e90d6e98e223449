"""The AWS provider's part: topics, their policies, and who is subscribed to them."""

from __future__ import annotations

import json

from local_cloud.resources.aws_api import AwsKind, required, tag_list
from local_cloud.resources.kind import Inputs, Outputs


class Topic(AwsKind):
    """A topic."""

    inputs = frozenset({"name", "kmsMasterKeyId", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreateTopic."""
        attributes = {"KmsMasterKeyId": inputs["kmsMasterKeyId"]} if "kmsMasterKeyId" in inputs else {}
        arn = self._sns.create_topic(
            Name=required(inputs, "name"), Attributes=attributes, Tags=tag_list(inputs.get("tags", {}))
        )["TopicArn"]
        return arn, {"arn": arn, "owner": arn.split(":")[4]}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeleteTopic."""
        self._sns.delete_topic(TopicArn=id_)


class TopicPolicy(AwsKind):
    """The topic's policy document."""

    inputs = frozenset({"arn", "policy"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """SetTopicAttributes."""
        arn = required(inputs, "arn")
        self._set(arn, required(inputs, "policy"))
        return arn, {}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Put the policy back that a topic is made with: its owner does everything.

        https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
        """
        owner = {"StringEquals": {"AWS:SourceOwner": id_.split(":")[4]}}
        everything = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:*", "Resource": id_}
        self._set(id_, json.dumps({"Version": "2008-10-17", "Statement": [{**everything, "Condition": owner}]}))

    def _set(self, arn: str, policy: str) -> None:
        self._sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


class TopicSubscription(AwsKind):
    """A queue or a mail address that gets what is published."""

    inputs = frozenset({"topic", "protocol", "endpoint", "rawMessageDelivery"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Subscribe."""
        arn = self._sns.subscribe(
            TopicArn=required(inputs, "topic"),
            Protocol=required(inputs, "protocol"),
            Endpoint=required(inputs, "endpoint"),
            Attributes={"RawMessageDelivery": str(inputs.get("rawMessageDelivery", False)).lower()},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return arn, {"arn": arn}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """Unsubscribe."""
        self._sns.unsubscribe(SubscriptionArn=id_)
