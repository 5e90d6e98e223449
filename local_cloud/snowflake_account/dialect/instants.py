"""TO_TIMESTAMP_LTZ and TO_TIMESTAMP_TZ of what is no literal, which sqlglot leaves as calls.

https://docs.snowflake.com/en/sql-reference/functions/to_timestamp
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError

_CASTS = {
    **dict.fromkeys(("TO_TIMESTAMP_LTZ", "TO_TIMESTAMP_TZ"), exp.Cast),
    **dict.fromkeys(("TRY_TO_TIMESTAMP_LTZ", "TRY_TO_TIMESTAMP_TZ"), exp.TryCast),
}


def with_instants(tree: exp.Expr) -> exp.Expr:
    """Put casts in the place of these functions.

    Args:
        tree: the statement; changed.

    Raises:
        UnsupportedError: one is given a format.
    """
    for call in list(tree.find_all(exp.Anonymous)):
        if (made := _CASTS.get(call.name.upper())) is None:
            continue
        if len(call.expressions) != 1:
            raise UnsupportedError(f"{call.name.upper()} with a format")
        call.replace(made(this=call.expressions[0], to=exp.DataType.build("timestamptz")))
    return tree
