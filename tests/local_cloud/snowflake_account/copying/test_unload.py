"""COPY INTO <location>: what files hold, and what they are called.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-location
"""

from __future__ import annotations

import bz2
import gzip
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import InsufficientPrivilegesError, SnowflakeError
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.sessions.session import Session

ROWS = """(select 1 as A, 'it''s, "q"' as B, null::varchar as C, 1.50::number(10,2) as D, true as E, 2.5::float as F,
    '2026-01-02'::date as G, '2026-01-02 03:04:05.678901'::timestamp_ntz as H, parse_json('{"a":[1]}') as I,
    x'FF00' as J)"""
PLAIN = "compression = none"


BYTES = {"hex": b"4142\n", "base64": b"QUI=\n", "utf8": b"AB\n"}


@pytest.fixture
def session(account: Account) -> Session:
    """A session in the schema D.S, with a stage and a table of five rows."""
    opened = account.connect()
    for sql in (
        "create database D",
        "create schema D.S",
        "create stage STAGE",
        "create table T (A int, B varchar)",
        "insert into T values (1, 'x'), (2, 'y'), (3, null), (4, ''), (5, 'a,b')",
    ):
        opened.execute(sql)
    return opened


def files(account: Account) -> dict[str, bytes]:
    """Return the stage's files."""
    place = account.shared.stages.files(StagePath(Name(("D", "S", "STAGE"))))
    return {file.key: place.read(file.key)[1] for file in place.list_files()}  # pyright: ignore[reportOptionalSubscript]


CSV = {
    "": '1,it\'s\\, "q",\\N,1.50,true,2.5,2026-01-02,2026-01-02 03:04:05.678,{"a":[1]},FF00\n',
    "field_delimiter = '|' null_if = ('NULL')": (
        '1|it\'s, "q"|NULL|1.50|true|2.5|2026-01-02|2026-01-02 03:04:05.678|{"a":[1]}|FF00\n'
    ),
    "field_optionally_enclosed_by = '\"' null_if = ()": (
        '1,"it\'s, ""q""",,1.50,true,2.5,2026-01-02,2026-01-02 03:04:05.678,"{""a"":[1]}",FF00\n'
    ),
    "field_optionally_enclosed_by = '\"' escape = '\\\\' record_delimiter = '\\r\\n'": (
        '1,"it\'s, \\"q\\"",\\N,1.50,true,2.5,2026-01-02,2026-01-02 03:04:05.678,"{\\"a\\":[1]}",FF00\r\n'
    ),
}


@pytest.mark.parametrize(("options", "expected"), CSV.items(), ids=CSV.keys())
def test_values_are_written_as_csv(account: Account, session: Session, options: str, expected: str) -> None:
    answer = session.execute(f"copy into @STAGE/out/ from {ROWS} file_format = (type = csv {PLAIN} {options})")

    assert files(account) == {"out/data_0_0_0.csv": expected.encode()}
    assert answer.rows == [(1, len(expected), len(expected))]


@pytest.mark.parametrize(("form", "content"), BYTES.items())
def test_bytes_are_written_as_the_format_says(account: Account, session: Session, form: str, content: bytes) -> None:
    session.execute(f"copy into @STAGE from (select x'4142') file_format = (type = csv {PLAIN} binary_format = {form})")

    assert files(account)["data_0_0_0.csv"] == content


def test_a_header_tells_the_names_of_the_columns(account: Account, session: Session) -> None:
    session.execute(f"copy into @STAGE from T file_format = (type = csv {PLAIN}) header = true")

    assert files(account)["data_0_0_0.csv"].splitlines()[:2] == [b"A,B", b"1,x"]


NAMES = {
    ("@STAGE", ""): "data_0_0_0.csv.gz",
    ("@STAGE/out/", ""): "out/data_0_0_0.csv.gz",
    ("@STAGE/out/pre", ""): "out/pre_0_0_0.csv.gz",
    ("@STAGE/out/data_", "file_format = (type = csv compression = bz2)"): "out/data_0_0_0.csv.bz2",
    ("@STAGE/x.csv.gz", "single = true"): "x.csv.gz",
    ("@STAGE/out/", "single = true"): "out/data",
    ("@STAGE", "file_format = (type = csv compression = zstd file_extension = 'txt')"): "data_0_0_0.txt.zst",
    ("@STAGE", "file_format = (type = csv compression = deflate)"): "data_0_0_0.csv.deflate",
    ("@STAGE", "file_format = (type = csv compression = raw_deflate)"): "data_0_0_0.csv.raw_deflate",
    ("@STAGE", "file_format = (type = parquet)"): "data_0_0_0.snappy.parquet",
}


