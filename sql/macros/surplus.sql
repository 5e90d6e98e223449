-- The first field of a CSV line beyond the declared ones; Parquet has columns by name alone.
{% macro surplus(number, is_parquet) -%}
    {% if is_parquet %}null{% else %}${{ number }}{% endif %}
{%- endmacro %}
