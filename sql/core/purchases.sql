-- One row per item of a basket. What is no object counts as an item without product and price;
-- a basket that is no array (flatten would take an object's values for items) has no purchases.
with

transactions as (

    select
        transaction_id,
        customer_id,
        purchased_at,
        iff(is_array(basket), basket, null) as basket
    from core.transactions

),

items as (

    select
        transactions.transaction_id,
        transactions.customer_id,
        transactions.purchased_at,
        item.index + 1 as basket_position,
        item.value:product_id::varchar as product_id,
        item.value:price::varchar as price
    from
        transactions,
        lateral flatten(input => transactions.basket) as item

),

final as (

    select
        transaction_id,
        basket_position::number(38, 0) as basket_position,
        customer_id,
        nullif(product_id, '') as product_id,
        case
            when regexp_like(price, '^[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$')
                then try_to_number(price, 38, 4)
        end as price,
        purchased_at
    from items

)

select
    transaction_id,
    basket_position,
    customer_id,
    product_id,
    price,
    purchased_at
from final
