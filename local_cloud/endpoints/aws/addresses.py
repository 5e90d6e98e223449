"""Pure: which service, region and bucket an HTTP request on loopback is for.

On AWS the host says it. Here every service has the same host, so the signature's scope does: each signed request
names its region and service in it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from local_cloud.aws_account.requests import ApiRequest

SERVICES = "s3", "sqs", "sns", "iam", "sts", "kms", "events"

_SCOPE = re.compile(r"[^/=\s,]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_BUCKET_HOST = re.compile(
    r"^(?P<bucket>[a-z0-9][a-z0-9.-]+?)(?:\.s3)?(?:[.-][a-z]+(?:-[a-z]+)+-\d)?\.(?:localhost|amazonaws\.com)$"
)
_SIGNATURE_PARAMETERS = re.compile(
    r"(?i)X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$"
)
_FORM = "application/x-www-form-urlencoded"
"""What some clients say of any body; an object's content is never taken for a form."""

_OF_THE_CONNECTION = "connection", "expect", "host", "keep-alive", "transfer-encoding", "content-length"


class UnknownServiceError(Exception):
    """A request is for a service that the embedded cloud does not have."""


def api_request(method: str, target: str, headers: Mapping[str, str], body: bytes, region: str) -> ApiRequest:
    """Return an HTTP request as AWS itself would receive it: at the service's own host, buckets in the path.

    Args:
        method: HTTP method.
        target: path and query, as sent.
        headers: as sent; ``Host`` may name a bucket (``<bucket>.localhost:14566``, ``<bucket>.s3.localhost``).
        body: whole body.
        region: the region of a request that names none.

    Raises:
        UnknownServiceError: it is for a service that is not here.
    """
    path, _, query = target.partition("?")
    if not path.startswith("/"):
        path = urlsplit(path).path or "/"
    sent = {name.lower(): value for name, value in headers.items()}
    credential = dict(parse_qsl(query)).get("X-Amz-Credential", "")
    scope = _SCOPE.search(sent.get("authorization", "")) or _SCOPE.search(credential)
    region, service = (scope[1], scope[2]) if scope else (region, "s3")
    if service not in SERVICES:
        raise UnknownServiceError(f"the embedded cloud has no {service!r}; it has {', '.join(SERVICES)}")
    kept = {name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION}
    if service == "s3":
        kept = {name: value for name, value in kept.items() if value != _FORM or method != "PUT"}
        path = _path_of_bucket(sent.get("host", ""), path)
        if credential:
            query = _without_signature(query)
            kept["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}"
    host = f"{service}.{region}.amazonaws.com" if service != "iam" else "iam.amazonaws.com"
    kept |= {"Host": host, "Content-Length": str(len(body))}
    return ApiRequest(method, f"https://{host}{path}{'?' if query else ''}{query}", kept, body)


def _path_of_bucket(host: str, path: str) -> str:
    """Put the bucket that the host names at the path's beginning."""
    found = _BUCKET_HOST.match(host.rpartition(":")[0] if ":" in host else host)
    return f"/{found['bucket']}{path}" if found and found["bucket"] != "s3" else path


def _without_signature(query: str) -> str:
    """A URL that was signed for a while would not be valid any more when the journal sends it again."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _SIGNATURE_PARAMETERS.match(name)])
