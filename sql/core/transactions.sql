-- Every transaction once, however often it was delivered. Two equal lines within one file are two
-- transactions; the same lines in another file, or the same file loaded again, add none. Records
-- are equal as VARIANTs: neither key order nor whitespace nor 5 against 5.0 makes a difference.
-- One PARTITION BY per select: an incremental refresh takes no more.
with

delivered as (

    select
        record,
        _file,
        _file_row
    from raw.transactions
    qualify row_number() over (partition by _file, _file_row order by _loaded_at) = 1

),

numbered as (

    select
        record,
        _file,
        _file_row,
        row_number() over (partition by record, _file order by _file_row) as occurrence
    from delivered

),

first_delivered as (

    select
        record,
        occurrence,
        _file,
        _file_row
    from numbered
    qualify row_number() over (partition by record, occurrence order by _file, _file_row) = 1

),

unpacked as (

    select
        record:customer_id::varchar as customer_id,
        record:date_of_purchase::varchar as date_of_purchase,
        record:basket as basket,
        _file,
        _file_row,
        md5(coalesce(to_json(record), '') || '#' || occurrence::varchar) as transaction_id
    from first_delivered

),

final as (

    select
        transaction_id,
        nullif(customer_id, '') as customer_id,
        -- The pattern first: a string of digits would be taken for seconds since 1970. There is no
        -- year 0, and clients fail on a row that has one.
        case
            when
                regexp_like(
                    date_of_purchase,
                    '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]'
                    || '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{6})?$'
                )
                and left(date_of_purchase, 4) <> '0000'
                then
                    try_to_timestamp_ntz(
                        left(replace(date_of_purchase, 'T', ' ') || '.000000', 26),
                        'YYYY-MM-DD HH24:MI:SS.FF6'
                    )
        end as purchased_at,
        basket,
        _file,
        _file_row
    from unpacked

)

select
    transaction_id,
    customer_id,
    purchased_at,
    basket,
    _file,
    _file_row
from final
