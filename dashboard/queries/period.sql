-- The first and the last day with purchases, and how many purchases have no readable time.
select
    min(purchased_on) as first_day,
    max(purchased_on) as last_day,
    coalesce(sum(iff(purchased_on is null, purchase_count, 0)), 0) as undated
from mart.daily_purchases
