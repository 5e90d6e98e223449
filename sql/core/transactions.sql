-- Every transaction once, however often it was delivered; the models before this one say which.
-- The id is made of HASH, which equal VARIANTs share; the text of TO_JSON has no promised order of
-- keys. The basket's hash stands beside the record's, so that of a billion records two with one
-- hash have two ids all the same.
with

unpacked as (

    select
        md5(
            record_hash::varchar
            || '#' || hash(record:basket)::varchar
            || '#' || occurrence::varchar
        ) as transaction_id,
        record:customer_id::varchar as customer_id,
        record:date_of_purchase::varchar as date_of_purchase,
        {% if "transactions" in parquet_feeds %}
            -- Parquet may give a time its type. One of a time zone is an instant, read as of UTC.
            case
                when is_timestamp_ntz(record:date_of_purchase)
                    then as_timestamp_ntz(record:date_of_purchase)
                when is_timestamp_ltz(record:date_of_purchase)
                    then
                        convert_timezone('UTC', as_timestamp_ltz(record:date_of_purchase))
                        ::timestamp_ntz(9)
            end as typed_date_of_purchase,
        {% endif %}
        record:basket as basket,
        _file,
        _file_row
    from core.unique_records

),

final as (

    select
        transaction_id,
        nullif(customer_id, '') as customer_id,
        -- The pattern first: a string of digits would be taken for seconds since 1970. There is no
        -- year 0, and clients fail on a row that has one.
        case
            {% if "transactions" in parquet_feeds %}
                when typed_date_of_purchase is not null
                    then iff(year(typed_date_of_purchase) > 0, typed_date_of_purchase, null)
            {% endif %}
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
