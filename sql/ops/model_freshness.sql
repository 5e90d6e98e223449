-- Whether each model is refreshed, how its last refresh ended, and how old its rows are. A lag is a
-- target, so a model is late once its rows are older than twice that. One that others drive
-- (DOWNSTREAM) is as late as they may be. One that is suspended along with another above it is no
-- problem of its own: it resumes with that one.
with

states as (

    select
        database_name || '.' || schema_name || '.' || name as model,
        coalesce(scheduling_state:state, scheduling_state:"STATE")::varchar as state,
        coalesce(scheduling_state:reason_code, scheduling_state:"REASON_CODE")::varchar as reason,
        last_completed_refresh_state as last_refresh,
        last_completed_refresh_state_message as last_error,
        convert_timezone('UTC', latest_data_timestamp)::timestamp_ntz(9) as data_as_of,
        coalesce(target_lag_sec, max(target_lag_sec) over ())::number(38, 0) as lag_wanted_seconds,
        datediff(second, latest_data_timestamp, current_timestamp())::number(38, 0) as lag_seconds
    from table({{ database }}.information_schema.dynamic_tables(result_limit => 10000))
    where database_name = '{{ database }}'

),

judged as (

    select
        model,
        state,
        reason,
        last_refresh,
        last_error,
        data_as_of,
        lag_wanted_seconds,
        lag_seconds,
        case
            when startswith(reason, 'UPSTREAM') then null
            when state = 'SUSPENDED' then 'suspended'
            when last_refresh not in ('SUCCEEDED', 'SKIPPED') then 'failing'
            when lag_seconds > 2 * lag_wanted_seconds then 'late'
        end as problem
    from states

),

final as (

    select
        model,
        state,
        reason,
        last_refresh,
        last_error,
        data_as_of,
        lag_wanted_seconds,
        lag_seconds,
        problem,
        case
            when problem = 'suspended' then 'alter dynamic table ' || model || ' resume;'
            when problem is not null then 'alter dynamic table ' || model || ' refresh;'
        end as remedy
    from judged

)

select
    model,
    state,
    reason,
    last_refresh,
    last_error,
    data_as_of,
    lag_wanted_seconds,
    lag_seconds,
    problem,
    remedy
from final
