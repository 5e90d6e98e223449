-- Every row of every file once, as it was loaded first: a file loaded again, by a pipe that was
-- replaced or by a backfill, brings its rows a second time. The keys follow the order of loading,
-- so a refresh looks at the files that are new. The hash is the first key of what reads this; it
-- never stands for the record, since two records of a billion may share one.
select
    hash(record) as record_hash,
    record,
    _file,
    _file_row
from raw.transactions
qualify row_number() over (partition by _file, _file_row order by _loaded_at) = 1
