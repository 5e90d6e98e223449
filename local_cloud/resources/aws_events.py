"""The AWS provider's part: rules of EventBridge, and where they send the events that fit."""

from __future__ import annotations

import secrets

from local_cloud.resources.aws_api import AwsKind, pascal, required, tag_list
from local_cloud.resources.kind import Inputs, Outputs


class EventRule(AwsKind):
    """A rule of the default bus."""

    inputs = frozenset({"name", "description", "eventPattern", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """PutRule."""
        name = required(inputs, "name")
        more = {pascal(key): inputs[key] for key in ("description", "eventPattern") if key in inputs}
        arn = self._events.put_rule(Name=name, Tags=tag_list(inputs.get("tags", {})), **more)["RuleArn"]
        return name, {"arn": arn, "eventBusName": "default"}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """DeleteRule."""
        self._events.delete_rule(Name=id_)


class EventTarget(AwsKind):
    """Where a rule sends what fits."""

    inputs = frozenset({"rule", "arn", "targetId"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """PutTargets; a target without an id gets one, as the real provider gives it."""
        rule, target = required(inputs, "rule"), inputs.get("targetId") or f"terraform-{secrets.token_hex(13)}"
        self._events.put_targets(Rule=rule, Targets=[{"Id": target, "Arn": required(inputs, "arn")}])
        return f"{rule}-{target}", {"targetId": target}

    def delete(self, id_: str, outputs: Outputs) -> None:  # noqa: ARG002
        """RemoveTargets."""
        self._events.remove_targets(Rule=outputs["rule"], Ids=[outputs["targetId"]])
