-- The logical path of a landing key: what the keys of all contents of one file have in common. The
-- pattern of a content's digits is landing_keys.CONTENT_PATTERN.
{% macro logical_path(key) -%}
    regexp_replace({{ key }}, '{{ content_pattern }}', '\\1')
{%- endmacro %}
