"""What DuckDB and fakesnow refuse, as the error that Snowflake has for it.

They have no codes, so their messages are all there is to tell one error from another.
"""

from __future__ import annotations

import re

import duckdb
import snowflake.connector.errors

from local_cloud.snowflake_account.data.type_errors import type_error
from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError, UnsupportedError

_MISSING_FUNCTION = re.compile(r"Function with name \"?(?P<name>[^\s\"!]+)\"? does not exist", re.IGNORECASE)
_MISSING_OBJECT = re.compile(
    r"(?:Table|View|Schema|Catalog) (?:with name )?[\"'](?P<name>.+?)[\"'] does not exist"
    r"|Table with name (?P<bare>\S+) does not exist"
)
_MISSING_COLUMN = re.compile(r"(?:column|Column) (?:with name |named )?\"(?P<name>[^\"]+)\"")

_SAME_COLUMN = re.compile(r"Column with name \"?(?P<name>.+?)\"? already exists")
_UNREAD_VALUE = re.compile(r"Could not convert string ['\"](?P<value>.*)['\"] to (?P<type>\w+)", re.DOTALL)
_UNREAD_TIME = re.compile(r"invalid (?P<type>date|timestamp|time) field format: \"(?P<value>.*?)\"", re.DOTALL)
_UNREAD_JSON = re.compile(r"Malformed JSON.*?Input: \"(?P<value>.*)\"", re.DOTALL)

_OUT_OF_RANGE = re.compile(r"(?P<type>date|timestamp|time) field value out of range: \"(?P<value>.*?)\"(?:,|$| )")
_UNREAD_ZONE = re.compile(r"Unknown TimeZone '(?P<value>.*?)'")
_TOO_LARGE = re.compile(r"Could not cast value (?P<value>\S+) to DECIMAL\((?P<digits>\d+),(?P<places>\d+)\)")

_CONFLICTS = ("conflict", "Conflict")


class ConflictError(SnowflakeError):
    """Two transactions changed the same rows or object; the statement can be run again."""

    code, sqlstate = 625, "57014"


def snowflake_error(error: Exception) -> SnowflakeError:
    """Return Snowflake's error for one of DuckDB's, fakesnow's or sqlglot's."""
    if isinstance(error, SnowflakeError):
        return error
    if isinstance(error, snowflake.connector.errors.Error):
        if isinstance(error.__cause__, duckdb.Error):
            return snowflake_error(error.__cause__)
        message = error.raw_msg or str(error)
        code = error.errno if error.errno and error.errno > 0 else 1003
        return (
            UnsupportedError(message)
            if code == 9999
            else SnowflakeError(message, code=code, sqlstate=error.sqlstate or "42000")
        )
    if isinstance(error, duckdb.Error):
        return _of_duckdb(error, str(error).split("\n")[0])
    if isinstance(error, RecursionError):
        return SqlSyntaxError("the statement is nested too deeply.")
    # fakesnow and sqlglot fail with all sorts of errors on SQL that they have no translation for
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UnsupportedError(f"a statement that has no translation: {detail}")


