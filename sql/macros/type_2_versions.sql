-- The linter renders the bodies of the loops by themselves and takes them for the statement's end.
-- noqa: disable=layout.indent
{% from "logical_path.sql" import logical_path %}

-- The versions of a slowly changing dimension, type 2, as CTEs from `snapshots` (id, attributes,
-- _file, _file_row, _file_modified_at) to `versions` (id, attributes, valid_from, valid_to). Each
-- file is one snapshot, valid from the last ISO date in its logical path, else from the time it was
-- modified. Versions follow from what was delivered, not from when: late snapshots, or all in one
-- delivery, give the same versions as in order.
{% macro type_2_versions(id, attributes) -%}
    {%- set columns = ([id] + attributes) | join(", ") -%}
    located as (

        select
            {{ columns }},
            {{ logical_path("_file") }} as logical_path,
            _file,
            _file_row,
            _file_modified_at
        from snapshots

    ),

    dated as (

        select
            {{ columns }},
            regexp_substr(
                logical_path,
                '^(.*[^0-9])?([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))([^0-9].*)?$',
                1, 1, 'e', 2
            ) as snapshot_date,
            _file,
            _file_row,
            _file_modified_at
        from located

    ),

    timed as (

        select
            {{ columns }},
            -- There is no year 0, and clients fail on a row that has one.
            coalesce(
                case
                    when left(snapshot_date, 4) <> '0000'
                        then try_to_timestamp_ntz(snapshot_date, 'YYYY-MM-DD')
                end,
                _file_modified_at
            ) as valid_from,
            _file,
            _file_row,
            _file_modified_at
        from dated

    ),

    last_rows as (

        select
            {{ columns }},
            valid_from
        from timed
        qualify
            row_number() over (
                partition by {{ id }}, valid_from
                order by _file_modified_at desc, _file desc, _file_row desc
            ) = 1

    ),

    compared as (

        select
            {{ columns }},
            valid_from,
            {% for attribute in attributes %}
                lag({{ attribute }}) over (
                    partition by {{ id }} order by valid_from
                ) as previous_{{ attribute }},
            {% endfor %}
            row_number() over (partition by {{ id }} order by valid_from) as snapshot_number
        from last_rows

    ),

    changes as (

        select
            {{ columns }},
            valid_from
        from compared
        where
            snapshot_number = 1
            {% for attribute in attributes %}
                or {{ attribute }} is distinct from previous_{{ attribute }}
            {% endfor %}

    ),

    versions as (

        select
            {{ columns }},
            valid_from,
            lead(valid_from) over (partition by {{ id }} order by valid_from) as valid_to
        from changes

    )
{%- endmacro %}
