"""What DESCRIBE answers, kind by kind, in the spellings that the real provider reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.catalog import Catalog, StoredObject
from local_cloud.snowflake_account.databases import Databases
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.statements import Kind
from local_cloud.snowflake_account.tokens import Name

_PROPERTIES = ("property", "property_type", "property_value", "property_default")
_TABLE_COLUMNS = (
    *("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment"),
    *("policy name", "privacy domain", "schema evolution record"),
)

_COMMON_OPTIONS = {
    "DATE_FORMAT": "AUTO",
    "TIME_FORMAT": "AUTO",
    "TIMESTAMP_FORMAT": "AUTO",
    "BINARY_FORMAT": "HEX",
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "CSV": {
        "RECORD_DELIMITER": "\n",
        "FIELD_DELIMITER": ",",
        "FILE_EXTENSION": "",
        "SKIP_HEADER": 0,
        "PARSE_HEADER": False,
        **_COMMON_OPTIONS,
        "ESCAPE": "NONE",
        "ESCAPE_UNENCLOSED_FIELD": "\\",
        "TRIM_SPACE": False,
        "FIELD_OPTIONALLY_ENCLOSED_BY": "NONE",
        "NULL_IF": ("\\N",),
        "COMPRESSION": "AUTO",
        "ERROR_ON_COLUMN_COUNT_MISMATCH": True,
        "VALIDATE_UTF8": True,
        "SKIP_BLANK_LINES": False,
        "REPLACE_INVALID_CHARACTERS": False,
        "EMPTY_FIELD_AS_NULL": True,
        "SKIP_BYTE_ORDER_MARK": True,
        "ENCODING": "UTF8",
        "MULTI_LINE": True,
    },
    "JSON": {
        "FILE_EXTENSION": "",
        **_COMMON_OPTIONS,
        "TRIM_SPACE": False,
        "NULL_IF": (),
        "COMPRESSION": "AUTO",
        "ENABLE_OCTAL": False,
        "ALLOW_DUPLICATE": False,
        "STRIP_OUTER_ARRAY": False,
        "STRIP_NULL_VALUES": False,
        "IGNORE_UTF8_ERRORS": False,
        "REPLACE_INVALID_CHARACTERS": False,
        "SKIP_BYTE_ORDER_MARK": True,
        "MULTI_LINE": True,
    },
}
"""Every option of a format and its default: https://docs.snowflake.com/en/sql-reference/sql/create-file-format"""

_NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}
_FROM_DUCKDB = {
    "VARCHAR": "VARCHAR(16777216)",
    "JSON": "VARIANT",
    "DOUBLE": "FLOAT",
    "TIMESTAMP": "TIMESTAMP_NTZ(9)",
    "TIMESTAMP_NS": "TIMESTAMP_NTZ(9)",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ(9)",
}


def describe(catalog: Catalog, databases: Databases, kind: Kind, name: Name) -> Result:
    """Answer a DESCRIBE.

    Raises:
        DoesNotExistError: the object is not there.
        UnsupportedError: a kind that the embedded account does not describe.
    """
    stored = catalog.get(kind, name)
    match kind:
        case Kind.TABLE | Kind.VIEW | Kind.DYNAMIC_TABLE:
            return _relation(stored, databases)
        case Kind.STORAGE_INTEGRATION:
            return _integration(stored)
        case Kind.FILE_FORMAT:
            return rows_of(
                _PROPERTIES,
                [("TYPE", "String", stored.attributes["TYPE"], stored.attributes["TYPE"]), *_format_rows(stored)],
            )
        case Kind.STAGE:
            return _stage(stored)
        case Kind.SCHEMA | Kind.DATABASE:
            return _contents(catalog, stored)
        case _:
            raise UnsupportedError(f"DESCRIBE {kind.value}")


def format_options(given: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return each option of a format: name, type, value and default, as DESCRIBE FILE FORMAT spells them."""
    rows = []
    for name, default in _OPTIONS[str(given.get("TYPE", "CSV")).upper()].items():
        kind = {bool: "Boolean", int: "Integer", tuple: "List"}.get(type(default), "String")
        rows.append((name, kind, _spelled(given.get(name, default)), _spelled(default)))
    return rows


def snowflake_type(duckdb_type: str) -> str:
    """Return Snowflake's spelling of a DuckDB type."""
    if duckdb_type in _NUMBERS:
        return "NUMBER(38,0)"
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.replace("DECIMAL", "NUMBER")
    return _FROM_DUCKDB.get(duckdb_type, duckdb_type)


def full_type(declared: str) -> str:
    """Return a declared type as Snowflake spells it out: INTEGER is NUMBER(38,0)."""
    type_ = exp.DataType.build(declared, dialect="snowflake")
    if type_.this in exp.DataType.TEXT_TYPES:
        return f"VARCHAR({type_.expressions[0].name if type_.expressions else 16777216})"
    if type_.this in exp.DataType.INTEGER_TYPES:
        return "NUMBER(38,0)"
    if type_.this is exp.DataType.Type.DECIMAL:
        digits = [part.name for part in type_.expressions]
        return f"NUMBER({','.join(digits + ['38', '0'][len(digits) :])})"
    word = type_.sql("snowflake")
    word = {"TIMESTAMPNTZ": "TIMESTAMP_NTZ", "TIMESTAMPLTZ": "TIMESTAMP_LTZ", "TIMESTAMPTZ": "TIMESTAMP_TZ"}.get(
        word.partition("(")[0], word
    )
    if word.startswith("TIMESTAMP_") and "(" not in word:
        return f"{word}({type_.expressions[0].name if type_.expressions else 9})"
    return "FLOAT" if word == "DOUBLE" else word


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value)}]"
    return str(value)


