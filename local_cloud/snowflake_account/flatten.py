"""FLATTEN, in a form that DuckDB can unnest in one pass.

fakesnow turns `lateral flatten(input => x)` into a table macro with window functions. DuckDB evaluates it row
by row, and over many rows INDEX is wrong in some of them; this is the macro without them, right and fast.
https://docs.snowflake.com/en/sql-reference/functions/flatten
"""

from __future__ import annotations

from local_cloud.snowflake_account.tokens import Name

_MACRO = """
create or replace macro {database}._fs_flatten(input) as table
select
    hash(THIS)::ubigint as SEQ,
    ITEM.key as KEY,
    coalesce(ITEM.key, '[' || POSITION || ']') as PATH,
    case when ITEM.key is null then POSITION end as INDEX,
    ITEM.value as VALUE,
    THIS
from (
    select
        unnest(
            case json_type(to_json(input))
                when 'ARRAY' then list_transform(
                    from_json(to_json(input), '["JSON"]'),
                    lambda item: {{key: null::varchar, value: coalesce(item, 'null'::json)}}
                )
                when 'OBJECT' then map_entries(from_json(to_json(input), '"MAP(VARCHAR, JSON)"'))
            end
        ) as ITEM,
        unnest(
            range(
                case json_type(to_json(input))
                    when 'OBJECT' then len(json_keys(to_json(input)))
                    else json_array_length(to_json(input))
                end::bigint
            )
        ) as POSITION,
        to_json(input) as THIS
)
"""


def create_sql(database: str) -> str:
    """Return the statement that puts the macro in the place of fakesnow's, in one database."""
    return _MACRO.format(database=Name((database,)).quoted)
