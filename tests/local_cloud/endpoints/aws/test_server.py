from __future__ import annotations

import http.client
import io
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.aws_account.account import AwsAccount
from local_cloud.endpoints.aws.server import AwsEndpoint, is_free

BUCKET = "landing"
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)


def client(endpoint: AwsEndpoint, service: str, config: Config = ONCE) -> Any:
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return boto3.client(service, endpoint_url=endpoint.url, region_name="eu-west-1", config=config, **keys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def endpoint(folder: Path) -> Iterator[AwsEndpoint]:
    with AwsAccount(folder) as account:
        endpoint = AwsEndpoint(account, port=0)
        endpoint.start()
        yield endpoint
        endpoint.stop()


def make_bucket(endpoint: AwsEndpoint) -> tuple[Any, Any, str]:
    """Make a bucket whose events go to a queue; return both clients and the queue's URL."""
    s3, sqs = client(endpoint, "s3"), client(endpoint, "sqs")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    queues = [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": queues})
    return s3, sqs, url


def event_keys(sqs: Any, url: str) -> list[str]:
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    events = [json.loads(message["Body"]) for message in messages]
    return [record["s3"]["object"]["key"] for event in events for record in event.get("Records", [])]


def test_an_object_that_is_put_comes_back_and_its_event_reaches_the_queue(endpoint: AwsEndpoint) -> None:
    s3, sqs, url = make_bucket(endpoint)
    s3.put_object(Bucket=BUCKET, Key="customers/a b+ü.csv", Body=b"content\r\n\x00", ContentType="text/csv")
    answer = s3.get_object(Bucket=BUCKET, Key="customers/a b+ü.csv")
    assert (answer["Body"].read(), answer["ContentType"]) == (b"content\r\n\x00", "text/csv")
    assert event_keys(sqs, url) == ["customers%2Fa+b%2B%C3%BC.csv"]


def test_a_queues_url_leads_back_to_the_endpoint(endpoint: AwsEndpoint) -> None:
    _, sqs, url = make_bucket(endpoint)
    assert url == f"{endpoint.url}/123456789012/events"
    assert sqs.list_queues()["QueueUrls"] == [url]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    bodies = [message["Body"] for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    assert "hello" in bodies


def test_a_multipart_upload_is_one_object_and_its_event_is_sent(endpoint: AwsEndpoint) -> None:
    s3, sqs, url = make_bucket(endpoint)
    content = bytes(9 * 1024 * 1024) + b"end"
    s3.upload_fileobj(io.BytesIO(content), BUCKET, "big")
    assert s3.get_object(Bucket=BUCKET, Key="big")["Body"].read() == content
    assert s3.head_object(Bucket=BUCKET, Key="big")["ContentLength"] == len(content)
    assert set(event_keys(sqs, url)) == {"big"}


def test_a_presigned_url_uploads_and_downloads_without_a_client(endpoint: AwsEndpoint) -> None:
    s3, _, _ = make_bucket(endpoint)
    upload = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "a"})
    download = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "a"})
    with urllib.request.urlopen(urllib.request.Request(upload, data=b"presigned", method="PUT"), timeout=10):
        pass
    with urllib.request.urlopen(download, timeout=10) as answer:
        assert answer.read() == b"presigned"


def test_a_bucket_is_also_found_by_its_own_host(endpoint: AwsEndpoint) -> None:
    s3, _, _ = make_bucket(endpoint)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"content", ACL="public-read")
    status, body = ask(endpoint, "GET", "/a", headers={"Host": f"{BUCKET}.localhost:{endpoint.port}"})
    assert (status, body) == (200, b"content")


def test_identity_roles_and_keys_are_there_too(endpoint: AwsEndpoint) -> None:
    assert client(endpoint, "sts").get_caller_identity()["Account"] == "123456789012"
    iam = client(endpoint, "iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument='{"Version": "2012-10-17"}')
    assert iam.get_role(RoleName="reader")["Role"]["Arn"] == "arn:aws:iam::123456789012:role/reader"
    kms = client(endpoint, "kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    secret = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"secret"


def test_what_is_missing_is_the_clients_usual_error(endpoint: AwsEndpoint) -> None:
    s3, _, _ = make_bucket(endpoint)
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=BUCKET, Key="nothing")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=BUCKET, Key="nothing")


def test_a_service_that_is_not_here_is_refused_by_name(endpoint: AwsEndpoint) -> None:
    credential = "Credential=local/20260301/eu-west-1/ec2/aws4_request"
    status, body = ask(endpoint, "POST", "/", b"", {"Authorization": f"AWS4-HMAC-SHA256 {credential}"})
    assert status == 501
    assert b"no 'ec2'; it has s3, sqs, sns, iam, sts, kms" in body


