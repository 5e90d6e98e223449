-- What the requested view says, by category.
select
    coalesce(product_category, '(unknown)') as category,
    sum(purchase_count) as purchases,
    count(distinct customer_id) as customers
from mart.customer_purchases
where purchase_count > 0
group by coalesce(product_category, '(unknown)')
order by purchases desc, category
