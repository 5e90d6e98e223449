-- Which of its equals within its file a record is: equal lines of one file are two transactions.
-- Records are equal as VARIANTs: neither key order nor whitespace nor 5 against 5.0 matters.
select
    record_hash,
    record,
    _file,
    _file_row,
    row_number() over (partition by _file, record_hash, record order by _file_row) as occurrence
from core.delivered_records
