-- Purchases of each day and category.
select
    purchased_on,
    coalesce(product_category, '(unknown)') as category,
    purchase_count as purchases
from mart.daily_purchases
where purchased_on is not null
order by purchased_on, category
