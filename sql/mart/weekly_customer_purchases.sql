-- The purchases of mart.customer_purchases by week, only weeks with purchases; a purchase with an
-- unreadable timestamp counts under a NULL week.
with

customers as (

    select
        customer_id,
        loyalty_score
    from core.customer_versions
    where is_current

),

products as (

    select
        product_id,
        product_category
    from core.product_versions
    where is_current

),

purchases as (

    select
        -- Monday, whatever the reader's WEEK_START: date_trunc('week') follows that parameter.
        dateadd(day, 1 - dayofweekiso(purchased_at), purchased_at)::date as week_start,
        customer_id,
        product_id
    from core.purchases

),

purchase_counts as (

    select
        week_start,
        customer_id,
        product_id,
        count(*) as purchase_count
    from purchases
    group by week_start, customer_id, product_id

),

final as (

    select
        purchase_counts.week_start,
        purchase_counts.customer_id,
        customers.loyalty_score,
        purchase_counts.product_id,
        products.product_category,
        purchase_counts.purchase_count::number(38, 0) as purchase_count
    from purchase_counts
    left join customers on purchase_counts.customer_id = customers.customer_id
    left join products on purchase_counts.product_id = products.product_id

)

select
    week_start,
    customer_id,
    loyalty_score,
    product_id,
    product_category,
    purchase_count
from final
