"""A driver's request: where to, who from, and the JSON in its body, in gzip where the driver likes."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local_cloud.endpoints.http import HttpRequest
from local_cloud.endpoints.snowflake.replies import malformed

LARGEST_BODY = 256 * 1024 * 1024
"""The largest request in bytes, packed and unpacked; a batch of bound rows can be long."""


@dataclass(frozen=True)
class DriverRequest:
    """A request of a driver.

    Attributes:
        authorization: the header that proves a session.
        accept: the kinds of answer that it takes.
        body: as it was before it was packed.
    """

    method: str
    path: str
    query: Mapping[str, str]
    authorization: str
    accept: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; an empty body is an empty one.

        Raises:
            ApiError: it is none.
        """
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise malformed("the body is not JSON") from error
        if not isinstance(value, dict):
            raise malformed("the body is no JSON object")
        return value


def driver_request(request: HttpRequest) -> DriverRequest:
    """Return what an HTTP request says.

    Raises:
        ApiError: its target is none, or its body is packed in a way that is not read, cut, or too long.
    """
    try:
        url = urlsplit(request.target)
    except ValueError as error:
        raise malformed("the path is none") from error
    return DriverRequest(
        request.method,
        re.sub("/+", "/", url.path),  # some drivers put two slashes where one belongs
        dict(parse_qsl(url.query, keep_blank_values=True)),
        request.headers.get("Authorization") or "",
        (request.headers.get("Accept") or "").lower(),
        _unpacked(request),
    )


def _unpacked(request: HttpRequest) -> bytes:
    match request.headers.get("Content-Encoding", "identity").strip().lower():
        case "" | "identity":
            return request.body
        case "gzip":
            return _gunzip(request.body)
        case other:
            raise malformed(f"Content-Encoding {other[:40]!r}, gzip and identity are read", status=415)


def _gunzip(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, LARGEST_BODY + 1)
    except zlib.error as error:
        raise malformed("the body is not gzip") from error
    if len(content) > LARGEST_BODY:
        raise malformed(f"at most {LARGEST_BODY} bytes are read, unpacked", status=413)
    if not unpacker.eof:
        raise malformed("the gzip body ends early")
    return content
