-- Files that a pipe rejected, or loaded in part, in the last 14 days: Snowflake keeps no longer,
-- and nothing from before a pipe was replaced. Resolved once the file's logical path has loaded
-- later.
with

attempts as (

    {% for feed in feeds %}
        select
            '{{ database }}.RAW.{{ feed | upper }}' as pipe,
            file_name,
            stage_location,
            status,
            first_error_message,
            first_error_line_number,
            last_load_time
        from
            table({{ database }}.information_schema.copy_history(
                table_name => '{{ database }}.RAW.{{ feed | upper }}',
                start_time => dateadd(day, -14, current_timestamp())
            ))
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

located as (

    select
        pipe,
        -- file_name is relative to stage_location (s3://bucket/path/); metadata$filename, and so
        -- _file everywhere else, is the path within the bucket.
        regexp_replace(
            regexp_replace(stage_location, '/$', '') || '/' || regexp_replace(file_name, '^/', ''),
            '^[a-z0-9]+://[^/]+/',
            ''
        ) as _file,
        lower(status) as status,
        first_error_message,
        first_error_line_number,
        last_load_time
    from attempts

),

judged as (

    select
        pipe,
        _file,
        regexp_replace(
            _file, '-[0-9a-f]{12}(([.][A-Za-z0-9]+)?([.](gz|zst|bz2))?)$', '\\1'
        ) as logical_path,
        status not in ('loaded', 'load in progress') as is_failure,
        iff(status = 'loaded', last_load_time, null) as loaded_at,
        first_error_message,
        first_error_line_number,
        last_load_time
    from located

),

compared as (

    select
        pipe,
        _file,
        is_failure,
        first_error_message,
        first_error_line_number,
        last_load_time,
        max(loaded_at) over (partition by pipe, logical_path) as last_loaded_at
    from judged

),

final as (

    select
        pipe,
        _file,
        first_error_message as first_error,
        first_error_line_number::number(38, 0) as first_error_line,
        convert_timezone('UTC', last_load_time)::timestamp_ntz(9) as failed_at,
        coalesce(last_loaded_at > last_load_time, false) as resolved
    from compared
    where is_failure
    qualify row_number() over (partition by pipe, _file order by last_load_time desc) = 1

)

select
    pipe,
    _file,
    first_error,
    first_error_line,
    failed_at,
    resolved
from final
