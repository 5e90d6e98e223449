-- Every version of every customer; snapshots become versions as macros/type_2_versions.sql says.
{% from "type_2_versions.sql" import type_2_versions %}
{% from "whole_number.sql" import is_whole_number %}
with

snapshots as (

    select
        nullif(customer_id, '') as customer_id,
        -- Whole numbers alone: try_to_number would round 7.5 to 8.
        case
            when {{ is_whole_number("loyalty_score") }}
                then try_to_number(loyalty_score, 38, 0)
        end as loyalty_score,
        _file,
        _file_row,
        _file_modified_at
    from raw.customers

),

{{ type_2_versions("customer_id", ["loyalty_score"]) }},

final as (

    select
        customer_id,
        loyalty_score,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions

)

select
    customer_id,
    loyalty_score,
    valid_from,
    valid_to,
    is_current
from final
