-- The files that were tried last.
select
    attempted_at,
    feed,
    _file,
    status,
    rows_loaded,
    rows_parsed
from ops.load_attempts
order by attempted_at desc, _file
limit 15
