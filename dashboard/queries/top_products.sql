-- The products bought most in the weeks of a period.
select
    coalesce(product_id, '(none delivered)') as product,
    coalesce(product_category, '(unknown)') as category,
    sum(purchase_count) as purchases
from mart.weekly_customer_purchases
where week_start between to_date(?) and to_date(?)
group by product_id, product_category
order by purchases desc, product
limit 200
