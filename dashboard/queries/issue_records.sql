-- The records of one issue.
select
    feed,
    _file,
    _file_row,
    detail
from mart.data_quality
where issue = ?
order by _file, _file_row
limit 500
