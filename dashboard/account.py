"""The account that is looked at: one connection, statements in, tables out.

Where the environment names a host and a port, as that of `serve` does, it is the embedded account; otherwise
`st.connection("snowflake")` decides, by secrets or connections.toml.
https://docs.streamlit.io/develop/api-reference/connections/st.connections.snowflakeconnection
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from snowflake.connector.errors import DatabaseError, Error, InterfaceError, OperationalError
from streamlit.errors import StreamlitAPIException

_QUERIES = Path(__file__).resolve().parent / "queries"

_SESSION_IS_GONE = frozenset({390111, 390112, 390113, 390114, 390195})
"""Error numbers of a session or token that the account does not know any more."""

_MISSING_OR_FORBIDDEN = frozenset({2003, 2043, 3001, 90105})

_LOGIN_SECONDS = 5
_KEPT_SECONDS = 20


class AccountError(Exception):
    """The account said no, or nothing."""


class UnreachableError(AccountError):
    """Nothing answers, or nobody is let in."""


class RefusedError(AccountError):
    """The account refused a statement.

    Attributes:
        forbidden: whether what it names does not exist, or not for this role.
    """

    def __init__(self, error: Error) -> None:
        super().__init__(str(error))
        self.forbidden = error.errno in _MISSING_OR_FORBIDDEN


@dataclass(frozen=True)
class Answer:
    """Rows of a statement.

    Attributes:
        rows: the first of them.
        cut: whether there are more.
    """

    rows: pd.DataFrame
    cut: bool


def settings(environment: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the connector's arguments for the embedded account; None where the environment names none."""
    if not environment.get("SNOWFLAKE_HOST") or not environment.get("SNOWFLAKE_PORT"):
        return None
    names = ("account", "user", "password", "host", "port", "protocol", "database", "warehouse", "role")
    given = {name: environment.get(f"SNOWFLAKE_{name.upper()}") for name in names}
    return {name: value for name, value in given.items() if value} | {
        "port": int(environment["SNOWFLAKE_PORT"]),
        "login_timeout": _LOGIN_SECONDS,
    }


def is_embedded() -> bool:
    """Tell whether it is the embedded account."""
    return settings(os.environ) is not None


def is_inside() -> bool:
    """Tell whether Snowflake runs the app: then it has its owner's rights, whoever looks.

    https://docs.snowflake.com/en/developer-guide/streamlit/object-management/owners-rights
    """
    try:
        module = importlib.import_module("snowflake.snowpark.context")
        module.get_active_session()
    except Exception:  # without the package, or without a session in which the app runs
        return False
    return True


def _connection() -> Any:
    arguments = settings(os.environ)
    try:
        if arguments is None:
            return st.connection("snowflake")
        # A connection of this very name would leave the arguments aside.
        return st.connection("embedded", type="snowflake", **arguments)
    except (Error, StreamlitAPIException) as error:
        raise UnreachableError(str(error)) from error


def run(sql: str, parameters: Sequence[Any] = (), most_rows: int | None = None) -> Answer:
    """Execute one statement.

    Args:
        sql: the statement, with ``?`` for each parameter.
        parameters: the values.
        most_rows: number of rows after which the rest is left; None for all.

    Raises:
        UnreachableError: nothing answers, or nobody is let in.
        RefusedError: the account refuses the statement.
    """
    connection = _connection()
    try:
        return _execute(connection, sql, parameters, most_rows)
    except (InterfaceError, OperationalError):
        pass
    except DatabaseError as error:
        if error.errno not in _SESSION_IS_GONE:
            raise RefusedError(error) from error
    # The account was started again, or the session has expired: a new one, once.
    try:
        connection.reset()
        return _execute(connection, sql, parameters, most_rows)
    except (InterfaceError, OperationalError) as error:
        raise UnreachableError(str(error)) from error
    except DatabaseError as error:
        raise RefusedError(error) from error


def _execute(connection: Any, sql: str, parameters: Sequence[Any], most_rows: int | None) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters) or None)
        rows = cursor.fetchall() if most_rows is None else cursor.fetchmany(most_rows + 1)
        names = [column[0] for column in cursor.description]
    cut = most_rows is not None and len(rows) > most_rows
    return Answer(pd.DataFrame(rows[:most_rows] if cut else rows, columns=names), cut)


@cache
def query(name: str) -> str:
    """Return the text of a file of `queries`."""
    return (_QUERIES / f"{name}.sql").read_text("utf-8")


def ask(name: str, *parameters: Any) -> pd.DataFrame:
    """Return the rows of a query of `queries`, as they are now."""
    return run(query(name), parameters).rows


@st.cache_data(ttl=_KEPT_SECONDS, show_spinner="Asking the account …")
def ask_and_keep(name: str, *parameters: Any) -> pd.DataFrame:
    """Return the rows of a query of `queries`, at most 20 s old: for what is not live."""
    return ask(name, *parameters)


@st.cache_data(max_entries=50, show_spinner=False)
def ask_once(version: str, name: str, *parameters: Any) -> pd.DataFrame:  # noqa: ARG001 - the cache's key
    """Return the rows of a query of `queries` as they were when a version of the data was seen first."""
    return ask(name, *parameters)


def show(statement: str) -> pd.DataFrame:
    """Return the rows of a SHOW statement, with lower-case names."""
    rows = run(statement).rows
    return rows.rename(columns=str.lower)
