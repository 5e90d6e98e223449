"""PARSE_JSON and TRY_PARSE_JSON: a blank text is NULL, and what is parsed is in the one text that its value has.

So VARIANTs are equal where their values are: keys sorted, no white space, 5.0 as 5.
https://docs.snowflake.com/en/sql-reference/functions/parse_json#usage-notes
"""

from __future__ import annotations

from sqlglot import exp


def with_parsed_json(tree: exp.Expr) -> exp.Expr:
    """Let texts be parsed as Snowflake parses them; what cannot be parsed is NULL or an error.

    Args:
        tree: the statement; changed.
    """
    for call in list(tree.find_all(exp.ParseJSON)):
        text = call.this
        if call.args.get("safe"):
            is_json = exp.Anonymous(this="JSON_VALID", expressions=[text.copy()])
            text = exp.case().when(is_json, text)
        call.replace(exp.Anonymous(this="_PARSED_JSON", expressions=[text]))
    return tree
