"""What becomes of a VARIANT that meets another type: how it is made in DuckDB, and calls that stand for it till then.

A VARIANT is JSON in DuckDB. As text it is its text without quotes, as another type what that text says; JSON null is
NULL. Two VARIANTs are equal if their canonical texts are; their order is that of numbers, then of booleans, then of
texts, since Snowflake documents none between values of different kinds.
https://docs.snowflake.com/en/sql-reference/data-types-semistructured
"""

from __future__ import annotations

from functools import cache

from sqlglot import exp

from local_cloud.snowflake_account.dialect.variants.types import Type

_TEMPLATES = {
    "_VARIANT_TEXT(v)": "json_extract_string(v, '$')",
    "_VARIANT_NUMBER(v)": "coalesce(try_cast(json_extract_string(v, '$') as double),"
    " case when json_type(v) = 'BOOLEAN' then cast(json_extract_string(v, '$') = 'true' as int)"
    " else cast(json_extract_string(v, '$') as double) end)",
    "_VARIANT_BOOLEAN(v)": "coalesce(try_cast(json_extract_string(v, '$') as boolean),"
    " case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(v as double) <> 0"
    " else cast(json_extract_string(v, '$') as boolean) end)",
    "_VARIANT_DATE(v)": "cast(cast(json_extract_string(v, '$') as timestamp) as date)",
    "_VARIANT_TIME(v)": "cast(json_extract_string(v, '$') as time)",
    "_VARIANT_TIMESTAMP(v)": "cast(json_extract_string(v, '$') as timestamp)",
    "_VARIANT_TIMESTAMP_TZ(v)": "cast(json_extract_string(v, '$') as timestamptz)",
    "_EXACT_NUMBER(v)": "coalesce(try_cast(v as decimal(38, 18)),"
    " case when cast(v as double) > 0 then 99999999999999999999"
    " when cast(v as double) < 0 then -99999999999999999999 end)",
    "_VARIANT_EXACT(v)": "coalesce(try_cast(json_extract_string(v, '$') as decimal(38, 18)),"
    " _EXACT_NUMBER(_VARIANT_NUMBER(v)))",
    "_VARIANT_ORDER(v)": "case when v is not null then row("
    "case json_type(v) when 'VARCHAR' then 3 when 'BOOLEAN' then 2 when 'NULL' then 5"
    " when 'ARRAY' then 4 when 'OBJECT' then 4 else 1 end, try_cast(v as double), json_extract_string(v, '$')) end",
    "_VARIANT_ITEM(v, i)": "case when json_type(v) = 'OBJECT' then json_extract(v, concat('$.\"', i, '\"'))"
    " when try_cast(i as bigint) >= 0 then json_extract(v, concat('$[', try_cast(i as bigint), ']')) end",
    "_PARSED_JSON(v)": "case when trim(v) = 'null' then cast('null' as json)"
    " when trim(v) <> '' then cast(regexp_replace(cast(cast(cast(cast(v as json) as variant)"
    """ as json) as varchar), '("(?:[^"\\\\]|\\\\.)*")|[.]0+([,}}\\]]|$)', '\\1\\2', 'g') as json) end""",
    "_QUOTIENT(a, b)": "case when typeof(a) in ('DOUBLE', 'FLOAT') or typeof(b) in ('DOUBLE', 'FLOAT') then"
    " a / _DIVISOR(b) else round(a / _DIVISOR(b), _QUOTIENT_SCALE(a)) end",
    "_DIVISOR(b)": "case when b = 0 then error('Division by zero') else b end",
    "_QUOTIENT_SCALE(a)": "greatest(_SCALE(a), least(_SCALE(a) + 6, 12))",
    "_SCALE(a)": "coalesce(try_cast(string_split(rtrim(typeof(a), ')'), ',')[2] as int), 0)",
    "_INSTANT(t)": "cast(_INSTANT_TEXT(t) as timestamptz)",
    "_INSTANT_TEXT(t)": "regexp_replace(t, '\\s+([+-][0-9]{2}:?[0-9]{2})$', '\\1')",
    "_VARIANT_TYPE(v)": "case json_type(v) when 'NULL' then 'NULL_VALUE' when 'BIGINT' then 'INTEGER'"
    " when 'UBIGINT' then 'INTEGER' when 'HUGEINT' then 'INTEGER' when 'DOUBLE' then"
    " case when contains(lower(cast(v as varchar)), 'e') then 'DOUBLE' else 'DECIMAL' end else json_type(v) end",
}
"""How each conversion is made in DuckDB's SQL.

They are put into the statement, since DuckDB does not know a column that is grouped by inside a macro's call.
_INSTANT_TEXT has no blank before its offset, where DuckDB would take that for the name of a time zone.
_EXACT_NUMBER holds numbers below 10^20 to 18 places, so that a whole number of 64 bits is compared as it is; one
beyond is the greatest.
"""

