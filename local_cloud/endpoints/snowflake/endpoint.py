"""The Snowflake endpoint: an embedded account on a loopback port, from start to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from local_cloud.endpoints.http import HttpServer
from local_cloud.endpoints.snowflake.api import Api
from local_cloud.endpoints.snowflake.logins import Logins
from local_cloud.snowflake_account import Account

STOP_SECONDS = 0.5
"""How long a stop waits for statements to heed their cancelling before it cuts their connections."""


class SnowflakeEndpoint:
    """Serves an account to Snowflake's drivers, over plain HTTP.

    Args:
        account: the account; it stays its owner's to close.
        port: the port to listen on, 0 for a free one.
        user: the name to log in with.
        password: the password to log in with, at least one character.
        public_keys: PEM public keys of users who may log in with a key pair, by user name.
        host: the address to listen on.

    Raises:
        OSError: the port is taken.
        ValueError: the password is empty, or a key is no PEM public key.
    """

    def __init__(
        self,
        account: Account,
        *,
        port: int,
        user: str,
        password: str,
        public_keys: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        logins = Logins(user, password, public_keys or {})
        self._host = host
        self._server = HttpServer(host, port)
        self._api = Api(account, logins, self.url)
        self._server.answer = self._api.answer
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="snowflake-endpoint", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.port

    @property
    def url(self) -> str:
        """The endpoint's address."""
        return f"http://{self._host}:{self.port}"

    def start(self) -> None:
        """Serve, in threads of the endpoint's own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving within a second: statements are cancelled, what is not answered then is cut."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._api.close(STOP_SECONDS)
        self._server.cut_connections()
