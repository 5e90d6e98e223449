"""Snowpipe: every file once, whatever the events, whatever fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from botocore.exceptions import EndpointConnectionError

from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.snowflake_account.errors import AssumeRoleError
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.queue import QUEUE_NAME, UNREADABLE_QUEUE_NAME
from local_cloud.snowpipe.loader import PipesFailedError, Snowpipe
from tests.local_cloud.snowflake_account.faulty_aws import Crash
from tests.local_cloud.snowflake_account.feeds import create_pipe, create_pipes, rows_by_file
from tests.local_cloud.snowflake_account.landing import BUCKET, DATABASE, READ_BUCKET, SCHEMA, Landing, open_landing

LINE = '{"customer_id": "C1", "basket": []}\n'
TRUSTS_SOMEBODY_ELSE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole"}
    ],
}
PIPE = Name(("RETAIL_TEST", "RAW", "TRANSACTIONS"))

HISTORY = (
    f"table({DATABASE}.information_schema.copy_history("
    f"table_name => '{PIPE}', start_time => dateadd(day, -1, current_timestamp())))"
)


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    with open_landing(tmp_path / "snowflake") as opened:
        create_pipes(opened, "TRANSACTIONS")
        yield opened


def drain(landing: Landing) -> list[LoadRecord]:
    """Run Snowpipe until it is idle and return what became of each file."""
    records: list[LoadRecord] = []
    Snowpipe(landing.account, landing.aws).run_until_idle(records.append)
    return records


def queue_url(landing: Landing, name: str = QUEUE_NAME) -> str:
    return landing.aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]


def send(landing: Landing, body: Any) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    landing.aws.client("sqs").send_message(QueueUrl=queue_url(landing), MessageBody=text)


def event(*keys: str, name: str = "ObjectCreated:Put", bucket: str = BUCKET) -> dict[str, Any]:
    return {"Records": [{"eventName": name, "s3": {"bucket": {"name": bucket}, "object": {"key": k}}} for k in keys]}


def waiting(landing: Landing, name: str = QUEUE_NAME) -> int:
    sqs = landing.aws.client("sqs")
    counts = sqs.get_queue_attributes(QueueUrl=queue_url(landing, name), AttributeNames=["All"])["Attributes"]
    return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])


def unreadable(landing: Landing) -> int:
    """Return how many messages are kept aside, in a queue that the first of them makes."""
    made = landing.aws.client("sqs").list_queues(QueueNamePrefix=UNREADABLE_QUEUE_NAME)
    return waiting(landing, UNREADABLE_QUEUE_NAME) if "QueueUrls" in made else 0


# --- events as S3 sends them ----------------------------------------------------------------------------------


NAMES = ["a.json", "a b.json", "a+b.json", "100%.json", "a%20b.json", "ü/日本😀.json", "a&b=c?.json"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_loads_under_its_own_name(landing: Landing, name: str) -> None:
    landing.put(f"transactions/{name}", LINE * 2)

    (record,) = drain(landing)

    assert (record.file_name, record.status, record.row_count) == (name, "Loaded", 2)
    assert rows_by_file(landing) == {f"transactions/{name}": 2}


def test_every_event_counts_and_none_twice(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    landing.put("transactions/b.json", LINE)
    send(landing, event("transactions/b.json", "transactions/a.json", "transactions/a.json"))
    landing.put("transactions/a.json", LINE)

    assert [record.file_name for record in drain(landing)] == ["a.json", "b.json"]
    send(landing, event("transactions/a.json"))
    assert drain(landing) == []
    assert rows_by_file(landing) == {"transactions/a.json": 1, "transactions/b.json": 1}


def test_a_multipart_upload_is_one_file(landing: Landing) -> None:
    s3 = landing.aws.client("s3")
    place = {"Bucket": BUCKET, "Key": "transactions/parts.json"}
    upload = s3.create_multipart_upload(**place)["UploadId"]
    parts = []
    for number, body in enumerate((LINE * 160_000, LINE), 1):
        tag = s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=body.encode())["ETag"]
        parts.append({"PartNumber": number, "ETag": tag})
    assert drain(landing) == []

    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})

    assert [record.row_count for record in drain(landing)] == [160_001]


def test_a_changed_file_under_its_old_name_does_not_load(landing: Landing) -> None:
    """https://docs.snowflake.com/en/user-guide/data-load-snowpipe-intro: by path and name, whatever the ETag."""
    landing.put("transactions/a.json", LINE)
    drain(landing)
    landing.put("transactions/a.json", LINE * 5)

    assert drain(landing) == []
    assert rows_by_file(landing) == {"transactions/a.json": 1}


