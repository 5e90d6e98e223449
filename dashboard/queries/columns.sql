-- The columns of a table or view, with what they hold.
select
    column_name,
    data_type,
    comment
from information_schema.columns
where table_schema = ? and table_name = ?
order by ordinal_position