@pytest.mark.parametrize(("unload", "name"), NAMES.items())
def test_a_file_is_called_by_its_place_its_type_and_its_compression_and_loads_again(
    account: Account, session: Session, unload: tuple[str, str], name: str
) -> None:
    place, options = unload

    session.execute(f"copy into {place} from (select * from T where A <> 4) {options}")

    assert list(files(account)) == [name]
    if "parquet" not in options:
        compression = "raw_deflate" if "raw" in options else "auto"
        session.execute("create table U like T")
        session.execute(f"copy into U from @STAGE file_format = (type = csv compression = {compression})")
        assert session.execute("select * from U order by A").rows == [(1, "x"), (2, "y"), (3, None), (5, "a,b")]


def test_the_content_is_compressed_as_the_name_says(account: Account, session: Session) -> None:
    session.execute("copy into @STAGE from T")
    session.execute("copy into @STAGE from T file_format = (type = csv compression = bz2)")

    found = files(account)

    assert gzip.decompress(found["data_0_0_0.csv.gz"]) == bz2.decompress(found["data_0_0_0.csv.bz2"])


def test_one_column_of_a_variant_is_written_as_json(account: Account, session: Session) -> None:
    session.execute(
        f"copy into @STAGE from (select object_construct('a', A) from T) file_format = (type = json {PLAIN})"
    )

    assert files(account)["data_0_0_0.json"].splitlines()[:2] == [b'{"a":1}', b'{"a":2}']


@pytest.mark.parametrize(("header", "names"), [("header = true", ["A", "B"]), ("", ["_COL_0", "_COL_1"])])
def test_parquet_has_the_names_of_columns_where_a_header_is_asked_for(
    account: Account, session: Session, header: str, names: list[str]
) -> None:
    session.execute(f"copy into @STAGE from T file_format = (type = parquet) {header}")

    table = pq.read_table(pa.BufferReader(files(account)["data_0_0_0.snappy.parquet"]))
    assert table.column_names == names
    assert table.column(1).to_pylist() == ["x", "y", None, "", "a,b"]


def test_rows_that_are_too_many_for_a_file_go_to_the_next(account: Account, session: Session) -> None:
    answer = session.execute(
        f"copy into @STAGE from T max_file_size = 8 detailed_output = true file_format = (type = csv {PLAIN})"
    )

    assert files(account) == {
        "data_0_0_0.csv": b"1,x\n2,y\n",
        "data_0_0_1.csv": b"3,\\N\n4,\n",
        "data_0_0_2.csv": b"5,a\\,b\n",
    }
    assert answer.rows == [("data_0_0_0.csv", 8, 2), ("data_0_0_1.csv", 8, 2), ("data_0_0_2.csv", 7, 1)]


def test_a_format_with_a_name_may_have_more_options_added(account: Account, session: Session) -> None:
    session.execute("create file format F type = csv field_delimiter = ';'")

    session.execute("copy into @STAGE from T file_format = (format_name = 'F' compression = none)")

    assert files(account)["data_0_0_0.csv"].startswith(b"1;x\n")


def test_nothing_is_replaced_unless_it_is_said(account: Account, session: Session) -> None:
    session.execute("copy into @STAGE from T")
    before = files(account)

    with pytest.raises(SnowflakeError, match=r"Files already existing at the unload destination: stage/data_0_0_0"):
        session.execute("copy into @STAGE from (select 9)")
    assert files(account) == before

    session.execute("copy into @STAGE from (select 9) overwrite = true")
    assert gzip.decompress(files(account)["data_0_0_0.csv.gz"]) == b"9\n"


def test_no_rows_are_no_file(account: Account, session: Session) -> None:
    assert session.execute("copy into @STAGE from (select 1 where false)").rows == [(0, 0, 0)]
    assert files(account) == {}