OTHER_EVENTS: dict[str, Any] = {
    "a removal": event("transactions/a.json", name="ObjectRemoved:Delete"),
    "a test event": {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET},
    "another bucket": event("transactions/a.json", bucket="elsewhere"),
    "another prefix": event("customers/customers.csv", "transactions", "other/transactions/a.json"),
    "an object that is gone": event("transactions/gone.json"),
    "a refresh with a key of another pipe": {"Pipe": list(PIPE.parts), "Keys": ["other/transactions/a.json"]},
    "a refresh of a pipe that is gone": {"Pipe": ["RETAIL_TEST", "RAW", "NO"], "Keys": ["transactions/a.json"]},
}


@pytest.mark.parametrize("body", OTHER_EVENTS.values(), ids=OTHER_EVENTS.keys())
def test_other_events_load_nothing_and_leave_the_queue(landing: Landing, body: Any) -> None:
    landing.put("other/transactions/a.json", LINE)
    send(landing, body)

    assert drain(landing) == []
    assert waiting(landing) == 0
    assert unreadable(landing) == 0


def test_a_file_that_was_gone_loads_when_it_comes(landing: Landing) -> None:
    send(landing, event("transactions/late.json"))
    drain(landing)
    landing.put("transactions/late.json", LINE)

    assert len(drain(landing)) == 1


