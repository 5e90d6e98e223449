-- What became of the files of each feed in the last 14 days, each file by its latest attempt.
with

latest as (

    select
        feed,
        lower(status) = 'loaded' as is_loaded,
        rows_loaded,
        attempted_at
    from ops.load_attempts
    where attempted_at >= dateadd(day, -14, convert_timezone('UTC', current_timestamp())::timestamp_ntz)
    qualify row_number() over (partition by pipe, _file order by attempted_at desc) = 1

)

select
    feed,
    count_if(is_loaded) as loaded_files,
    count_if(not is_loaded) as refused_files,
    count_if(attempted_at >= to_timestamp_ntz(?)) as files_in_hour,
    sum(iff(attempted_at >= to_timestamp_ntz(?), rows_loaded, 0)) as rows_in_hour,
    max(attempted_at) as last_attempt_at,
    max(iff(rows_loaded > 0, attempted_at, null)) as last_rows_at
from latest
group by feed
order by feed
