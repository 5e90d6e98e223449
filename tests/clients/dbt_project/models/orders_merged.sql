{{ config(materialized='incremental', unique_key='order_id') }}

select
    order_id,
    status,
    changed_on,
    '{{ invocation_id }}' as build_id
from {{ ref('orders') }}
{% if is_incremental() %}
where changed_on > (select max(changed_on) from {{ this }})
{% endif %}
