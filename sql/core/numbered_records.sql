-- Every row of every file once, as it was loaded first (a file loaded again, by a pipe that was
-- replaced or by a backfill, brings its rows a second time), with its number among its equals
-- within its file: equal lines of one file are two transactions. Records are equal as VARIANTs:
-- neither key order nor whitespace nor 5 against 5.0 matters. Two windows stand in one dynamic
-- table here because the keys of both begin with the file: what a refresh works out again are the
-- files that came, for the second window as for the first, and a table between the two would only
-- store every record once more. The hash is the first key of what reads this; it never stands for
-- the record, since two records of a billion may share one.
with

delivered as (

    select
        hash(record) as record_hash,
        record,
        _file,
        _file_row
    from raw.transactions
    qualify row_number() over (partition by _file, _file_row order by _loaded_at) = 1

),

final as (

    select
        record_hash,
        record,
        _file,
        _file_row,
        row_number() over (
            partition by _file, record_hash, record order by _file_row
        ) as occurrence
    from delivered

)

select
    record_hash,
    record,
    _file,
    _file_row,
    occurrence
from final
