from __future__ import annotations

import pytest

from local_cloud.endpoints.aws.addresses import UnknownServiceError, api_request

REGION = "eu-west-1"


def signed(service: str, region: str = REGION) -> dict[str, str]:
    scope = f"local/20260301/{region}/{service}/aws4_request"
    return {"Host": "127.0.0.1:14566", "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host"}


@pytest.mark.parametrize(
    ("service", "region", "host"),
    [
        ("s3", "eu-west-1", "s3.eu-west-1.amazonaws.com"),
        ("sqs", "us-east-2", "sqs.us-east-2.amazonaws.com"),
        ("iam", "us-east-1", "iam.amazonaws.com"),
        ("sts", "eu-west-1", "sts.eu-west-1.amazonaws.com"),
        ("kms", "eu-west-1", "kms.eu-west-1.amazonaws.com"),
    ],
)
def test_the_signature_says_which_service_of_which_region_is_meant(service: str, region: str, host: str) -> None:
    request = api_request("POST", "/", signed(service, region), b"x", REGION)
    assert (request.url, request.headers["Host"], request.service) == (f"https://{host}/", host, service)


@pytest.mark.parametrize(
    ("host", "target", "path"),
    [
        ("127.0.0.1:14566", "/landing/a%20b%2B.csv?versionId=1", "/landing/a%20b%2B.csv?versionId=1"),
        ("landing.localhost:14566", "/a.csv", "/landing/a.csv"),
        ("landing.s3.localhost:14566", "/a.csv", "/landing/a.csv"),
        ("my.landing.s3.eu-west-1.localhost", "/", "/my.landing/"),
        ("landing.s3.eu-west-1.amazonaws.com", "/a.csv", "/landing/a.csv"),
        ("s3.eu-west-1.amazonaws.com", "/landing/a.csv", "/landing/a.csv"),
        ("s3.localhost:14566", "/landing/a.csv", "/landing/a.csv"),
        ("localhost:14566", "/landing/a.csv", "/landing/a.csv"),
        ("localhost:14566", "http://localhost:14566/landing/a.csv", "/landing/a.csv"),
    ],
)
def test_the_bucket_is_in_the_path_whether_the_host_or_the_path_names_it(host: str, target: str, path: str) -> None:
    request = api_request("GET", target, {**signed("s3"), "Host": host}, b"", REGION)
    assert request.url == f"https://s3.eu-west-1.amazonaws.com{path}"


def test_a_request_without_a_signature_is_for_s3_in_the_accounts_region() -> None:
    assert api_request("GET", "/landing/a", {}, b"", REGION).url == "https://s3.eu-west-1.amazonaws.com/landing/a"


def test_a_presigned_url_loses_its_signature_because_the_journal_outlives_it() -> None:
    target = (
        "/landing/a?versionId=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260301T000000Z&X-Amz-Expires=60"
        "&X-Amz-Credential=local%2F20260301%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Signature=00"
    )
    request = api_request("PUT", target, {}, b"x", REGION)
    assert request.url == "https://s3.us-west-2.amazonaws.com/landing/a?versionId=1"
    assert "local/20260301/us-west-2/s3" in request.headers["Authorization"]


def test_what_belongs_to_the_connection_stays_with_it() -> None:
    of_the_connection = {"Connection": "close", "Expect": "100-continue", "Transfer-Encoding": "chunked"}
    headers = api_request("PUT", "/b/k", {**of_the_connection, "x-amz-meta-a": "1"}, b"four", REGION).headers
    assert headers == {"x-amz-meta-a": "1", "Host": "s3.eu-west-1.amazonaws.com", "Content-Length": "4"}


def test_a_service_that_is_not_here_is_named() -> None:
    with pytest.raises(UnknownServiceError, match="no 'ec2'; it has s3, sqs, sns, iam, sts, kms"):
        api_request("POST", "/", signed("ec2"), b"", REGION)
