-- The products bought most, ever.
select
    coalesce(product_id, '(none delivered)') as product,
    coalesce(product_category, '(unknown)') as category,
    sum(purchase_count) as purchases
from mart.customer_purchases
where purchase_count > 0
group by product_id, product_category
order by purchases desc, product
limit 200
