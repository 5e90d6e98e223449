-- Every record once per occurrence, from the smallest file and row that has it: the same lines in
-- another file add none.
select
    record_hash,
    record,
    occurrence,
    _file,
    _file_row
from core.numbered_records
qualify
    row_number() over (
        partition by record_hash, record, occurrence
        order by _file, _file_row
    ) = 1
