-- The rows of the weekly view for one week, the most bought first.
select
    week_start,
    customer_id,
    loyalty_score,
    product_id,
    product_category,
    purchase_count
from mart.weekly_customer_purchases
where week_start = to_date(?)
order by purchase_count desc, customer_id, product_id
limit 500
