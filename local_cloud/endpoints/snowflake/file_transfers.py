"""Files of PUT and GET between a driver and an internal stage.

The drivers insist on TLS for S3 and Azure, and of a connector's folder on this machine the newest one knows nothing;
what each of them does over plain HTTP is what an account on Google Cloud without access tokens wants of it: to put a
file to, and get it from, an address that is signed for this one file. So that is what is answered, and the address is
one of the endpoint's own. As on Google Cloud, a PUT replaces a file unless the driver asks first.
https://docs.snowflake.com/en/sql-reference/sql/put#optional-parameters
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from local_cloud.endpoints.http import HttpRequest, HttpResponse
from local_cloud.endpoints.snowflake.client_encryption import ClientEncryption
from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.snowflake_account.language.statements import GetFiles, PutFiles
from local_cloud.snowflake_account.stages.staged_files import StageFiles
from local_cloud.snowflake_account.stages.transfers import Transfer

PATH = "/files/"
"""What the addresses begin with, after the endpoint's own."""

SIGNED_SECONDS = 3600
"""How long an address holds, as Snowflake's do."""

KEPT_ADDRESSES = 100_000
"""How many addresses hold at once; the oldest go first."""

_ENCRYPTING = ("Go",)
"""Drivers that send no file to such an address but an encrypted one."""

_ENCRYPTION_HEADER, _ONLY_NEW_HEADER = "x-goog-meta-encryptiondata", "x-goog-if-generation-match"
_SIGNED_HEADERS = ("host", _ONLY_NEW_HEADER, _ENCRYPTION_HEADER, "x-goog-meta-matdesc", "x-goog-meta-sfc-digest")
"""What a client may say with a file: a driver sends none of these to an address that does not name it."""

_GZIP, _GZIP_NAMES = b"\x1f\x8b", (".gz", ".tgz")
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")
_SPLIT_FROM = 200 * 1024 * 1024


@dataclass(frozen=True)
class _Signed:
    """What an address is for.

    Attributes:
        key: the file's, None where a driver has yet to say which of several it is.
        put: of an address to put the file to, the statement.
        until: when it ends, by the clock.
    """

    files: StageFiles
    key: str | None
    put: PutFiles | None = None
    until: float = 0.0


class FileTransfers:
    """Answers PUT and GET with addresses, and the requests that come there.

    Args:
        url: where the clients find the endpoint.
        clock: seconds, never going back.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._signed: OrderedDict[str, _Signed] = OrderedDict()
        self._encryption = ClientEncryption()

    def answer_to(self, transfer: Transfer, session: ClientSession, query_id: str) -> dict[str, Any]:
        """Return what the answer to a PUT or GET says of its files.

        Args:
            transfer: it.
            session: the client's.
            query_id: the statement's id.
        """
        statement = transfer.statement
        common = {"parallel": statement.parallel, "threshold": _SPLIT_FROM, "clientShowEncryptionParameter": False}
        if isinstance(statement, GetFiles):
            return {
                "command": "DOWNLOAD",
                "localLocation": statement.folder,
                "src_locations": list(transfer.keys),
                "presignedUrls": [self._sign(_Signed(transfer.files, key)) for key in transfer.keys],
                "stageInfo": _stage_info(transfer, None, is_encrypted=False),
                **common,
            }
        encrypts = session.app in _ENCRYPTING
        address = self._sign(_Signed(transfer.files, _put_key(transfer, statement, session.app), statement))
        upload = _upload(transfer, statement, address, is_encrypted=encrypts) | common
        return upload | {"encryptionMaterial": self._encryption.material(query_id)} if encrypts else upload

    def _sign(self, signed: _Signed) -> str:
        """Return an address for one file."""
        token, now = secrets.token_urlsafe(24), self._clock()
        with self._lock:
            self._signed[token] = replace(signed, until=now + SIGNED_SECONDS)
            while len(self._signed) > KEPT_ADDRESSES or next(iter(self._signed.values())).until <= now:
                self._signed.popitem(last=False)
        headers = f"?X-Goog-SignedHeaders={quote(';'.join(_SIGNED_HEADERS))}" if signed.put else ""
        return f"{self._url}{PATH}{token}/{quote(signed.key or '')}{headers}"

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Answer a request to an address; who knows it may put or get its file, and no other."""
        token = request.target.removeprefix(PATH).partition("/")[0]
        with self._lock:
            signed = self._signed.get(token)
        if signed is None or signed.until <= self._clock():
            return HttpResponse(b"the address has ended", 403)
        if signed.put:
            # a driver looks there first, and puts the file where it finds none
            return self._put(signed, request) if request.method == "PUT" else HttpResponse(status=404)
        found = signed.files.read(signed.key) if signed.key and request.method in ("GET", "HEAD") else None
        return _sent(found[1], request.headers) if found else HttpResponse(status=404)

    def _put(self, signed: _Signed, request: HttpRequest) -> HttpResponse:
        if signed.key is None or signed.put is None:
            return HttpResponse(b"ask for the address of this file by its name", 400)
        content = request.body
        if described := request.headers.get(_ENCRYPTION_HEADER):
            try:
                content = self._encryption.decrypted(content, described)
            except (ValueError, KeyError, TypeError):
                return HttpResponse(b"the file is encrypted with another key", 403)
        key = _compressed_key(signed.key, signed.put, content)
        if request.headers.get(_ONLY_NEW_HEADER) == "0" and signed.files.read(key) is not None:
            return HttpResponse(b"a file of this name is there", 412)
        return HttpResponse(headers={"ETag": f'"{signed.files.write(key, content).etag}"'})


