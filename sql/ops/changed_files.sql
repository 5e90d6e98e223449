-- Logical paths that were loaded with more than one content. Transactions are append-only facts: a
-- changed file adds its new lines and withdraws none, so somebody should know that it changed.
{% from "logical_path.sql" import logical_path %}
with

loaded_files as (

    {% for feed in feeds %}
        select
            '{{ feed.name }}' as feed,
            _file,
            min(_loaded_at) as first_loaded_at,
            max(_loaded_at) as last_loaded_at
        from raw.{{ feed.table }}
        group by _file
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

contents as (

    select
        feed,
        {{ logical_path("_file") }} as logical_path,
        first_loaded_at,
        last_loaded_at
    from loaded_files

),

final as (

    select
        feed,
        logical_path,
        count(*)::number(38, 0) as contents,
        min(first_loaded_at) as first_loaded_at,
        max(last_loaded_at) as last_loaded_at
    from contents
    group by feed, logical_path
    having count(*) > 1

)

select
    feed,
    logical_path,
    contents,
    first_loaded_at,
    last_loaded_at
from final
