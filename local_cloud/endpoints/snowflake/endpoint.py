"""The Snowflake endpoint: an embedded account on a loopback port, from start to stop."""

from __future__ import annotations

from local_cloud.endpoints import LOOPBACK
from local_cloud.endpoints.http import HttpServer
from local_cloud.endpoints.snowflake.api import Api
from local_cloud.endpoints.snowflake.logins import Logins
from local_cloud.snowflake_account import Account

STOP_SECONDS = 0.5
"""How long a stop waits for statements to heed their cancelling."""

FINISH_SECONDS = 0.1
"""How long it then waits for the answers that say so, before it cuts the connections."""


class SnowflakeEndpoint:
    """Serves an account to Snowflake's drivers, over plain HTTP.

    Args:
        account: the account; it stays its owner's to close.
        port: the port to listen on, 0 for a free one.
        user: the name that the account's first user logs in with; others do so by their own, as the account has them.
        password: the first user's password, at least one character.
        host: the address to listen on.

    Raises:
        OSError: the port is taken.
        ValueError: the password is empty.
    """

    def __init__(
        self,
        account: Account,
        *,
        port: int,
        user: str,
        password: str,
        host: str = LOOPBACK,
    ) -> None:
        logins = Logins(account, user, password)
        self._server = HttpServer(host, port, "snowflake-endpoint")
        self._api = Api(account, logins, self.url)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.port

    @property
    def url(self) -> str:
        """The endpoint's address."""
        return self._server.url

    def start(self) -> None:
        """Serve, in threads of the endpoint's own."""
        self._server.start(self._api.service)

    def stop(self) -> None:
        """Stop serving within a second: statements are cancelled, what is not answered then is cut."""
        self._server.close()
        self._api.close(STOP_SECONDS)
        self._server.finish(FINISH_SECONDS)
