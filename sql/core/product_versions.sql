-- Every version of every product; snapshots become versions as macros/type_2_versions.sql says.
{% from "type_2_versions.sql" import type_2_versions %}
with

snapshots as (

    select
        nullif(product_id, '') as product_id,
        product_description,
        product_category,
        _file,
        _file_row,
        _file_modified_at
    from raw.products

),

{{ type_2_versions("product_id", ["product_description", "product_category"]) }},

final as (

    select
        product_id,
        product_description,
        product_category,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions

)

select
    product_id,
    product_description,
    product_category,
    valid_from,
    valid_to,
    is_current
from final
