-- The customers who bought most in the weeks of a period.
select
    coalesce(customer_id, '(none delivered)') as customer,
    loyalty_score,
    sum(purchase_count) as purchases
from mart.weekly_customer_purchases
where week_start between to_date(?) and to_date(?)
group by customer_id, loyalty_score
order by purchases desc, customer
limit 10
