-- The purchases of each day and category, only days with purchases; a purchase with an unreadable
-- timestamp counts under a NULL day.
with

products as (

    select
        product_id,
        product_category
    from core.product_versions
    where is_current

),

purchase_counts as (

    select
        purchased_at::date as purchased_on,
        product_id,
        count(*) as purchase_count
    from core.purchases
    group by purchased_at::date, product_id

),

final as (

    select
        purchase_counts.purchased_on,
        products.product_category,
        sum(purchase_counts.purchase_count)::number(38, 0) as purchase_count
    from purchase_counts
    left join products on purchase_counts.product_id = products.product_id
    group by purchase_counts.purchased_on, products.product_category

)

select
    purchased_on,
    product_category,
    purchase_count
from final
