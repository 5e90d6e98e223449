"""Functions that are one expression of DuckDB's, and that sqlglot or fakesnow have otherwise or not at all.

https://docs.snowflake.com/en/sql-reference/functions-all
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from local_cloud.snowflake_account.dialect.number_formats import formatted_number
from local_cloud.snowflake_account.errors import UnsupportedError

_TRIMS = {"LEADING": "ltrim", "TRAILING": "rtrim"}


def with_plain_functions(tree: exp.Expr) -> exp.Expr:
    """Put DuckDB's expressions in the place of such functions.

    Args:
        tree: a statement in Snowflake's SQL, its VARIANTs converted; changed.

    Raises:
        UnsupportedError: a function has an argument that the embedded account does not know.
    """
    for node in reversed(list(tree.find_all(*_MADE))):
        if (made := _MADE[type(node)](node)) is not None:
            if node is tree:
                return made
            node.replace(made)
    return tree


def _trim(trim: exp.Expr) -> exp.Expr | None:
    if trim.expression is None:
        return None
    return _call(_TRIMS.get(str(trim.args.get("position") or ""), "trim"), trim.this, trim.expression)


def _search(call: exp.Expr) -> exp.Expr | None:
    """Give NULL its type, without which DuckDB does not know which function is meant."""
    for key in ("this", "expression"):
        if isinstance(call.args.get(key), exp.Null):
            call.set(key, exp.cast(exp.null(), "varchar"))
    return None


def _sha2(call: exp.Expr) -> exp.Expr:
    length = call.args.get("length")
    if length is not None and length.name != "256":
        raise UnsupportedError(f"SHA2 with {length.sql()} bits")
    return _call("sha256", call.this)


def _bytes(call: exp.Expr) -> exp.Expr:
    length = _call("octet_length", _call("encode", exp.cast(call.this, "varchar")))
    return length if isinstance(call, exp.ByteLength) else exp.Mul(this=exp.Literal.number(8), expression=length)


def _width_bucket(call: exp.Expr) -> exp.Expr:
    value, low, high, count = (call.args[key] for key in ("this", "min_value", "max_value", "num_buckets"))
    sql = "case when x < l then 0 when x >= h then n + 1 else cast(floor((x - l) * n / (h - l)) as bigint) + 1 end"
    parts = {"x": value, "l": low, "h": high, "n": count}
    made = exp.Paren(this=exp.maybe_parse(sql, dialect="duckdb"))
    for column in list(made.find_all(exp.Column)):
        column.replace(exp.Paren(this=parts[column.name].copy()))
    return made


def _to_char(call: exp.Expr) -> exp.Expr | None:
    """Return a number or bytes as text in the format that is asked for; dates have theirs already."""
    form = call.args.get("format")
    if not isinstance(form, exp.Literal) or not form.is_string:
        return None
    word = form.name.upper()
    if word in ("HEX", "BASE64"):
        return _call("hex" if word == "HEX" else "base64", call.this)
    if word in ("UTF-8", "UTF8"):
        return _call("decode", call.this)
    return formatted_number(call.this, form.name)


def _interval(interval: exp.Expr) -> exp.Expr | None:
    if isinstance(interval.this, exp.Literal) and "," in interval.this.name and not interval.args.get("unit"):
        interval.set("this", exp.Literal.string(re.sub(r"\s*,\s*", " ", interval.this.name)))
    return None


def _arg_max(call: exp.Expr) -> exp.Expr | None:
    if call.args.get("count") is None:
        return None
    name = "arg_max" if isinstance(call, exp.ArgMax) else "arg_min"
    return _call("to_json", _call(name, call.this, call.expression, call.args["count"]))


def _division(division: exp.Expr) -> exp.Expr:
    """Return a quotient as numbers have it: rounded to some places, and an error where the divisor is zero.

    https://docs.snowflake.com/en/sql-reference/operators-arithmetic#division
    """
    left, right = (exp.Paren(this=each.unnest()) for each in (division.this, division.expression))
    return _call("_QUOTIENT", left, right)


def _try_timestamp(cast: exp.Expr) -> exp.Expr | None:
    """Return TRY_CAST to a timestamp as a call, since fakesnow makes a cast of it."""
    is_plain = isinstance(cast, exp.TryCast) and cast.to.this in (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ)
    return _call("_SF_TRY_TIMESTAMP", cast.this) if is_plain else None


def _ratio(window: exp.Expr) -> exp.Expr | None:
    """Return RATIO_TO_REPORT(x) OVER (…) as the quotient that it is."""
    call = window.this
    if not isinstance(call, exp.Anonymous) or call.name.upper() != "RATIO_TO_REPORT":
        return None
    total = window.copy()
    total.set("this", exp.Sum(this=call.expressions[0].copy()))
    return exp.Paren(this=_call("_QUOTIENT", call.expressions[0].copy(), _call("nullif", total, exp.Literal.number(0))))


def _asof(join: exp.Expr) -> exp.Expr | None:
    """Put MATCH_CONDITION among the conditions; every row of the left side stays."""
    condition = join.args.get("match_condition")
    if condition is not None:
        join.set("match_condition", None)
        on = join.args.get("on")
        join.set("on", exp.and_(on, condition) if on else condition.unnest())
        join.set("side", "LEFT")
    return None


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


_MADE: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Trim: _trim,
    exp.Contains: _search,
    exp.StartsWith: _search,
    exp.EndsWith: _search,
    exp.SHA2: _sha2,
    exp.ByteLength: _bytes,
    exp.BitLength: _bytes,
    exp.WidthBucket: _width_bucket,
    exp.ToChar: _to_char,
    exp.Interval: _interval,
    exp.ArgMax: _arg_max,
    exp.ArgMin: _arg_max,
    exp.Div: _division,
    exp.TryCast: _try_timestamp,
    exp.Hll: lambda call: _call("approx_count_distinct", call.this),
    exp.Window: _ratio,
    exp.Join: _asof,
}
