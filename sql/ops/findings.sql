-- What somebody has to look at: models that are suspended, failing or late, pipes that are paused,
-- stopped or silent. Whether the counts agree is another, dearer question: OPS.RECONCILIATION.
with

final as (

    select
        model as object,
        problem,
        coalesce(reason || ', ', '')
        || coalesce(last_error, 'rows of ' || data_as_of::varchar || ' UTC') as detail,
        remedy
    from ops.model_freshness
    where problem is not null
    union all
    select
        pipe as object,
        problem,
        coalesce(
            last_error,
            state || ', last file ' || coalesce(last_file_at::varchar || ' UTC', 'never')
        ) as detail,
        remedy
    from ops.pipe_health
    where problem is not null

)

select
    object,
    problem,
    detail,
    remedy
from final
