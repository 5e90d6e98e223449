"""Functions that are left as calls when a statement is parsed, because the account has them itself. Pure."""

from __future__ import annotations

from typing import ClassVar

from sqlglot.dialects.snowflake import Snowflake

JSON_FUNCTIONS = frozenset(
    {
        *("ARRAY_APPEND", "ARRAY_PREPEND", "ARRAY_CAT", "ARRAY_INSERT", "ARRAY_CONTAINS", "ARRAY_POSITION"),
        *("ARRAY_SLICE", "ARRAY_TO_STRING", "ARRAY_DISTINCT", "ARRAY_COMPACT", "ARRAY_SORT", "ARRAY_MIN"),
        *("ARRAY_MAX", "ARRAY_FLATTEN", "ARRAY_GENERATE_RANGE", "ARRAYS_OVERLAP", "ARRAY_INTERSECTION"),
        *("ARRAY_EXCEPT", "ARRAY_REMOVE", "ARRAY_REMOVE_AT", "ARRAY_SIZE", "ARRAY_CONSTRUCT_COMPACT"),
        *("REGEXP_SUBSTR_ALL", "OBJECT_INSERT", "OBJECT_DELETE", "OBJECT_PICK", "TO_OBJECT"),
        *("IS_OBJECT", "IS_BOOLEAN", "IS_VARCHAR", "IS_CHAR", "IS_INTEGER", "IS_DECIMAL", "IS_DOUBLE", "IS_REAL"),
        *("AS_VARCHAR", "AS_CHAR", "AS_INTEGER", "AS_DOUBLE", "AS_REAL", "AS_BOOLEAN", "AS_ARRAY", "AS_OBJECT"),
    }
)
"""Functions on arrays and objects."""


class Parser(Snowflake.Parser):
    """sqlglot's parser, which makes no expressions of its own of these functions."""

    FUNCTIONS: ClassVar = {
        name: make for name, make in Snowflake.Parser.FUNCTIONS.items() if name not in JSON_FUNCTIONS
    }
