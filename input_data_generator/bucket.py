"""Where in S3 the data goes, and under which keys; pure, so that a cluster's workers can be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from input_data_generator.errors import BadInput
from landing_keys import MANIFEST, landing_key

_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class BucketUrl:
    """A place in a bucket.

    Attributes:
        bucket: the bucket's name.
        prefix: before every key, without slashes at its ends; may be empty.
        endpoint_url: of an S3-compatible store; None for AWS.
    """

    bucket: str
    prefix: str = ""
    endpoint_url: str | None = None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def key(self, logical_path: str, sha256: str) -> str:
        """Return the key of a file's content: its landing key (see ``landing_keys``) below the prefix."""
        return self._below_prefix(landing_key(logical_path, sha256))

    @property
    def manifest_key(self) -> str:
        """Key of the manifest. It has no content in it: the last data set that was uploaded is described."""
        return self._below_prefix(MANIFEST)

    def _below_prefix(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key


def bucket_url(text: str, endpoint_url: str | None) -> BucketUrl:
    """Return the place that ``s3://bucket/prefix`` names.

    Raises:
        BadInput: it is no such address, or the endpoint is no http address.
    """
    scheme, _, rest = text.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not _BUCKET_NAME.fullmatch(bucket):
        raise BadInput(f"--upload {text} is not a place in S3: write it as s3://BUCKET or s3://BUCKET/PREFIX")
    if endpoint_url and not _is_http(endpoint_url):
        raise BadInput(f"--endpoint-url {endpoint_url} is not an address: write it as http://HOST:PORT or https://…")
    return BucketUrl(bucket, prefix.strip("/"), endpoint_url)


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False
