"""The one door that everything about a Snowflake account is asked at: SQL in, columns and rows out.

The embedded account is one; here is the other, a connection over the ordinary connector, as the environment's
variables describe it.
https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-connect
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Protocol

import snowflake.connector
from snowflake.connector import errors

from local_cloud.errors import FailedRunError, InputError
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Column, Result

_REQUIRED = ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER")
_OPTIONAL = (
    *("SNOWFLAKE_HOST", "SNOWFLAKE_PORT", "SNOWFLAKE_PROTOCOL", "SNOWFLAKE_PASSWORD", "SNOWFLAKE_AUTHENTICATOR"),
    *("SNOWFLAKE_TOKEN", "SNOWFLAKE_PRIVATE_KEY_FILE", "SNOWFLAKE_PRIVATE_KEY_FILE_PWD", "SNOWFLAKE_ROLE"),
    *("SNOWFLAKE_WAREHOUSE", "SNOWFLAKE_DATABASE"),
)

_TRIES_SECONDS = 20


class SqlDoor(Protocol):
    """Where SQL is executed: the embedded account, or a connection to Snowflake."""

    def execute(self, sql: str, /) -> Result:
        """Execute one statement.

        Raises:
            SnowflakeError: it is refused.
        """
        ...


class SnowflakeConnection:
    """SQL over an open connection."""

    def __init__(self, connection: snowflake.connector.SnowflakeConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, /) -> Result:
        """Execute one statement.

        Raises:
            SnowflakeError: it is refused.
        """
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql)
                return Result([Column(column.name) for column in cursor.description], list(cursor.fetchall()))  # pyright: ignore[reportArgumentType]  # a plain cursor gives tuples
        except errors.ProgrammingError as error:
            raise SnowflakeError(error.raw_msg or str(error), code=error.errno, sqlstate=error.sqlstate) from error
        except errors.Error as error:
            raise FailedRunError(f"the connection to Snowflake failed: {error.raw_msg or error}") from error


@contextlib.contextmanager
def connect(variables: Mapping[str, str]) -> Iterator[SnowflakeConnection]:
    """Open a connection for the time of a with block.

    Args:
        variables: SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and whatever else the way of logging in needs, as the
            environment has them.

    Raises:
        InputError: a variable is missing, or Snowflake does not let the user in.
    """
    if missing := [name for name in _REQUIRED if not variables.get(name)]:
        raise InputError(f"{', '.join(missing)} not set: export what the account needs, such as {', '.join(_REQUIRED)}")
    given = {name: variables[name] for name in (*_REQUIRED, *_OPTIONAL) if variables.get(name)}
    options = {name.removeprefix("SNOWFLAKE_").lower(): value for name, value in given.items()}
    try:
        connection = snowflake.connector.connect(**options, login_timeout=_TRIES_SECONDS, autocommit=True)
    except errors.Error as error:
        where = variables.get("SNOWFLAKE_HOST") or variables["SNOWFLAKE_ACCOUNT"]
        raise InputError(f"no connection to Snowflake at {where}: {error.raw_msg or error}") from error
    with contextlib.closing(connection):
        yield SnowflakeConnection(connection)
