-- Which files of a feed's prefix a pipe reads, and how. A pipe has one file format. What Spark and
-- its like put beside their Parquet files (_SUCCESS, checksums) is passed over. The vectorized
-- scanner gives each time its type and each NULL its place, as the models read them.
{% macro files(file_format, is_parquet) -%}
    {% if is_parquet -%}
        file_format = (type = parquet use_vectorized_scanner = true)
pattern = '.*[.]parquet'
    {%- else -%}
        file_format = (format_name = '{{ file_format }}')
    {%- endif %}
{%- endmacro %}
