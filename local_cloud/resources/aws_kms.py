"""The AWS provider's part: keys."""

from __future__ import annotations

from typing import Any

from local_cloud.resources.aws_api import AwsKind
from local_cloud.resources.kind import Inputs, Outputs

_LONGEST_WAIT = 30
"""Days until a key is gone after it was deleted, where the program says nothing."""


class Key(AwsKind):
    """A symmetric key."""

    inputs = frozenset({"description", "policy", "enableKeyRotation", "deletionWindowInDays", "tags"})

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """CreateKey, then its rotation."""
        tags = [{"TagKey": key, "TagValue": value} for key, value in sorted(inputs.get("tags", {}).items())]
        more: dict[str, Any] = {"Policy": inputs["policy"]} if "policy" in inputs else {}
        made = self._kms.create_key(Description=inputs.get("description", ""), Tags=tags, **more)["KeyMetadata"]
        if inputs.get("enableKeyRotation"):
            self._kms.enable_key_rotation(KeyId=made["KeyId"])
        return made["KeyId"], {"arn": made["Arn"], "keyId": made["KeyId"]}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """ScheduleKeyDeletion: a key is gone only after some days."""
        days = outputs.get("deletionWindowInDays", _LONGEST_WAIT)
        self._kms.schedule_key_deletion(KeyId=id_, PendingWindowInDays=days)
