"""The commands do what owners of bucket, topic and integration would, so that a stack which names them works here."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.commands.bucket_owner import make_what_is_there, point_bucket_at_topic
from local_cloud.program.config import PROJECT, read_stack
from tests.pipeline.deployed import accounts_in, deploy, purchase

TOPIC = "arn:aws:sns:eu-west-1:123456789012:files"
STACKS = {
    "told by a topic of the stack's": {"notifications": "sns"},
    "told by EventBridge": {"notifications": "eventbridge"},
    "told by a topic that is there": {"notifications": "sns", "notificationTopicArn": TOPIC},
    "read by an integration that is there": {"notifications": "eventbridge", "existingIntegration": "LAKE"},
}


@pytest.mark.parametrize("given", STACKS.values(), ids=STACKS)
def test_files_of_the_bucket_load_those_that_came_before_too(given: dict[str, str], tmp_path: Path) -> None:
    config = {"existingBucket": "deliveries", **given}
    stack = read_stack(PROJECT, "dev", {"dataDir": "", **config})
    with accounts_in(tmp_path) as accounts:
        made = make_what_is_there(stack, accounts)
        assert made == [name for key, name in config.items() if key != "notifications"]
        pipeline = deploy(accounts, **config)
        pipeline.put("transactions/a.json", purchase("C1", "P1"))
        point_bucket_at_topic(stack, accounts, pipeline.stack.outputs)
        pipeline.put("transactions/b.json", purchase("C1", "P1"))
        pipeline.load()
        assert pipeline.rows("select count(*) from RAW.TRANSACTIONS") == [(2,)]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"existingBucket": "s3://deliveries/", "notificationTopicArn": "files", "existingIntegration": "LAKE"},
        {"existingBucket": "deliveries", "bucketAccount": "210987654321"},
    ],
    ids=["nothing", "no names", "another account's"],
)
def test_nothing_is_made_for_what_is_no_name_or_not_of_this_account(given: dict[str, str], tmp_path: Path) -> None:
    stack = read_stack(PROJECT, "dev", given)
    with accounts_in(tmp_path) as accounts:
        assert make_what_is_there(stack, accounts) == []
        point_bucket_at_topic(stack, accounts, {})
        assert accounts.aws.client("s3").list_buckets()["Buckets"] == []
