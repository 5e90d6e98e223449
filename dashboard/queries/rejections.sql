-- The files that were rejected or loaded in part, those that nothing has put right first.
select
    failed_at,
    _file,
    first_error,
    first_error_line,
    resolved,
    pipe
from ops.load_failures
order by resolved, failed_at desc, _file
limit 100