def _of_duckdb(error: duckdb.Error, message: str) -> SnowflakeError:
    text = message.partition(": ")[2] or message
    if about_types := type_error(text):
        return about_types
    if found := _UNREAD_JSON.search(text):
        return SnowflakeError(f"Error parsing JSON: {found['value']}", code=100069, sqlstate="22P02")
    match error:
        case duckdb.InvalidInputException() if text == "Division by zero":
            return SnowflakeError(text, code=100051, sqlstate="22012")
        case duckdb.InvalidInputException() if text.startswith("Duplicate field key"):
            return SnowflakeError(text, code=100177, sqlstate="22000")
        case duckdb.InvalidInputException() if text.startswith("User character length limit"):
            return SnowflakeError(text, code=100078, sqlstate="22000")
        case duckdb.InterruptException():
            return SnowflakeError("SQL execution canceled", code=604, sqlstate="57014")
        case duckdb.TransactionException() if any(word in text for word in _CONFLICTS):
            return ConflictError(f"Statement was aborted: another transaction changed the same data ({text}).")
        case duckdb.TransactionException() if "single attached database" in text:
            return UnsupportedError("a transaction that writes to two databases")
        case duckdb.CatalogException():
            return _of_catalog(text)
        case duckdb.BinderException():
            return _of_binder(text)
        case duckdb.ParserException():
            return SqlSyntaxError(text)
        case duckdb.ConversionException():
            return _of_conversion(text)
        case duckdb.ConstraintException() if "NOT NULL" in text:
            return SnowflakeError("NULL result in a non-nullable column", code=100072, sqlstate="22000")
        case _ if _UNREAD_VALUE.search(text):
            return _of_conversion(text)
        case _:
            return SnowflakeError(f"SQL execution error: {text}", code=100038, sqlstate="22018")


def _of_catalog(text: str) -> SnowflakeError:
    if found := _MISSING_FUNCTION.search(text):
        return SnowflakeError(
            f"SQL compilation error:\nUnknown function {found['name'].upper()}", code=2140, sqlstate="42601"
        )
    if found := _MISSING_OBJECT.search(text):
        name = (found["name"] or found["bare"]).strip('"!')
        message = f"SQL compilation error:\nObject '{name}' does not exist or not authorized."
        return SnowflakeError(message, code=2003, sqlstate="42S02")
    if found := _SAME_COLUMN.search(text):
        return UnsupportedError(f"two columns whose names differ in case only: {found['name']}")
    if "already exists" in text:
        return SnowflakeError(f"SQL compilation error:\n{text}", code=2002, sqlstate="42710")
    return SnowflakeError(f"SQL compilation error:\n{text}")


def _of_binder(text: str) -> SnowflakeError:
    if "does not exist" in text and (found := _MISSING_OBJECT.search(text)):
        message = f"SQL compilation error:\nObject '{found['name'] or found['bare']}' does not exist or not authorized."
        return SnowflakeError(message, code=2003, sqlstate="42S02")
    if ("not found" in text or "does not have a column" in text) and (found := _MISSING_COLUMN.search(text)):
        return SnowflakeError(f"SQL compilation error:\ninvalid identifier '{found['name']}'", code=904)
    return SnowflakeError(f"SQL compilation error:\n{text}", code=1044, sqlstate="42P13")


def _of_conversion(text: str) -> SnowflakeError:
    if found := _UNREAD_VALUE.search(text):
        if found["type"].startswith("BOOL"):
            return SnowflakeError(f"Boolean value '{found['value']}' is not recognized", code=100037, sqlstate="22018")
        return SnowflakeError(f"Numeric value '{found['value']}' is not recognized", code=100038, sqlstate="22018")
    if found := _UNREAD_TIME.search(text) or _OUT_OF_RANGE.search(text):
        code = {"timestamp": 100035, "date": 100040, "time": 100108}[found["type"]]
        what = found["type"].capitalize()
        return SnowflakeError(f"{what} '{found['value']}' is not recognized", code=code, sqlstate="22007")
    if found := _UNREAD_ZONE.search(text):
        message = f"Timestamp with time zone '{found['value']}' is not recognized"
        return SnowflakeError(message, code=100035, sqlstate="22007")
    if found := _TOO_LARGE.search(text):
        return SnowflakeError(
            f"Number out of representable range: type FIXED({found['digits']},{found['places']}), value "
            f"{found['value']}",
            code=100132,
            sqlstate="22003",
        )
    if "timestamp" in text.lower():
        return SnowflakeError(f"Timestamp value is not recognized: {text}", code=100035, sqlstate="22007")
    if "date" in text.lower():
        return SnowflakeError(f"Date value is not recognized: {text}", code=100040, sqlstate="22007")
    return SnowflakeError(f"Value is not recognized: {text}", code=100038, sqlstate="22018")
