-- One row per JSON value of a transactions file, unread: core.transactions reads it.
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
file_format = (format_name = '{{ file_format }}')
on_error = skip_file