def _relation(stored: StoredObject, databases: Databases) -> Result:
    if declared := stored.attributes.get("COLUMNS"):
        columns = [
            (c["name"], full_type(c["type"]), "Y" if c["nullable"] else "N", c["default"], c["comment"] or None)
            for c in declared
        ]
    else:
        columns = [(c.name, snowflake_type(c.type), "Y", None, None) for c in databases.columns(stored.name)]
    return rows_of(
        _TABLE_COLUMNS,
        [
            (name, type_, "COLUMN", nullable, default, "N", "N", None, None, comment, None, None, None)
            for name, type_, nullable, default, comment in columns
        ],
    )


def _integration(stored: StoredObject) -> Result:
    given = stored.attributes
    return rows_of(
        _PROPERTIES,
        [
            ("ENABLED", "Boolean", _spelled(bool(given.get("ENABLED"))), "false"),
            ("STORAGE_PROVIDER", "String", given["STORAGE_PROVIDER"], ""),
            ("STORAGE_ALLOWED_LOCATIONS", "List", ",".join(given["STORAGE_ALLOWED_LOCATIONS"]), "[]"),
            ("STORAGE_BLOCKED_LOCATIONS", "List", ",".join(given.get("STORAGE_BLOCKED_LOCATIONS", ())), "[]"),
            ("STORAGE_AWS_IAM_USER_ARN", "String", given["STORAGE_AWS_IAM_USER_ARN"], ""),
            ("STORAGE_AWS_ROLE_ARN", "String", given["STORAGE_AWS_ROLE_ARN"], ""),
            ("STORAGE_AWS_EXTERNAL_ID", "String", given["STORAGE_AWS_EXTERNAL_ID"], ""),
            ("USE_PRIVATELINK_ENDPOINT", "Boolean", "false", "false"),
            ("COMMENT", "String", stored.comment, ""),
        ],
    )


def _format_rows(stored: StoredObject) -> list[tuple[str, str, str, str]]:
    return format_options(stored.attributes)


def _stage(stored: StoredObject) -> Result:
    given = stored.attributes
    format_ = given.get("FILE_FORMAT") or {}
    if "FORMAT_NAME" in format_:
        rows = [("STAGE_FILE_FORMAT", "FORMAT_NAME", "String", format_["FORMAT_NAME"], "")]
    else:
        type_ = str(format_.get("TYPE", "CSV")).upper()
        rows = [("STAGE_FILE_FORMAT", "TYPE", "String", type_, "CSV")]
        rows += [("STAGE_FILE_FORMAT", *option) for option in format_options(format_)]
    rows += [
        ("STAGE_COPY_OPTIONS", "ON_ERROR", "String", "ABORT_STATEMENT", "ABORT_STATEMENT"),
        ("STAGE_COPY_OPTIONS", "SIZE_LIMIT", "Long", "", ""),
        ("STAGE_COPY_OPTIONS", "PURGE", "Boolean", "false", "false"),
        ("STAGE_LOCATION", "URL", "String", json.dumps([given["URL"]]), ""),
        ("STAGE_LOCATION", "AWS_ACCESS_POINT_ARN", "String", "", ""),
        ("STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", given.get("STORAGE_INTEGRATION") or "", ""),
        ("DIRECTORY", "ENABLE", "Boolean", "false", "false"),
        ("DIRECTORY", "AUTO_REFRESH", "Boolean", "false", "false"),
        ("PRIVATELINK", "USE_PRIVATELINK_ENDPOINT", "Boolean", "false", "false"),
    ]
    return rows_of(("parent_property", *_PROPERTIES), rows)


def _contents(catalog: Catalog, container: StoredObject) -> Result:
    kinds = (Kind.SCHEMA,) if container.kind is Kind.DATABASE else (Kind.TABLE, Kind.DYNAMIC_TABLE, Kind.VIEW)
    return rows_of(
        ("created_on:TIMESTAMP_LTZ", "name", "kind"),
        [
            (datetime.fromtimestamp(found.created_on, UTC), found.name.last, kind.value.removeprefix("DYNAMIC "))
            for kind in kinds
            for found in catalog.list(kind, container.name)
        ],
    )
