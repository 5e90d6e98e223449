"""INFER_SCHEMA and USING TEMPLATE: https://docs.snowflake.com/en/sql-reference/functions/infer_schema."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.inferred_types import NOTHING, Inferred, of_field
from tests.local_cloud.snowflake_account.landing import Landing, open_landing
from tests.local_cloud.snowflake_account.sessions.staged import parquet, stage_files

TYPES = pa.schema(
    [
        pa.field("i", pa.int32(), nullable=False),
        pa.field("d", pa.decimal128(10, 2)),
        *(pa.field("f", pa.float32()), pa.field("b", pa.bool_()), pa.field("day", pa.date32())),
        *(pa.field("at", pa.timestamp("us")), pa.field("t", pa.time64("us")), pa.field("bin", pa.binary())),
        *(pa.field("l", pa.list_(pa.int8())), pa.field("s", pa.struct([("x", pa.int8())]))),
    ]
)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    """A landing with staged files."""
    with open_landing(tmp_path_factory.mktemp("account")) as landing:
        stage_files(landing)
        landing.put("types/a.parquet", parquet(TYPES.empty_table()))
        landing.put("types.csv", "n,d,at,b,r,t,e,m\n1.5,2026-01-31,2026-01-31 10:00:00,true,1e3,10:00:00,,1\n"
                    "-20,2026-02-01,2026-02-01T10:00:00Z,FALSE,2,23:59:59.5,,2026-01-01\n")  # fmt: skip
        landing.put(
            "kinds/a.json",
            '{"n": 1, "r": 1E2, "b": true, "day": "2026-01-31", "at": "2026-01-31T10:00:00", "o": {"x": 1}, "l": [1],'
            ' "m": 1, "v": "x", "z": null}\n{"n": 200.25, "m": "x", "v": [1], "later": 1}\n',
        )
        landing.put("same/a.json", '{"Name": "x"}')
        landing.put("same/b.json", '{"name": 1, "other": 2}')
        yield landing


def inferred(landing: Landing, location: str, file_format: str, more: str = "") -> list[tuple[Any, ...]]:
    return landing.rows(
        "select column_name, type, nullable, expression, filenames, order_id"
        f" from table(infer_schema(location => '@landing/{location}', file_format => '{file_format}'{more}))"
        " order by order_id"
    )


def types(landing: Landing, location: str, file_format: str, more: str = "") -> dict[str, str]:
    return {row[0]: row[1] for row in inferred(landing, location, file_format, more)}


def test_the_columns_are_the_documented_ones(staged: Landing) -> None:
    result = staged.account.execute(
        "select * from table(infer_schema(location => '@landing/parquet/', file_format => 'P'))"
    )
    assert [(column.name, column.type) for column in result.columns] == [
        *(("COLUMN_NAME", "TEXT"), ("TYPE", "TEXT"), ("NULLABLE", "BOOLEAN"), ("EXPRESSION", "TEXT")),
        *(("FILENAMES", "TEXT"), ("ORDER_ID", "FIXED")),
    ]
    assert result.rows == [
        ("Id", "NUMBER(38, 0)", True, "$1:Id::NUMBER(38, 0)", "parquet/a.parquet", 0),
        ("name", "TEXT", True, "$1:name::TEXT", "parquet/a.parquet", 1),
    ]


def test_parquet_has_the_types_and_nulls_that_its_schema_says(staged: Landing) -> None:
    assert types(staged, "types/", "P") == {
        "i": "NUMBER(38, 0)",
        "d": "NUMBER(10, 2)",
        "f": "REAL",
        "b": "BOOLEAN",
        "day": "DATE",
        "at": "TIMESTAMP_NTZ",
        "t": "TIME",
        "bin": "TEXT",
        "l": "VARIANT",
        "s": "VARIANT",
    }
    assert [row[0] for row in inferred(staged, "types/", "P") if not row[2]] == ["i"]
    staged.execute("create or replace file format VECTORS type = parquet use_vectorized_scanner = true")
    assert types(staged, "types/", "VECTORS")["bin"] == "BINARY"


def test_csv_has_the_types_that_all_its_rows_have(staged: Landing) -> None:
    assert types(staged, "types.csv", "NAMED") == {
        "n": "NUMBER(3, 1)",
        "d": "DATE",
        "at": "TIMESTAMP_NTZ",
        "b": "BOOLEAN",
        "r": "REAL",
        "t": "TIME",
        "e": "TEXT",
        "m": "TEXT",
    }


def test_csv_without_a_header_has_columns_by_their_places(staged: Landing) -> None:
    staged.execute("create or replace file format PLAIN type = csv")
    assert types(staged, "csv/", "PLAIN") == {"c1": "TEXT", "c2": "NUMBER(1, 0)", "c3": "TEXT", "c4": "NUMBER(1, 0)"}


def test_json_has_the_kinds_of_its_first_level_in_the_files_order(staged: Landing) -> None:
    assert list(types(staged, "kinds/", "J").items()) == [
        *(("n", "NUMBER(5, 2)"), ("r", "REAL"), ("b", "BOOLEAN"), ("day", "DATE"), ("at", "TIMESTAMP_NTZ")),
        *(("o", "OBJECT"), ("l", "ARRAY"), ("m", "TEXT"), ("v", "VARIANT"), ("z", "VARIANT")),
        ("later", "NUMBER(1, 0)"),
    ]


def test_columns_of_several_files_are_put_together_by_name(staged: Landing) -> None:
    assert inferred(staged, "same/", "J") == [
        ("Name", "TEXT", True, "$1:Name::TEXT", "same/a.json", 0),
        ("name", "NUMBER(1, 0)", True, "$1:name::NUMBER(1, 0)", "same/b.json", 1),
        ("other", "NUMBER(1, 0)", True, "$1:other::NUMBER(1, 0)", "same/b.json", 2),
    ]
    assert inferred(staged, "same/", "J", ", ignore_case => true") == [
        ("NAME", "TEXT", True, "GET_IGNORE_CASE ($1, NAME)::TEXT", "same/a.json, same/b.json", 0),
        ("OTHER", "NUMBER(1, 0)", True, "GET_IGNORE_CASE ($1, OTHER)::NUMBER(1, 0)", "same/b.json", 1),
    ]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (", files => ('b.json')", ["name", "other"]),
        (", max_file_count => 1", ["Name"]),
        (", kind => 'standard'", ["Name", "name", "other"]),
    ],
)
def test_fewer_files_can_be_looked_at(staged: Landing, more: str, names: list[str]) -> None:
    assert list(types(staged, "same/", "J", more)) == names


def test_fewer_records_can_be_looked_at(staged: Landing) -> None:
    assert types(staged, "kinds/", "J", ", max_records_per_file => 1")["n"] == "NUMBER(1, 0)"
    assert types(staged, "types.csv", "NAMED", ", max_records_per_file => 1")["m"] == "NUMBER(1, 0)"


def test_an_empty_folder_has_no_columns(staged: Landing) -> None:
    assert inferred(staged, "nothing/", "J") == []


ERRORS = {
    "a file that is not there": ("location => '@landing/csv/', file_format => 'P', files => ('x')", "was not found"),
    "a file of another format": ("location => '@landing/csv/', file_format => 'P'", "File 'csv/a.csv'"),
    "a broken file": ("location => '@landing/broken/', file_format => 'J'", "File 'broken/a.json', line 2"),
    "no such format": ("location => '@landing/csv/', file_format => 'X'", "RETAIL_TEST.RAW.X"),
    "no such stage": ("location => '@nowhere', file_format => 'J'", "RETAIL_TEST.RAW.NOWHERE"),
    "no format": ("location => '@landing/csv/'", "needs the arguments LOCATION and FILE_FORMAT"),
    "no such argument": ("location => '@landing', file_format => 'J', foo => 1", "invalid argument 'FOO'"),
    "Iceberg": ("location => '@landing', file_format => 'J', kind => 'ICEBERG'", "KIND => 'ICEBERG'"),
    "a wrong number": ("location => '@landing', file_format => 'J', max_file_count => 0", "MAX_FILE_COUNT"),
    "the stage of a table": ("location => '@%T', file_format => 'J'", "does not support the stages of tables"),
}


@pytest.mark.parametrize(("arguments", "words"), ERRORS.values(), ids=ERRORS.keys())
def test_what_cannot_be_inferred_is_an_error(staged: Landing, arguments: str, words: str) -> None:
    staged.execute("create table if not exists T (A int)")
    with pytest.raises(SnowflakeError) as caught:
        staged.execute(f"select * from table(infer_schema({arguments}))")
    assert words in caught.value.message


def test_a_format_with_a_header_skips_no_lines(staged: Landing) -> None:
    with pytest.raises(SnowflakeError, match="SKIP_HEADER is not supported with PARSE_HEADER"):
        staged.execute("create file format BOTH type = csv parse_header = true skip_header = 1")


def test_a_table_is_made_after_a_template_and_loaded_by_its_names(staged: Landing) -> None:
    staged.execute(
        "create or replace table FEED using template (select array_agg(object_construct(*)) within group (order by"
        " order_id) from table(infer_schema(location => '@landing/named/', file_format => 'NAMED', ignore_case =>"
        " true))) comment = 'as delivered'"
    )
    described = [(row["name"], row["type"], row["null?"]) for row in staged.execute("describe table FEED")]
    assert described == [
        *(("NAME", "VARCHAR(16777216)", "Y"), ("ID", "NUMBER(1,0)", "Y"), ("NOTE", "VARCHAR(16777216)", "Y")),
    ]
    staged.execute(
        "copy into FEED from @landing/named/ file_format = (format_name = 'NAMED')"
        " match_by_column_name = case_insensitive"
    )
    assert staged.rows("select * from FEED order by ID") == [("abc", 7, "z"), ("d", 8, "y"), ("e", 9, None)]


def test_a_template_keeps_case_and_required_columns(staged: Landing) -> None:
    staged.execute(
        "create or replace table KEPT using template (select array_agg(object_construct('COLUMN_NAME', column_name,"
        " 'TYPE', type, 'NULLABLE', nullable)) from table(infer_schema(location => '@landing/types/', file_format =>"
        " 'P', files => ('a.parquet'))))"
    )
    described = [(row["name"], row["null?"]) for row in staged.execute("describe table KEPT")]
    assert described[:2] == [("i", "N"), ("d", "Y")]


@pytest.mark.parametrize(
    "query",
    [
        "select array_agg(object_construct(*)) from table(infer_schema(location => '@landing/nothing/', file_format =>"
        " 'J'))",
        "select 1",
        "select 'x'",
        'select parse_json(\'[{"TYPE": "TEXT"}]\')',
    ],
    ids=["no files", "a number", "a text", "no name"],
)
def test_a_template_that_describes_no_columns_is_refused(staged: Landing, query: str) -> None:
    with pytest.raises(SnowflakeError, match="USING TEMPLATE"):
        staged.execute(f"create table NONE using template ({query})")
    with pytest.raises(SnowflakeError, match="does not exist"):
        staged.execute("describe table NONE")


def test_columns_that_differ_in_case_only_are_refused_by_name(staged: Landing) -> None:
    with pytest.raises(UnsupportedError, match="differ in case only: name"):
        staged.execute(
            "create table CASES using template (select array_agg(object_construct(*)) from table(infer_schema(location"
            " => '@landing/same/', file_format => 'J')))"
        )


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
FIELDS = st.one_of(
    NUMBERS.map(str),
    st.integers(-(10**40), 10**40).map(str),
    st.dates(dt.date(1000, 1, 1)).map(str),
    st.text(string.printable, max_size=5),
    st.sampled_from(["", "true", "1e3", "10:00", "2026-01-01 10:00:00", "2026-13-01", "007", ".5", "5."]),
)


def together(fields: list[str]) -> Inferred:
    found = NOTHING
    for field in fields:
        found = found.joined(of_field(field))
    return found


@given(st.lists(NUMBERS, min_size=1))
def test_every_number_fits_into_the_type_of_all(numbers: list[Decimal]) -> None:
    found = together([str(number) for number in numbers])
    assert found.word == "NUMBER"
    for number in numbers:
        assert number == round(number, found.part)
        assert abs(number) < 10**found.whole


@given(st.lists(FIELDS), st.randoms())
def test_the_type_of_fields_does_not_depend_on_their_order(fields: list[str], random: Any) -> None:
    shuffled = list(fields)
    random.shuffle(shuffled)
    assert together(fields).spelled == together(shuffled).spelled