@pytest.mark.parametrize("place", ["@~", "@%T"])
def test_a_stage_of_a_user_or_a_table_takes_files_too(session: Session, place: str) -> None:
    session.execute(f"copy into {place}/out/ from T")

    assert [row[0] for row in session.execute(f"list {place}").rows] == ["out/data_0_0_0.csv.gz"]


def test_what_a_transaction_has_changed_is_unloaded(account: Account, session: Session) -> None:
    session.execute("begin")
    session.execute("insert into T values (6, 'z')")

    session.execute(f"copy into @STAGE from T file_format = (type = csv {PLAIN})")
    session.execute("rollback")

    assert files(account)["data_0_0_0.csv"].endswith(b"6,z\n")


REFUSED: dict[str, tuple[str, str]] = {
    "several columns as JSON": ("copy into @STAGE from T file_format = (type = json)", "one and only one column"),
    "a time zone in Parquet": (
        "copy into @STAGE from (select current_timestamp() as NOW) file_format = (type = parquet)",
        "cast NOW to TIMESTAMP_NTZ",
    ),
    "PARTITION BY": ("copy into @STAGE from T partition by (A) file_format = (type = csv)", "PARTITION BY"),
    "a url": ("copy into 's3://b/' from T", "COPY INTO a url"),
    "INCLUDE_QUERY_ID": ("copy into @STAGE from T include_query_id = true", "INCLUDE_QUERY_ID"),
    "an unknown option": (
        "copy into @STAGE from T on_error = continue",
        "COPY option ON_ERROR in COPY INTO a location",
    ),
    "a size that is none": ("copy into @STAGE from T max_file_size = 0", "for parameter 'MAX_FILE_SIZE'"),
    "a flag that is none": ("copy into @STAGE from T single = 1", "for parameter 'SINGLE'"),
    "no source": ("copy into @STAGE", "syntax error"),
    "a table that is not there": ("copy into @STAGE from NONE", "NONE' does not exist"),
    "BROTLI": ("copy into @STAGE from T file_format = (type = csv compression = brotli)", "COMPRESSION = brotli"),
}


@pytest.mark.parametrize(("sql", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_unloaded_says_why_and_writes_nothing(
    account: Account, session: Session, sql: str, message: str
) -> None:
    with pytest.raises(SnowflakeError, match=message):
        session.execute(sql)
    assert files(account) == {}


def test_unloading_needs_write_on_the_stage_and_select_on_the_table(account: Account, session: Session) -> None:
    for sql in (
        "create role R",
        "create user U password = 'x' default_role = R",
        "create warehouse W",
        "grant usage on warehouse W to role R",
        "grant role R to user U",
        "grant usage on database D to role R",
        "grant usage on schema D.S to role R",
        "grant read on stage D.S.STAGE to role R",
        "grant select on table D.S.T to role R",
    ):
        session.execute(sql)
    other = account.connect("D", "S", user="U")
    other.execute("use warehouse W")
    with pytest.raises(InsufficientPrivilegesError):
        other.execute("copy into @STAGE from T")

    session.execute("grant write on stage D.S.STAGE to role R")
    other.execute("copy into @STAGE from T")

    assert list(files(account)) == ["data_0_0_0.csv.gz"]


TEXT = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
@pytest.mark.parametrize(
    "options", ["field_optionally_enclosed_by = '\"'", "field_optionally_enclosed_by = '\"' escape = '\\\\'"]
)
def test_whatever_text_is_unloaded_loads_again(session: Session, options: str, rows: list[tuple[Any, Any]]) -> None:
    session.execute("create or replace table TEXTS (N int, A varchar, B varchar)")
    session.execute("create or replace table AGAIN like TEXTS")
    session.execute_many("insert into TEXTS values (?, ?, ?)", [(n, *row) for n, row in enumerate(rows)])

    session.execute(
        f"copy into @STAGE from TEXTS overwrite = true file_format = (type = csv null_if = ('\\\\N') {options})"
    )
    session.execute(
        f"copy into AGAIN from @STAGE file_format = (type = csv null_if = ('\\\\N') {options}) force = true"
    )

    kept = session.execute("select A, B from AGAIN order by N").rows
    assert kept == [tuple(None if value == "\\N" else value for value in row) for row in rows]
