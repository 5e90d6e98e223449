{{ config(materialized='table') }}

select
    customer_id,
    sum(purchase_count) as items
from {{ source('mart', 'CUSTOMER_PURCHASES') }}
where customer_id is not null
group by customer_id
