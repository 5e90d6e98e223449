-- Files that a pipe rejected, or loaded in part, each with its latest such attempt. Resolved once
-- the same key, or another content of the same logical path, has loaded later.
{% from "logical_path.sql" import logical_path %}
with

attempts as (

    select
        pipe,
        _file,
        {{ logical_path("_file") }} as logical_path,
        status = 'loaded' as is_loaded,
        first_error,
        first_error_line,
        attempted_at
    from ops.load_attempts

),

compared as (

    select
        pipe,
        _file,
        is_loaded,
        first_error,
        first_error_line,
        attempted_at,
        max(iff(is_loaded, attempted_at, null)) over (
            partition by pipe, logical_path
        ) as last_loaded_at
    from attempts

),

final as (

    select
        pipe,
        _file,
        first_error,
        first_error_line,
        attempted_at as failed_at,
        coalesce(last_loaded_at > attempted_at, false) as resolved
    from compared
    where not is_loaded
    qualify row_number() over (partition by pipe, _file order by attempted_at desc) = 1

)

select
    pipe,
    _file,
    first_error,
    first_error_line,
    failed_at,
    resolved
from final