def test_a_body_in_chunks_is_put_together(endpoint: AwsEndpoint) -> None:
    s3, _, _ = make_bucket(endpoint)
    upload = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "a"})
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=10)
    connection.request("PUT", upload, body=iter([b"one ", b"two"]), encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"one two"


def ask(
    endpoint: AwsEndpoint, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=10)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(lambda tail: b"PUT /b/k HTTP/1.1\r\n" + tail))
)
def test_whatever_bytes_come_the_endpoint_goes_on_answering(endpoint: AwsEndpoint, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=10) as connection:
        connection.sendall(raw + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert b"Traceback" not in answer
    assert ask(endpoint, "GET", "/")[0] < 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    service=st.sampled_from(["s3", "sqs", "sns", "iam", "sts", "kms"]),
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]),
    path=st.lists(
        st.sampled_from(["b", "k", "?", "&", "delete", "uploads", "=", "/", "%", "notification"]), max_size=8
    ),
    body=st.one_of(st.just(b""), st.binary(max_size=50), st.just(b"<a/>"), st.just(b"Action=CreateRole")),
)
def test_whatever_is_asked_the_answer_is_no_traceback(
    endpoint: AwsEndpoint, service: str, method: str, path: list[str], body: bytes
) -> None:
    scope = f"Credential=local/20260301/eu-west-1/{service}/aws4_request"
    status, answer = ask(endpoint, method, f"/{''.join(path)}", body, {"Authorization": f"AWS4-HMAC-SHA256 {scope}"})
    assert 200 <= status <= 599
    assert b"Traceback" not in answer


def test_what_is_no_request_is_refused_in_s3s_form(endpoint: AwsEndpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=10) as connection:
        connection.sendall(b"PUT /b/k HTTP/1.1\r\nContent-Length: 5\r\n\r\nfour")
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<Error><Code>IncompleteBody</Code>" in answer


def test_what_was_acknowledged_over_http_is_there_after_the_account_is_opened_again(folder: Path) -> None:
    with AwsAccount(folder) as account:
        endpoint = AwsEndpoint(account, port=0)
        endpoint.start()
        s3, _, _ = make_bucket(endpoint)
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"content")
        endpoint.stop()
    with AwsAccount(folder) as account:
        endpoint = AwsEndpoint(account, port=0)
        endpoint.start()
        s3, sqs = client(endpoint, "s3"), client(endpoint, "sqs")
        assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"content"
        assert event_keys(sqs, sqs.get_queue_url(QueueName="events")["QueueUrl"]) == ["a"]
        endpoint.stop()


def test_a_large_object_that_came_in_parts_is_there_after_the_account_is_opened_again(folder: Path) -> None:
    content = bytes(9 * 1024 * 1024) + b"end"
    for first in (True, False):
        with AwsAccount(folder) as account:
            endpoint = AwsEndpoint(account, port=0)
            endpoint.start()
            if first:
                make_bucket(endpoint)[0].upload_fileobj(io.BytesIO(content), BUCKET, "big")
            assert client(endpoint, "s3").get_object(Bucket=BUCKET, Key="big")["Body"].read() == content
            endpoint.stop()


def test_a_request_that_fails_inside_does_not_keep_the_account_closed(folder: Path) -> None:
    with AwsAccount(folder) as account:
        endpoint = AwsEndpoint(account, port=0)
        endpoint.start()
        s3, _, _ = make_bucket(endpoint)
        with pytest.raises(ClientError):
            s3.upload_part(Bucket=BUCKET, Key="a", UploadId="nobody-knows-it", PartNumber=1, Body=b"x")
        endpoint.stop()
    with AwsAccount(folder) as account:
        assert [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]] == [BUCKET]


def test_a_request_that_was_begun_is_answered_before_the_stop(endpoint: AwsEndpoint) -> None:
    _, sqs, url = make_bucket(endpoint)
    sqs.purge_queue(QueueUrl=url)
    answers: list[Any] = []
    receiver = threading.Thread(
        target=lambda: answers.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)), daemon=True
    )
    receiver.start()
    deadline = time.monotonic() + 10
    while not endpoint.answering and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    endpoint.stop(within=10)
    receiver.join(10)
    assert [answer["ResponseMetadata"]["HTTPStatusCode"] for answer in answers] == [200]


def test_a_port_is_free_again_after_the_stop_and_not_before(endpoint: AwsEndpoint) -> None:
    assert not is_free(endpoint.port)
    port = endpoint.port
    endpoint.stop()
    assert is_free(port)


def test_only_this_machine_can_connect(endpoint: AwsEndpoint) -> None:
    assert endpoint.address == "127.0.0.1"
