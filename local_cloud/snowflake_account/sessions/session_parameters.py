"""What ALTER SESSION sets: kept and shown, and refused where it would change answers in a way that is not had here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local_cloud.snowflake_account.catalog.parameters import SESSION, invalid, session_parameters, spelled, typed
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.result import Result

_WITHOUT_EFFECT = (
    "ABORT_DETACHED_QUERY",
    "LOCK_TIMEOUT",
    "LOG_EVENT_LEVEL",
    "LOG_LEVEL",
    "QUERY_TAG",
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
    "STATEMENT_TIMEOUT_IN_SECONDS",
    "TRACE_LEVEL",
    "USE_CACHED_RESULT",
)
_SWITCHES = ("AUTOCOMMIT", "TRANSACTION_ABORT_ON_ERROR")
_OF_ANSWERS = ("ROWS_PER_RESULTSET", "MULTI_STATEMENT_COUNT")
"""What the Snowflake endpoint does with answers and with texts of several statements."""

_ANSWER_FORM = "_QUERY_RESULT_FORMAT"
"""How the names of parameters end with which a driver says how rows travel; SHOW PARAMETERS lists none of them."""

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

    def all(self) -> Mapping[str, Any]:
        """Return what was set, by name."""
        return dict(self._values)

    def set(self, name: str, value: Any) -> None:
        """Set a parameter, or with None take it back to its default.

        Raises:
            SnowflakeError: there is no such parameter, or it does not take the value.
            UnsupportedError: a value that would change answers in a way that the embedded account does not have.
        """
        if not is_session_parameter(name):
            raise SnowflakeError(f"SQL compilation error:\ninvalid parameter '{name}'", code=1006, sqlstate="22023")
        value = None if value is None else typed(name, value)
        if name == "TIMEZONE":
            self._set_zone(str(value or SESSION[name]))
        elif name not in _SWITCHES and not _can_be_set(name, value):
            raise UnsupportedError(f"ALTER SESSION SET {name} = {value}")
        if value is None:
            self._values.pop(name, None)
        else:
            self._values[name] = value

    @contextmanager
    def for_a_statement(self, own: Mapping[str, Any]) -> Iterator[None]:
        """Let a statement, executed in a with block, have parameters of its own; what it sets itself stays.

        Raises:
            SnowflakeError: as `set`.
        """
        before, during = self.all(), dict[str, Any]()
        try:
            for name, value in own.items():
                self.set(name, value)
                during[name] = self.get(name)
            yield
        finally:
            for name, value in during.items():
                if self.get(name) == value:
                    self.set(name, before.get(name))

    def _set_zone(self, zone: str) -> None:
        quoted = zone.replace("'", "''")
        try:
            self._connection.execute(f"set TimeZone = '{quoted}'")
        except SnowflakeError as error:
            raise invalid("TIMEZONE", zone) from error

    def show(self, like: str | None) -> Result:
        """Answer SHOW PARAMETERS."""
        return session_parameters(self._values, like)


def is_session_parameter(name: str) -> bool:
    """Tell whether a session has a parameter of this name; clients ask for others too, which are passed over."""
    return name in SESSION or name.endswith(_ANSWER_FORM)


def _can_be_set(name: str, value: Any) -> bool:
    is_free = name in (*_WITHOUT_EFFECT, *_OF_ANSWERS) or name.startswith(_CLIENTS) or name.endswith(_ANSWER_FORM)
    return value is None or is_free or spelled(value).upper() == SESSION[name].upper()
