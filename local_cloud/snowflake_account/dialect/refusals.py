"""What Snowflake has and the embedded account has not: refused by its name, before DuckDB means something else."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError

_CLAUSES = {"connect": "CONNECT BY", "match": "MATCH_RECOGNIZE"}

_FUNCTIONS = frozenset(
    {
        *(
            "APPROX_TOP_K",
            "APPROX_TOP_K_ACCUMULATE",
            "APPROXIMATE_SIMILARITY",
            "MINHASH",
            "MINHASH_COMBINE",
            "HASH_AGG",
        ),
        *("CONDITIONAL_TRUE_EVENT", "CONDITIONAL_CHANGE_EVENT", "BITMAP_BUCKET_NUMBER", "BITMAP_CONSTRUCT_AGG"),
        *("PARSE_URL", "SOUNDEX", "SOUNDEX_P123", "COMPRESS", "DECOMPRESS_STRING", "DECOMPRESS_BINARY", "PARSE_IP"),
        *("ENCRYPT", "DECRYPT", "ENCRYPT_RAW", "DECRYPT_RAW", "TRY_DECRYPT", "GET_IGNORE_CASE", "PARSE_XML", "XMLGET"),
        *("TO_XML", "CHECK_XML", "TO_GEOGRAPHY", "TO_GEOMETRY", "ST_MAKEPOINT", "ST_POINT", "ST_DISTANCE"),
        *("ARRAYS_TO_OBJECT", "ARRAYS_ZIP", "ARRAY_UNION_AGG", "ARRAY_REVERSE", "MAP_KEYS", "MAP_CAT", "MAP_SIZE"),
        *("AI_COMPLETE", "AI_CLASSIFY", "VECTOR_L2_DISTANCE", "VECTOR_COSINE_SIMILARITY", "GET_PRESIGNED_URL"),
        *("GET_STAGE_LOCATION", "BUILD_SCOPED_FILE_URL", "BUILD_STAGE_FILE_URL", "AS_DATE", "AS_TIME", "AS_BINARY"),
        *("AS_TIMESTAMP_TZ", "AS_DECIMAL", "AS_NUMBER", "IS_DATE", "IS_TIME"),
        *("IS_BINARY", "IS_TIMESTAMP_TZ", "INVOKER_ROLE", "IS_ROLE_IN_SESSION"),
        *("ZIPF", "LAST_QUERY_TRANSACTION", "CURRENT_STATEMENT", "CURRENT_TRANSACTION"),
        *("LAST_TRANSACTION", "COLLATION", "TRY_HEX_DECODE_BINARY"),
        *("SEARCH", "SEARCH_IP"),
    }
)
"""Functions; one that is neither here nor anywhere is unknown, as it is in Snowflake."""


def check_supported(tree: exp.Expr) -> None:
    """Refuse what the embedded account does not have.

    Raises:
        UnsupportedError: it is in the statement; the error names it.
    """
    for node in tree.walk():
        if isinstance(node, exp.HistoricalData):
            raise UnsupportedError(str(node.this).upper())
        if isinstance(node, exp.Table) and node.args.get("changes"):
            raise UnsupportedError("CHANGES")
        for key, clause in _CLAUSES.items():
            if isinstance(node, exp.Select) and node.args.get(key):
                raise UnsupportedError(clause)
        if isinstance(node, exp.Func) and (name := _name(node)) in _FUNCTIONS:
            raise UnsupportedError(name)


def _name(call: exp.Func) -> str:
    return call.name.upper() if isinstance(call, exp.Anonymous) else call.sql_name()
