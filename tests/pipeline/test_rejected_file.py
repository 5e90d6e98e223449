"""Somebody hears of a file that Snowpipe rejects: by the stack's own topic, or by one that is there."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.deployed import accounts_in, deploy, deployed, purchase

TOPIC = "arn:aws:sns:eu-west-1:123456789012:retail-snowpipe-dev-alerts"


def test_people_who_are_named_are_subscribed_and_a_rejected_file_is_told_of(tmp_path: Path) -> None:
    with deployed(tmp_path, alertEmails='["ops@example.test"]') as pipeline:
        sns = pipeline.accounts.aws.client("sns")
        (person,) = sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
        assert (person["Protocol"], person["Endpoint"]) == ("email", "ops@example.test")
        inbox = pipeline.inbox(TOPIC)
        pipeline.put("transactions/good.json", purchase("C1", "P1"))
        pipeline.put("transactions/bad.json", '{"customer_id": \n')
        pipeline.load()
        (message,) = inbox.messages()
        assert message["messageType"] == "INGEST_FAILED_FILE"
        assert message["pipeName"] == "RETAIL_DEV.RAW.TRANSACTIONS"
        (file,) = message["messages"]
        assert file["fileName"] == "/bad.json"
        assert file["firstError"].startswith("Error parsing JSON")


def test_a_topic_that_is_there_hears_of_a_rejected_file_and_no_other_is_made(tmp_path: Path) -> None:
    with accounts_in(tmp_path) as accounts:
        sns = accounts.aws.client("sns")
        theirs = sns.create_topic(Name="on-call")["TopicArn"]
        pipeline = deploy(accounts, alertTopicArn=theirs)
        assert [topic["TopicArn"] for topic in sns.list_topics()["Topics"]] == [theirs]
        inbox = pipeline.inbox(theirs)
        pipeline.put("transactions/bad.json", "[1,\n")
        pipeline.load()
        assert [message["tableName"] for message in inbox.messages()] == ["RETAIL_DEV.RAW.TRANSACTIONS"]
