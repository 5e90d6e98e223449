-- One row per JSON value, or row of Parquet, of a transactions file, unread: core.transactions
-- reads it.
{% from "files.sql" import files %}
copy into {{ table }} (
    record,
    _file,
    _file_row,
    _file_modified_at,
    _loaded_at
)
from (
    select
        $1,
        metadata$filename,
        metadata$file_row_number,
        metadata$file_last_modified,
        convert_timezone('UTC', metadata$start_scan_time)::timestamp_ntz as _loaded_at
    from @{{ stage }}/{{ prefix }}
)
{{ files(file_format, is_parquet) }}
on_error = skip_file
