"""What DuckDB says of types that do not go together, as Snowflake says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.column_types import snowflake_type
from local_cloud.snowflake_account.language.own_functions import own_name

_ARGUMENTS = re.compile(
    r"(?:No function matches the given name and argument types|Could not choose a best candidate function for the "
    r"function call) [\'\"](?P<name>.+?)\((?P<types>.*)\)[\'\"]"
)
_MACRO = re.compile(r"Macro (?P<name>\w+)\(\) does not support the supplied arguments")
_TYPE = r"(?P<{0}>[A-Z_]+(?: WITH TIME ZONE)?(?:\([\d,]+\))?(?:\(.*?\)\[\])?)"
_COMPARED = re.compile(rf"Cannot compare values of type {_TYPE.format('one')} and (?:type )?{_TYPE.format('other')}\b")
_COMBINED = re.compile(
    rf"Cannot (?:mix values of type|combine types(?: of)?|unpivot columns of types) {_TYPE.format('one')} and "
    rf"{_TYPE.format('other')}\b"
)
_CAST = re.compile(rf"Unimplemented type for cast \({_TYPE.format('one')} -> {_TYPE.format('other')}\)")
_NOT_GROUPED = re.compile(r'column "(?P<name>[^"]+)" must appear in the GROUP BY clause')
_PLACE = re.compile(r"(?P<clause>GROUP BY|ORDER) term out of range - should be between 1 and (?P<most>\d+)")
_WIDTH = re.compile(r"table \S+ has (?P<columns>\d+) columns but (?P<values>\d+) values were supplied")

_LITERALS = {"INTEGER_LITERAL": "NUMBER(38,0)", "STRING_LITERAL": "VARCHAR", "SQLNULL": "NULL", '"NULL"': "NULL"}


def type_error(text: str) -> SnowflakeError | None:
    """Return the error for a message of DuckDB's about types, None where it is about something else."""
    for pattern, made in _ERRORS:
        if found := pattern.search(text):
            return made(found)
    return None


def is_about_types(error: SnowflakeError) -> bool:
    """Tell whether an error is one that converting texts and numbers may help against."""
    return error.code == _TYPES_CODE and error.sqlstate == _TYPES_STATE


_TYPES_CODE, _TYPES_STATE = 1044, "42P13"


def _spelled(duckdb_type: str) -> str:
    plain = duckdb_type.strip()
    return _LITERALS.get(plain) or snowflake_type(plain)


def _arguments(found: re.Match[str]) -> SnowflakeError:
    types = re.split(r",\s*(?![^(]*\))", found["types"]) if found["types"] else []
    return _invalid(own_name(found["name"].upper()), *map(_spelled, types))


def _invalid(function: str, *types: str) -> SnowflakeError:
    message = f"SQL compilation error:\nInvalid argument types for function '{function}': ({', '.join(types)})"
    return SnowflakeError(message, code=_TYPES_CODE, sqlstate=_TYPES_STATE)


def _combined(found: re.Match[str]) -> SnowflakeError:
    return SnowflakeError(
        f"SQL compilation error:\nCan not convert parameter of type [{_spelled(found['other'])}] into expected type "
        f"[{_spelled(found['one'])}]",
        code=_TYPES_CODE,
        sqlstate=_TYPES_STATE,
    )


def _cast(found: re.Match[str]) -> SnowflakeError:
    to = _spelled(found["other"]).partition("(")[0]
    return SnowflakeError(
        f"SQL compilation error:\ninvalid type [{_spelled(found['one'])}] for parameter 'TO_{to}'",
        code=1007,
        sqlstate="22023",
    )


def _width(found: re.Match[str]) -> SnowflakeError:
    return SnowflakeError(
        "SQL compilation error:\nInsert value list does not match column list expecting "
        f"{found['columns']} but got {found['values']}",
        code=2057,
        sqlstate="21S01",
    )


def _not_grouped(name: str) -> SnowflakeError:
    return SnowflakeError(
        f"SQL compilation error:\n[{name}] is not a valid group by expression", code=979, sqlstate="42601"
    )


_ERRORS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], SnowflakeError]], ...] = (
    (_ARGUMENTS, _arguments),
    (_MACRO, lambda found: _invalid(own_name(found["name"].upper()))),
    (_COMPARED, lambda found: _invalid("=", _spelled(found["one"]), _spelled(found["other"]))),
    (_COMBINED, _combined),
    (_CAST, _cast),
    (_WIDTH, _width),
    (
        re.compile(r"Could not parse string [\'\"](?P<value>.*?)[\'\"] according to format specifier"),
        lambda found: SnowflakeError(
            f"Can't parse '{found['value']}' as timestamp with this format", code=100096, sqlstate="22007"
        ),
    ),
    (
        re.compile(r"with value (?P<value>\S+) can't be cast because the value is out of range"),
        lambda found: SnowflakeError(
            f"Number out of representable range: value {found['value']}", code=100132, sqlstate="22003"
        ),
    ),
    (_NOT_GROUPED, lambda found: _not_grouped(found["name"])),
    (
        _PLACE,
        lambda found: SnowflakeError(
            f"SQL compilation error:\n{found['clause'].removesuffix(' BY')} BY position is not in the select list, "
            f"which has {found['most']} columns",
        ),
    ),
    (
        re.compile(r"WHERE clause cannot contain aggregates"),
        lambda _: SnowflakeError("SQL compilation error:\nInvalid aggregate function in where clause", code=2035),
    ),
)
