-- Every issue of every raw record, once per issue and record: of a record delivered again, the
-- first by file and row. Nothing is dropped for an issue: core reads the unreadable as NULL.
{% from "whole_number.sql" import is_whole_number %}
{% set csv_feeds = feeds | selectattr("is_csv") | list %}
with

purchases as (

    select
        transaction_id,
        basket_position,
        product_id,
        price
    from core.purchases

),

customers as (

    select customer_id
    from core.customer_versions
    where is_current

),

products as (

    select product_id
    from core.product_versions
    where is_current

),

transactions as (

    select
        transactions.customer_id,
        transactions.purchased_at,
        transactions.basket,
        transactions._file,
        transactions._file_row,
        customers.customer_id is null as is_customer_unknown,
        coalesce(array_size(iff(is_array(transactions.basket), transactions.basket, null)), 0) = 0
            as is_basket_bad
    from core.transactions as transactions
    left join customers on transactions.customer_id = customers.customer_id

),

suspect_transactions as (

    select
        customer_id,
        purchased_at,
        basket,
        _file,
        _file_row,
        is_customer_unknown,
        is_basket_bad
    from transactions
    where
        customer_id is null
        or purchased_at is null
        or is_customer_unknown
        or is_basket_bad

),

unread_transactions as (

    select
        _file,
        _file_row,
        customer_id,
        purchased_at
    from suspect_transactions
    where
        customer_id is null
        or purchased_at is null

),

unread_records as (

    select
        unread_transactions._file,
        unread_transactions._file_row,
        unread_transactions.customer_id,
        unread_transactions.purchased_at,
        delivered.record,
        delivered._loaded_at
    from unread_transactions
    inner join raw.transactions as delivered
        on
            unread_transactions._file = delivered._file
            and unread_transactions._file_row = delivered._file_row

),

unread_values as (

    select
        _file,
        _file_row,
        customer_id,
        purchased_at,
        coalesce(to_json(record:customer_id), 'absent') as delivered_customer_id,
        coalesce(to_json(record:date_of_purchase), 'absent') as delivered_date_of_purchase
    from unread_records
    qualify row_number() over (partition by _file, _file_row order by _loaded_at) = 1

),

suspect_items as (

    select
        purchases.transaction_id,
        purchases.basket_position,
        purchases.product_id,
        purchases.price,
        products.product_id is null as is_product_unknown
    from purchases
    left join products on purchases.product_id = products.product_id
    where
        purchases.price is null
        or products.product_id is null

),

suspect_baskets as (

    select distinct transaction_id
    from suspect_items

),

baskets as (

    select
        transactions.transaction_id,
        transactions._file,
        transactions._file_row,
        transactions.basket
    from core.transactions as transactions
    inner join suspect_baskets on transactions.transaction_id = suspect_baskets.transaction_id

),

delivered_items as (

    select
        baskets.transaction_id,
        baskets._file,
        baskets._file_row,
        item.index + 1 as basket_position,
        to_json(item.value) as delivered_item,
        to_json(item.value:price) as delivered_price
    from
        baskets,
        lateral flatten(input => baskets.basket) as item

),

items_with_issues as (

    select
        delivered_items._file,
        delivered_items._file_row,
        delivered_items.basket_position,
        delivered_items.delivered_item,
        delivered_items.delivered_price,
        suspect_items.product_id,
        suspect_items.price,
        suspect_items.is_product_unknown
    from suspect_items
    inner join delivered_items
        on
            suspect_items.transaction_id = delivered_items.transaction_id
            and suspect_items.basket_position = delivered_items.basket_position

),

item_issues as (

    select
        'missing_product_id' as issue,
        _file,
        _file_row,
        basket_position,
        coalesce(delivered_item, 'null') as detail
    from items_with_issues
    where product_id is null
    union all
    select
        'unknown_product' as issue,
        _file,
        _file_row,
        basket_position,
        product_id as detail
    from items_with_issues
    where
        product_id is not null
        and is_product_unknown
    union all
    select
        'unreadable_price' as issue,
        _file,
        _file_row,
        basket_position,
        coalesce(delivered_price, 'absent') as detail
    from items_with_issues
    where price is null

),

{% for feed in csv_feeds %}
    {% set content = feed.content_columns | map(attribute="name") | map("lower") | join(", ") %}
    {{ feed.name }}_rows as (

        select distinct
            {{ content }},
            _file,
            _file_row
        from raw.{{ feed.table }}

    ),

    numbered_{{ feed.name }}_rows as (

        select
            {{ content }},
            _file,
            _file_row,
            row_number() over (partition by {{ content }}, _file order by _file_row) as occurrence
        from {{ feed.name }}_rows

    ),

    first_{{ feed.name }}_rows as (

        select
            {{ content }},
            _file,
            _file_row
        from numbered_{{ feed.name }}_rows
        qualify
            row_number() over (
                partition by {{ content }}, occurrence
                order by _file, _file_row
            ) = 1

    ),
{% endfor %}

final as (

    select
        'missing_customer_id' as issue,
        'transactions' as feed,
        _file,
        _file_row,
        delivered_customer_id as detail
    from unread_values
    where customer_id is null
    union all
    select
        'unreadable_timestamp' as issue,
        'transactions' as feed,
        _file,
        _file_row,
        delivered_date_of_purchase as detail
    from unread_values
    where purchased_at is null
    union all
    select
        'bad_basket' as issue,
        'transactions' as feed,
        _file,
        _file_row,
        coalesce(to_json(basket), 'absent') as detail
    from suspect_transactions
    where is_basket_bad
    union all
    select
        'unknown_customer' as issue,
        'transactions' as feed,
        _file,
        _file_row,
        customer_id as detail
    from suspect_transactions
    where
        customer_id is not null
        and is_customer_unknown
    union all
    select
        issue,
        'transactions' as feed,
        _file,
        _file_row,
        listagg(basket_position::varchar || ': ' || detail, ', ')
        within group (order by basket_position) as detail
    from item_issues
    group by issue, _file, _file_row
    union all
    select
        'missing_customer_id' as issue,
        'customers' as feed,
        _file,
        _file_row,
        coalesce('"' || customer_id || '"', 'absent') as detail
    from first_customers_rows
    where coalesce(customer_id, '') = ''
    union all
    select
        'bad_loyalty_score' as issue,
        'customers' as feed,
        _file,
        _file_row,
        coalesce('"' || loyalty_score || '"', 'absent') as detail
    from first_customers_rows
    where not coalesce({{ is_whole_number("loyalty_score") }}, false)
    union all
    select
        'missing_product_id' as issue,
        'products' as feed,
        _file,
        _file_row,
        coalesce('"' || product_id || '"', 'absent') as detail
    from first_products_rows
    where coalesce(product_id, '') = ''
    {% for feed in csv_feeds %}
        {% set fields = feed.delivered | map(attribute="name") | map("lower") | list %}
        union all
        select
            'column_count' as issue,
            '{{ feed.name }}' as feed,
            _file,
            _file_row,
            case
                when _surplus is not null then 'surplus: "' || _surplus || '"'
                {% for field in fields[1:] %}
                    when {{ field }} is null then 'absent: {{ fields[loop.index :] | join(", ") }}'
                {% endfor %}
            end as detail
        from first_{{ feed.name }}_rows
        where
            _surplus is not null
            {% if fields[1:] %}
                or {{ fields[-1] }} is null
            {% endif %}
    {% endfor %}

)

select
    issue,
    feed,
    _file,
    _file_row,
    detail
from final
