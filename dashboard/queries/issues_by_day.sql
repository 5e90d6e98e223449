-- Issues by kind and by the day on which their file was loaded; NULL for a file whose load is
-- longer ago than the load history goes.
with

loads as (

    select
        _file,
        min(attempted_at)::date as loaded_on
    from ops.load_attempts
    group by _file

)

select
    issues.issue,
    issues.feed,
    loads.loaded_on,
    count(*) as records
from mart.data_quality as issues
left join loads on issues._file = loads._file
group by issues.issue, issues.feed, loads.loaded_on
order by issues.issue, issues.feed, loads.loaded_on
