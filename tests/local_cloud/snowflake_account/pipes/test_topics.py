"""Pipes that hear of files by a topic of SNS, as an existing bucket's have to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.pipes.topics import TopicError
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.landing import BUCKET, SCHEMA, Landing, open_landing

TOPIC = "arn:aws:sns:eu-west-1:123456789012:files"
S3_PUBLISHES = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish"}


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    """A landing with a topic and two tables."""
    with open_landing(tmp_path / "snowflake") as opened:
        opened.aws.client("sns").create_topic(Name="files")
        for name in ("HEARING", "DEAF"):
            opened.execute(f"create table {SCHEMA}.{name} (A variant)")
        yield opened


def set_policy(landing: Landing, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Resource": TOPIC, **statement} for statement in statements]}
    landing.aws.client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def let_subscribe(landing: Landing) -> None:
    """Do what the owner of the topic does with the statement that Snowflake answers."""
    answered = json.loads(landing.value(f"select system$get_aws_sns_iam_policy('{TOPIC}')"))
    set_policy(landing, S3_PUBLISHES, *answered["Statement"])


def create_pipe(landing: Landing, name: str, options: str = f"auto_ingest = true aws_sns_topic = '{TOPIC}'") -> None:
    landing.execute(
        f"create pipe {SCHEMA}.{name} {options} as copy into {SCHEMA}.{name}"
        f" from @{SCHEMA}.LANDING/in/ file_format = (type = json)"
    )


def put_and_load(landing: Landing, key: str) -> None:
    landing.put(key, '{"a": 1}')
    Snowpipe(landing.account, landing.aws).run_until_idle()


def test_snowflake_answers_the_statement_that_lets_it_subscribe(landing: Landing) -> None:
    answer = json.loads(landing.value(f"select system$get_aws_sns_iam_policy('{TOPIC}')"))
    user = landing.execute("describe storage integration SI")
    (arn,) = [row["property_value"] for row in user if row["property"] == "STORAGE_AWS_IAM_USER_ARN"]
    assert answer == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "1",
                "Effect": "Allow",
                "Principal": {"AWS": arn},
                "Action": ["sns:Subscribe"],
                "Resource": [TOPIC],
            }
        ],
    }


def test_a_pipe_subscribes_snowflakes_queue_once_and_loads_what_the_topic_tells_of(landing: Landing) -> None:
    let_subscribe(landing)
    create_pipe(landing, "HEARING")
    create_pipe(landing, "DEAF")
    landing.execute(f"drop pipe {SCHEMA}.DEAF")
    (subscription,) = landing.aws.client("sns").list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert subscription["Protocol"] == "sqs"
    landing.aws.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET,
        NotificationConfiguration={
            "TopicConfigurations": [{"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}],
        },
    )
    put_and_load(landing, "in/a b.json")
    assert landing.value(f"select count(*) from {SCHEMA}.HEARING") == 1
    (shown,) = landing.execute(f"show pipes in schema {SCHEMA}")
    assert shown["notification_channel"] == TOPIC


def test_a_pipe_with_a_topic_is_deaf_to_the_buckets_own_events(landing: Landing) -> None:
    let_subscribe(landing)
    create_pipe(landing, "HEARING", "auto_ingest = true")
    landing.send_events("in/")
    create_pipe(landing, "DEAF")
    put_and_load(landing, "in/a.json")
    assert landing.value(f"select count(*) from {SCHEMA}.HEARING") == 1
    assert landing.value(f"select count(*) from {SCHEMA}.DEAF") == 0


@pytest.mark.parametrize("statements", [(), (S3_PUBLISHES,)], ids=["no policy", "a policy for others"])
def test_a_topic_that_does_not_let_snowflake_subscribe_makes_no_pipe(
    landing: Landing, statements: tuple[dict[str, Any], ...]
) -> None:
    if statements:
        set_policy(landing, *statements)
    with pytest.raises(TopicError, match="is not authorized to perform: SNS:Subscribe on resource: arn:aws:sns"):
        create_pipe(landing, "HEARING")
    assert landing.execute(f"show pipes in schema {SCHEMA}") == []


def test_a_topic_that_is_not_there_makes_no_pipe(landing: Landing) -> None:
    landing.aws.client("sns").delete_topic(TopicArn=TOPIC)
    with pytest.raises(TopicError, match="Pipe Notifications bind failure"):
        create_pipe(landing, "HEARING")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (f"aws_sns_topic = '{TOPIC}'", "Cannot set AWS SNS topic for pipe without auto_ingest"),
        ("auto_ingest = true aws_sns_topic = 'files'", r"invalid value \[files\] for parameter 'AWS_SNS_TOPIC'"),
    ],
)
def test_a_topic_needs_auto_ingest_and_its_whole_arn(landing: Landing, options: str, message: str) -> None:
    with pytest.raises(SnowflakeError, match=message):
        create_pipe(landing, "HEARING", options)


def test_a_pipe_keeps_its_topic(landing: Landing) -> None:
    let_subscribe(landing)
    create_pipe(landing, "HEARING")
    with pytest.raises(SnowflakeError, match="AWS_SNS_TOPIC"):
        landing.execute(f"alter pipe {SCHEMA}.HEARING set aws_sns_topic = '{TOPIC}-2'")


def test_the_statement_is_for_one_topic(landing: Landing) -> None:
    with pytest.raises(SnowflakeError, match="needs the ARN of a topic"):
        landing.execute("select system$get_aws_sns_iam_policy()")
