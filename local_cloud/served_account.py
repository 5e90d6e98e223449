"""The accounts of a state folder that a running `serve` holds: the same doors, through its endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import snowflake.connector
from snowflake.connector.constants import FIELD_ID_TO_NAME
from snowflake.connector.errors import Error

from local_cloud.endpoints_file import read_variables
from local_cloud.errors import FailedRunError, StateHeldError
from local_cloud.snowflake_account.result import Column, Result

_LOGIN_SECONDS = 10


class ServedAccount:
    """The Snowflake account behind an endpoint; its door is SQL, as the embedded account's is.

    Attributes:
        variables: what the `serve` told its clients.
    """

    def __init__(self, variables: Mapping[str, str], connection: Any) -> None:
        """Take a connection that is open; `served_account` opens one."""
        self.variables = variables
        self._connection = connection

    def execute(self, sql: str) -> Result:
        """Execute one statement.

        Raises:
            FailedRunError: the account refused it.
        """
        try:
            cursor = self._connection.cursor().execute(sql)
            columns = [Column(field.name, FIELD_ID_TO_NAME[field.type_code]) for field in cursor.description]
            return Result(columns, cursor.fetchall())
        except Error as error:
            raise FailedRunError(error.raw_msg or str(error)) from error

    def client(self, service: str) -> Any:
        """Return a boto3 client of the AWS account that is served beside it."""
        return boto3.client(
            service,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            region_name=self.variables["AWS_REGION"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def served_account(folder: Path, held: StateHeldError) -> Iterator[ServedAccount]:
    """Connect to whoever holds a state folder, for the time of a with block.

    Args:
        folder: the state folder.
        held: what `hold_state` said; raised again where it is no `serve`, or one that does not answer yet.

    Raises:
        StateHeldError: nobody answers.
    """
    if (variables := read_variables(folder)) is None:
        raise held
    try:
        connection = snowflake.connector.connect(
            account=variables["SNOWFLAKE_ACCOUNT"],
            host=variables["SNOWFLAKE_HOST"],
            port=int(variables["SNOWFLAKE_PORT"]),
            protocol=variables["SNOWFLAKE_PROTOCOL"],
            user=variables["SNOWFLAKE_USER"],
            password=variables["SNOWFLAKE_PASSWORD"],
            login_timeout=_LOGIN_SECONDS,
            session_parameters={"CLIENT_TELEMETRY_ENABLED": False},
        )
    except Error as error:
        raise held from error
    try:
        yield ServedAccount(variables, connection)
    finally:
        connection.close()
