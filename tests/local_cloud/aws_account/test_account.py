from __future__ import annotations

import gc
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.request import Request
from werkzeug.exceptions import Forbidden

from local_cloud.aws_account.account import AwsAccount
from local_cloud.aws_account.journal import Journal
from local_cloud.aws_account.requests import ApiRequest

BUCKET = "landing"
ROLE = "arn:aws:iam::123456789012:role/reader"


@pytest.fixture
def aws() -> Iterator[AwsAccount]:
    with AwsAccount() as account:
        yield account


def make_bucket(aws: AwsAccount) -> Any:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": aws.region})
    return s3


def make_queue(aws: AwsAccount) -> tuple[str, str]:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, attributes["Attributes"]["QueueArn"]


def notify(s3: Any, *entries: tuple[str, str]) -> None:
    queues = [
        {
            "QueueArn": arn,
            "Events": ["s3:ObjectCreated:*"],
            **({"Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}} if prefix else {}),
        }
        for arn, prefix in entries
    ]
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": queues})


def received(aws: AwsAccount, url: str) -> list[dict[str, Any]]:
    return aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])


def event_keys(messages: list[dict[str, Any]]) -> list[str]:
    events = [json.loads(message["Body"]) for message in messages]
    return [record["s3"]["object"]["key"] for event in events for record in event.get("Records", [])]


def test_an_object_put_into_the_bucket_sends_its_event_to_the_queue(aws: AwsAccount) -> None:
    s3, (url, arn) = make_bucket(aws), make_queue(aws)
    notify(s3, (arn, "customers/"))
    s3.put_object(Bucket=BUCKET, Key="customers/a b+ü.csv", Body=b"x")
    s3.put_object(Bucket=BUCKET, Key="other/c.csv", Body=b"x")
    assert event_keys(received(aws, url)) == ["customers%2Fa+b%2B%C3%BC.csv"]


def test_a_notification_to_a_queue_that_is_not_there_is_refused(aws: AwsAccount) -> None:
    s3, (_, arn) = make_bucket(aws), make_queue(aws)
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations") as refused:
        notify(s3, (f"{arn}-gone", ""))
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"
    assert "QueueConfigurations" not in s3.get_bucket_notification_configuration(Bucket=BUCKET)


def test_notifications_with_overlapping_prefixes_are_refused(aws: AwsAccount) -> None:
    s3, (_, arn) = make_bucket(aws), make_queue(aws)
    with pytest.raises(ClientError, match="Configurations overlap"):
        notify(s3, (arn, "a/"), (arn, "a/b/"))
    notify(s3, (arn, "a/"), (arn, "b/"))


TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def test_a_bucket_policy_that_wants_tls_does_not_keep_a_client_of_this_machine_out(aws: AwsAccount) -> None:
    s3 = make_bucket(aws)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [TLS_ONLY]}))
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"content")
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"content"


@pytest.mark.parametrize(
    "condition",
    [{}, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}],
    ids=["without a condition", "with a condition that holds"],
)
def test_a_bucket_policy_that_denies_keeps_everybody_out(aws: AwsAccount, condition: dict[str, Any]) -> None:
    s3 = make_bucket(aws)
    deny = {key: value for key, value in TLS_ONLY.items() if key != "Condition"} | condition
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": deny}))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"content")


def test_everything_is_there_again_when_the_account_is_opened_again(tmp_path: Path) -> None:
    with AwsAccount(tmp_path) as aws:
        s3, (url, arn) = make_bucket(aws), make_queue(aws)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        notify(s3, (arn, ""))
        aws.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument='{"Version": "2012-10-17"}')
        s3.put_object(Bucket=BUCKET, Key="gone", Body=b"gone")
        for content in (b"one", b"two\r\n\x00{}"):
            s3.put_object(Bucket=BUCKET, Key="ключ a", Body=content)
        s3.delete_object(Bucket=BUCKET, Key="gone")
        before = contents(aws, url)
    with AwsAccount(tmp_path) as aws:
        assert contents(aws, url) == before
        assert aws.client("s3").get_object(Bucket=BUCKET, Key="ключ a")["Body"].read() == b"two\r\n\x00{}"


