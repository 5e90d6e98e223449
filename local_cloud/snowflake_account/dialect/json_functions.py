"""Functions on arrays and objects, as macros over JSON, which is what VARIANTs are in DuckDB.

sqlglot and fakesnow make lists and structs of some, of which all elements have one type.
https://docs.snowflake.com/en/sql-reference/functions-semistructured
"""

from __future__ import annotations

from fakesnow.transforms.transforms import object_construct
from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.own_functions import JSON_FUNCTIONS, PREFIX, own_name
from local_cloud.snowflake_account.language.tokens import Name

_L = """from_json(a::json, '["JSON"]')"""
_M = """from_json(b::json, '["JSON"]')"""
_ENTRIES = """map_entries(from_json(o::json, '"MAP(VARCHAR, JSON)"'))"""
_SORTED = (
    f"list_sort(list_transform({_L}, lambda e: {{k: try_cast(e as double), t: e ->> '$', v: e}}), 'ASC', 'NULLS LAST')"
)
_WHOLE = "('BIGINT', 'UBIGINT', 'HUGEINT')"
_TIME = "[0-9]{4,}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{9}"
"""What a VARIANT holds of a timestamp that has its type (see `files.parquet_files`), one of a time zone with a Z."""
_NUMBERS = "('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')"

_MACROS: dict[str, tuple[str, ...]] = {
    "ARRAY_APPEND": (f"(a, x) as to_json(list_append({_L}, to_json(x)))",),
    "ARRAY_PREPEND": (f"(a, x) as to_json(list_prepend(to_json(x), {_L}))",),
    "ARRAY_CAT": (f"(a, b) as to_json(list_concat({_L}, {_M}))",),
    "ARRAY_INSERT": (
        f"(a, i, x) as to_json(list_concat(list_append(list_slice({_L}, 1, _SF_PLACE(a, i)), to_json(x)),"
        f" list_slice({_L}, _SF_PLACE(a, i) + 1, len({_L}))))",
    ),
    "ARRAY_CONTAINS": (f"(x, a) as list_contains({_L}, to_json(x))",),
    "ARRAY_POSITION": (f"(x, a) as nullif(list_position({_L}, to_json(x)), 0) - 1",),
    "ARRAY_SLICE": (f"(a, i, j) as to_json(list_slice({_L}, _SF_PLACE(a, i) + 1, _SF_PLACE(a, j)))",),
    "ARRAY_TO_STRING": (f"(a, s) as array_to_string(list_transform({_L}, lambda e: coalesce(e ->> '$', '')), s)",),
    "ARRAY_DISTINCT": (f"(a) as to_json(list_filter({_L}, lambda e, i: list_position({_L}, e) = i))",),
    "ARRAY_COMPACT": (f"(a) as to_json(list_filter({_L}, lambda e: e is not null))",),
    "ARRAY_SORT": (
        f"(a) as to_json(list_transform({_SORTED}, lambda e: e.v))",
        f"(a, up) as to_json(list_transform(case when up then {_SORTED} else list_reverse({_SORTED}) end,"
        " lambda e: e.v))",
    ),
    "ARRAY_MIN": (f"(a) as list_filter({_SORTED}, lambda e: e.v is not null)[1].v",),
    "ARRAY_MAX": (f"(a) as list_filter({_SORTED}, lambda e: e.v is not null)[-1].v",),
    "ARRAY_FLATTEN": ("""(a) as to_json(flatten(from_json(a::json, '[["JSON"]]')))""",),
    "ARRAY_GENERATE_RANGE": ("(i, j) as to_json(range(i, j))", "(i, j, s) as to_json(range(i, j, s))"),
    "ARRAYS_OVERLAP": (f"(a, b) as list_has_any({_L}, {_M})",),
    "ARRAY_INTERSECTION": (f"(a, b) as to_json(list_filter({_L}, lambda e: list_contains({_M}, e)))",),
    "ARRAY_EXCEPT": (f"(a, b) as to_json(list_filter({_L}, lambda e: not list_contains({_M}, e)))",),
    "ARRAY_REMOVE": (f"(a, x) as to_json(list_filter({_L}, lambda e: e is distinct from to_json(x)))",),
    "ARRAY_REMOVE_AT": (
        f"(a, i) as to_json(list_concat(list_slice({_L}, 1, _SF_PLACE(a, i)),"
        f" list_slice({_L}, _SF_PLACE(a, i) + 2, len({_L}))))",
    ),
    "ARRAY_SIZE": ("(a) as case when json_type(a::json) = 'ARRAY' then json_array_length(a::json) end",),
    "ARRAY_CONSTRUCT_COMPACT": ("(a) as to_json(list_filter(a, lambda e: e is not null))",),
    "REGEXP_SUBSTR_ALL": ("(t, p) as to_json(regexp_extract_all(t, p))",),
    "OBJECT_INSERT": (
        "(o, k, x) as case when to_json(x) is null then o::json when json_exists(o::json, '$.\"' || k || '\"')"
        " then error('Duplicate field key ' || k) else _SF_OBJECT_WITH(o, k, x) end",
        "(o, k, x, again) as case when to_json(x) is null then o::json when not again and json_exists(o::json,"
        " '$.\"' || k || '\"') then error('Duplicate field key ' || k) else _SF_OBJECT_WITH(o, k, x) end",
    ),
    "OBJECT_DELETE": (f"(o, ks) as _SF_OBJECT(list_filter({_ENTRIES}, lambda e: not list_contains(ks, e.key)))",),
    "OBJECT_PICK": (f"(o, ks) as _SF_OBJECT(list_filter({_ENTRIES}, lambda e: list_contains(ks, e.key)))",),
    "TO_OBJECT": ("(v) as case when json_type(v::json) = 'OBJECT' then v::json end",),
    **{f"IS_{word}": (f"(v) as json_type(v::json) = '{word}'",) for word in ("OBJECT", "BOOLEAN")},
    **dict.fromkeys(("IS_VARCHAR", "IS_CHAR"), ("(v) as json_type(v::json) = 'VARCHAR'",)),
    "IS_INTEGER": (f"(v) as json_type(v::json) in {_WHOLE}",),
    **dict.fromkeys(("IS_DECIMAL", "IS_DOUBLE", "IS_REAL"), (f"(v) as json_type(v::json) in {_NUMBERS}",)),
    **dict.fromkeys(
        ("AS_VARCHAR", "AS_CHAR"), ("(v) as case when json_type(v::json) = 'VARCHAR' then v::json ->> '$' end",)
    ),
    "AS_INTEGER": (f"(v) as case when json_type(v::json) in {_WHOLE} then v::json::bigint end",),
    **dict.fromkeys(
        ("AS_DOUBLE", "AS_REAL"), (f"(v) as case when json_type(v::json) in {_NUMBERS} then v::json::double end",)
    ),
    "AS_BOOLEAN": ("(v) as case when json_type(v::json) = 'BOOLEAN' then v::json::boolean end",),
    **{
        f"IS_TIMESTAMP_{kind}": (
            f"(v) as json_type(v::json) = 'VARCHAR' and regexp_full_match(v::json ->> '$', '{_TIME}{zone}')",
        )
        for kind, zone in (("NTZ", ""), ("LTZ", "Z"))
    },
    **{
        f"AS_TIMESTAMP_{kind}": (
            f"(v) as case when _SF_IS_TIMESTAMP_{kind}(v) then regexp_replace(v::json ->> '$', '[0-9]{{3}}(Z?)$',"
            f" '\\1')::{type_} end",
        )
        for kind, type_ in (("NTZ", "timestamp"), ("LTZ", "timestamptz"))
    },
    **{
        f"AS_{word}": (f"(v) as case when json_type(v::json) = '{word}' then v::json end",)
        for word in ("ARRAY", "OBJECT")
    },
}
"""Each function's overloads, as DuckDB's macros; arrays and objects are JSON in them, keys a list."""

