"""What the real Snowflake provider sends for each kind of resource, and what it must be answered.

One case is the life of one resource: what has to be there before it, create, reads, updates, delete. `reads`
are answered the same after create, update and in a refresh; `shows` says which columns of the first row must
hold what: values that the provider writes to its state, where a difference is drift in every preview.
Recorded with provider 2.20; every statement carries a tracking comment, which `tracked` appends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Read:
    """A statement that the provider reads an object with.

    Attributes:
        sql: it.
        shows: columns of the first row and their values, as text; None for NULL.
        rows: for answers of property and value: property → value; for parameters: key → (value, level).
        count: how many rows there are, where that matters.
    """

    sql: str
    shows: Mapping[str, str | None] = field(default_factory=dict)
    rows: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    count: int | None = None

    def looked_at(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return the rows that the provider looks at: of an object's grants only its own grantee's."""
        if not self.sql.startswith("SHOW GRANTS ON"):
            return rows
        return [row for row in rows if row["grantee_name"] == self.shows.get("grantee_name")]


@dataclass(frozen=True)
class Update:
    """Statements that change an object, and the reads that then answer otherwise; those not named stay."""

    statements: tuple[str, ...]
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True)
class Case:
    """The life of one resource.

    Attributes:
        name: the kind, as the provider's tracking comment has it, and the variant.
        before: statements that make what the resource needs.
        create: the statements that create it.
        reads: what is read of it, after create and on every refresh.
        updates: changes, one after the other.
        delete: the statements that delete it.
        gone: a SHOW that then has no rows that the provider looks at.
    """

    name: str
    before: tuple[str, ...]
    create: tuple[str, ...]
    reads: tuple[Read, ...]
    updates: tuple[Update, ...]
    delete: tuple[str, ...]
    gone: str

    def left(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return the rows of `gone` that the provider looks at."""
        return next((read.looked_at(rows) for read in self.reads if read.sql == self.gone), rows)


def tracked(sql: str, resource: str, operation: str) -> str:
    """Return a statement with the provider's tracking comment behind it."""
    tracking = {"json_schema_version": "1", "version": "dev", "resource": f"snowflake_{resource}"}
    comment = json.dumps({**tracking, "operation": operation}, separators=(",", ":"))
    return f"{sql} --terraform_provider_usage_tracking {comment}"


DATABASE = ("""CREATE DATABASE "DB1" COMMENT = ''""",)
SCHEMA = (*DATABASE, """CREATE SCHEMA "DB1"."RAW" COMMENT = ''""", """CREATE SCHEMA "DB1"."MART" COMMENT = ''""")
WAREHOUSE = ("""CREATE WAREHOUSE "WH1" WAREHOUSE_SIZE = 'XSMALL'""",)
EVENTS = (
    """CREATE TABLE "DB1"."RAW"."EVENTS" ("ID" NUMBER(38,0) NOT NULL COMMENT '', "PAYLOAD" VARIANT COMMENT '', """
    """"FILENAME" VARCHAR(16777216) COLLATE '' COMMENT 'file', "LOADED_AT" TIMESTAMP_NTZ(9) COMMENT '') """
    """COMMENT = 'it\\'s events'""",
)
ROLE_ARN = "arn:aws:iam::123456789012:role/loader"
INTEGRATION = (
    f"""CREATE STORAGE INTEGRATION "SI1" TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' STORAGE_AWS_ROLE_ARN = """
    f"""'{ROLE_ARN}' STORAGE_AWS_EXTERNAL_ID = 'retail' ENABLED = true STORAGE_ALLOWED_LOCATIONS = """
    """('s3://bucket/b/', 's3://bucket/a/') COMMENT = 'si'""",
)
STAGE = ("""CREATE STAGE "DB1"."RAW"."STG" URL = 's3://bucket/a/' STORAGE_INTEGRATION = "SI1" COMMENT = 'stg'""",)
JSON_FORMAT = ("""CREATE FILE FORMAT "DB1"."RAW"."FF_JSON" TYPE = JSON STRIP_OUTER_ARRAY = true COMMENT = 'json ff'""",)
ROLES = (*SCHEMA, 'CREATE ROLE "R1"', 'CREATE DATABASE ROLE "DB1"."DR1"')

_MONITOR_TRIGGERS = "TRIGGERS ON 50 PERCENT DO NOTIFY ON 80 PERCENT DO NOTIFY ON 90 PERCENT DO SUSPEND"
_SHOW_WAREHOUSE = "SHOW WAREHOUSES LIKE 'WH1'"
_WAREHOUSE_PARAMETERS = Read(
    'SHOW PARAMETERS IN WAREHOUSE "WH1"',
    rows={
        "MAX_CONCURRENCY_LEVEL": ("8", ""),
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": ("0", ""),
        "STATEMENT_TIMEOUT_IN_SECONDS": ("172800", ""),
    },
)

warehouse = Case(
    "warehouse",
    ('CREATE RESOURCE MONITOR "RM1" WITH CREDIT_QUOTA = 10',),
    (
        """CREATE WAREHOUSE "WH1" WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 60 AUTO_RESUME = true INITIALLY_SUSPENDED """
        """= true RESOURCE_MONITOR = "RM1" COMMENT = 'wh comment'""",
    ),
    (
        Read(
            _SHOW_WAREHOUSE,
            {
                "name": "WH1",
                "state": "SUSPENDED",
                "type": "STANDARD",
                "size": "X-Small",
                "auto_suspend": "60",
                "auto_resume": "true",
                "resource_monitor": "RM1",
                "comment": "wh comment",
                "generation": "1",
                "enable_query_acceleration": "false",
                "scaling_policy": "STANDARD",
                "available": "",
                "other": "",
                "min_cluster_count": "1",
                "max_cluster_count": "1",
                "query_acceleration_max_scale_factor": "8",
            },
            count=1,
        ),
        _WAREHOUSE_PARAMETERS,
    ),
    (
        Update(
            (
                """ALTER WAREHOUSE "WH1" SET WAREHOUSE_SIZE = 'SMALL' WAIT_FOR_COMPLETION = true COMMENT = 'c2'""",
                'ALTER WAREHOUSE "WH1" SET AUTO_SUSPEND = 120 AUTO_RESUME = false',
                'ALTER WAREHOUSE "WH1" SET STATEMENT_TIMEOUT_IN_SECONDS = 60',
            ),
            (
                Read(
                    _SHOW_WAREHOUSE, {"size": "Small", "auto_suspend": "120", "auto_resume": "false", "comment": "c2"}
                ),
                Read('SHOW PARAMETERS IN WAREHOUSE "WH1"', rows={"STATEMENT_TIMEOUT_IN_SECONDS": ("60", "WAREHOUSE")}),
            ),
        ),
        Update(
            ('ALTER WAREHOUSE "WH1" UNSET RESOURCE_MONITOR, COMMENT',),
            (Read(_SHOW_WAREHOUSE, {"resource_monitor": "null", "comment": ""}),),
        ),
        Update(
            ('ALTER WAREHOUSE "WH1" RENAME TO "WH9"', 'ALTER WAREHOUSE "WH9" RENAME TO "WH1"'),
            (Read(_SHOW_WAREHOUSE, {"name": "WH1"}, count=1), Read("SHOW WAREHOUSES LIKE 'WH9'", count=0)),
        ),
    ),
    ('DROP WAREHOUSE IF EXISTS "WH1"',),
    _SHOW_WAREHOUSE,
)

resource_monitor = Case(
    "resource_monitor",
    (),
    (
        'CREATE RESOURCE MONITOR "RM1" WITH CREDIT_QUOTA = 10 FREQUENCY = MONTHLY START_TIMESTAMP = '
        f"'IMMEDIATELY' {_MONITOR_TRIGGERS} ON 100 PERCENT DO SUSPEND_IMMEDIATE",
    ),
    (
        Read(
            "SHOW RESOURCE MONITORS LIKE 'RM1'",
            {
                "name": "RM1",
                "credit_quota": "10.00",
                "used_credits": "0.00",
                "remaining_credits": "10.00",
                "level": None,
                "frequency": "MONTHLY",
                "notify_at": "50%,80%",
                "suspend_at": "90%",
                "suspend_immediately_at": "100%",
                "notify_users": None,
                "end_time": None,
            },
            count=1,
        ),
    ),
    (
        Update(
            ('ALTER RESOURCE MONITOR "RM1" SET CREDIT_QUOTA = 20',),
            (Read("SHOW RESOURCE MONITORS LIKE 'RM1'", {"credit_quota": "20.00", "notify_at": "50%,80%"}),),
        ),
        Update(
            (
                'ALTER RESOURCE MONITOR "RM1" SET CREDIT_QUOTA = 10 TRIGGERS ON 60 PERCENT DO NOTIFY ON 90 PERCENT DO '
                "SUSPEND ON 100 PERCENT DO SUSPEND_IMMEDIATE",
            ),
            (Read("SHOW RESOURCE MONITORS LIKE 'RM1'", {"credit_quota": "10.00", "notify_at": "60%"}),),
        ),
    ),
    ('DROP RESOURCE MONITOR IF EXISTS "RM1"',),
    "SHOW RESOURCE MONITORS LIKE 'RM1'",
)

_SHOW_DATABASE = "SHOW DATABASES LIKE 'DB1'"
_DATABASE_PARAMETERS = 'SHOW PARAMETERS IN DATABASE "DB1"'

database = Case(
    "database",
    (),
    ("""CREATE DATABASE "DB1" COMMENT = 'db comment'""",),
    (
        Read(
            _SHOW_DATABASE,
            {"name": "DB1", "comment": "db comment", "options": "", "kind": "STANDARD", "retention_time": "1"},
            count=1,
        ),
        Read(
            "SELECT CURRENT_ACCOUNT() as CURRENT_ACCOUNT, CURRENT_ROLE() as CURRENT_ROLE, CURRENT_REGION() AS "
            "CURRENT_REGION, CURRENT_SESSION() as CURRENT_SESSION, CURRENT_USER() as CURRENT_USER, "
            "CURRENT_ACCOUNT_NAME() as CURRENT_ACCOUNT_NAME, CURRENT_ORGANIZATION_NAME() as CURRENT_ORGANIZATION_NAME",
            {"CURRENT_ROLE": "ACCOUNTADMIN", "CURRENT_REGION": "AWS_EU_WEST_1"},
            count=1,
        ),
        Read('SHOW REPLICATION DATABASES WITH PRIMARY "MYORG"."ACC"."DB1"', count=0),
        Read(
            _DATABASE_PARAMETERS,
            rows={
                "DATA_RETENTION_TIME_IN_DAYS": ("1", ""),
                "MAX_DATA_EXTENSION_TIME_IN_DAYS": ("14", ""),
                "REPLACE_INVALID_CHARACTERS": ("false", ""),
                "USER_TASK_TIMEOUT_MS": ("3600000", ""),
                "EXTERNAL_VOLUME": ("", ""),
            },
            count=19,
        ),
    ),
    (
        Update(
            ('ALTER DATABASE "DB1" SET DATA_RETENTION_TIME_IN_DAYS = 3',),
            (
                Read(_SHOW_DATABASE, {"comment": "db comment", "retention_time": "3"}),
                Read(_DATABASE_PARAMETERS, rows={"DATA_RETENTION_TIME_IN_DAYS": ("3", "DATABASE")}, count=19),
            ),
        ),
        Update(
            ("""ALTER DATABASE "DB1" SET COMMENT = 'it\\'s new'""",), (Read(_SHOW_DATABASE, {"comment": "it's new"}),)
        ),
        Update(('ALTER DATABASE "DB1" UNSET COMMENT',), (Read(_SHOW_DATABASE, {"comment": ""}),)),
        Update(
            ('ALTER DATABASE "DB1" RENAME TO "DB9"', 'ALTER DATABASE "DB9" RENAME TO "DB1"'),
            (Read(_SHOW_DATABASE, {"name": "DB1"}, count=1), Read("SHOW DATABASES LIKE 'DB9'", count=0)),
        ),
    ),
    ('DROP DATABASE IF EXISTS "DB1"',),
    _SHOW_DATABASE,
)

_SHOW_SCHEMA = """SHOW SCHEMAS LIKE 'RAW' IN DATABASE "DB1\""""

schema = Case(
    "schema",
    DATABASE,
    ("""CREATE SCHEMA "DB1"."RAW" WITH MANAGED ACCESS COMMENT = 'raw'""",),
    (
        Read(
            _SHOW_SCHEMA,
            {
                "name": "RAW",
                "database_name": "DB1",
                "comment": "raw",
                "options": "MANAGED ACCESS",
                "retention_time": "1",
                "owner_role_type": "ROLE",
                "owner": "ACCOUNTADMIN",
            },
            count=1,
        ),
        Read('SHOW PARAMETERS IN SCHEMA "DB1"."RAW"', rows={"PIPE_EXECUTION_PAUSED": ("false", "")}, count=20),
        Read('DESCRIBE SCHEMA "DB1"."RAW"', count=0),
    ),
    (
        Update(
            ("""ALTER SCHEMA "DB1"."RAW" SET COMMENT = 'c2'""", 'ALTER SCHEMA "DB1"."RAW" DISABLE MANAGED ACCESS'),
            (Read(_SHOW_SCHEMA, {"comment": "c2", "options": ""}),),
        ),
        Update(
            ('ALTER SCHEMA "DB1"."RAW" UNSET COMMENT', 'ALTER SCHEMA "DB1"."RAW" ENABLE MANAGED ACCESS'),
            (Read(_SHOW_SCHEMA, {"comment": "", "options": "MANAGED ACCESS"}),),
        ),
        Update(
            ('ALTER SCHEMA "DB1"."RAW" RENAME TO "DB1"."RAW9"', 'ALTER SCHEMA "DB1"."RAW9" RENAME TO "DB1"."RAW"'),
            (Read(_SHOW_SCHEMA, {"name": "RAW", "options": "MANAGED ACCESS"}, count=1),),
        ),
    ),
    ('DROP SCHEMA IF EXISTS "DB1"."RAW"',),
    _SHOW_SCHEMA,
)

_SHOW_INTEGRATION, _DESCRIBE_INTEGRATION = (
    "SHOW STORAGE INTEGRATIONS LIKE 'SI1'",
    'DESCRIBE STORAGE INTEGRATION "SI1"',
)

storage_integration = Case(
    "storage_integration_aws",
    (),
    INTEGRATION,
    (
        Read(
            _SHOW_INTEGRATION,
            {"name": "SI1", "type": "EXTERNAL_STAGE", "category": "STORAGE", "enabled": "true", "comment": "si"},
            count=1,
        ),
        Read(
            _DESCRIBE_INTEGRATION,
            rows={
                "ENABLED": "true",
                "STORAGE_PROVIDER": "S3",
                "STORAGE_ALLOWED_LOCATIONS": "s3://bucket/b/,s3://bucket/a/",
                "STORAGE_BLOCKED_LOCATIONS": "",
                "STORAGE_AWS_ROLE_ARN": ROLE_ARN,
                "STORAGE_AWS_EXTERNAL_ID": "retail",
                "USE_PRIVATELINK_ENDPOINT": "false",
                "COMMENT": "si",
            },
            count=9,
        ),
    ),
    (
        Update(
            (
                f"""ALTER STORAGE INTEGRATION "SI1" SET STORAGE_AWS_ROLE_ARN = '{ROLE_ARN}2' """
                """STORAGE_AWS_EXTERNAL_ID = 'abc' ENABLED = false STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/c/') """
                """STORAGE_BLOCKED_LOCATIONS = ('s3://bucket/c/d/') COMMENT = 'c2'""",
            ),
            (
                Read(_SHOW_INTEGRATION, {"enabled": "false", "comment": "c2"}),
                Read(
                    _DESCRIBE_INTEGRATION,
                    rows={
                        "ENABLED": "false",
                        "STORAGE_ALLOWED_LOCATIONS": "s3://bucket/c/",
                        "STORAGE_BLOCKED_LOCATIONS": "s3://bucket/c/d/",
                        "STORAGE_AWS_ROLE_ARN": f"{ROLE_ARN}2",
                        "STORAGE_AWS_EXTERNAL_ID": "abc",
                    },
                ),
            ),
        ),
        Update(('ALTER STORAGE INTEGRATION "SI1" UNSET COMMENT',), (Read(_SHOW_INTEGRATION, {"comment": ""}),)),
    ),
    ('DROP STORAGE INTEGRATION IF EXISTS "SI1"',),
    _SHOW_INTEGRATION,
)

_SHOW_STAGE, _DESCRIBE_STAGE = (
    """SHOW STAGES LIKE 'STG' IN SCHEMA "DB1"."RAW\"""",
    'DESCRIBE STAGE "DB1"."RAW"."STG"',
)

stage = Case(
    "stage_external_s3",
    (*SCHEMA, *INTEGRATION, *JSON_FORMAT),
    STAGE,
    (
        Read(
            _SHOW_STAGE,
            {
                "name": "STG",
                "database_name": "DB1",
                "schema_name": "RAW",
                "url": "s3://bucket/a/",
                "comment": "stg",
                "type": "EXTERNAL",
                "cloud": "AWS",
                "storage_integration": "SI1",
                "has_credentials": "N",
                "has_encryption_key": "N",
                "directory_enabled": "N",
            },
            count=1,
        ),
        Read(
            _DESCRIBE_STAGE,
            rows={
                "TYPE": "CSV",
                "URL": '["s3://bucket/a/"]',
                "AWS_ACCESS_POINT_ARN": "",
                "STORAGE_INTEGRATION": "SI1",
                "ENABLE": "false",
                "AUTO_REFRESH": "false",
                "USE_PRIVATELINK_ENDPOINT": "false",
                "SKIP_HEADER": "0",
                "NULL_IF": "[\\N]",
            },
        ),
    ),
    (
        Update(
            (
                """ALTER STAGE "DB1"."RAW"."STG" SET URL = 's3://bucket/b/' FILE_FORMAT = (FORMAT_NAME = """
                """"DB1"."RAW"."FF_JSON") COMMENT = ''""",
            ),
            (
                Read(_SHOW_STAGE, {"url": "s3://bucket/b/", "comment": ""}),
                Read(_DESCRIBE_STAGE, rows={"URL": '["s3://bucket/b/"]', "FORMAT_NAME": "DB1.RAW.FF_JSON"}),
            ),
        ),
        Update(
            (
                'ALTER STAGE "DB1"."RAW"."STG" RENAME TO "DB1"."RAW"."STG9"',
                'ALTER STAGE "DB1"."RAW"."STG9" RENAME TO "DB1"."RAW"."STG"',
            ),
            (Read(_SHOW_STAGE, {"url": "s3://bucket/b/"}, count=1),),
        ),
    ),
    ('DROP STAGE IF EXISTS "DB1"."RAW"."STG"',),
    _SHOW_STAGE,
)

_SHOW_APP, _DESCRIBE_APP = (
    """SHOW STAGES LIKE 'APP' IN SCHEMA "DB1"."RAW\"""",
    'DESCRIBE STAGE "DB1"."RAW"."APP"',
)

stage_internal = Case(
    "stage_internal",
    SCHEMA,
    (
        """CREATE STAGE "DB1"."RAW"."APP" ENCRYPTION = (TYPE = 'SNOWFLAKE_SSE') DIRECTORY = (ENABLE = true """
        """AUTO_REFRESH = true) COMMENT = 'app'""",
    ),
    (
        Read(
            _SHOW_APP,
            {
                "name": "APP",
                "url": "",
                "type": "INTERNAL NO CSE",
                "region": None,
                "cloud": None,
                "storage_integration": None,
                "comment": "app",
                "owner_role_type": "ROLE",
                "directory_enabled": "Y",
            },
            count=1,
        ),
        Read(
            _DESCRIBE_APP,
            rows={"TYPE": "CSV", "URL": "", "ON_ERROR": "ABORT_STATEMENT", "ENABLE": "true", "AUTO_REFRESH": "true"},
        ),
    ),
    (
        Update(
            ('ALTER STAGE "DB1"."RAW"."APP" SET DIRECTORY = (ENABLE = false)',),
            (Read(_SHOW_APP, {"directory_enabled": "N"}), Read(_DESCRIBE_APP, rows={"ENABLE": "false"})),
        ),
        Update(
            (
                """ALTER STAGE "DB1"."RAW"."APP" SET FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = '|') COMMENT = ''""",
                'ALTER STAGE "DB1"."RAW"."APP" RENAME TO "DB1"."RAW"."APP9"',
                'ALTER STAGE "DB1"."RAW"."APP9" RENAME TO "DB1"."RAW"."APP"',
            ),
            (Read(_SHOW_APP, {"comment": ""}, count=1), Read(_DESCRIBE_APP, rows={"FIELD_DELIMITER": "|"})),
        ),
    ),
    ('DROP STAGE IF EXISTS "DB1"."RAW"."APP"',),
    _SHOW_APP,
)

_SHOW_CSV, _DESCRIBE_CSV = (
    """SHOW FILE FORMATS LIKE 'FF_CSV' IN SCHEMA "DB1"."RAW\"""",
    'DESCRIBE FILE FORMAT "DB1"."RAW"."FF_CSV"',
)

file_format_csv = Case(
    "file_format_csv",
    SCHEMA,
    (
        """CREATE FILE FORMAT "DB1"."RAW"."FF_CSV" TYPE = CSV COMPRESSION = GZIP FIELD_DELIMITER = '|' """
        """SKIP_HEADER = 1 TRIM_SPACE = true FIELD_OPTIONALLY_ENCLOSED_BY = '\\"' """
        """NULL_IF = ('', 'NULL') COMMENT = 'csv ff'""",
    ),
    (
        Read(_SHOW_CSV, {"name": "FF_CSV", "type": "CSV", "comment": "csv ff", "owner_role_type": "ROLE"}, count=1),
        Read(
            _DESCRIBE_CSV,
            rows={
                "TYPE": "CSV",
                "COMPRESSION": "GZIP",
                "FIELD_DELIMITER": "|",
                "RECORD_DELIMITER": "\n",
                "SKIP_HEADER": "1",
                "TRIM_SPACE": "true",
                "FIELD_OPTIONALLY_ENCLOSED_BY": '"',
                "NULL_IF": "[, NULL]",
                "ESCAPE": "NONE",
                "ESCAPE_UNENCLOSED_FIELD": "\\",
                "EMPTY_FIELD_AS_NULL": "true",
                "ENCODING": "UTF8",
                "MULTI_LINE": "true",
            },
            count=24,
        ),
    ),
    (
        Update(
            (
                """ALTER FILE FORMAT "DB1"."RAW"."FF_CSV" SET FIELD_DELIMITER = ';' SKIP_HEADER = 0 """
                """TRIM_SPACE = false NULL_IF = ('x') COMMENT = ''""",
            ),
            (
                Read(_SHOW_CSV, {"comment": ""}),
                Read(
                    _DESCRIBE_CSV,
                    rows={"FIELD_DELIMITER": ";", "SKIP_HEADER": "0", "TRIM_SPACE": "false", "NULL_IF": "[x]"},
                ),
            ),
        ),
        Update(
            (
                'ALTER FILE FORMAT "DB1"."RAW"."FF_CSV" RENAME TO "DB1"."RAW"."FF9"',
                'ALTER FILE FORMAT "DB1"."RAW"."FF9" RENAME TO "DB1"."RAW"."FF_CSV"',
            ),
            (Read(_SHOW_CSV, {"name": "FF_CSV"}, count=1),),
        ),
    ),
    ('DROP FILE FORMAT IF EXISTS "DB1"."RAW"."FF_CSV"',),
    _SHOW_CSV,
)

_SHOW_JSON = """SHOW FILE FORMATS LIKE 'FF_JSON' IN SCHEMA "DB1"."RAW\""""

file_format_json = Case(
    "file_format_json",
    SCHEMA,
    JSON_FORMAT,
    (
        Read(_SHOW_JSON, {"name": "FF_JSON", "type": "JSON", "comment": "json ff"}, count=1),
        Read(
            'DESCRIBE FILE FORMAT "DB1"."RAW"."FF_JSON"',
            rows={
                "TYPE": "JSON",
                "STRIP_OUTER_ARRAY": "true",
                "ALLOW_DUPLICATE": "false",
                "NULL_IF": "[]",
                "COMPRESSION": "AUTO",
            },
            count=17,
        ),
    ),
    (
        Update(
            ("""ALTER FILE FORMAT "DB1"."RAW"."FF_JSON" SET STRIP_OUTER_ARRAY = false COMMENT = 'c2'""",),
            (
                Read(_SHOW_JSON, {"comment": "c2"}),
                Read('DESCRIBE FILE FORMAT "DB1"."RAW"."FF_JSON"', rows={"STRIP_OUTER_ARRAY": "false"}),
            ),
        ),
    ),
    ('DROP FILE FORMAT IF EXISTS "DB1"."RAW"."FF_JSON"',),
    _SHOW_JSON,
)

_SHOW_TABLE, _DESCRIBE_TABLE = (
    """SHOW TABLES LIKE 'EVENTS' IN SCHEMA "DB1"."RAW\"""",
    'DESCRIBE TABLE "DB1"."RAW"."EVENTS" TYPE = COLUMNS',
)
_ALTER_TABLE = 'ALTER TABLE "DB1"."RAW"."EVENTS"'

table = Case(
    "table",
    SCHEMA,
    EVENTS,
    (
        Read(
            _SHOW_TABLE,
            {
                "name": "EVENTS",
                "database_name": "DB1",
                "schema_name": "RAW",
                "kind": "TABLE",
                "comment": "it's events",
                "cluster_by": "",
                "retention_time": "1",
                "change_tracking": "OFF",
                "rows": "0",
                "owner": "ACCOUNTADMIN",
            },
            count=1,
        ),
        Read(_SHOW_SCHEMA, {"retention_time": "1"}, count=1),
        Read(
            _DESCRIBE_TABLE,
            {"name": "ID", "type": "NUMBER(38,0)", "kind": "COLUMN", "null?": "N", "default": None, "comment": None},
            rows={
                "ID": "NUMBER(38,0)",
                "PAYLOAD": "VARIANT",
                "FILENAME": "VARCHAR(16777216)",
                "LOADED_AT": "TIMESTAMP_NTZ(9)",
            },
            count=4,
        ),
    ),
    (
        Update((f"{_ALTER_TABLE} SET COMMENT = 'c2'",), (Read(_SHOW_TABLE, {"comment": "c2"}),)),
        Update((f"{_ALTER_TABLE} UNSET COMMENT",), (Read(_SHOW_TABLE, {"comment": ""}),)),
        Update((f"{_ALTER_TABLE} SET CHANGE_TRACKING = true",), (Read(_SHOW_TABLE, {"change_tracking": "ON"}),)),
        Update(
            (
                f'{_ALTER_TABLE} DROP COLUMN "PAYLOAD", "LOADED_AT"',
                f'{_ALTER_TABLE} ADD COLUMN "NEWC" VARCHAR(16777216)',
                f'{_ALTER_TABLE} ADD COLUMN "N" NUMBER(38,0) DEFAULT 0 NOT NULL',
                f'{_ALTER_TABLE} ALTER COLUMN "ID" SET DATA TYPE NUMBER(38,2)',
                f'{_ALTER_TABLE} ALTER COLUMN "ID" DROP NOT NULL',
                f"""{_ALTER_TABLE} ALTER COLUMN "FILENAME" COMMENT 'f2'""",
            ),
            (
                Read(
                    _DESCRIBE_TABLE,
                    {"name": "ID", "null?": "Y"},
                    rows={
                        "ID": "NUMBER(38,2)",
                        "FILENAME": "VARCHAR(16777216)",
                        "NEWC": "VARCHAR(16777216)",
                        "N": "NUMBER(38,0)",
                    },
                    count=4,
                ),
            ),
        ),
        Update((f'{_ALTER_TABLE} ALTER COLUMN "ID" SET NOT NULL',), (Read(_DESCRIBE_TABLE, {"null?": "N"}),)),
        Update(
            (
                f'{_ALTER_TABLE} RENAME TO "DB1"."RAW"."EVENTS9"',
                'ALTER TABLE "DB1"."RAW"."EVENTS9" RENAME TO "DB1"."RAW"."EVENTS"',
            ),
            (Read(_SHOW_TABLE, {"name": "EVENTS", "change_tracking": "ON"}, count=1),),
        ),
    ),
    ('DROP TABLE IF EXISTS "DB1"."RAW"."EVENTS"',),
    _SHOW_TABLE,
)

COPY_STATEMENT = (
    'COPY INTO "DB1"."RAW"."EVENTS" (PAYLOAD, FILENAME, LOADED_AT)\n FROM (SELECT $1, METADATA$FILENAME, '
    'METADATA$START_SCAN_TIME FROM @"DB1"."RAW"."STG") FILE_FORMAT = (FORMAT_NAME = \'"DB1"."RAW"."FF_JSON"\')'
)
_SHOW_PIPE = """SHOW PIPES LIKE 'PIPE1' IN SCHEMA "DB1"."RAW\""""

pipe = Case(
    "pipe",
    (*SCHEMA, *INTEGRATION, *JSON_FORMAT, *STAGE, *EVENTS),
    (f"""CREATE PIPE "DB1"."RAW"."PIPE1" AUTO_INGEST = true COMMENT = 'pipe' AS {COPY_STATEMENT}""",),
    (
        Read(
            _SHOW_PIPE,
            {
                "name": "PIPE1",
                "definition": COPY_STATEMENT,
                "owner": "ACCOUNTADMIN",
                "comment": "pipe",
                "error_integration": None,
                "pattern": None,
                "integration": None,
                "invalid_reason": None,
            },
            count=1,
        ),
    ),
    (
        Update(("""ALTER PIPE "DB1"."RAW"."PIPE1" SET COMMENT = 'c2'""",), (Read(_SHOW_PIPE, {"comment": "c2"}),)),
        Update(('ALTER PIPE "DB1"."RAW"."PIPE1" UNSET COMMENT',), (Read(_SHOW_PIPE, {"comment": ""}),)),
    ),
    ('DROP PIPE IF EXISTS "DB1"."RAW"."PIPE1"',),
    _SHOW_PIPE,
)

pipe_without_auto_ingest = Case(
    "pipe",
    pipe.before,
    (f"""CREATE PIPE "DB1"."RAW"."PIPE1" AUTO_INGEST = false AS {COPY_STATEMENT}""",),
    (Read(_SHOW_PIPE, {"notification_channel": None, "comment": "", "definition": COPY_STATEMENT}, count=1),),
    (),
    pipe.delete,
    _SHOW_PIPE,
)

_SHOW_DYNAMIC_TABLE = """SHOW DYNAMIC TABLES LIKE 'DT1' IN SCHEMA "DB1"."MART\""""
QUERY = 'SELECT ID, PAYLOAD:a::VARCHAR AS A\nFROM "DB1"."RAW"."EVENTS"\nWHERE ID > 1'


def _dynamic_table_text(lag: str, warehouse_name: str = "WH1") -> str:
    head = f'CREATE DYNAMIC TABLE "DB1"."MART"."DT1" lag = \'{lag}\' warehouse = {warehouse_name}'
    return f"{head} refresh_mode = AUTO initialize = ON_CREATE AS {QUERY}"


dynamic_table = Case(
    "dynamic_table",
    (*SCHEMA, *WAREHOUSE, 'CREATE WAREHOUSE "WH9"', *EVENTS),
    (
        """CREATE DYNAMIC TABLE "DB1"."MART"."DT1" TARGET_LAG = '5 minutes' INITIALIZE = ON_CREATE """
        f"""REFRESH_MODE = AUTO WAREHOUSE = "WH1" COMMENT = 'dt' AS {QUERY}""",
    ),
    (
        Read(
            _SHOW_DYNAMIC_TABLE,
            {
                "name": "DT1",
                "target_lag": "5 minutes",
                "warehouse": "WH1",
                "comment": "dt",
                "rows": "0",
                "refresh_mode": "INCREMENTAL",
                "scheduling_state": "ACTIVE",
                "is_clone": "false",
                "reserved": "",
                "is_replica": "false",
                "automatic_clustering": "OFF",
                "text": _dynamic_table_text("5 minutes"),
            },
            count=1,
        ),
    ),
    (
        Update(
            ("""ALTER DYNAMIC TABLE "DB1"."MART"."DT1" SET TARGET_LAG = '10 minutes' WAREHOUSE = "WH9\"""",),
            (
                Read(
                    _SHOW_DYNAMIC_TABLE,
                    {"target_lag": "10 minutes", "warehouse": "WH9", "text": _dynamic_table_text("10 minutes", "WH9")},
                ),
            ),
        ),
        Update(
            ('ALTER DYNAMIC TABLE "DB1"."MART"."DT1" SET TARGET_LAG = DOWNSTREAM',),
            (Read(_SHOW_DYNAMIC_TABLE, {"target_lag": "DOWNSTREAM"}),),
        ),
        Update(
            ("""ALTER DYNAMIC TABLE "DB1"."MART"."DT1" SET COMMENT = 'c2'""",),
            (Read(_SHOW_DYNAMIC_TABLE, {"comment": "c2"}),),
        ),
    ),
    ('DROP DYNAMIC TABLE IF EXISTS "DB1"."MART"."DT1"',),
    _SHOW_DYNAMIC_TABLE,
)

_SHOW_VIEW = """SHOW VIEWS LIKE 'V1' IN SCHEMA "DB1"."MART\""""
_VIEW_REFERENCES = tuple(
    Read(
        f"SELECT * FROM TABLE (SNOWFLAKE.INFORMATION_SCHEMA.{function} (REF_ENTITY_NAME => "
        r"""'\"DB1\".\"MART\".\"V1\"', REF_ENTITY_DOMAIN => 'VIEW'))""",
        count=0,
    )
    for function in ("POLICY_REFERENCES", "DATA_METRIC_FUNCTION_REFERENCES")
)


def _view_text(query: str, comment: str = "view") -> str:
    return f'CREATE VIEW "DB1"."MART"."V1" COMMENT = \'{comment}\' AS {query}'


_VIEW_QUERY = 'SELECT ID FROM "DB1"."RAW"."EVENTS" WHERE ID > 1'

view = Case(
    "view",
    (*SCHEMA, *EVENTS),
    (_view_text(_VIEW_QUERY),),
    (
        Read(
            _SHOW_VIEW,
            {
                "name": "V1",
                "comment": "view",
                "text": _view_text(_VIEW_QUERY),
                "is_secure": "false",
                "is_materialized": "false",
                "change_tracking": "OFF",
                "reserved": "",
            },
            count=1,
        ),
        *_VIEW_REFERENCES,
        Read('DESCRIBE VIEW "DB1"."MART"."V1"', {"name": "ID", "type": "NUMBER(38,0)", "kind": "COLUMN"}, count=1),
    ),
    (
        Update(
            (f'CREATE OR REPLACE VIEW "DB1"."MART"."V1" COMMENT = \'view\' AS {_VIEW_QUERY} AND ID < 9',),
            (Read(_SHOW_VIEW, {"text": _view_text(f"{_VIEW_QUERY} AND ID < 9")}, count=1),),
        ),
        Update(("""ALTER VIEW "DB1"."MART"."V1" SET COMMENT = 'c2'""",), (Read(_SHOW_VIEW, {"comment": "c2"}),)),
        Update(('ALTER VIEW "DB1"."MART"."V1" UNSET COMMENT',), (Read(_SHOW_VIEW, {"comment": ""}),)),
        Update(('ALTER VIEW "DB1"."MART"."V1" SET SECURE',), (Read(_SHOW_VIEW, {"is_secure": "true"}),)),
        Update(('ALTER VIEW "DB1"."MART"."V1" UNSET SECURE',), (Read(_SHOW_VIEW, {"is_secure": "false"}),)),
        Update(
            ('ALTER VIEW "DB1"."MART"."V1" SET CHANGE_TRACKING = true',),
            (Read(_SHOW_VIEW, {"change_tracking": "ON"}),),
        ),
        Update(
            (
                'ALTER VIEW "DB1"."MART"."V1" RENAME TO "DB1"."MART"."V9"',
                'ALTER VIEW "DB1"."MART"."V9" RENAME TO "DB1"."MART"."V1"',
            ),
            (Read(_SHOW_VIEW, {"name": "V1"}, count=1),),
        ),
    ),
    ('DROP VIEW IF EXISTS "DB1"."MART"."V1"',),
    _SHOW_VIEW,
)

_SHOW_ROLE = "SHOW ROLES LIKE 'R1'"

account_role = Case(
    "account_role",
    (),
    ("""CREATE ROLE "R1" COMMENT = 'role'""",),
    (
        Read(
            _SHOW_ROLE,
            {"name": "R1", "comment": "role", "assigned_to_users": "0", "granted_to_roles": "0", "granted_roles": "0"},
            count=1,
        ),
    ),
    (
        Update(("""ALTER ROLE "R1" SET COMMENT = 'c2'""",), (Read(_SHOW_ROLE, {"comment": "c2"}),)),
        Update(('ALTER ROLE "R1" UNSET COMMENT',), (Read(_SHOW_ROLE, {"comment": ""}),)),
        Update(
            ('ALTER ROLE "R1" RENAME TO "R9"', 'ALTER ROLE "R9" RENAME TO "R1"'), (Read(_SHOW_ROLE, {"name": "R1"}),)
        ),
    ),
    ('DROP ROLE IF EXISTS "R1"',),
    _SHOW_ROLE,
)

_SHOW_DATABASE_ROLE = """SHOW DATABASE ROLES LIKE 'DR1' IN DATABASE "DB1\""""

database_role = Case(
    "database_role",
    DATABASE,
    ("""CREATE DATABASE ROLE "DB1"."DR1" COMMENT = 'drole'""",),
    (
        Read(
            _SHOW_DATABASE_ROLE,
            {
                "name": "DR1",
                "comment": "drole",
                "granted_to_roles": "0",
                "granted_to_database_roles": "0",
                "granted_database_roles": "0",
                "owner": "ACCOUNTADMIN",
                "owner_role_type": "ROLE",
            },
            count=1,
        ),
    ),
    (
        Update(
            ("""ALTER DATABASE ROLE "DB1"."DR1" SET COMMENT = 'c2'""",), (Read(_SHOW_DATABASE_ROLE, {"comment": "c2"}),)
        ),
        Update(('ALTER DATABASE ROLE "DB1"."DR1" UNSET COMMENT',), (Read(_SHOW_DATABASE_ROLE, {"comment": ""}),)),
    ),
    ('DROP DATABASE ROLE IF EXISTS "DB1"."DR1"',),
    _SHOW_DATABASE_ROLE,
)


def _grant(privilege: str, on: str, name: str, to: str, grantee: str, option: str = "false") -> dict[str, str | None]:
    return {
        "privilege": privilege,
        "granted_on": on,
        "name": name,
        "granted_to": to,
        "grantee_name": grantee,
        "grant_option": option,
        "granted_by": "ACCOUNTADMIN",
    }


_TO_DATABASE_ROLE, _FROM_DATABASE_ROLE = 'TO DATABASE ROLE "DB1"."DR1"', 'FROM DATABASE ROLE "DB1"."DR1"'

privileges_to_database_role = Case(
    "grant_privileges_to_database_role",
    ROLES,
    (f'GRANT USAGE ON SCHEMA "DB1"."RAW" {_TO_DATABASE_ROLE}',),
    (
        Read(_SHOW_DATABASE_ROLE, {"name": "DR1"}, count=1),
        Read(
            'SHOW GRANTS ON SCHEMA "DB1"."RAW"', _grant("USAGE", "SCHEMA", "DB1.RAW", "DATABASE_ROLE", "DR1"), count=1
        ),
    ),
    (
        Update(
            (
                f'REVOKE GRANT OPTION FOR CREATE VIEW ON SCHEMA "DB1"."RAW" {_FROM_DATABASE_ROLE}',
                f'GRANT CREATE VIEW ON SCHEMA "DB1"."RAW" {_TO_DATABASE_ROLE}',
                f'REVOKE USAGE ON SCHEMA "DB1"."RAW" {_FROM_DATABASE_ROLE}',
            ),
            (
                Read(
                    'SHOW GRANTS ON SCHEMA "DB1"."RAW"',
                    _grant("CREATE VIEW", "SCHEMA", "DB1.RAW", "DATABASE_ROLE", "DR1"),
                    count=1,
                ),
            ),
        ),
    ),
    (f'REVOKE CREATE VIEW ON SCHEMA "DB1"."RAW" {_FROM_DATABASE_ROLE}',),
    'SHOW GRANTS ON SCHEMA "DB1"."RAW"',
)

_FUTURE = 'ON FUTURE TABLES IN SCHEMA "DB1"."RAW"'

future_privileges = Case(
    "grant_privileges_to_database_role",
    ROLES,
    (f"GRANT SELECT {_FUTURE} {_TO_DATABASE_ROLE}",),
    (
        Read(
            'SHOW FUTURE GRANTS IN SCHEMA "DB1"."RAW"',
            {
                "privilege": "SELECT",
                "grant_on": "TABLE",
                "name": "DB1.RAW.<TABLE>",
                "grant_to": "DATABASE_ROLE",
                "grantee_name": "DR1",
                "grant_option": "false",
            },
            count=1,
        ),
    ),
    (
        Update(
            (
                f"REVOKE GRANT OPTION FOR INSERT {_FUTURE} {_FROM_DATABASE_ROLE}",
                f"GRANT INSERT {_FUTURE} {_TO_DATABASE_ROLE}",
            ),
            (Read('SHOW FUTURE GRANTS IN SCHEMA "DB1"."RAW"', count=2),),
        ),
    ),
    (f"REVOKE SELECT {_FUTURE} {_FROM_DATABASE_ROLE}", f"REVOKE INSERT {_FUTURE} {_FROM_DATABASE_ROLE}"),
    'SHOW FUTURE GRANTS IN SCHEMA "DB1"."RAW"',
)

privileges_on_warehouse = Case(
    "grant_privileges_to_account_role",
    (*ROLES, *WAREHOUSE),
    ('GRANT USAGE ON WAREHOUSE "WH1" TO ROLE "R1" WITH GRANT OPTION',),
    (
        Read(_SHOW_ROLE, {"name": "R1"}, count=1),
        Read('SHOW GRANTS ON WAREHOUSE "WH1"', _grant("USAGE", "WAREHOUSE", "WH1", "ROLE", "R1", "true"), count=1),
    ),
    (
        Update(
            (
                'REVOKE GRANT OPTION FOR USAGE ON WAREHOUSE "WH1" FROM ROLE "R1"',
                'GRANT USAGE ON WAREHOUSE "WH1" TO ROLE "R1"',
            ),
            (Read('SHOW GRANTS ON WAREHOUSE "WH1"', _grant("USAGE", "WAREHOUSE", "WH1", "ROLE", "R1"), count=1),),
        ),
    ),
    ('REVOKE USAGE ON WAREHOUSE "WH1" FROM ROLE "R1"',),
    'SHOW GRANTS ON WAREHOUSE "WH1"',
)

privileges_on_database = Case(
    "grant_privileges_to_account_role",
    ROLES,
    ('GRANT USAGE ON DATABASE "DB1" TO ROLE "R1"',),
    (Read('SHOW GRANTS ON DATABASE "DB1"', _grant("USAGE", "DATABASE", "DB1", "ROLE", "R1"), count=1),),
    (),
    ('REVOKE USAGE ON DATABASE "DB1" FROM ROLE "R1"',),
    'SHOW GRANTS ON DATABASE "DB1"',
)

grant_database_role = Case(
    "grant_database_role",
    ROLES,
    ('GRANT DATABASE ROLE "DB1"."DR1" TO ROLE "R1"',),
    (
        Read(
            'SHOW GRANTS OF DATABASE ROLE "DB1"."DR1"',
            {"role": "DB1.DR1", "granted_to": "ROLE", "grantee_name": "R1", "granted_by": "ACCOUNTADMIN"},
            count=1,
        ),
        Read(_SHOW_DATABASE_ROLE, {"granted_to_roles": "1"}),
    ),
    (),
    ('REVOKE DATABASE ROLE "DB1"."DR1" FROM ROLE "R1"',),
    'SHOW GRANTS OF DATABASE ROLE "DB1"."DR1"',
)

grant_account_role = Case(
    "grant_account_role",
    ROLES,
    ('GRANT ROLE "R1" TO ROLE "SYSADMIN"',),
    (Read('SHOW GRANTS OF ROLE "R1"', {"role": "R1", "granted_to": "ROLE", "grantee_name": "SYSADMIN"}, count=1),),
    (),
    ('REVOKE ROLE "R1" FROM ROLE "SYSADMIN"',),
    'SHOW GRANTS OF ROLE "R1"',
)

_SHOW_TASK, _TASK_PARAMETERS = (
    """SHOW TASKS LIKE 'T1' IN SCHEMA "DB1"."MART\"""",
    'SHOW PARAMETERS IN TASK "DB1"."MART"."T1"',
)
_TASK, _TASK_SQL = 'TASK "DB1"."MART"."T1"', 'INSERT INTO "DB1"."RAW"."EVENTS" (ID) SELECT 1'

task = Case(
    "task",
    (*SCHEMA, *WAREHOUSE, 'CREATE WAREHOUSE "WH9"', *EVENTS),
    (
        f"""CREATE {_TASK} WAREHOUSE = "WH1" SCHEDULE = 'USING CRON 0 3 * * * UTC' COMMENT = 'task' AS {_TASK_SQL}""",
        f"ALTER {_TASK} RESUME",
    ),
    (
        Read(
            _SHOW_TASK,
            {
                "name": "T1",
                "warehouse": "WH1",
                "schedule": "USING CRON 0 3 * * * UTC",
                "predecessors": "[]",
                "state": "started",
                "definition": _TASK_SQL,
                "condition": None,
                "config": None,
                "comment": "task",
                "allow_overlapping_execution": "false",
                "error_integration": "null",
                "task_relations": '{"Predecessors": []}',
                "target_completion_interval": None,
            },
            count=1,
        ),
        Read(
            _TASK_PARAMETERS,
            rows={
                "USER_TASK_TIMEOUT_MS": ("3600000", ""),
                "SUSPEND_TASK_AFTER_NUM_FAILURES": ("10", ""),
                "AUTOCOMMIT": ("true", ""),
                "WEEK_START": ("0", ""),
            },
            count=61,
        ),
    ),
    (
        Update(
            (
                f"ALTER {_TASK} SUSPEND",
                f"ALTER {_TASK} SUSPEND",
                f"ALTER {_TASK} SET COMMENT = 'c2'",
                f"ALTER {_TASK} SET SCHEDULE = '10 MINUTE'",
                f'ALTER {_TASK} SET WAREHOUSE = "WH9"',
                f"ALTER {_TASK} SET USER_TASK_TIMEOUT_MS = 60000",
                f"ALTER {_TASK} MODIFY AS SELECT 2",
                f"ALTER {_TASK} RESUME",
            ),
            (
                Read(
                    _SHOW_TASK,
                    {
                        "comment": "c2",
                        "schedule": "10 MINUTE",
                        "warehouse": "WH9",
                        "definition": "SELECT 2",
                        "state": "started",
                    },
                ),
                Read(_TASK_PARAMETERS, rows={"USER_TASK_TIMEOUT_MS": ("60000", "TASK")}, count=61),
            ),
        ),
        Update((f"ALTER {_TASK} UNSET COMMENT",), (Read(_SHOW_TASK, {"comment": ""}),)),
    ),
    (f"ALTER {_TASK} SUSPEND", f"DROP {_TASK.replace('TASK', 'TASK IF EXISTS')}"),
    _SHOW_TASK,
)

execute = Case(
    "execute",
    SCHEMA,
    ('CREATE ROLE "EXECUTED"',),
    (Read("SELECT 'hello' AS greeting", {"GREETING": "hello"}, count=1),),
    (),
    ('DROP ROLE "EXECUTED"',),
    "SHOW ROLES LIKE 'EXECUTED'",
)

_SHOW_TAG = """SHOW TAGS LIKE 'TAG1' IN SCHEMA "DB1"."RAW\""""
_TAG = 'TAG "DB1"."RAW"."TAG1"'

tag = Case(
    "tag",
    SCHEMA,
    (f"CREATE {_TAG} ALLOWED_VALUES 'a', 'b' COMMENT = 'tag'",),
    (
        Read(
            _SHOW_TAG,
            {"name": "TAG1", "database_name": "DB1", "comment": "tag", "allowed_values": '["a","b"]'},
            count=1,
        ),
    ),
    (
        Update((f"ALTER {_TAG} ADD ALLOWED_VALUES 'c'",), (Read(_SHOW_TAG, {"allowed_values": '["a","b","c"]'}),)),
        Update((f"ALTER {_TAG} DROP ALLOWED_VALUES 'a'",), (Read(_SHOW_TAG, {"allowed_values": '["b","c"]'}),)),
        Update(
            (f"ALTER {_TAG} UNSET ALLOWED_VALUES", f"ALTER {_TAG} SET COMMENT = 'c2'"),
            (Read(_SHOW_TAG, {"allowed_values": None, "comment": "c2"}),),
        ),
    ),
    (f"DROP {_TAG.replace('TAG ', 'TAG IF EXISTS ', 1)}",),
    _SHOW_TAG,
)

_SHOW_STREAMLIT = """SHOW STREAMLITS LIKE 'APP1' IN SCHEMA "DB1"."RAW\""""
_STREAMLIT = 'STREAMLIT "DB1"."RAW"."APP1"'
_APP_STAGE = '@\\"DB1\\".\\"RAW\\".\\"APP\\"'

streamlit = Case(
    "streamlit",
    (*SCHEMA, 'CREATE WAREHOUSE "WH1"', """CREATE STAGE "DB1"."RAW"."APP" COMMENT = 'app'"""),
    (
        f"""CREATE {_STREAMLIT} ROOT_LOCATION = '{_APP_STAGE}/v1' MAIN_FILE = 'app.py' QUERY_WAREHOUSE = "WH1" """
        """TITLE = 'T' COMMENT = 'c'""",
    ),
    (
        Read(
            _SHOW_STREAMLIT,
            {"name": "APP1", "schema_name": "RAW", "title": "T", "comment": "c", "query_warehouse": "WH1"},
            count=1,
        ),
        Read(
            f"DESCRIBE {_STREAMLIT}",
            {
                "name": "APP1",
                "root_location": '@"DB1"."RAW"."APP"/v1',
                "main_file": "app.py",
                "external_access_integrations": "[]",
            },
            count=1,
        ),
    ),
    (
        Update(
            (
                f"""ALTER {_STREAMLIT} SET ROOT_LOCATION = '{_APP_STAGE}/v2/x' MAIN_FILE = 'b.py' """
                """QUERY_WAREHOUSE = "WH1" COMMENT = 'c2' TITLE = 'T2'""",
            ),
            (
                Read(_SHOW_STREAMLIT, {"title": "T2", "comment": "c2"}),
                Read(f"DESCRIBE {_STREAMLIT}", {"root_location": '@"DB1"."RAW"."APP"/v2/x', "main_file": "b.py"}),
            ),
        ),
        Update(
            (f"ALTER {_STREAMLIT} UNSET QUERY_WAREHOUSE, COMMENT, TITLE",),
            (Read(_SHOW_STREAMLIT, {"title": "", "comment": "", "query_warehouse": None}),),
        ),
        Update(
            (
                f'ALTER {_STREAMLIT} RENAME TO "DB1"."RAW"."APP9"',
                'ALTER STREAMLIT "DB1"."RAW"."APP9" RENAME TO "DB1"."RAW"."APP1"',
            ),
            (Read(_SHOW_STREAMLIT, {"name": "APP1"}, count=1),),
        ),
    ),
    (f"DROP {_STREAMLIT.replace('STREAMLIT ', 'STREAMLIT IF EXISTS ', 1)}",),
    _SHOW_STREAMLIT,
)

_GET_TAG = """SELECT SYSTEM$GET_TAG('"DB1"."RAW"."TAG1"', '"DB1"."RAW"."EVENTS"', 'TABLE') AS "TAG\""""

tag_association = Case(
    "tag_association",
    (*SCHEMA, *EVENTS, f"CREATE {_TAG}"),
    ("""ALTER TABLE "DB1"."RAW"."EVENTS" SET TAG "DB1"."RAW"."TAG1" = 'v'""",),
    (Read(_GET_TAG, {"TAG": "v"}, count=1),),
    (
        Update(
            ("""ALTER TABLE "DB1"."RAW"."EVENTS" SET TAG "DB1"."RAW"."TAG1" = 'w'""",), (Read(_GET_TAG, {"TAG": "w"}),)
        ),
        Update(('ALTER TABLE "DB1"."RAW"."EVENTS" UNSET TAG "DB1"."RAW"."TAG1"',), (Read(_GET_TAG, {"TAG": None}),)),
    ),
    (f"DROP {_TAG.replace('TAG ', 'TAG IF EXISTS ', 1)}",),
    _SHOW_TAG,
)

CASES: dict[str, Case] = {name: case for name, case in list(globals().items()) if isinstance(case, Case)}
"""By name; the order is that of this file."""

TEXT_TRUTHS = {
    *("auto_resume", "enable_query_acceleration", "enabled", "is_secure", "is_materialized", "is_clone", "is_replica"),
    *("grant_option", "stale", "allow_overlapping_execution"),
}
"""Columns that the provider reads as a Go bool: anything but true and false is a hard failure."""

NEVER_NULL = {
    "WAREHOUSES": "name state type is_default is_current available provisioning quiescing other owner comment "
    "resource_monitor actives pendings failed suspended uuid",
    "RESOURCE MONITORS": "name credit_quota used_credits remaining_credits frequency start_time created_on owner",
    "DATABASES": "created_on name is_default is_current origin owner comment options retention_time kind",
    "SCHEMAS": "created_on name is_default is_current database_name owner comment options retention_time "
    "owner_role_type",
    "STORAGE INTEGRATIONS": "name type category enabled comment created_on",
    "STAGES": "created_on name database_name schema_name url has_credentials has_encryption_key owner comment type",
    "FILE FORMATS": "created_on name database_name schema_name type owner comment format_options owner_role_type",
    "TABLES": "created_on name database_name schema_name kind comment cluster_by rows bytes owner retention_time "
    "change_tracking automatic_clustering",
    "PIPES": "created_on name database_name schema_name definition owner comment",
    "DYNAMIC TABLES": "created_on name reserved database_name schema_name cluster_by rows bytes owner target_lag "
    "refresh_mode warehouse comment text automatic_clustering scheduling_state is_clone is_replica",
    "VIEWS": "created_on name reserved database_name schema_name owner text is_secure is_materialized",
    "ROLES": "created_on name is_default is_current is_inherited assigned_to_users granted_to_roles granted_roles "
    "owner comment",
    "DATABASE ROLES": "created_on name granted_to_roles granted_to_database_roles granted_database_roles owner comment "
    "owner_role_type",
    "TASKS": "created_on name id database_name schema_name owner comment predecessors state definition "
    "allow_overlapping_execution owner_role_type task_relations",
    "STREAMLITS": "created_on name database_name schema_name owner url_id owner_role_type",
    "GRANTS": "created_on privilege granted_on name granted_to grantee_name grant_option granted_by",
}
"""Columns that the provider reads into Go types that know no NULL, by what is shown."""