def contents(aws: AwsAccount, queue_url: str) -> tuple[Any, ...]:
    listed = aws.client("s3").list_object_versions(Bucket=BUCKET)
    versions = [
        (entry["Key"], entry["VersionId"], entry["LastModified"])
        for entry in (*listed["Versions"], *listed["DeleteMarkers"])
    ]
    role = aws.client("iam").get_role(RoleName="reader")["Role"]
    queue = aws.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"])
    return versions, role["RoleId"], role["CreateDate"], queue["Attributes"]


@pytest.mark.parametrize("in_a_batch", [True, False], ids=["in a batch", "one by one"])
def test_a_message_that_was_deleted_does_not_come_back_and_one_that_was_only_read_does(
    tmp_path: Path, in_a_batch: bool
) -> None:
    with AwsAccount(tmp_path) as aws:
        url, _ = make_queue(aws)
        sqs = aws.client("sqs")
        for body in ("first", "second", "third"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        handles = {message["Body"]: message["ReceiptHandle"] for message in received(aws, url)}
        assert set(handles) == {"first", "second", "third"}
        ended = handles["first"], handles["third"]
        if in_a_batch:
            entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(ended)]
            sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        else:
            for handle in ended:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    with AwsAccount(tmp_path) as aws:
        assert [message["Body"] for message in received(aws, url)] == ["second"]


def test_what_is_only_read_is_not_written_down(tmp_path: Path) -> None:
    with AwsAccount(tmp_path) as aws:
        s3, (url, _) = make_bucket(aws), make_queue(aws)
        written = (tmp_path / "requests.journal").read_bytes()
        s3.list_objects_v2(Bucket=BUCKET)
        s3.get_bucket_notification_configuration(Bucket=BUCKET)
        received(aws, url)
        aws.client("sts").get_caller_identity()
        aws.client("iam").list_roles()
        assert (tmp_path / "requests.journal").read_bytes() == written


def test_a_request_is_written_down_before_it_is_carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with AwsAccount(tmp_path) as aws:
        s3 = make_bucket(aws)

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr(aws._moto, "answer", die)
            with pytest.raises(KeyboardInterrupt):
                s3.put_object(Bucket=BUCKET, Key="a", Body=b"content")
    with AwsAccount(tmp_path) as aws:
        assert aws.client("s3").get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"content"


