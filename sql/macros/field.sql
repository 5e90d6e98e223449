-- A field of a delivered row, as text: by its number in a CSV file, by its name in a Parquet file.
-- A NULL is empty text, as a field without a value is in CSV; a column that is not there is NULL.
{% macro field(number, name, is_parquet) -%}
    {% if is_parquet -%}
        iff(is_null_value($1:{{ name }}), '', $1:{{ name }}::varchar)
    {%- else -%}
        ${{ number }}
    {%- endif %}
{%- endmacro %}