def _put_key(transfer: Transfer, statement: PutFiles, app: str) -> str | None:
    """Return the key of a file to put, None for one of several, whose names the driver then says one by one.

    The Go driver puts the name behind what the address had before it, wildcards and all.
    """
    name = re.split(r"[/\\]", statement.source)[-1]
    if app in _ENCRYPTING:
        name = re.split(r"[*?]", name)[-1]
    return None if set("*?") & set(name) else transfer.files.location.prefix + name


def _compressed_key(key: str, put: PutFiles, content: bytes) -> str:
    """Return the key of a file that a driver may have compressed: most say so with the file's name, one does not."""
    may_be = put.auto_compress and put.source_compression in ("AUTO_DETECT", "NONE")
    return f"{key}.gz" if may_be and content.startswith(_GZIP) and not key.lower().endswith(_GZIP_NAMES) else key


def _upload(transfer: Transfer, statement: PutFiles, address: str, *, is_encrypted: bool) -> dict[str, Any]:
    return {
        "command": "UPLOAD",
        "src_locations": [statement.source],
        "autoCompress": statement.auto_compress,
        "sourceCompression": statement.source_compression.lower(),
        "overwrite": statement.overwrite,
        "stageInfo": _stage_info(transfer, address, is_encrypted=is_encrypted),
    }


def _stage_info(transfer: Transfer, address: str | None, *, is_encrypted: bool) -> dict[str, Any]:
    location = transfer.files.location
    return {
        "locationType": "GCS",
        "location": f"{location.bucket}/{location.prefix}",
        "path": location.prefix,
        "region": "local",
        "storageAccount": None,
        "isClientSideEncrypted": is_encrypted,
        "creds": {},
        "presignedUrl": address,
        "endPoint": None,
    }


def _sent(content: bytes, headers: Mapping[str, str] | Any) -> HttpResponse:
    """Return a file, or the part of it that is asked for."""
    described = {"Content-Type": "binary/octet-stream", "Content-Length": str(len(content)), "Accept-Ranges": "bytes"}
    found = _RANGE.fullmatch(headers.get("Range") or "")
    if found is None:
        return HttpResponse(content, headers=described)
    first, last = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    part = content[first : last + 1]
    return HttpResponse(part, 206, described | {"Content-Range": f"bytes {first}-{last}/{len(content)}"})
