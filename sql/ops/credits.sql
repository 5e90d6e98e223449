-- What each day of the last two weeks was billed for: the loading of each pipe, and each warehouse.
-- Tasks are serverless and have a history of their own; storage is billed in no credits. Both
-- histories answer nobody but a role with MONITOR USAGE, and a view asks as its owner.
with

pipe_days as (

    {% for feed in feeds %}
        select
            '{{ database }}.RAW.{{ feed.table }}' as object,
            start_time,
            credits_used,
            files_inserted,
            bytes_billed
        from
            table({{ database }}.information_schema.pipe_usage_history(
                date_range_start => dateadd(day, -14, current_date()),
                date_range_end => current_timestamp(),
                pipe_name => '{{ database }}.RAW.{{ feed.table }}'
            ))
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

pipes as (

    select
        convert_timezone('UTC', start_time)::date as day,
        'pipe' as kind,
        object,
        sum(credits_used::number(38, 9)) as credits,
        sum(files_inserted) as files,
        sum(bytes_billed) as bytes_billed
    from pipe_days
    group by convert_timezone('UTC', start_time)::date, object

),

warehouses as (

    select
        convert_timezone('UTC', start_time)::date as day,
        'warehouse' as kind,
        warehouse_name as object,
        sum(credits_used) as credits
    from
        table({{ database }}.information_schema.warehouse_metering_history(
            date_range_start => dateadd(day, -14, current_date())
        ))
    where warehouse_name in ('{{ warehouses[0] }}', '{{ warehouses[1] }}')
    group by convert_timezone('UTC', start_time)::date, warehouse_name

),

final as (

    select
        day,
        kind,
        object,
        credits,
        files,
        bytes_billed
    from pipes
    union all
    select
        day,
        kind,
        object,
        credits,
        null as files,
        null as bytes_billed
    from warehouses

)

select
    day,
    kind,
    object,
    credits::number(38, 9) as credits,
    files::number(38, 0) as files,
    bytes_billed::number(38, 0) as bytes_billed
from final
