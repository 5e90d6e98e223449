-- One row per line of a customers file, every field as text; _surplus is the first field beyond the
-- declared ones, because a copy with a select never rejects a row for its number of columns.
{% from "field.sql" import field %}
{% from "files.sql" import files %}
{% from "surplus.sql" import surplus %}
copy into {{ table }} (
    customer_id,
    loyalty_score,
    _surplus,
    _file,
    _file_row,
    _file_modified_at,
    _loaded_at
)
from (
    select
        {{ field(1, "customer_id", is_parquet) }},
        {{ field(2, "loyalty_score", is_parquet) }},
        {{ surplus(3, is_parquet) }},
        metadata$filename,
        metadata$file_row_number,
        metadata$file_last_modified,
        convert_timezone('UTC', metadata$start_scan_time)::timestamp_ntz as _loaded_at
    from @{{ stage }}/{{ prefix }}
)
{{ files(file_format, is_parquet) }}
on_error = skip_file
