"""What `serve` does again and again leaves nothing behind: neither in moto's lists nor anywhere in the process."""

from __future__ import annotations

import gc
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.core.model_instances import model_data
from moto.iam.models import iam_backends
from moto.sqs.models import sqs_backends
from moto.sts.models import sts_backends

from local_cloud.aws_account import moto_memory
from local_cloud.aws_account.account import AwsAccount

BUCKET = "landing"
ROUNDS = 30
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'


@pytest.fixture
def aws() -> Iterator[AwsAccount]:
    with AwsAccount() as account:
        s3 = account.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": account.region})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        account.client("sqs").create_queue(QueueName="events", Attributes={"VisibilityTimeout": "0"})
        yield account


def queue(aws: AwsAccount) -> str:
    return aws.client("sqs").get_queue_url(QueueName="events")["QueueUrl"]


def list_put_and_delete_a_version(aws: AwsAccount) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=BUCKET, Key="a.csv", Body=b"a,b\n" * 100)
    (version,) = s3.list_object_versions(Bucket=BUCKET, Prefix="a.csv")["Versions"]
    assert version["IsLatest"]
    s3.delete_object(Bucket=BUCKET, Key="a.csv", VersionId=version["VersionId"])


def upload_in_parts_and_delete(aws: AwsAccount) -> None:
    s3, at = aws.client("s3"), {"Bucket": BUCKET, "Key": "parts.csv"}
    upload = {**at, "UploadId": s3.create_multipart_upload(**at)["UploadId"]}
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"a,b\n")["ETag"]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
    s3.delete_object(**at, VersionId=s3.head_object(**at)["VersionId"])


def send_receive_and_delete_a_message(aws: AwsAccount) -> None:
    sqs, url = aws.client("sqs"), queue(aws)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def assume_a_role(aws: AwsAccount) -> None:
    role = f"arn:aws:iam::{aws.account_id}:role/reader"
    aws.client("sts").assume_role(RoleArn=role, RoleSessionName="loads")


def make_and_remove_the_containers(aws: AwsAccount) -> None:
    s3, sqs, iam = (aws.client(service) for service in ("s3", "sqs", "iam"))
    s3.create_bucket(Bucket="other", CreateBucketConfiguration={"LocationConstraint": aws.region})
    s3.put_bucket_tagging(Bucket="other", Tagging={"TagSet": [{"Key": "project", "Value": "shop"}]})
    s3.put_object(Bucket="other", Key="a", Body=b"x", Tagging="feed=orders")
    s3.delete_object(Bucket="other", Key="a")
    s3.delete_bucket(Bucket="other")
    sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="other")["QueueUrl"])
    iam.create_role(RoleName="other", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="other", PolicyName="p", PolicyDocument=POLICY)
    iam.delete_role_policy(RoleName="other", PolicyName="p")
    iam.delete_role(RoleName="other")


def objects() -> Counter[str]:
    urllib.parse.urlsplit.cache_clear()  # bounded, and not yet full  # pyright: ignore[reportFunctionMemberAccess]
    gc.collect()
    return Counter(type(known).__name__ for known in gc.get_objects())


@pytest.mark.parametrize(
    "work",
    [
        list_put_and_delete_a_version,
        upload_in_parts_and_delete,
        send_receive_and_delete_a_message,
        assume_a_role,
        make_and_remove_the_containers,
    ],
)
def test_a_round_leaves_nothing_behind(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, work: Callable[[AwsAccount], None]
) -> None:
    for bound in ("DELETED_HANDLES", "ASSUMED_ROLES"):
        monkeypatch.setattr(moto_memory, bound, 1)
    for _ in range(ROUNDS):
        work(aws)  # what is made once, or fills a cache, is made
    objects()  # counting fills caches too
    before = objects()
    for _ in range(ROUNDS):
        work(aws)
    grown = objects() - before
    assert {name: count for name, count in grown.items() if count >= ROUNDS} == {}


def test_a_listing_of_versions_copies_no_content_and_marks_none_but_its_own(aws: AwsAccount) -> None:
    s3 = aws.client("s3")
    for content in (b"first", b"second", b"third"):
        s3.put_object(Bucket=BUCKET, Key="a", Body=content)
    s3.list_object_versions(Bucket=BUCKET)
    listed = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    assert [version["IsLatest"] for version in listed] == [True, False, False]
    gc.collect()
    contents = [s3.get_object(Bucket=BUCKET, Key="a", VersionId=v["VersionId"])["Body"].read() for v in listed]
    assert contents == [b"third", b"second", b"first"]


def test_a_message_that_is_received_for_days_keeps_a_bounded_number_of_handles(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moto_memory, "HANDLES_OF_A_MESSAGE", 5)
    sqs, url = aws.client("sqs"), queue(aws)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    handles = [received(sqs, url) for _ in range(20)]
    (message,) = sqs_backends[aws.account_id][aws.region].queues["events"]._messages
    assert len(message.all_receipt_handles) <= 6
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handles[-2])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handles[-1])  # of a message that is deleted already: no error
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def received(sqs: Any, url: str) -> str:
    return sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"][0]["ReceiptHandle"]


def test_of_the_sessions_of_roles_the_latest_are_known(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto_memory, "ASSUMED_ROLES", 3)
    for _ in range(10):
        assume_a_role(aws)
    assert len(sts_backends[aws.account_id]["aws"].assumed_roles) == 3
    assert len(iam_backends[aws.account_id]["aws"].access_keys) == 3


def test_when_an_account_is_closed_moto_is_as_it_was() -> None:
    before = [vars(owner).get(name) for owner, name, _ in moto_memory.BOUNDS]
    AwsAccount().close()
    assert [vars(owner).get(name) for owner, name, _ in moto_memory.BOUNDS] == before
    assert not any(model.instances_tracked for models in model_data.values() for model in models.values())  # pyright: ignore[reportAttributeAccessIssue]
