-- The customers who bought most, ever.
select
    coalesce(customer_id, '(none delivered)') as customer,
    loyalty_score,
    sum(purchase_count) as purchases
from mart.customer_purchases
where purchase_count > 0
group by customer_id, loyalty_score
order by purchases desc, customer
limit 10
