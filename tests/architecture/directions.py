"""The architecture's one statement: which folder may import which.

A folder may use those named beside it, never one above; what every folder may use is named once. The order is that
of the house, from the door a person comes in by down to what knows nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

ANYWHERE = ("local_cloud/errors.py",)
"""What every room of the embedded cloud may use beside its own row."""

DIRECTIONS: Mapping[str, tuple[str, ...]] = {
    "__main__.py": ("infra",),
    "infra": ("landing_keys.py",),
    "input_data_generator": ("landing_keys.py",),
    "landing_keys.py": (),
    # It knows the account by its SQL alone, and runs in an environment without the rest.
    "dashboard": (),
    "local_cloud/__main__.py": ("local_cloud/commands",),
    "local_cloud/commands": (
        "infra",
        "local_cloud/snowpipe",
        "local_cloud/reconciliation",
        "local_cloud/state",
        "local_cloud/endpoints",
        "local_cloud/program",
        "local_cloud/resources",
        "local_cloud/landing",
        "local_cloud/accounts.py",
        "local_cloud/sql_door.py",
        "local_cloud/snowflake_account",
        "local_cloud/progress.py",
    ),
    "local_cloud/snowpipe": ("local_cloud/accounts.py", "local_cloud/snowflake_account"),
    # What a test of somebody else's program needs of it all.
    "local_cloud/pytest_plugin.py": (
        "local_cloud/snowpipe",
        "local_cloud/state",
        "local_cloud/endpoints",
        "local_cloud/program",
        "local_cloud/resources",
        "local_cloud/accounts.py",
    ),
    "local_cloud/reconciliation": (
        "landing_keys.py",
        "local_cloud/landing",
        "local_cloud/sql_door.py",
        "local_cloud/snowflake_account",
    ),
    "local_cloud/state": (
        "local_cloud/program",
        "local_cloud/accounts.py",
        "local_cloud/endpoints",
        "local_cloud/sql_door.py",
        "local_cloud/snowflake_account",
    ),
    "local_cloud/endpoints": ("local_cloud/aws_account", "local_cloud/snowflake_account"),
    "local_cloud/program": ("landing_keys.py",),
    "local_cloud/resources": ("local_cloud/aws_account", "local_cloud/sql_door.py", "local_cloud/snowflake_account"),
    "local_cloud/landing": ("input_data_generator", "landing_keys.py", "local_cloud/progress.py"),
    "local_cloud/accounts.py": ("local_cloud/aws_account", "local_cloud/snowflake_account"),
    "local_cloud/sql_door.py": ("local_cloud/snowflake_account",),
    "local_cloud/aws_account": (),
    "local_cloud/snowflake_account": (),
    "local_cloud/progress.py": (),
    "local_cloud/errors.py": (),
}
"""The rooms of the project; the Snowflake account is one of them."""

ANYWHERE_IN_THE_ACCOUNT = ("errors.py", "result.py")

ACCOUNT = "local_cloud/snowflake_account"

ACCOUNT_DIRECTIONS: Mapping[str, tuple[str, ...]] = {
    "__init__.py": ("sessions",),
    "sessions": (
        "access",
        "definitions",
        "dynamic_tables",
        "pipes",
        "copying",
        "inspection",
        "data",
        "stages",
        "catalog",
        "dialect",
        "language",
    ),
    "access": ("data", "dialect", "catalog", "language"),
    # What a dynamic table's query may be is known where it is refreshed, and refused where it is made.
    "definitions": ("dynamic_tables", "pipes", "stages", "data", "catalog", "files", "language"),
    "dynamic_tables": ("data", "dialect", "catalog", "language"),
    "pipes": ("notifications", "copying", "stages", "data", "catalog", "language"),
    "notifications": ("stages", "catalog", "language"),
    "copying": ("stages", "data", "catalog", "files", "language"),
    "inspection": ("data", "catalog", "language"),
    "data": ("dialect", "catalog", "language"),
    "stages": ("catalog", "language"),
    "catalog": ("files", "language"),
    "dialect": ("language",),
    "files": (),
    "language": (),
    "result.py": (),
    "errors.py": (),
}
"""The rooms inside the Snowflake account, named from its folder."""
