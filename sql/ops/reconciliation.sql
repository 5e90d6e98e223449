-- What must agree if nothing was lost and nothing counted twice, one row per check and subject:
-- each file's rows in its load history and in RAW, that there is a history to compare, each
-- delivered transaction, customer and product in CORE, each item of a basket in CORE, each purchase
-- and customer in the views. EXPECTED is counted upstream, in another way than the models count.
with

loaded as (

    select
        feed,
        _file,
        max(rows_loaded) as rows_loaded
    from ops.load_attempts
    where status in ('loaded', 'partially loaded')
    group by feed, _file

),

landed as (

    {% for feed in feeds %}
        select
            '{{ feed.name }}' as feed,
            _file,
            count(distinct _file_row) as row_count,
            min(_loaded_at) as loaded_at
        from raw.{{ feed.table }}
        group by _file
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

-- What RAW has beyond the history was loaded before it was kept.
file_rows as (

    select
        'rows of a file in its load history and in RAW' as check_name,
        loaded._file as subject,
        loaded.rows_loaded as expected,
        coalesce(landed.row_count, 0) as found
    from loaded
    left join landed
        on
            loaded.feed = landed.feed
            and loaded._file = landed._file

),

-- Whoever sees no history finds nothing to compare. Snowflake itself tells of the last days.
seen_files as (

    select
        'files of the last 13 days in RAW and in the load history' as check_name,
        'RAW.' || upper(landed.feed) as subject,
        count(*) as expected,
        count(loaded._file) as found
    from landed
    left join loaded
        on
            landed.feed = loaded.feed
            and landed._file = loaded._file
    where
        landed._file is not null
        and landed.loaded_at
        >= dateadd(day, -13, convert_timezone('UTC', current_timestamp())::timestamp_ntz(9))
    group by landed.feed

),

hashes as (

    select
        hash(record) as record_hash,
        count(*) as row_count
    from raw.transactions
    group by hash(record)

),

-- A record counts as often as in the file that has it most often. Only those whose hash occurs more
-- than once need to be compared with each other, which is much the dearer way.
copies as (

    select
        delivered.record,
        delivered._file,
        count(distinct delivered._file_row) as copy_count
    from raw.transactions as delivered
    inner join hashes on hash(delivered.record) = hashes.record_hash
    where hashes.row_count > 1
    group by delivered.record, delivered._file

),

most_copies as (

    select max(copy_count) as copy_count
    from copies
    group by record

),

transactions as (

    select
        'transactions in RAW, each once, and in CORE' as check_name,
        'CORE.TRANSACTIONS' as subject,
        (select coalesce(sum(most_copies.copy_count), 0) as row_count from most_copies)
        + (select count_if(hashes.row_count = 1) as row_count from hashes) as expected,
        (select count(*) as row_count from core.transactions) as found

),

purchases as (

    select
        'items of all baskets and purchases in CORE' as check_name,
        'CORE.PURCHASES' as subject,
        (
            select coalesce(sum(array_size(delivered.basket)), 0) as row_count
            from core.transactions as delivered
            where is_array(delivered.basket)
        ) as expected,
        (select count(*) as row_count from core.purchases) as found

),

{% for feed, dimension in {"customers": "customer", "products": "product"}.items() %}
    -- A line without an id counts as one more: core keeps it, under NULL.
    {{ feed }} as (

        select
            'ids in RAW and their current versions in CORE' as check_name,
            'CORE.{{ dimension | upper }}_VERSIONS' as subject,
            (
                select count(distinct coalesce(delivered.{{ dimension }}_id, '')) as row_count
                from raw.{{ feed }} as delivered
            ) as expected,
            (
                select count(*) as row_count
                from core.{{ dimension }}_versions
                where is_current
            ) as found

    ),
{% endfor %}

known_customers as (

    select customer_id
    from core.customer_versions
    where
        is_current
        and customer_id is not null

),

customer_totals as (

    select
        customer_id,
        sum(purchase_count) as purchase_count
    from mart.customer_purchases
    group by customer_id

),

view_totals as (

    select
        coalesce(sum(customer_totals.purchase_count), 0) as purchase_count,
        count(known_customers.customer_id) as customer_count
    from customer_totals
    left join known_customers on customer_totals.customer_id = known_customers.customer_id

),

view_customers as (

    select
        'customers in CORE and in the view' as check_name,
        'MART.CUSTOMER_PURCHASES' as subject,
        (select count(*) as row_count from known_customers) as expected,
        (select view_totals.customer_count from view_totals) as found

),

view_purchases as (

    select
        'purchases in CORE and counted by the view' as check_name,
        'MART.CUSTOMER_PURCHASES' as subject,
        (select count(*) as row_count from core.purchases) as expected,
        (select view_totals.purchase_count from view_totals) as found

),

weekly_purchases as (

    select
        'purchases in CORE and counted by the view' as check_name,
        'MART.WEEKLY_CUSTOMER_PURCHASES' as subject,
        (select count(*) as row_count from core.purchases) as expected,
        (select coalesce(sum(purchase_count), 0) as row_count from mart.weekly_customer_purchases)
            as found

),

final as (

    {% for checked in [
        "file_rows",
        "seen_files",
        "transactions",
        "purchases",
        "customers",
        "products",
        "view_customers",
        "view_purchases",
        "weekly_purchases",
    ] %}
        select
            check_name,
            subject,
            expected,
            found
        from {{ checked }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select
    check_name,
    subject,
    expected::number(38, 0) as expected,
    found::number(38, 0) as found
from final
