"""Semi-structured values.

https://docs.snowflake.com/en/sql-reference/functions-semistructured
"""

from __future__ import annotations

from tests.local_cloud.snowflake_account.parity.case import Case, fails, gives, refused

KIND = "Semi-structured values"

_V = """(select parse_json('{"a": {"b": [1, 2, {"c": "x"}]}, "d e": null, "n": 1.5, "t": "2026-01-02"}') as v)"""

CASES: tuple[Case, ...] = (
    gives(
        "PARSE_JSON",
        "select parse_json('{\"b\": 1, \"a\": [1, null]}')::varchar, parse_json('') is null, parse_json(null) is null",
        ('{"a":[1,null],"b":1}', True, True),
    ),
    fails("PARSE_JSON of no JSON", "select parse_json('{a')", 100069, "Error parsing JSON"),
    gives(
        "TRY_PARSE_JSON, CHECK_JSON",
        "select try_parse_json('{a') is null, check_json('{}') is null, check_json('{a') is not null",
        (True, True, True),
    ),
    gives(
        "Paths",
        f"select v:a.b[0]::int, v:a.b[2].c::varchar, v['n']::float, v:\"d e\" is null, v:nope is null from {_V}",
        (1, "x", 1.5, False, True),
    ),
    gives(
        "GET, GET_PATH",
        f"select get(v, 'n')::float, get_path(v, 'a.b[1]')::int, get(v:a.b, 0)::int from {_V}",
        (1.5, 2, 1),
    ),
    gives(
        "Conversions of a path",
        f"select v:t::date::varchar, v:n::number(4, 1)::varchar, v:n + 1, v:a.b[2].c || '!' from {_V}",
        ("2026-01-02", "1.5", 2.5, "x!"),
    ),
    gives(
        "IS_NULL_VALUE, STRIP_NULL_VALUE",
        f'select is_null_value(v:"d e"), is_null_value(v:nope), strip_null_value(v:"d e") is null from {_V}',
        (True, None, True),
    ),
    gives(
        "TYPEOF",
        "select typeof(parse_json('1')), typeof(parse_json('1.5')), typeof(parse_json('\"x\"')), "
        "typeof(parse_json('[1]')), typeof(parse_json('{}')), typeof(parse_json('true')), "
        "typeof(parse_json('null'))",
        ("INTEGER", "DECIMAL", "VARCHAR", "ARRAY", "OBJECT", "BOOLEAN", "NULL_VALUE"),
    ),
    gives(
        "IS_ARRAY, IS_OBJECT, IS_INTEGER, IS_VARCHAR …",
        "select is_array(parse_json('[]')), is_object(parse_json('[]')), is_integer(parse_json('1')), "
        "is_varchar(parse_json('\"a\"')), is_boolean(parse_json('true')), is_decimal(parse_json('1.5')), "
        "is_null_value(parse_json('null'))",
        (True, False, True, True, True, True, True),
    ),
    gives(
        "AS_INTEGER, AS_VARCHAR, AS_ARRAY …",
        "select as_integer(parse_json('1')), as_varchar(parse_json('\"a\"')), as_varchar(parse_json('1')), "
        "as_array(parse_json('[1]'))::varchar, as_object(parse_json('[1]')) is null, "
        "as_double(parse_json('1.5')), as_boolean(parse_json('true'))",
        (1, "a", None, "[1]", True, 1.5, True),
    ),
    gives(
        "OBJECT_CONSTRUCT",
        "select object_construct('a', 1, 'b', null)::varchar, object_construct_keep_null('a', "
        "null)::varchar, object_construct()::varchar",
        ('{"a":1}', '{"a":null}', "{}"),
    ),
    gives(
        "OBJECT_CONSTRUCT(*)",
        "select object_construct(*)::varchar from (select 1 as a, 'x' as b)",
        ('{"A":1,"B":"x"}',),
    ),
    gives("{ } and [ ] literals", "select {'a': 1}::varchar, [1, 'x']::varchar", ('{"a":1}', '[1,"x"]')),
    gives("OBJECT_KEYS", 'select object_keys(parse_json(\'{"b": 1, "a": 2}\'))::varchar', ('["a","b"]',)),
    gives(
        "OBJECT_INSERT, OBJECT_DELETE, OBJECT_PICK",
        "select object_insert(object_construct('a', 1), 'b', 2)::varchar, "
        "object_insert(object_construct('a', 1), 'a', 2, true)::varchar, object_delete(object_construct('a', "
        "1, 'b', 2), 'a')::varchar, object_pick(object_construct('a', 1, 'b', 2), 'a')::varchar",
        ('{"a":1,"b":2}', '{"a":2}', '{"b":2}', '{"a":1}'),
    ),
    gives(
        "ARRAY_CONSTRUCT, ARRAY_SIZE",
        "select array_construct(1, 'a', null)::varchar, array_size(array_construct(1, 2)), "
        "array_size(parse_json('{}')), array_construct_compact(1, null)::varchar",
        ('[1,"a",null]', 2, None, "[1]"),
    ),
    gives(
        "ARRAY_APPEND, ARRAY_PREPEND, ARRAY_CAT, ARRAY_INSERT",
        "select array_append([1], 2)::varchar, array_prepend([1], 0)::varchar, array_cat([1], [2])::varchar, "
        "array_insert([1, 3], 1, 2)::varchar",
        ("[1,2]", "[0,1]", "[1,2]", "[1,2,3]"),
    ),
    gives(
        "ARRAY_CONTAINS, ARRAY_POSITION",
        "select array_contains('a'::variant, ['a', 'b']), array_contains(1, [2]), "
        "array_position('b'::variant, ['a', 'b']), array_position(9, [1])",
        (True, False, 1, None),
    ),
    gives(
        "ARRAY_SLICE, ARRAY_TO_STRING",
        "select array_slice([1, 2, 3], 0, 2)::varchar, array_slice([1, 2, 3], -2, 3)::varchar, "
        "array_to_string([1, 'a', null], ',')",
        ("[1,2]", "[2,3]", "1,a,"),
    ),
    gives(
        "ARRAY_DISTINCT, ARRAY_COMPACT, ARRAY_SORT",
        "select array_size(array_distinct([1, 1, 2])), array_compact([1, null, 2])::varchar, array_sort([3, "
        "1, 2])::varchar",
        (2, "[1,2]", "[1,2,3]"),
    ),
    gives(
        "ARRAY_MIN, ARRAY_MAX, ARRAY_FLATTEN, ARRAY_GENERATE_RANGE",
        "select array_min([2, 1])::int, array_max([2, 1])::int, array_flatten([[1], [2]])::varchar, "
        "array_generate_range(0, 3)::varchar",
        (1, 2, "[1,2]", "[0,1,2]"),
    ),
    gives(
        "ARRAYS_OVERLAP, ARRAY_INTERSECTION, ARRAY_EXCEPT",
        "select arrays_overlap([1, 2], [2]), array_intersection([1, 2], [2, 3])::varchar, array_except([1, "
        "2], [2])::varchar",
        (True, "[2]", "[1]"),
    ),
    gives(
        "ARRAY_REMOVE, ARRAY_REMOVE_AT, ARRAYS_ZIP",
        "select array_remove([1, 2, 1], 1)::varchar, array_remove_at([1, 2], 0)::varchar",
        ("[2]", "[2]"),
    ),
    gives(
        "LATERAL FLATTEN",
        f"select f.index, f.value::varchar, f.path from {_V} s, lateral flatten(input => s.v:a.b) f order by "
        "f.index limit 2",
        (0, "1", "[0]"),
        (1, "2", "[1]"),
    ),
    gives(
        "TABLE(FLATTEN) of an object",
        'select key, value::int from table(flatten(input => parse_json(\'{"a": 1, "b": 2}\'))) order by key',
        ("a", 1),
        ("b", 2),
    ),
    refused(
        "FLATTEN with RECURSIVE",
        "select * from table(flatten(input => parse_json('[1]'), recursive => true))",
        "RECURSIVE",
    ),
    refused("FILTER", "select filter([1, 2, 3], a -> a > 1)", "FILTER"),
    refused("TRANSFORM", "select transform([1, 2], a -> a + 1)", "TRANSFORM"),
    refused("GET_IGNORE_CASE", "select get_ignore_case(parse_json('{}'), 'A')", "GET_IGNORE_CASE"),
    refused("REDUCE", "select reduce([1, 2], 0, (acc, x) -> acc + x)", "REDUCE"),
    refused("XMLGET, PARSE_XML", "select parse_xml('<a/>')", "PARSE_XML"),
)
