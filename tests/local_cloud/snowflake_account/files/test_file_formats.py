"""File formats: what cannot be read by is refused by name."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.file_formats import CsvFormat, JsonFormat, ParquetFormat, file_format
from local_cloud.snowflake_account.files.format_options import OPTIONS
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

PROVIDER_CSV = {
    "TYPE": "CSV",
    "COMPRESSION": "GZIP",
    "RECORD_DELIMITER": "\\n",
    "FIELD_DELIMITER": "|",
    "FILE_EXTENSION": ".csv",
    "PARSE_HEADER": False,
    "SKIP_HEADER": 1,
    "SKIP_BLANK_LINES": True,
    "DATE_FORMAT": "AUTO",
    "TIME_FORMAT": "AUTO",
    "TIMESTAMP_FORMAT": "AUTO",
    "BINARY_FORMAT": "HEX",
    "ESCAPE": "\\\\",
    "ESCAPE_UNENCLOSED_FIELD": "NONE",
    "TRIM_SPACE": "true",
    "FIELD_OPTIONALLY_ENCLOSED_BY": '"',
    "NULL_IF": ["", "NULL"],
    "ERROR_ON_COLUMN_COUNT_MISMATCH": False,
    "REPLACE_INVALID_CHARACTERS": True,
    "EMPTY_FIELD_AS_NULL": False,
    "SKIP_BYTE_ORDER_MARK": False,
    "ENCODING": "iso-8859-1",
    "MULTI_LINE": False,
    "VALIDATE_UTF8": True,
    "COMMENT": "c",
}
PROVIDER_JSON = {
    "TYPE": "JSON",
    "COMPRESSION": "auto",
    "DATE_FORMAT": "AUTO",
    "TIME_FORMAT": "AUTO",
    "TIMESTAMP_FORMAT": "AUTO",
    "BINARY_FORMAT": "HEX",
    "TRIM_SPACE": True,
    "NULL_IF": ["x"],
    "FILE_EXTENSION": "",
    "ENABLE_OCTAL": False,
    "ALLOW_DUPLICATE": True,
    "STRIP_OUTER_ARRAY": True,
    "STRIP_NULL_VALUES": True,
    "IGNORE_UTF8_ERRORS": True,
    "REPLACE_INVALID_CHARACTERS": False,
    "SKIP_BYTE_ORDER_MARK": True,
    "MULTI_LINE": True,
    "COMMENT": "",
}


def test_every_option_of_the_providers_csv_resource_is_known() -> None:
    assert file_format(PROVIDER_CSV) == CsvFormat(
        compression="GZIP",
        field_delimiter="|",
        skip_header=1,
        skip_blank_lines=True,
        trim_space=True,
        field_optionally_enclosed_by='"',
        escape="\\",
        escape_unenclosed_field=None,
        null_if=("", "NULL"),
        error_on_column_count_mismatch=False,
        empty_field_as_null=False,
        replace_invalid_characters=True,
        skip_byte_order_mark=False,
        encoding="ISO88591",
        multi_line=False,
    )


def test_every_option_of_the_providers_json_resource_is_known() -> None:
    assert file_format(PROVIDER_JSON) == JsonFormat(
        strip_outer_array=True,
        strip_null_values=True,
        allow_duplicate=True,
        ignore_utf8_errors=True,
        null_if=tuple(PROVIDER_JSON["NULL_IF"]),
        trim_space=str(PROVIDER_JSON["TRIM_SPACE"]).upper() == "TRUE",
    )


def test_a_format_without_options_has_the_documented_defaults() -> None:
    assert file_format({}) == CsvFormat()
    assert file_format({"TYPE": "parquet", "COMPRESSION": "SNAPPY", "NULL_IF": ["\\N"]}) == ParquetFormat()


@pytest.mark.parametrize("type_name", OPTIONS)
def test_every_default_that_describe_tells_of_is_one_that_create_takes_and_reads_alike(
    landing: Landing, type_name: str
) -> None:
    landing.execute(f"create file format {SCHEMA}.F type = {type_name}")
    _, *described = landing.execute(f"describe file format {SCHEMA}.F")
    assert [row["property"] for row in described] == [
        name for name, option in OPTIONS[type_name].items() if option.is_described
    ]
    for row in described:
        default = row["property_default"]
        texts = [text for text in default.strip("[]").split(", ") if text]
        spelled = {
            "String": default if default in ("AUTO", "NONE") else literal(default),
            "List": f"({', '.join(map(literal, texts))})",
        }.get(row["property_type"], default)
        assert row["property_value"] == default
        landing.execute(f"create or replace file format {SCHEMA}.G type = {type_name} {row['property']} = {spelled}")
        again = {found["property"]: found for found in landing.execute(f"describe file format {SCHEMA}.G")}
        assert again[row["property"]] == row
        given = {"TYPE": type_name, row["property"]: OPTIONS[type_name][row["property"]].default}
        assert file_format(given) == file_format({"TYPE": type_name})


def literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("\n", "\\n") + "'"


def test_every_option_that_is_read_by_is_in_the_table_without_a_fixed_value() -> None:
    for type_name, cls in (("CSV", CsvFormat), ("JSON", JsonFormat)):
        read = {field.name.upper() for field in dataclasses.fields(cls)}
        assert read <= {name for name, option in OPTIONS[type_name].items() if option.only is None}


REFUSED: list[dict[str, Any]] = [
    {"TYPE": "AVRO"},
    {"TYPE": "ORC"},
    {"TYPE": "XML"},
    {"TYPE": "CSV", "COMPRESSION": "BROTLI"},
    {"TYPE": "JSON", "COMPRESSION": "LZO"},
    {"TYPE": "CSV", "ENCODING": "SHIFTJIS"},
    {"TYPE": "CSV", "VALIDATE_UTF8": False},
    {"TYPE": "CSV", "DATE_FORMAT": "DD.MM.YYYY"},
    {"TYPE": "CSV", "TIMESTAMP_FORMAT": "YYYY"},
    {"TYPE": "CSV", "BINARY_FORMAT": "BASE32"},
    {"TYPE": "JSON", "ENABLE_OCTAL": True},
    {"TYPE": "JSON", "DATE_FORMAT": "DD.MM.YYYY"},
    {"TYPE": "JSON", "TIME_FORMAT": "HH24"},
    {"TYPE": "JSON", "TIMESTAMP_FORMAT": "YYYY"},
    {"TYPE": "JSON", "BINARY_FORMAT": "BASE32"},
    {"TYPE": "PARQUET", "NULL_IF": ["x"]},
]


@pytest.mark.parametrize("options", REFUSED, ids=lambda options: " ".join(map(str, [*options.items()][-1])))
def test_what_cannot_be_read_by_is_refused_by_name(options: dict[str, Any]) -> None:
    name, value = [*options.items()][-1]

    with pytest.raises(UnsupportedError, match=f"{name} = .*{str(value).strip('[]')[:6]}"):
        file_format(options)


INVALID: list[dict[str, Any]] = [
    {"SKIP_HEADER": -1},
    {"SKIP_HEADER": "one"},
    {"SKIP_HEADER": True},
    {"TRIM_SPACE": "perhaps"},
    {"FIELD_OPTIONALLY_ENCLOSED_BY": "|"},
    {"ESCAPE": "ab"},
    {"FIELD_DELIMITER": "x" * 21},
    {"STRIP_OUTER_ARRAY": True},
    {"NONSENSE": 1},
    {"TYPE": "JSON", "SKIP_HEADER": 1},
]


@pytest.mark.parametrize("options", INVALID, ids=lambda options: str([*options.items()][-1]))
def test_what_is_no_value_is_an_error_that_names_the_option(options: dict[str, Any]) -> None:
    with pytest.raises(SnowflakeError, match=f"invalid .*{[*options][-1]}"):
        file_format(options)


@pytest.mark.parametrize(
    ("written", "sign"),
    [
        ("\\xC2\\xA2", "¢"),
        ("\\302\\242", "¢"),
        ("0xC20xA2|", "¢|"),
        ("0xDE", "Þ"),
        ("\\336", "Þ"),
        ("\\136", "^"),
        ("0x5e", "^"),
        ("\\xE2\\x82\\xAC\\t", "€\t"),
    ],
)
def test_a_delimiter_by_its_codes_is_the_character_that_they_are_in_utf_8(written: str, sign: str) -> None:
    """https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: singlebyte and multibyte."""
    found = file_format({"FIELD_DELIMITER": written})

    assert isinstance(found, CsvFormat)
    assert found.field_delimiter == sign


@pytest.mark.parametrize(("field", "record"), [("aa", "aabb"), ("||", "|"), ("\\n", "\\n"), ("0x1e", "\\036")])
def test_no_delimiter_may_be_a_part_of_the_other(field: str, record: str) -> None:
    with pytest.raises(SnowflakeError, match=r"FIELD_DELIMITER .* RECORD_DELIMITER .*neither may be a part"):
        file_format({"FIELD_DELIMITER": field, "RECORD_DELIMITER": record})


def test_a_parquet_format_is_made_with_its_options_and_described(landing: Landing) -> None:
    landing.execute(f"create file format {SCHEMA}.F type = parquet binary_as_text = false use_logical_type = false")
    with pytest.raises(UnsupportedError, match="TRIM_SPACE = True"):
        landing.execute(f"create file format {SCHEMA}.G type = parquet trim_space = true")

    described = {row["property"]: row["property_value"] for row in landing.execute(f"describe file format {SCHEMA}.F")}
    (shown,) = landing.execute(f"show file formats in schema {SCHEMA}")

    assert (described["TYPE"], described["BINARY_AS_TEXT"]) == ("PARQUET", "false")
    assert (shown["type"], '"USE_LOGICAL_TYPE": "false"' in shown["format_options"]) == ("PARQUET", True)


def test_an_option_that_is_given_twice_is_refused(landing: Landing) -> None:
    with pytest.raises(SnowflakeError, match="duplicate property 'SKIP_HEADER'"):
        landing.execute(f"create file format {SCHEMA}.F type = csv skip_header = 1 skip_header = 2")


def test_the_account_refuses_to_create_a_format_that_it_cannot_read_by(landing: Landing) -> None:
    with pytest.raises(UnsupportedError, match="FILE FORMAT TYPE = AVRO"):
        landing.execute(f"create file format {SCHEMA}.F type = avro")
    landing.execute(f"create file format {SCHEMA}.F type = parquet")
