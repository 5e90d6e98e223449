"""What functions take and give: which arguments a VARIANT is converted for, and to what. Pure.

A function that is not named here takes text, as most do.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake

from local_cloud.snowflake_account.dialect.variants.types import Type, of_word
from local_cloud.snowflake_account.language.own_functions import own_name

TAKE_VARIANTS: tuple[type[exp.Expr], ...] = (
    exp.AnyValue,
    exp.ApproxDistinct,
    exp.ArgMax,
    exp.ArgMin,
    exp.Array,
    exp.ArrayAgg,
    exp.ArrayConcat,
    exp.ArrayContains,
    exp.ArrayConstructCompact,
    exp.ArraySize,
    exp.ArrayUniqueAgg,
    exp.CheckJson,
    exp.Count,
    exp.CountIf,
    exp.Explode,
    exp.FirstValue,
    exp.GetExtract,
    exp.IsArray,
    exp.IsNullValue,
    exp.JSONExtract,
    exp.JSONExtractScalar,
    exp.JSONFormat,
    exp.JSONKeys,
    exp.JSONObject,
    exp.Lag,
    exp.LastValue,
    exp.Lead,
    exp.Max,
    exp.Min,
    exp.Mode,
    exp.NthValue,
    exp.ObjectAgg,
    exp.ObjectInsert,
    exp.StarMap,
    exp.StripNullValue,
    exp.Struct,
    exp.ToArray,
    exp.ToVariant,
    exp.Typeof,
    exp.XMLGet,
)
"""Functions that take a VARIANT as it is."""

NAMED_TAKE_VARIANTS = ("HASH", "TO_OBJECT", "TO_JSON", "SYSTEM$TYPEOF", "HASH_AGG", "SUM_INTERNAL")
_NAMED_PREFIXES = ("IS_", "AS_", "ARRAY_", "ARRAYS_", "OBJECT_", "_VARIANT_", "_TO_VARIANT")

_GIVE_VARIANTS = (
    exp.Array,
    exp.ArrayAgg,
    exp.ArrayConcat,
    exp.ArrayConstructCompact,
    exp.ArrayUniqueAgg,
    exp.GetExtract,
    exp.JSONExtract,
    exp.JSONKeys,
    exp.JSONObject,
    exp.ObjectAgg,
    exp.ObjectInsert,
    exp.ParseJSON,
    exp.Split,
    exp.StarMap,
    exp.StripNullValue,
    exp.Struct,
    exp.ToArray,
    exp.ToVariant,
)
_NAMED_GIVE_VARIANTS = ("TO_OBJECT", "TO_VARIANT", "TO_ARRAY", "AS_ARRAY", "AS_OBJECT", "_PARSED_JSON")
_NAMED_GIVE_NO_VARIANTS = ("ARRAY_TO_STRING", "ARRAY_POSITION", "ARRAY_SIZE", "ARRAYS_OVERLAP", "ARRAY_CONTAINS")

_GIVE_THEIR_FIRST = (
    exp.AnyValue,
    exp.ArgMax,
    exp.ArgMin,
    exp.FirstValue,
    exp.Lag,
    exp.LastValue,
    exp.Lead,
    exp.Max,
    exp.Min,
    exp.Mode,
    exp.NthValue,
    exp.Abs,
    exp.Neg,
)
"""Functions that give what their first argument is."""

NUMERIC = (
    exp.Abs,
    exp.Acos,
    exp.Asin,
    exp.Atan,
    exp.Atan2,
    exp.Avg,
    exp.BitwiseAnd,
    exp.BitwiseOr,
    exp.BitwiseXor,
    exp.Cbrt,
    exp.Ceil,
    exp.Chr,
    exp.Corr,
    exp.Cos,
    exp.Cot,
    exp.CovarPop,
    exp.CovarSamp,
    exp.Degrees,
    exp.Exp,
    exp.Factorial,
    exp.Floor,
    exp.Ln,
    exp.Log,
    exp.Median,
    exp.Neg,
    exp.PercentileCont,
    exp.PercentileDisc,
    exp.Pow,
    exp.Quantile,
    exp.Radians,
    exp.Round,
    exp.Sign,
    exp.Sin,
    exp.Sqrt,
    exp.Stddev,
    exp.StddevPop,
    exp.StddevSamp,
    exp.Sum,
    exp.Tan,
    exp.Trunc,
    exp.Variance,
    exp.VariancePop,
    exp.WidthBucket,
)
"""Functions whose arguments are numbers."""

_NAMED_NUMERIC = (
    "SQUARE",
    "SINH",
    "COSH",
    "TANH",
    "TRUNCATE",
    "TRUNC",
    "DIV0",
    "DIV0NULL",
    "BITAND",
    "BITOR",
    "BITXOR",
)

OF_TIMES = (
    exp.AddMonths,
    exp.DateAdd,
    exp.DateDiff,
    exp.DateSub,
    exp.DateTrunc,
    exp.Day,
    exp.DayOfMonth,
    exp.DayOfWeek,
    exp.DayOfWeekIso,
    exp.DayOfYear,
    exp.Dayname,
    exp.Extract,
    exp.Hour,
    exp.LastDay,
    exp.Minute,
    exp.Month,
    exp.Monthname,
    exp.MonthsBetween,
    exp.NextDay,
    exp.PreviousDay,
    exp.Quarter,
    exp.Second,
    exp.TimeSlice,
    exp.TimestampAdd,
    exp.TimestampDiff,
    exp.TimestampTrunc,
    exp.Week,
    exp.WeekOfYear,
    exp.Year,
    exp.YearOfWeek,
    exp.YearOfWeekIso,
)
"""Functions whose arguments are times, beside units and numbers."""

_COUNTS_OF_TIMES = {exp.DateAdd: "expression", exp.TimestampAdd: "expression", exp.AddMonths: "expression"}
"""The argument that is a number of units."""


def takes_variants(call: exp.Expr) -> bool:
    """Tell whether a function takes a VARIANT as it is."""
    if isinstance(call, exp.Anonymous):
        name = own_name(call.name)
        return name in NAMED_TAKE_VARIANTS or name.startswith(_NAMED_PREFIXES)
    return isinstance(call, TAKE_VARIANTS)


def wanted(call: exp.Expr, argument: str) -> Type:
    """Return the type that a function takes for an argument."""
    if isinstance(call, NUMERIC) or (isinstance(call, exp.Anonymous) and call.name.upper() in _NAMED_NUMERIC):
        return Type.FLOAT
    if isinstance(call, OF_TIMES):
        return Type.FLOAT if _COUNTS_OF_TIMES.get(type(call)) == argument else Type.TIMESTAMP
    return Type.TEXT


def given(call: exp.Expr, first: Type) -> Type:
    """Return the type of what a function gives.

    Args:
        call: the call.
        first: the type of its first argument.
    """
    if isinstance(call, exp.Anonymous):
        name = own_name(call.name)
        if name in _NAMED_GIVE_NO_VARIANTS or name.startswith("IS_"):
            return Type.UNKNOWN
        if name in _NAMED_GIVE_VARIANTS or name.startswith(("ARRAY_", "OBJECT_")):
            return Type.VARIANT
        return Type.FLOAT if name in _NAMED_NUMERIC else Type.UNKNOWN
    if isinstance(call, _GIVE_VARIANTS):
        return Type.VARIANT
    if isinstance(call, exp.ToChar | exp.Concat | exp.JSONExtractScalar):
        return Type.TEXT
    if isinstance(call, exp.ToNumber):
        return Type.NUMBER
    if isinstance(call, _GIVE_THEIR_FIRST):
        return first
    if isinstance(call, exp.TimestampTrunc | exp.DateTrunc | exp.DateAdd | exp.TimestampAdd):
        return first if first in (Type.DATE, Type.TIMESTAMP_TZ) else Type.TIMESTAMP
    returns = Snowflake.EXPRESSION_METADATA.get(type(call), {}).get("returns")
    if returns is not None:
        return of_word(returns)
    return Type.FLOAT if isinstance(call, NUMERIC) else Type.UNKNOWN
