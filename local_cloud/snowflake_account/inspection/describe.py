"""What DESCRIBE answers, kind by kind, in the spellings that the real provider reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.snowflake_account.catalog.format_options import format_options, spelled_option
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.relation_columns import columns_of
from local_cloud.snowflake_account.errors import DoesNotExistError, UnsupportedError
from local_cloud.snowflake_account.inspection.show import COLUMNS, Shown
from local_cloud.snowflake_account.inspection.user_rows import describe_user
from local_cloud.snowflake_account.language.constraints import PRIMARY_KEY, UNIQUE, stored_constraints
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result, rows_of

_PROPERTIES = ("property", "property_type", "property_value", "property_default")
_TABLE_COLUMNS = (
    *("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment"),
    *("policy name", "privacy domain", "schema evolution record"),
)


def describe(catalog: Catalog, databases: Databases, shown: Shown, kind: Kind, name: Name) -> Result:
    """Answer a DESCRIBE.

    Raises:
        DoesNotExistError: the object is not there.
        UnsupportedError: a kind that the embedded account does not describe.
    """
    if (stored := catalog.find_relation(name) if kind in RELATIONS else catalog.find(kind, name)) is None:
        raise DoesNotExistError(kind.value, str(name))
    match kind:
        case Kind.TABLE | Kind.VIEW | Kind.DYNAMIC_TABLE:
            return _relation(stored, databases)
        case Kind.STORAGE_INTEGRATION:
            return _integration(stored)
        case Kind.NOTIFICATION_INTEGRATION:
            return _notification_integration(stored)
        case Kind.FILE_FORMAT:
            type_ = str(stored.attributes["TYPE"]).upper()
            return rows_of(_PROPERTIES, [("TYPE", "String", type_, type_), *format_options(stored.attributes)])
        case Kind.STAGE:
            return _stage(stored)
        case Kind.SCHEMA | Kind.DATABASE:
            return _contents(catalog, stored)
        case Kind.STREAMLIT:
            return _streamlit(stored)
        case Kind.USER:
            return describe_user(stored)
        case Kind.PIPE | Kind.TASK | Kind.WAREHOUSE | Kind.SEQUENCE:
            row = shown.row(stored)
            columns = COLUMNS[kind].split()
            return rows_of(columns, [tuple(row.get(column.partition(":")[0]) for column in columns)])
        case _:
            raise UnsupportedError(f"DESCRIBE {kind.value}")


def _relation(stored: StoredObject, databases: Databases) -> Result:
    columns = columns_of([stored], databases)[stored.name]
    constraints = stored_constraints(stored.attributes)
    primary, unique = (
        {name for each in constraints if each.kind == kind for name in each.columns} for kind in (PRIMARY_KEY, UNIQUE)
    )
    return rows_of(
        _TABLE_COLUMNS,
        [
            (
                *(c.name, c.type, "COLUMN", "Y" if c.nullable else "N", c.identity or c.default),
                *("Y" if c.name in primary else "N", "Y" if c.name in unique else "N"),
                *(None, None, c.comment, None, None, None),
            )
            for c in columns
        ],
    )


def _integration(stored: StoredObject) -> Result:
    given = stored.attributes
    return rows_of(
        _PROPERTIES,
        [
            ("ENABLED", "Boolean", spelled_option(bool(given.get("ENABLED"))), "false"),
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


def _notification_integration(stored: StoredObject) -> Result:
    given = stored.attributes
    texts = ("AWS_SNS_TOPIC_ARN", "AWS_SNS_ROLE_ARN", "SF_AWS_IAM_USER_ARN", "SF_AWS_EXTERNAL_ID")
    return rows_of(
        _PROPERTIES,
        [
            ("ENABLED", "Boolean", spelled_option(bool(given.get("ENABLED", True))), "true"),
            ("DIRECTION", "String", "OUTBOUND", ""),
            ("NOTIFICATION_PROVIDER", "String", "AWS_SNS", ""),
            *((name, "String", given[name], "") for name in texts),
            ("COMMENT", "String", stored.comment, ""),
        ],
    )


def _streamlit(stored: StoredObject) -> Result:
    given = stored.attributes
    described = {
        "name": stored.name.last,
        "title": given.get("TITLE", ""),
        "root_location": given["ROOT_LOCATION"],
        "main_file": given["MAIN_FILE"],
        "query_warehouse": given.get("QUERY_WAREHOUSE"),
        "url_id": given["URL_ID"],
        "default_packages": "python==3.11.*,streamlit",
        "user_packages": "",
        "import_urls": "[]",
        "external_access_integrations": "[]",
        "external_access_secrets": "{}",
        "comment": stored.comment,
    }
    return rows_of(tuple(described), [tuple(described.values())])


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
        *(_external_location(given) if given.get("URL") else [("STAGE_LOCATION", "URL", "String", "", "")]),
        *(
            ("DIRECTORY", option, "Boolean", spelled_option(bool((given.get("DIRECTORY") or {}).get(option))), "false")
            for option in ("ENABLE", "AUTO_REFRESH")
        ),
    ]
    if given.get("URL"):
        rows.append(("PRIVATELINK", "USE_PRIVATELINK_ENDPOINT", "Boolean", "false", "false"))
    return rows_of(("parent_property", *_PROPERTIES), rows)


def _external_location(given: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        ("STAGE_LOCATION", "URL", "String", json.dumps([given["URL"]]), ""),
        ("STAGE_LOCATION", "AWS_ACCESS_POINT_ARN", "String", "", ""),
        ("STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", given.get("STORAGE_INTEGRATION") or "", ""),
    ]


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
