"""The AWS endpoint: the account's own door over HTTP, so what is answered here is in its journal too."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from local_cloud.aws_account.account import AwsAccount
from local_cloud.aws_account.requests import Answer, s3_error
from local_cloud.endpoints import AWS_PORT, LOOPBACK
from local_cloud.endpoints.aws.addresses import UnknownServiceError, api_request
from local_cloud.endpoints.http import HttpRequest, HttpResponse, HttpServer, HttpService, RefusedRequestError

_LARGEST_BODY = 5 * 1024**3
"""S3 takes no more than 5 GiB in one request."""

_HEADERS_OF_THE_CONNECTION = "connection", "date", "server", "transfer-encoding"
_CODES = {413: "EntityTooLarge", 501: "NotImplemented", 503: "ServiceUnavailable"}
"""What S3 calls the refusal of a request with this status; other requests are not as long as they say."""


class AwsEndpoint:
    """An AWS account on a loopback port: S3 (path style and bucket hosts), SQS, SNS, IAM, STS, KMS, EventBridge."""

    def __init__(self, account: AwsAccount, *, port: int = AWS_PORT, host: str = LOOPBACK) -> None:
        """Take the port; requests are answered from `start` on.

        Args:
            account: answers.
            port: where to listen; 0 takes any free one.
            host: the address to listen on.

        Raises:
            OSError: the port is taken.
        """
        self._account = account
        self._server = HttpServer(host, port, "aws-endpoint")

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.port

    @property
    def address(self) -> str:
        """The address that is listened on."""
        return self._server.host

    @property
    def answering(self) -> int:
        """How many requests are being answered now."""
        return self._server.answering

    @property
    def url(self) -> str:
        """What clients take for their endpoint."""
        return self._server.url

    def start(self) -> None:
        """Answer requests, in threads of its own."""
        self._server.start(HttpService(self._answer, _refused, _failed, _LARGEST_BODY))

    def stop(self, *, within: float = 1.0) -> None:
        """Take no more requests; those that were begun are answered, unless it takes too long.

        Args:
            within: how many seconds to wait for them.
        """
        self._server.close()
        self._server.finish(within)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """Hand a request to the account."""
        sent = dict(request.headers.items())
        try:
            call = api_request(request.method, request.target, sent, request.body, self._account.region)
        except UnknownServiceError as error:
            return _response(s3_error("NotImplemented", str(error), 501))
        status, headers, content = self._account.answer(call)
        if call.service == "sqs":
            content = self._with_own_queue_urls(content, call.url)
        return _response((status, headers, content))

    def _with_own_queue_urls(self, content: str | bytes, url: str) -> str:
        """A queue's URL is where its clients send to, which is here."""
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        return text.replace(f"https://{urlsplit(url).netloc}/", f"{self.url}/")


def _response(answer: Answer) -> HttpResponse:
    status, headers, content = answer
    kept = {name: str(value) for name, value in headers.items() if name.lower() not in _HEADERS_OF_THE_CONNECTION}
    return HttpResponse(content.encode() if isinstance(content, str) else bytes(content or b""), int(status), kept)


def _refused(error: RefusedRequestError) -> HttpResponse:
    return _response(s3_error(_CODES.get(error.status, "IncompleteBody"), str(error), error.status))


def _failed(_: HttpRequest, error: Exception) -> HttpResponse:
    return _response(s3_error("InternalError", f"{type(error).__name__}: {error}", 500))


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a port can be listened on now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
