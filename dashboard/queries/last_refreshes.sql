-- How the last refresh of each model ended.
select
    name,
    state,
    state_message,
    refresh_action,
    refresh_start_time,
    refresh_end_time
from table(information_schema.dynamic_table_refresh_history())
where schema_name = 'CORE'
qualify row_number() over (partition by name order by refresh_start_time desc) = 1
