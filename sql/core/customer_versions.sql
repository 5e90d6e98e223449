-- Slowly changing dimension, type 2. Each file is one snapshot, valid from the last ISO date in
-- its logical path, else from the time it was modified. Versions follow from what was delivered,
-- not from when: late snapshots, or all in one delivery, give the same versions as in order.
with

snapshots as (

    select
        nullif(customer_id, '') as customer_id,
        -- Whole numbers alone: try_to_number would round 7.5 to 8.
        case
            when regexp_like(loyalty_score, '^[-+]?[0-9]{1,38}([.]0+)?$')
                then try_to_number(loyalty_score, 38, 0)
        end as loyalty_score,
        -- The key without its content's digits is the file's logical path.
        regexp_replace(
            _file, '-[0-9a-f]{12}(([.][A-Za-z0-9]+)?([.](gz|zst|bz2))?)$', '\\1'
        ) as logical_path,
        _file,
        _file_row,
        _file_modified_at
    from raw.customers

),

dated as (

    select
        customer_id,
        loyalty_score,
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
        customer_id,
        loyalty_score,
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
        customer_id,
        loyalty_score,
        valid_from
    from timed
    qualify
        row_number() over (
            partition by customer_id, valid_from
            order by _file_modified_at desc, _file desc, _file_row desc
        ) = 1

),

compared as (

    select
        customer_id,
        loyalty_score,
        valid_from,
        lag(loyalty_score) over (
            partition by customer_id order by valid_from
        ) as previous_loyalty_score,
        row_number() over (partition by customer_id order by valid_from) as snapshot_number
    from last_words

),

changes as (

    select
        customer_id,
        loyalty_score,
        valid_from
    from compared
    where
        snapshot_number = 1
        or loyalty_score is distinct from previous_loyalty_score

),

versions as (

    select
        customer_id,
        loyalty_score,
        valid_from,
        lead(valid_from) over (partition by customer_id order by valid_from) as valid_to
    from changes

),

final as (

    select
        customer_id,
        loyalty_score,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions

)

select
    customer_id,
    loyalty_score,
    valid_from,
    valid_to,
    is_current
from final
