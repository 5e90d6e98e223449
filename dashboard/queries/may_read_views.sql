-- Answers to whoever may read the requested view, and to nobody else.
select 1 as allowed
from mart.customer_purchases
where false
