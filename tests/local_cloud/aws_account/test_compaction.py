from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cloud.aws_account import restoration
from local_cloud.aws_account.account import JOURNAL, AwsAccount
from local_cloud.aws_account.contents import contents
from local_cloud.aws_account.journal import Journal

PLAIN, VERSIONED = "plain-bucket", "versioned-bucket"
Step = Callable[[AwsAccount], object]


@pytest.fixture(autouse=True)
def compact_always(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Drop whatever can be dropped, and note each shorter journal as it is adopted or discarded."""
    monkeypatch.setattr(restoration, "is_worth_it", lambda dropped, kept: dropped > 0)
    outcomes: list[str] = []
    adopt = Journal.adopt

    def note(journal: Journal, draft: Journal) -> None:
        outcomes.append("adopted")
        adopt(journal, draft)

    monkeypatch.setattr(Journal, "adopt", note)
    return outcomes


def set_up(aws: AwsAccount) -> None:
    s3, sqs = aws.client("s3"), aws.client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    queues = [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
    for bucket in (PLAIN, VERSIONED):
        make_bucket(aws, bucket)
        configuration = {"QueueConfigurations": queues}
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
    s3.put_bucket_versioning(Bucket=VERSIONED, VersioningConfiguration={"Status": "Enabled"})


def make_bucket(aws: AwsAccount, name: str) -> None:
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})


def put(bucket: str, key: str, content: bytes = b"x", **more: Any) -> Step:
    return lambda aws: aws.client("s3").put_object(Bucket=bucket, Key=key, Body=content, **more)


def delete(bucket: str, key: str) -> Step:
    return lambda aws: aws.client("s3").delete_object(Bucket=bucket, Key=key)


def delete_many(bucket: str, *keys: str) -> Step:
    objects = {"Objects": [{"Key": key} for key in keys]}
    return lambda aws: aws.client("s3").delete_objects(Bucket=bucket, Delete=objects)


def delete_version(bucket: str, number: int) -> Step:
    def step(aws: AwsAccount) -> None:
        s3 = aws.client("s3")
        listed = s3.list_object_versions(Bucket=bucket)
        if versions := [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
            version = versions[number % len(versions)]
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])

    return step


def copy(source: tuple[str, str], bucket: str, key: str) -> Step:
    origin = {"Bucket": source[0], "Key": source[1]}
    return lambda aws: aws.client("s3").copy_object(Bucket=bucket, Key=key, CopySource=origin)


def upload(bucket: str, key: str, end: str) -> Step:
    def step(aws: AwsAccount) -> None:
        s3 = aws.client("s3")
        target = {"Bucket": bucket, "Key": key}
        begun = s3.create_multipart_upload(**target)["UploadId"]
        etag = s3.upload_part(**target, UploadId=begun, PartNumber=1, Body=b"part")["ETag"]
        if end == "complete":
            parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
            s3.complete_multipart_upload(**target, UploadId=begun, MultipartUpload=parts)
        elif end == "abort":
            s3.abort_multipart_upload(**target, UploadId=begun)

    return step


def tag(bucket: str, key: str) -> Step:
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    return lambda aws: aws.client("s3").put_object_tagging(Bucket=bucket, Key=key, Tagging=tags)


def handle_messages(most: int) -> Step:
    def step(aws: AwsAccount) -> None:
        sqs = aws.client("sqs")
        url = sqs.get_queue_url(QueueName="events")["QueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    return step


def send(text: str) -> Step:
    def step(aws: AwsAccount) -> None:
        sqs = aws.client("sqs")
        sqs.send_message(QueueUrl=sqs.create_queue(QueueName="events")["QueueUrl"], MessageBody=text)

    return step


def role_comes_and_goes(stays: bool) -> Step:
    def step(aws: AwsAccount) -> None:
        iam = aws.client("iam")
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))
        iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument="{}")
        if not stays:
            iam.delete_role_policy(RoleName="reader", PolicyName="p")
            iam.delete_role(RoleName="reader")

    return step


def bucket_comes_and_goes(aws: AwsAccount) -> None:
    make_bucket(aws, "another-bucket")
    aws.client("s3").put_object(Bucket="another-bucket", Key="a", Body=b"x")
    aws.client("s3").delete_object(Bucket="another-bucket", Key="a")
    aws.client("s3").delete_bucket(Bucket="another-bucket")


buckets = st.sampled_from([PLAIN, VERSIONED])
keys = st.sampled_from(["a", "b/c", "d e+ü"])
steps = st.lists(
    st.one_of(
        st.builds(put, buckets, keys, st.sampled_from([b"x", b"y"])),
        st.builds(put, buckets, keys, IfNoneMatch=st.just("*")),
        st.builds(delete, buckets, keys),
        st.builds(delete_many, buckets, keys, keys),
        st.builds(delete_version, buckets, st.integers(0, 5)),
        st.builds(copy, st.tuples(buckets, keys), buckets, keys),
        st.builds(upload, buckets, keys, st.sampled_from(["complete", "abort", "leave"])),
        st.builds(tag, buckets, keys),
        st.builds(handle_messages, st.integers(1, 10)),
        st.builds(send, st.sampled_from(["one", "two"])),
        st.builds(role_comes_and_goes, st.booleans()),
        st.just(bucket_comes_and_goes),
    ),
    max_size=25,
)


def live(folder: Path, *todo: Step) -> list[Any]:
    """Carry out steps, whatever is refused, and return what the account holds then."""
    with AwsAccount(folder) as aws:
        aws.restore()
        for step in todo:
            with contextlib.suppress(ClientError):
                step(aws)
        return contents()


def entries(folder: Path) -> int:
    return sum(1 for _ in Journal(folder / JOURNAL).entries())


@settings(max_examples=20, deadline=None)
@given(first=steps, second=steps)
def test_whatever_was_done_the_shorter_journal_gives_the_same_account(first: list[Step], second: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        here = Path(folder)
        live(here, set_up)
        before = live(here, *first)
        assert live(here) == before
        before = live(here, *second)
        assert live(here) == before
        assert live(here) == before


CHURN = {
    "an object that is overwritten": [put(PLAIN, "a")] * 50,
    "an object that is put and deleted": [put(PLAIN, "a"), delete(PLAIN, "a")] * 50,
    "two objects that are deleted together": [put(PLAIN, "a"), put(PLAIN, "b"), delete_many(PLAIN, "a", "b")] * 50,
    "versions that are deleted": [put(VERSIONED, "a"), delete_version(VERSIONED, 0)] * 50,
    "delete markers that are deleted": [delete(VERSIONED, "a"), delete_version(VERSIONED, 0)] * 50,
    "messages that are handled": [send("one"), handle_messages(10)] * 50,
    "uploads that are aborted": [upload(PLAIN, "a", "abort")] * 50,
    "uploads that are overwritten": [upload(PLAIN, "a", "complete")] * 50,
    "roles that come and go": [role_comes_and_goes(stays=False)] * 50,
    "buckets that come and go": [bucket_comes_and_goes] * 50,
    "requests that are refused": [copy((PLAIN, "nothing"), PLAIN, "a")] * 50,
}


@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN)
def test_the_journal_does_not_grow_with_what_is_gone_again(
    tmp_path: Path, churn: list[Step], compact_always: list[str]
) -> None:
    live(tmp_path, set_up)
    before = live(tmp_path, *churn, *[handle_messages(10)] * 20)
    assert live(tmp_path) == before
    assert "adopted" in compact_always
    assert entries(tmp_path) <= 15


def test_messages_that_were_handled_are_not_sent_again_with_the_object_that_stays(tmp_path: Path) -> None:
    before = live(tmp_path, set_up, put(VERSIONED, "a"), put(VERSIONED, "b"), handle_messages(3), put(VERSIONED, "c"))
    assert live(tmp_path) == before
    assert live(tmp_path) == before
    (messages,) = [entry[1] for entry in before if entry[0] == "events"]
    assert len(messages) == 2


def test_ids_are_new_after_the_journal_became_shorter(tmp_path: Path) -> None:
    live(tmp_path, set_up, *[put(PLAIN, "a"), delete(PLAIN, "a")] * 5)
    found = live(tmp_path, *[put(VERSIONED, "a")] * 30)
    versions = [entry[3] for entry in found if entry[:2] == (VERSIONED, "a")]
    assert len(set(versions)) == 30


def test_a_shorter_journal_that_would_give_another_account_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compact_always: list[str]
) -> None:
    before = live(tmp_path, set_up, put(PLAIN, "a"), put(PLAIN, "a"), put(PLAIN, "b"))
    kept = restoration.Watch.kept
    monkeypatch.setattr(restoration.Watch, "kept", lambda watch: dict(list(kept(watch).items())[:-1]))
    assert live(tmp_path) == before
    assert compact_always == []
    assert not (tmp_path / f"{JOURNAL}.draft").exists()
    monkeypatch.undo()
    assert live(tmp_path) == before


def test_a_short_journal_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    live(tmp_path, set_up, *[put(PLAIN, "a")] * 20)
    before = (tmp_path / JOURNAL).read_bytes()
    live(tmp_path)
    assert (tmp_path / JOURNAL).read_bytes() == before
