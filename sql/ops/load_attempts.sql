-- What became of each file that a pipe tried to load: what was copied of the load history, and what
-- was not yet. An attempt that is copied is no new one, so each stands here once.
with

final as (

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
    from ops.load_history
    union all
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
    from ops.new_load_attempts

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
