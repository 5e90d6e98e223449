{{ config(materialized='view') }}

select customer_id
from {{ ref('best_customers') }}
where items > 0
