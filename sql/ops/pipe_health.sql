-- Whether each pipe runs, and whether files come as often as the stack's config expects of them.
-- When one came last is taken from the rows, which outlive the pipe; nothing is expected before
-- the first.
with

statuses as (

    {% for feed in feeds %}
        select
            '{{ feed.name }}' as feed,
            '{{ database }}.RAW.{{ feed.table }}' as pipe,
            parse_json(system$pipe_status('{{ database }}.RAW.{{ feed.table }}')) as status,
            (
                select max(delivered._loaded_at) as loaded_at
                from raw.{{ feed.table }} as delivered
            ) as last_file_at,
            {{ expected_every.get(feed.name, "null") }}::number(38, 0) as expected_every_seconds
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

read as (

    select
        feed,
        pipe,
        status:"executionState"::varchar as state,
        coalesce(status:"error", status:"fault")::varchar as last_error,
        status:"pendingFileCount"::number(38, 0) as waiting_files,
        last_file_at,
        expected_every_seconds,
        datediff(
            second,
            last_file_at,
            convert_timezone('UTC', current_timestamp())::timestamp_ntz(9)
        )::number(38, 0) as seconds_without_file
    from statuses

),

judged as (

    select
        feed,
        pipe,
        state,
        last_error,
        waiting_files,
        last_file_at,
        expected_every_seconds,
        seconds_without_file,
        case
            when state = 'PAUSED' then 'paused'
            when state <> 'RUNNING' then 'stopped'
            when seconds_without_file > expected_every_seconds then 'silent'
        end as problem
    from read

),

final as (

    select
        feed,
        pipe,
        state,
        last_error,
        waiting_files,
        last_file_at,
        expected_every_seconds,
        seconds_without_file,
        problem,
        case problem
            when 'paused' then 'alter pipe ' || pipe || ' set pipe_execution_paused = false;'
            when 'stopped' then 'pulumi up --refresh'
            when 'silent' then 'alter pipe ' || pipe || ' refresh;'
        end as remedy
    from judged

)

select
    feed,
    pipe,
    state,
    last_error,
    waiting_files,
    last_file_at,
    expected_every_seconds,
    seconds_without_file,
    problem,
    remedy
from final
