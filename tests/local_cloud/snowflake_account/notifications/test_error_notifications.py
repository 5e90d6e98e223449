"""A pipe with an error integration tells SNS of each file that it rejects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.feeds import create_pipes, rows_by_file
from tests.local_cloud.snowflake_account.landing import BUCKET, DATABASE, SCHEMA, Landing, open_landing

GOOD, BAD = '{"customer_id": "C1"}\n', '{"customer_id": \n'
ROLE = "notifier"


class Alerts:
    """A landing bucket with the pipe TRANSACTIONS, a topic, and a queue that is subscribed to it."""

    def __init__(self, landing: Landing) -> None:
        self.landing = landing
        sns, self._sqs = landing.aws.client("sns"), landing.aws.client("sqs")
        self.topic = sns.create_topic(Name="alerts")["TopicArn"]
        self._inbox = self._sqs.create_queue(QueueName="inbox")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._inbox, AttributeNames=["QueueArn"])["Attributes"]
        sns.subscribe(
            TopicArn=self.topic, Protocol="sqs", Endpoint=arn["QueueArn"], Attributes={"RawMessageDelivery": "true"}
        )
        create_pipes(landing, "TRANSACTIONS")
        landing.execute(
            "create notification integration ALERTS enabled = true direction = outbound type = queue"
            f" notification_provider = aws_sns aws_sns_topic_arn = '{self.topic}'"
            f" aws_sns_role_arn = 'arn:aws:iam::123456789012:role/{ROLE}'"
        )

    def trust(self, **changed: str) -> None:
        described = {
            row["property"]: row["property_value"]
            for row in self.landing.execute("describe notification integration ALERTS")
        } | changed
        condition = {"StringEquals": {"sts:ExternalId": described["SF_AWS_EXTERNAL_ID"]}}
        principal = {"AWS": described["SF_AWS_IAM_USER_ARN"]}
        self._role({"Action": "sts:AssumeRole", "Principal": principal, "Condition": condition})

    def _role(self, trust: Mapping[str, Any]) -> None:
        iam = self.landing.aws.client("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **trust}]})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)

    def allow(self, action: str = "sns:Publish") -> None:
        statement = {"Effect": "Allow", "Action": action, "Resource": self.topic}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.landing.aws.client("iam").put_role_policy(RoleName=ROLE, PolicyName="publish", PolicyDocument=document)

    def switch_on(self) -> None:
        self.landing.execute(f"alter pipe {SCHEMA}.TRANSACTIONS set error_integration = ALERTS")

    def load(self, **files: str) -> None:
        for name, content in files.items():
            self.landing.put(f"transactions/{name}.json", content)
        Snowpipe(self.landing.account, self.landing.aws).run_until_idle()

    def messages(self) -> list[dict[str, Any]]:
        received = self._sqs.receive_message(QueueUrl=self._inbox, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in received]

    def history(self, columns: str) -> list[tuple[Any, ...]]:
        return self.landing.rows(f"select {columns} from table({DATABASE}.information_schema.notification_history())")


@pytest.fixture
def alerts(tmp_path: Path) -> Iterator[Alerts]:
    with open_landing(tmp_path) as landing:
        yield Alerts(landing)


def test_a_rejected_file_is_told_of_in_the_documented_form(alerts: Alerts) -> None:
    alerts.trust()
    alerts.allow()
    alerts.switch_on()
    alerts.load(good=GOOD, bad=BAD)
    (message,) = alerts.messages()
    assert message.keys() == {
        *("version", "messageId", "messageType", "timestamp", "accountName", "pipeName", "tableName"),
        *("stageLocation", "messages"),
    }
    assert message["messageType"] == "INGEST_FAILED_FILE"
    assert (message["pipeName"], message["tableName"]) == (f"{SCHEMA}.TRANSACTIONS", f"{SCHEMA}.TRANSACTIONS")
    assert message["stageLocation"] == f"s3://{BUCKET}/transactions"
    (told,) = message["messages"]
    assert told["fileName"] == "/bad.json"
    assert told["firstError"].startswith("Error parsing JSON")
    assert rows_by_file(alerts.landing) == {"transactions/good.json": 1}
    assert alerts.history("status, attempt, message_source, integration_name, error_message") == [
        ("SUCCESS", 1, "SNOWPIPE", "ALERTS", None)
    ]


def test_files_that_load_are_not_told_of(alerts: Alerts) -> None:
    alerts.trust()
    alerts.allow()
    alerts.switch_on()
    alerts.load(good=GOOD)
    assert not alerts.messages()


def test_a_pipe_without_an_error_integration_tells_nobody(alerts: Alerts) -> None:
    alerts.trust()
    alerts.allow()
    alerts.load(bad=BAD)
    alerts.switch_on()
    alerts.landing.execute(f"alter pipe {SCHEMA}.TRANSACTIONS unset error_integration")
    alerts.load(worse=BAD)
    assert not alerts.messages()


@pytest.mark.parametrize(
    ("let_in", "refusal"),
    [
        (lambda alerts: None, "Error assuming AWS_ROLE"),
        (lambda alerts: alerts.trust(SF_AWS_EXTERNAL_ID="another"), "Error assuming AWS_ROLE"),
        (lambda alerts: (alerts.trust(), alerts.allow("sns:Subscribe")), "is not allowed sns:Publish on"),
    ],
    ids=["no role", "another external id", "not allowed to publish"],
)
def test_a_notification_that_cannot_be_sent_is_tried_again_and_keeps_no_file_from_loading(
    alerts: Alerts, let_in: Any, refusal: str
) -> None:
    let_in(alerts)
    alerts.switch_on()
    alerts.load(bad=BAD, good=GOOD)
    assert rows_by_file(alerts.landing) == {"transactions/good.json": 1}
    assert not alerts.messages()
    assert alerts.history("status, attempt") == [("QUEUED", 2), ("RETRIABLE_FAILURE", 1)]
    assert refusal in alerts.history("error_message")[1][0]
    iam = alerts.landing.aws.client("iam")
    if refusal.startswith("Error assuming") and iam.list_roles()["Roles"][1:]:
        iam.delete_role(RoleName=ROLE)
    if refusal.startswith("Error assuming"):
        alerts.trust()
    alerts.allow()
    alerts.landing.restart()
    alerts.load(next=GOOD)
    assert [told["fileName"] for message in alerts.messages() for told in message["messages"]] == ["/bad.json"]
    assert alerts.history("status, attempt")[0] == ("SUCCESS", 2)


def test_after_three_attempts_it_is_given_up(alerts: Alerts) -> None:
    alerts.switch_on()
    for number in range(4):
        alerts.load(**{f"good{number}": GOOD, "bad": BAD})
    assert alerts.history("status, attempt") == [
        ("FAILURE", 3),
        ("RETRIABLE_FAILURE", 2),
        ("RETRIABLE_FAILURE", 1),
    ]


def test_many_rejected_files_share_messages_that_sns_takes(alerts: Alerts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.copying.load_errors.FILES_PER_MESSAGE", 2)
    alerts.trust()
    alerts.allow()
    alerts.switch_on()
    alerts.load(**{f"bad{number}": BAD for number in range(5)})
    messages = alerts.messages()
    assert sorted(len(message["messages"]) for message in messages) == [1, 2, 2]
    assert len({told["fileName"] for message in messages for told in message["messages"]}) == 5


@pytest.mark.parametrize(
    "statement",
    [
        f"create pipe {SCHEMA}.P auto_ingest = true error_integration = NONE_SUCH as copy into {SCHEMA}.TRANSACTIONS"
        f" (RECORD) from (select $1 from @{SCHEMA}.LANDING) file_format = (type = json)",
        f"alter pipe {SCHEMA}.TRANSACTIONS set error_integration = NONE_SUCH",
    ],
    ids=["create", "alter"],
)
def test_an_error_integration_must_be_there(alerts: Alerts, statement: str) -> None:
    with pytest.raises(SnowflakeError, match="NONE_SUCH' does not exist"):
        alerts.landing.execute(statement)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("notification_provider = gcp_pubsub", "NOTIFICATION_PROVIDER"),
        ("direction = inbound", "DIRECTION"),
        ("type = email", "TYPE"),
        ("aws_sns_topic_arn = 'alerts'", "AWS_SNS_TOPIC_ARN"),
    ],
)
def test_an_integration_that_is_none_of_sns_is_refused_by_name(alerts: Alerts, wrong: str, named: str) -> None:
    given = {
        "enabled": "true",
        "type": "queue",
        "notification_provider": "aws_sns",
        "aws_sns_topic_arn": f"'{alerts.topic}'",
        "aws_sns_role_arn": "'arn:aws:iam::123456789012:role/r'",
    }
    key, _, value = wrong.partition(" = ")
    words = " ".join(f"{name} = {text}" for name, text in {**given, key: value}.items())
    with pytest.raises(SnowflakeError, match=f"for parameter '{named}'"):
        alerts.landing.execute(f"create notification integration OTHER {words}")
