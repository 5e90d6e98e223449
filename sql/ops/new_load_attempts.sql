-- What became of each file that a pipe tried to load and OPS.LOAD_HISTORY does not have yet: the
-- copy history of every raw table, of the last 14 days (Snowflake keeps no longer, and nothing from
-- before a pipe was replaced). A task copies it.
with

attempts as (

    {% for feed in feeds %}
        select
            '{{ feed.name }}' as feed,
            file_name,
            stage_location,
            status,
            row_count,
            row_parsed,
            first_error_message,
            first_error_line_number,
            last_load_time
        from
            table({{ database }}.information_schema.copy_history(
                table_name => '{{ database }}.RAW.{{ feed.table }}',
                start_time => dateadd(day, -14, current_timestamp())
            ))
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

named as (

    select
        feed,
        '{{ database }}.RAW.' || upper(feed) as pipe,
        -- file_name is relative to stage_location (s3://bucket/path/); metadata$filename, and so
        -- _file everywhere else, is the path within the bucket. A name may begin with a slash.
        regexp_replace(
            stage_location
            || iff(right(stage_location, 1) = '/' or left(file_name, 1) = '/', '', '/')
            || file_name,
            '^[a-z0-9]+://[^/]+/',
            ''
        ) as _file,
        lower(status) as status,
        row_parsed::number(38, 0) as rows_parsed,
        row_count::number(38, 0) as rows_loaded,
        first_error_message as first_error,
        first_error_line_number::number(38, 0) as first_error_line,
        convert_timezone('UTC', last_load_time)::timestamp_ntz(9) as attempted_at
    from attempts
    where lower(status) <> 'load in progress'

),

-- The day more than the copy history has is for the time that its answer takes.
kept as (

    select
        pipe,
        _file,
        attempted_at
    from ops.load_history
    where
        attempted_at
        >= dateadd(day, -15, convert_timezone('UTC', current_timestamp())::timestamp_ntz(9))

),

final as (

    select
        named.feed,
        named.pipe,
        named._file,
        named.status,
        named.rows_parsed,
        named.rows_loaded,
        named.first_error,
        named.first_error_line,
        named.attempted_at
    from named
    left join kept
        on
            named.pipe = kept.pipe
            and named._file = kept._file
            and named.attempted_at = kept.attempted_at
    where kept.attempted_at is null

)

select
    feed,
    pipe,
    _file,
    status,
    rows_parsed,
    rows_loaded,
    first_error,
    first_error_line,
    attempted_at
from final
