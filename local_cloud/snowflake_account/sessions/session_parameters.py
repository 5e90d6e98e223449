"""What ALTER SESSION sets: kept and shown, and refused where it would change answers in a way that is not had here."""

from __future__ import annotations

from typing import Any

from local_cloud.snowflake_account.catalog.parameters import SESSION, session_parameters, spelled
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.result import Result

_WITHOUT_EFFECT = ("QUERY_TAG", "STATEMENT_TIMEOUT_IN_SECONDS", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "LOCK_TIMEOUT")
_SWITCHES = ("AUTOCOMMIT", "TRANSACTION_ABORT_ON_ERROR")
_CLIENTS = ("CLIENT_", "JDBC_", "ODBC_")
"""Parameters that any value may be given: they do not change what a statement answers here."""


class SessionParameters:
    """The parameters of one session."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._values: dict[str, Any] = {}

    @property
    def autocommit(self) -> bool:
        """Whether a change is committed at once."""
        return self.get("AUTOCOMMIT", True)

    def get(self, name: str, default: Any = None) -> Any:
        """Return what a parameter was set to."""
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Set a parameter, or with None take it back to its default.

        Raises:
            SnowflakeError: there is no such parameter, or it does not take the value.
            UnsupportedError: a value that would change answers in a way that the embedded account does not have.
        """
        if name not in SESSION:
            raise SnowflakeError(f"SQL compilation error:\ninvalid parameter '{name}'", code=1006, sqlstate="22023")
        if name in _SWITCHES:
            value = _switch(name, value)
        elif name == "TIMEZONE":
            zone = str(value or SESSION[name]).replace("'", "''")
            self._connection.execute(f"set TimeZone = '{zone}'")
        elif not _can_be_set(name, value):
            raise UnsupportedError(f"ALTER SESSION SET {name} = {value}")
        if value is None:
            self._values.pop(name, None)
        else:
            self._values[name] = value

    def show(self, like: str | None) -> Result:
        """Answer SHOW PARAMETERS."""
        return session_parameters(self._values, like)


def _switch(name: str, value: Any) -> bool | None:
    """Return a truth, which drivers send as text."""
    if value is None or isinstance(value, bool):
        return value
    if str(value).lower() not in ("true", "false"):
        raise SqlSyntaxError(f"{name} is TRUE or FALSE, not {value}.")
    return str(value).lower() == "true"


def _can_be_set(name: str, value: Any) -> bool:
    is_free = name in _WITHOUT_EFFECT or name.startswith(_CLIENTS)
    return value is None or is_free or spelled(value).upper() == SESSION[name].upper()
