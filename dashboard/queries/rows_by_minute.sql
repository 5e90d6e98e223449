-- Rows loaded in each minute since a time.
select
    date_trunc('minute', attempted_at) as minute,
    feed,
    sum(rows_loaded) as loaded_rows
from ops.load_attempts
where attempted_at >= to_timestamp_ntz(?)
group by date_trunc('minute', attempted_at), feed
order by minute, feed
