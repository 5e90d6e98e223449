-- How many times each customer bought each product. Every customer appears, without purchases with
-- count 0; every purchase counts, of an unknown customer or product with NULL attributes, so that
-- the sum of purchase_count is the number of rows of core.purchases.
with

customers as (

    select
        customer_id,
        loyalty_score
    from core.customer_versions
    where
        is_current
        and customer_id is not null

),

products as (

    select
        product_id,
        product_category
    from core.product_versions
    where is_current

),

purchase_counts as (

    select
        customer_id,
        product_id,
        purchase_count
    from core.purchase_counts

),

final as (

    select
        coalesce(customers.customer_id, purchase_counts.customer_id) as customer_id,
        customers.loyalty_score,
        purchase_counts.product_id,
        products.product_category,
        coalesce(purchase_counts.purchase_count, 0)::number(38, 0) as purchase_count
    from customers
    full outer join purchase_counts on customers.customer_id = purchase_counts.customer_id
    left join products on purchase_counts.product_id = products.product_id

)

select
    customer_id,
    loyalty_score,
    product_id,
    product_category,
    purchase_count
from final
