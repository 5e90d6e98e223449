-- One row per line of a products file, every field as text; _surplus is the first field beyond the
-- declared ones, because a copy with a select never rejects a row for its number of columns.
copy into {{ table }} (
    product_id,
    product_description,
    product_category,
    _surplus,
    _file,
    _file_row,
    _file_modified_at,
    _loaded_at
)
from (
    select
        $1,
        $2,
        $3,
        $4,
        metadata$filename,
        metadata$file_row_number,
        metadata$file_last_modified,
        convert_timezone('UTC', metadata$start_scan_time)::timestamp_ntz as _loaded_at
    from @{{ stage }}/{{ prefix }}
)
file_format = (format_name = '{{ file_format }}')
on_error = skip_file