_PARTS = {
    "_SF_TRY_TIMESTAMP": "(t) as try_cast(t as timestamp)",
    "_SF_STRTOK": "(t, d) as list_filter(string_split(translate(t, d, repeat(d[1], len(d))), d[1]), lambda e: e <> '')",
    "_SF_PLACE": f"(a, i) as greatest(case when i < 0 then len({_L}) + i else i end, 0)",
    "_SF_OBJECT": "(entries) as to_json(map_from_entries(list_sort(entries::struct(key varchar, value json)[])))",
    "_SF_OBJECT_WITH": f"(o, k, x) as _SF_OBJECT(list_append(list_filter({_ENTRIES}, lambda e: e.key <> k),"
    " {'key': k, 'value': to_json(x)}))",
}
"""What several of them are made of."""

_WITH_KEYS = ("OBJECT_DELETE", "OBJECT_PICK")
_REFUSED = (exp.ArrayFilter, exp.Transform, exp.Reduce)
_KEYED = (exp.VarMap, exp.StarMap, exp.Map)


def create_sql(database: str) -> str:
    """Return the statements that make the macros in a database."""
    quoted = Name((database,)).quoted
    made = {name: (overload,) for name, overload in _PARTS.items()}
    made |= {f"_SF_{name}": overloads for name, overloads in _MACROS.items()}
    return "".join(f"create or replace macro {quoted}.{name} {', '.join(each)};\n" for name, each in made.items())


def with_json_functions(tree: exp.Expr) -> exp.Expr:
    """Let the macros answer the functions on arrays and objects.

    Args:
        tree: the statement, its VARIANTs converted; changed.

    Raises:
        UnsupportedError: a function that takes a lambda.
    """
    if refused := tree.find(*_REFUSED):
        raise UnsupportedError(
            "REDUCE" if isinstance(refused, exp.Reduce) else refused.key.removeprefix("array").upper()
        )
    for call in list(tree.find_all(exp.Anonymous)):
        name = own_name(call.name)
        if name not in JSON_FUNCTIONS:
            continue
        arguments = call.expressions
        if name in _WITH_KEYS and arguments:
            keys = arguments[1].expressions if isinstance(arguments[1], exp.Array) else arguments[1:]
            arguments = [arguments[0], _call("list_value", keys)]
        if name == "ARRAY_CONSTRUCT_COMPACT":
            arguments = [_call("list_value", [_call("to_json", [each]) for each in arguments])]
        call.replace(_call(f"{PREFIX}{name}", arguments))
    for array in list(tree.find_all(exp.Array)):
        if not isinstance(array.parent, _KEYED):
            array.replace(_call("json_array", array.expressions))
    for made in reversed(list(tree.find_all(exp.Struct))):  # an object in an object first, which fakesnow passes over
        made.replace(object_construct(made))
    return tree


def _call(name: str, arguments: list[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=arguments)
