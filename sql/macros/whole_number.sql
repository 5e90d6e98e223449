-- Whether a text is a whole number: 7, -7 and 7.0, and neither 7.5 nor 1e3.
{% macro is_whole_number(text) -%}
    regexp_like({{ text }}, '^[-+]?[0-9]{1,38}([.]0+)?$')
{%- endmacro %}