UNREADABLE = {
    "no JSON": "{not json",
    "text": '"text"',
    "a list": "[]",
    "no event": '{"a": 1}',
    "a refresh without keys": '{"Pipe": ["A", "B", "C"]}',
    "a refresh of nothing": '{"Pipe": 5, "Keys": []}',
    "a refresh of half a surrogate pair": '{"Pipe": ["RETAIL_TEST", "RAW", "TRANSACTIONS"], "Keys": ["\\ud83d"]}',
    "JSON nested deeper than can be read": "[" * 100_000,
    "a key with half a surrogate pair": json.dumps(event("transactions/\ud83d.json")),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_malformed_message_is_kept_aside_and_blocks_nothing(landing: Landing, body: str) -> None:
    send(landing, body)
    landing.put("transactions/a.json", LINE)

    assert len(drain(landing)) == 1

    assert waiting(landing) == 0
    assert unreadable(landing) == 1
    aside = queue_url(landing, UNREADABLE_QUEUE_NAME)
    (kept,) = landing.aws.client("sqs").receive_message(QueueUrl=aside)["Messages"]
    assert kept["Body"] == body


def test_what_can_be_read_of_a_malformed_message_loads(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    create_pipe(landing, "TRANSACTIONS")
    send(landing, {"Records": [*event("transactions/a.json")["Records"], {"eventName": 5}]})

    assert len(drain(landing)) == 1
    assert unreadable(landing) == 1


def test_a_message_that_could_not_be_kept_aside_stays(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    send(landing, "{")
    landing.aws.fail("send_message", EndpointConnectionError(endpoint_url="sqs"))

    with pytest.raises(EndpointConnectionError):
        drain(landing)

    assert len(drain(landing)) == 1
    assert unreadable(landing) == 1


# --- durability -----------------------------------------------------------------------------------------------

LOST = EndpointConnectionError(endpoint_url="https://aws")

FAULTS: dict[str, dict[str, Any]] = {
    "receiving": {"operation": "receive_message"},
    "receiving, the answer lost": {"operation": "receive_message", "took_effect": True},
    "receiving again": {"operation": "receive_message", "after": 1},
    "finding the queue": {"operation": "get_queue_url"},
    "finding the role": {"operation": "get_role"},
    "reading the role's policies": {"operation": "list_role_policies"},
    "reading the first file": {"operation": "get_object"},
    "reading a later file": {"operation": "get_object", "after": 2},
    "reading a later file, the answer lost": {"operation": "get_object", "after": 2, "took_effect": True},
    "deleting the messages": {"operation": "delete_message_batch"},
    "deleting the messages, the answer lost": {"operation": "delete_message_batch", "took_effect": True},
}


@pytest.mark.parametrize("error", [LOST, Crash()], ids=["no connection", "the process ends"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_fault_of_aws_loses_or_doubles_a_row(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], error: BaseException
) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.copying.batches.BATCH_FILES", 2)
    for name in "abcde":
        landing.put(f"transactions/{name}.json", LINE * 3)
    landing.aws.fail(error=error, **fault)

    with pytest.raises((PipesFailedError, EndpointConnectionError, Crash)):
        drain(landing)
    landing.restart()
    drain(landing)

    assert rows_by_file(landing) == {f"transactions/{name}.json": 3 for name in "abcde"}
    assert landing.value(f"select count(distinct _FILE || _FILE_ROW) from {SCHEMA}.TRANSACTIONS") == 15
    assert waiting(landing) == 0


class FailingDatabase:
    """A connection to DuckDB on which one statement fails, before or after it took effect."""

    def __init__(self, duck: Any, begins_with: str, error: BaseException, took_effect: bool) -> None:
        self._duck = duck
        self._begins_with = begins_with
        self._error: BaseException | None = error
        self._took_effect = took_effect

    def __getattr__(self, name: str) -> Any:
        return getattr(self._duck, name)

    def execute(self, sql: str, *arguments: Any) -> Any:
        if self._error and sql.lower().startswith(self._begins_with):
            error, self._error = self._error, None
            if self._took_effect:
                self._duck.execute(sql, *arguments)
            raise error
        return self._duck.execute(sql, *arguments)


DATABASE_FAULTS = {
    "staging": ("create or replace temp table", False),
    "beginning": ("begin transaction", False),
    "the history": ('insert into "retail_test"."_account"', False),
    "after the history": ('insert into "retail_test"."_account"', True),
    "the commit": ("commit", False),
    "after the commit": ("commit", True),
}


@pytest.mark.parametrize("error", [duckdb.IOException("disk is full"), Crash()], ids=["an error", "the process ends"])
@pytest.mark.parametrize(("statement", "took_effect"), DATABASE_FAULTS.values(), ids=DATABASE_FAULTS.keys())
def test_no_fault_of_the_database_loses_or_doubles_a_row(
    landing: Landing, statement: str, took_effect: bool, error: BaseException
) -> None:
    for name in "abc":
        landing.put(f"transactions/{name}.json", LINE * 3)
    connection: Any = landing.account.shared.databases._own
    connection.duck = FailingDatabase(connection.duck, statement, error, took_effect)

    with pytest.raises((PipesFailedError, Crash)):
        drain(landing)
    assert waiting(landing) >= 3
    landing.restart()
    drain(landing)

    assert rows_by_file(landing) == {f"transactions/{name}.json": 3 for name in "abc"}
    assert landing.rows(f"select file_name, row_count from {HISTORY} order by 1") == [
        (f"{name}.json", 3) for name in "abc"
    ]


def test_a_fault_that_passes_needs_no_restart(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    landing.aws.fail("get_object", LOST)

    with pytest.raises(PipesFailedError, match=r"pipe RETAIL_TEST.RAW.TRANSACTIONS: .*a.json; the files stay queued"):
        drain(landing)

    assert len(drain(landing)) == 1  # the message is visible at once


def test_a_file_is_reported_once_it_is_durable(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    seen: list[int] = []

    Snowpipe(landing.account, landing.aws).run_until_idle(
        lambda record: seen.append(landing.value(f"select count(*) from {SCHEMA}.TRANSACTIONS"))
    )

    assert seen == [1]


def test_a_message_is_deleted_after_all_else(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)

    drain(landing)

    calls = landing.aws.calls
    assert calls.index("get_object") < calls.index("delete_message_batch")


def test_a_file_that_cannot_be_read_keeps_the_others_from_nothing(landing: Landing) -> None:
    for name in "abc":
        landing.put(f"transactions/{name}.json", LINE)
    landing.aws.fail("get_object", LOST, concerns=lambda arguments: arguments["Key"].endswith("b.json"))

    with pytest.raises(PipesFailedError, match=r"transactions/b.json"):
        drain(landing)

    assert rows_by_file(landing) == {"transactions/a.json": 1, "transactions/c.json": 1}
    assert [record.file_name for record in drain(landing)] == ["b.json"]


# --- several pipes --------------------------------------------------------------------------------------------


@pytest.fixture
def feeds(tmp_path: Path) -> Iterator[Landing]:
    with open_landing(tmp_path / "snowflake") as opened:
        create_pipes(opened, "CUSTOMERS", "TRANSACTIONS")
        opened.put("customers/customers.csv", "customer_id,loyalty_score\r\nC1,5\r\n")
        opened.put("transactions/a.json", LINE)
        yield opened


def test_a_failing_pipe_does_not_keep_the_others_from_loading(feeds: Landing) -> None:
    customers_only = json.loads(json.dumps(READ_BUCKET).replace(f"{BUCKET}/*", f"{BUCKET}/customers/*"))
    feeds.set_access(customers_only)

    with pytest.raises(PipesFailedError, match=r"TRANSACTIONS: .* is not allowed s3:GetObject") as error:
        drain(feeds)

    assert [*error.value.failures] == [PIPE]
    assert (rows_by_file(feeds, "CUSTOMERS"), rows_by_file(feeds)) == ({"customers/customers.csv": 1}, {})
    feeds.set_access(READ_BUCKET)
    assert [record.file_name for record in drain(feeds)] == ["a.json"]


def test_a_revoked_role_leaves_every_message_in_the_queue(feeds: Landing) -> None:
    feeds.aws.client("iam").update_assume_role_policy(
        RoleName="loader", PolicyDocument=json.dumps(TRUSTS_SOMEBODY_ELSE)
    )

    with pytest.raises(PipesFailedError, match="Error assuming AWS_ROLE") as error:
        drain(feeds)

    assert len(error.value.failures) == 2
    assert error.value.code == AssumeRoleError.code
    assert waiting(feeds) == 2


def test_a_failing_pipe_is_tried_once_a_run(feeds: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowpipe.loader.MESSAGES_AT_ONCE", 1)
    for number in range(25):  # SQS gives 10 at once
        feeds.put(f"transactions/{number}.json", LINE)
    feeds.aws.client("iam").update_assume_role_policy(
        RoleName="loader", PolicyDocument=json.dumps(TRUSTS_SOMEBODY_ELSE)
    )
    feeds.aws.calls.clear()

    with pytest.raises(PipesFailedError):
        drain(feeds)

    assert feeds.aws.calls.count("get_role") == 2  # one of each pipe
    assert waiting(feeds) == 27


def test_a_message_about_two_pipes_stays_until_both_have_loaded(feeds: Landing) -> None:
    drain(feeds)
    create_pipe(feeds, "CUSTOMERS")
    create_pipe(feeds, "TRANSACTIONS")
    send(feeds, event("customers/customers.csv", "transactions/a.json"))
    feeds.execute(f"alter pipe {SCHEMA}.CUSTOMERS set pipe_execution_paused = true")

    assert [record.file_name for record in drain(feeds)] == ["a.json"]
    assert waiting(feeds) == 1
    feeds.execute(f"alter pipe {SCHEMA}.CUSTOMERS set pipe_execution_paused = false")
    assert [record.file_name for record in drain(feeds)] == ["customers.csv"]
    assert waiting(feeds) == 0


def test_a_paused_pipe_loads_what_came_meanwhile_when_it_resumes(feeds: Landing) -> None:
    """https://docs.snowflake.com/en/user-guide/data-load-snowpipe-manage: messages of a paused pipe are kept."""
    feeds.execute(f"alter pipe {SCHEMA}.TRANSACTIONS set pipe_execution_paused = true")

    assert [record.file_name for record in drain(feeds)] == ["customers.csv"]
    assert [record.file_name for record in drain(feeds)] == []
    feeds.execute(f"alter pipe {SCHEMA}.TRANSACTIONS set pipe_execution_paused = false")
    assert [record.file_name for record in drain(feeds)] == ["a.json"]


def test_a_pipe_that_cannot_run_its_statement_fails_and_keeps_its_messages(feeds: Landing) -> None:
    feeds.execute(f"alter table {SCHEMA}.TRANSACTIONS drop column RECORD")

    with pytest.raises(PipesFailedError, match=r"pipe RETAIL_TEST.RAW.TRANSACTIONS: .*RECORD"):
        drain(feeds)

    assert rows_by_file(feeds, "CUSTOMERS") == {"customers/customers.csv": 1}
    assert waiting(feeds) == 1


TAKEN_AWAY = {
    "its table": ("drop table {}.CUSTOMERS", "Table '.*CUSTOMERS' does not exist"),
    "its table's name": ("alter table {0}.CUSTOMERS rename to {0}.OTHER", "Table '.*CUSTOMERS' does not exist"),
    "its file format": ("drop file format {}.CSV", "File format '.*CSV' does not exist"),
}


@pytest.mark.parametrize(("taking", "told"), TAKEN_AWAY.values(), ids=TAKEN_AWAY.keys())
def test_a_pipe_whose_statement_lacks_something_waits_and_the_others_load(
    feeds: Landing, taking: str, told: str
) -> None:
    feeds.execute(taking.format(SCHEMA))

    with pytest.raises(PipesFailedError, match=f"pipe RETAIL_TEST.RAW.CUSTOMERS: .*{told}"):
        drain(feeds)

    assert rows_by_file(feeds) == {"transactions/a.json": 1}
    assert waiting(feeds) == 1


def test_two_pipes_with_one_prefix_load_a_file_each(feeds: Landing) -> None:
    feeds.execute(f"create table {SCHEMA}.SECOND (RECORD variant)")
    feeds.execute(
        f"create pipe {SCHEMA}.SECOND auto_ingest = true as copy into {SCHEMA}.SECOND from"
        f" @{SCHEMA}.LANDING/transactions/ file_format = (type = json)"
    )

    assert sorted(record.pipe_name or "" for record in drain(feeds)) == ["CUSTOMERS", "SECOND", "TRANSACTIONS"]


def test_more_messages_than_are_read_at_once_all_load(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowpipe.loader.MESSAGES_AT_ONCE", 20)
    for number in range(45):
        landing.put(f"transactions/{number}.json", LINE)

    assert len(drain(landing)) == 45
    assert waiting(landing) == 0


def test_every_batch_of_messages_is_told(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowpipe.loader.MESSAGES_AT_ONCE", 1)
    for number in range(25):  # SQS gives 10 at once
        landing.put(f"transactions/{number}.json", LINE)
    told: list[int] = []

    def stop_after_two() -> None:
        told.append(len(rows_by_file(landing)))
        if len(told) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        Snowpipe(landing.account, landing.aws).run_until_idle(on_batch=stop_after_two)

    assert 0 < told[0] < told[1] < 25
    drain(landing)
    assert len(rows_by_file(landing)) == 25


def test_without_a_pipe_there_is_nothing_to_do(tmp_path: Path) -> None:
    with open_landing(tmp_path / "empty") as empty:
        assert drain(empty) == []
        assert unreadable(empty) == 0