_TO = {
    Type.TEXT: "_VARIANT_TEXT",
    Type.UNKNOWN: "_VARIANT_TEXT",
    Type.NUMBER: "_VARIANT_NUMBER",
    Type.FLOAT: "_VARIANT_NUMBER",
    Type.BOOLEAN: "_VARIANT_BOOLEAN",
    Type.DATE: "_VARIANT_DATE",
    Type.TIME: "_VARIANT_TIME",
    Type.TIMESTAMP: "_VARIANT_TIMESTAMP",
    Type.TIMESTAMP_TZ: "_VARIANT_TIMESTAMP_TZ",
}


@cache
def _templates() -> dict[str, tuple[list[str], exp.Expr]]:
    """Return the parameters and the body of each conversion, by its name."""
    found = {}
    for head, body in _TEMPLATES.items():
        name, _, parameters = head.rstrip(")").partition("(")
        found[name] = (parameters.upper().split(", "), exp.Paren(this=exp.maybe_parse(body, dialect="duckdb")))
    return found


_PATHS = {exp.JSONExtract: "json_extract", exp.JSONExtractScalar: "json_extract_string"}
"""Paths as calls: an arrow in an argument may be a lambda to DuckDB, which then loses what is grouped by."""


def with_conversions_made(tree: exp.Expr) -> exp.Expr:
    """Put the conversions in the place of their calls, and write paths as calls.

    Args:
        tree: a statement in DuckDB's SQL; changed.
    """
    for each in list(tree.find_all(*_PATHS)):
        each.replace(call(_PATHS[type(each)], each.this, each.expression))
    return _with_templates(tree)


def _with_templates(tree: exp.Expr) -> exp.Expr:
    for each in reversed(list(tree.find_all(exp.Anonymous, bfs=False))):
        if each.name in _templates():
            parameters, body = _templates()[each.name]
            made = with_conversions_made(body.copy())
            given = [exp.Paren(this=each) if isinstance(each, exp.Binary) else each for each in each.expressions]
            values = dict(zip(parameters, given, strict=True))
            for column in list(made.find_all(exp.Column)):
                if column.name.upper() in values and not column.table:
                    column.replace(values[column.name.upper()].copy())
            each.replace(made)
    return tree


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of one of the conversions, or of a function of DuckDB's."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def from_variant(value: exp.Expr, to: Type, *, in_groups: bool = False) -> exp.Expr:
    """Return a VARIANT converted to a type; where the type is not known it is text, which DuckDB converts further.

    Args:
        value: the VARIANT.
        to: the type.
        in_groups: whether it stands in a query with GROUP BY, which may group by the VARIANT itself.
    """
    if to in (Type.TEXT, Type.UNKNOWN) and is_path(value) and not in_groups:
        return exp.JSONExtractScalar(this=value.this, expression=value.expression)
    return call(_TO[to], value) if to in _TO else value


def is_path(value: exp.Expr) -> bool:
    """Tell whether DuckDB can take a VARIANT out of another as text in one step."""
    return isinstance(value, exp.JSONExtract) and isinstance(value.expression, exp.JSONPath)


def to_variant(value: exp.Expr) -> exp.Expr:
    """Return a value of another type as a VARIANT."""
    return call("to_json", value)


def exact(value: exp.Expr, type_: Type) -> exp.Expr:
    """Return a VARIANT or a NUMBER as the number that two of them are compared by."""
    if type_ is Type.VARIANT:
        return call("_VARIANT_EXACT", value)
    return value if isinstance(value, exp.Literal) else call("_EXACT_NUMBER", value)


def order_key(variant: exp.Expr) -> exp.Expr:
    """Return what VARIANTs are put in order by."""
    return call("_VARIANT_ORDER", variant)
