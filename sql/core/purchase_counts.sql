-- How many times each customer bought each product; mart.customer_purchases reads it. Nothing but
-- a GROUP BY at the top, whose stored counts a refresh goes on from.
select
    customer_id,
    product_id,
    count(*) as purchase_count
from core.purchases
group by customer_id, product_id
