"""Requests about sessions: log in, stay, renew, leave."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from local_cloud.endpoints.snowflake.client_queries import ClientQueries
from local_cloud.endpoints.snowflake.client_sessions import (
    MASTER_SECONDS,
    TOKEN_SECONDS,
    ClientSession,
    ClientSessions,
    session_of,
)
from local_cloud.endpoints.snowflake.driver_requests import DriverRequest
from local_cloud.endpoints.snowflake.logins import Logins
from local_cloud.endpoints.snowflake.replies import ApiError, Reply, malformed, success
from local_cloud.endpoints.snowflake.told_parameters import told_parameters
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Tokens
from local_cloud.snowflake_account.sessions.session import Session
from local_cloud.snowflake_account.sessions.session_parameters import is_session_parameter

SERVER_VERSION = "9.30.0"
"""The version that the endpoint says it is: some clients refuse old ones."""


class SessionRequests:
    """Answers the requests about sessions."""

    def __init__(self, account: Account, logins: Logins, sessions: ClientSessions, queries: ClientQueries) -> None:
        self._account = account
        self._logins = logins
        self._sessions = sessions
        self._queries = queries

    def log_in(self, request: DriverRequest) -> Reply:
        """Let a client in; the name of the account that it asks for does not matter."""
        login = request.json().get("data")
        if not isinstance(login, dict):
            raise malformed("a login without data")
        user = self._logins.check(login)
        for session in self._sessions.silent():
            self._end(session)
        wanted = login.get("SESSION_PARAMETERS")
        parameters = {str(name).upper(): value for name, value in (wanted if isinstance(wanted, dict) else {}).items()}
        sql = self._open(user, request.query, parameters)
        session = self._sessions.open(user, str(login.get("CLIENT_APP_ID") or ""), sql, parameters)
        session.accept = request.accept
        session.told = told_parameters(sql)
        context = sql.context
        return success(
            {
                "token": session.token,
                "masterToken": session.master_token,
                "validityInSeconds": TOKEN_SECONDS,
                "masterValidityInSeconds": MASTER_SECONDS,
                "sessionId": session.id,
                "serverVersion": SERVER_VERSION,
                "firstLogin": False,
                "displayUserName": user,
                "parameters": session.told,
                "sessionInfo": {
                    "databaseName": context.database,
                    "schemaName": context.schema,
                    "warehouseName": context.warehouse,
                    "roleName": context.role,
                },
            }
        )

    def _open(self, user: str, query: Mapping[str, str], parameters: Mapping[str, Any]) -> Session:
        """Open a session of a user; a database or warehouse that is not there is passed over, as Snowflake does.

        Raises:
            ApiError: the user does not have the role, or a parameter that the account has may not have the value
                that is asked for.
        """
        database, schema = _identifier(query.get("databaseName")), _identifier(query.get("schemaName"))
        try:
            sql = self._account.connect(database, schema, user=user, role=_identifier(query.get("roleName")))
        except SnowflakeError as error:
            raise ApiError(f"{error.code:06d}", error.message) from error
        for name, value in parameters.items():
            if is_session_parameter(name) and value is not None:
                try:
                    sql.execute(f"ALTER SESSION SET {name} = {_literal(value)}")
                except SnowflakeError as error:
                    sql.close()
                    raise ApiError(f"{error.code:06d}", error.message) from error
        if warehouse := query.get("warehouse"):
            with suppress(SnowflakeError):
                sql.execute(f"USE WAREHOUSE {warehouse}")
        return sql

    def renew(self, request: DriverRequest) -> Reply:
        """Give a client new tokens for its master token."""
        session = self._sessions.renew(request.authorization)
        return success(
            {
                "sessionToken": session.token,
                "validityInSecondsST": TOKEN_SECONDS,
                "masterToken": session.master_token,
                "validityInSecondsMT": MASTER_SECONDS,
                "sessionId": session.id,
            }
        )

    def heartbeat(self, request: DriverRequest) -> Reply:
        """Note that a client is still there."""
        self._sessions.keep_alive(session_of(self._sessions, request))
        return success()

    def end(self, request: DriverRequest) -> Reply:
        """End a client's session."""
        session = session_of(self._sessions, request)
        if request.query.get("delete", "").lower() == "true":
            self._end(session)
        return success()

    def _end(self, session: ClientSession) -> None:
        self._sessions.close(session)
        self._queries.cancel(self._queries.running(session))
        with session.lock:
            session.sql.close()


def _identifier(text: str | None) -> str | None:
    """Return the name that an identifier in a request stands for."""
    try:
        return Tokens(text).name().last if text else None
    except SnowflakeError:
        return text


def _literal(value: Any) -> str:
    """Return a value of JSON in SQL."""
    if isinstance(value, bool | int):
        return str(value).upper()
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"
