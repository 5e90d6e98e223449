-- Slowly changing dimension, type 2. Each file is one snapshot, valid from the last ISO date in
-- its logical path, else from the time it was modified. Versions follow from what was delivered,
-- not from when: late snapshots, or all in one delivery, give the same versions as in order.
with

snapshots as (

    select
        nullif(product_id, '') as product_id,
        product_description,
        product_category,
        -- The key without its content's digits is the file's logical path.
        regexp_replace(
            _file, '-[0-9a-f]{12}(([.][A-Za-z0-9]+)?([.](gz|zst|bz2))?)$', '\\1'
        ) as logical_path,
        _file,
        _file_row,
        _file_modified_at
    from raw.products

),

dated as (

    select
        product_id,
        product_description,
        product_category,
        regexp_substr(
            logical_path,
            '^(.*[^0-9])?([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))([^0-9].*)?$',
            1, 1, 'e', 2
        ) as snapshot_date,
        _file,
        _file_row,
        _file_modified_at
    from snapshots

),

timed as (

    select
        product_id,
        product_description,
        product_category,
        -- There is no year 0, and clients fail on a row that has one.
        coalesce(
            case
                when left(snapshot_date, 4) <> '0000'
                    then try_to_timestamp_ntz(snapshot_date, 'YYYY-MM-DD')
            end,
            _file_modified_at
        ) as valid_from,
        _file,
        _file_row,
        _file_modified_at
    from dated

),

last_words as (

    select
        product_id,
        product_description,
        product_category,
        valid_from
    from timed
    qualify
        row_number() over (
            partition by product_id, valid_from
            order by _file_modified_at desc, _file desc, _file_row desc
        ) = 1

),

compared as (

    select
        product_id,
        product_description,
        product_category,
        valid_from,
        lag(product_description) over (
            partition by product_id order by valid_from
        ) as previous_product_description,
        lag(product_category) over (
            partition by product_id order by valid_from
        ) as previous_product_category,
        row_number() over (partition by product_id order by valid_from) as snapshot_number
    from last_words

),

changes as (

    select
        product_id,
        product_description,
        product_category,
        valid_from
    from compared
    where
        snapshot_number = 1
        or product_description is distinct from previous_product_description
        or product_category is distinct from previous_product_category

),

versions as (

    select
        product_id,
        product_description,
        product_category,
        valid_from,
        lead(valid_from) over (partition by product_id order by valid_from) as valid_to
    from changes

),

final as (

    select
        product_id,
        product_description,
        product_category,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions

)

select
    product_id,
    product_description,
    product_category,
    valid_from,
    valid_to,
    is_current
from final