def test_new_requests_after_opening_again_have_ids_of_their_own(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        with AwsAccount(tmp_path) as aws:
            role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")
            ids.append(role["Role"]["RoleId"])
    assert len(set(ids)) == 2


def test_an_account_without_a_folder_begins_empty_every_time() -> None:
    for _ in range(2):
        with AwsAccount() as aws:
            make_bucket(aws)


def test_a_process_has_one_account_at_a_time() -> None:
    with AwsAccount() as aws:
        with pytest.raises(RuntimeError, match="close the other one first"):
            AwsAccount()
        aws.close()
    AwsAccount().close()


def test_profiles_and_endpoints_of_this_machine_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    with AwsAccount() as aws:
        identity = aws.client("sts").get_caller_identity()
        with pytest.raises(ClientError, match="NoSuchBucket"):
            aws.client("s3").list_objects_v2(Bucket=BUCKET)
    assert identity["Account"] == aws.account_id == "123456789012"


def test_a_profile_of_the_environment_is_there_again_when_the_account_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    AwsAccount().close()

    assert os.environ["AWS_PROFILE"] == "mine"


def test_a_role_takes_effect_after_as_many_attempts_as_the_account_was_told() -> None:
    with AwsAccount(role_takes_effect_after=2) as aws:
        assert not aws.role_may_be_assumed("reader")
        assert [aws.assume_role_attempt(ROLE) for _ in range(4)] == [False, False, True, True]
        assert aws.role_may_be_assumed("reader")
        assert not aws.assume_role_attempt(f"{ROLE}-of-another-stack")


def test_a_role_takes_effect_at_once_by_default(aws: AwsAccount) -> None:
    assert aws.assume_role_attempt(ROLE)


def test_a_receiver_that_waits_lets_others_send_and_gets_what_they_sent(aws: AwsAccount) -> None:
    url, _ = make_queue(aws)
    sqs, bodies = aws.client("sqs"), []
    waiting = threading.Event()
    look = aws._carry_out

    def look_and_tell(request: ApiRequest) -> Any:
        answer = look(request)
        if request.action == "ReceiveMessage":
            waiting.set()
        return answer

    aws._carry_out = look_and_tell

    def wait() -> None:
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        bodies.extend(message["Body"] for message in answer["Messages"])

    receiver = threading.Thread(target=wait)
    receiver.start()
    assert waiting.wait(10)
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    receiver.join(10)
    assert bodies == ["hello"]


def test_a_receiver_that_does_not_wait_is_answered_at_once(aws: AwsAccount) -> None:
    url, _ = make_queue(aws)
    begun = time.monotonic()
    assert received(aws, url) == []
    assert time.monotonic() - begun < 5


def test_receiving_from_a_queue_that_is_not_there_is_an_error_of_the_service(aws: AwsAccount) -> None:
    sqs = aws.client("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.receive_message(QueueUrl=f"https://sqs.{aws.region}.amazonaws.com/{aws.account_id}/no-such-queue")


def test_an_address_without_a_service_is_answered_with_501(aws: AwsAccount) -> None:
    status, _, body = aws.answer(ApiRequest("GET", "https://example.test/", {}, b""))
    assert status == 501
    assert "no AWS service at https://example.test/" in str(body)


def test_an_expired_message_is_not_delivered(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    from local_cloud.aws_account import moto_patches

    url, _ = make_queue(aws)
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="old")
    now = moto_patches.moto_time.unix_time_millis()
    five_days = 5 * 24 * 3600 * 1000
    monkeypatch.setattr(moto_patches.moto_time, "unix_time_millis", lambda: now + five_days)
    assert received(aws, url) == []


def test_an_event_for_a_queue_that_was_removed_is_dropped_as_s3_drops_it(aws: AwsAccount) -> None:
    s3, (url, arn) = make_bucket(aws), make_queue(aws)
    notify(s3, (arn, ""))
    aws.client("sqs").delete_queue(QueueUrl=url)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"")
    assert s3.head_object(Bucket=BUCKET, Key="a")["ContentLength"] == 0


def test_a_file_object_is_uploaded_like_bytes(aws: AwsAccount, tmp_path: Path) -> None:
    s3 = make_bucket(aws)
    (tmp_path / "file").write_bytes(b"content")
    with (tmp_path / "file").open("rb") as file:
        s3.put_object(Bucket=BUCKET, Key="a", Body=file)
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"content"


def test_an_uploads_content_is_let_go_when_it_is_answered(aws: AwsAccount) -> None:
    s3 = make_bucket(aws)
    gc.collect()
    gc.disable()  # what only the collector would find stays
    try:
        s3.put_object(Bucket=BUCKET, Key="a.csv", Body=b"a,b\n")
        kept = [known for known in gc.get_objects() if type(known) is Request and known.path == "/a.csv"]
    finally:
        gc.enable()
    assert not kept


def test_deleting_from_a_queue_that_is_gone_is_written_down_as_nothing(tmp_path: Path) -> None:
    with AwsAccount(tmp_path) as aws:
        sqs = aws.client("sqs")
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            sqs.delete_message(
                QueueUrl=f"https://sqs.{aws.region}.amazonaws.com/{aws.account_id}/gone", ReceiptHandle="x"
            )
    assert [entry for entry, _ in Journal(tmp_path / "requests.journal").entries()] == [{"queue": "gone", "ended": []}]
    with AwsAccount(tmp_path) as aws:
        assert "QueueUrls" not in aws.client("sqs").list_queues()


def test_an_error_that_moto_raises_is_an_answer(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Forbidden("not today")

    make_queue(aws)
    monkeypatch.setitem(aws._moto._handlers, "sqs", [(re.compile("https://sqs"), refuse)])
    with pytest.raises(ClientError, match="403"):
        aws.client("sqs").list_queues()
