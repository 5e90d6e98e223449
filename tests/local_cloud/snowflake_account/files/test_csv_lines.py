"""What is split at every delimiter is what reading record by record gives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account.files.csv_files import CsvRow, csv_rows
from local_cloud.snowflake_account.files.csv_lines import read_plain
from local_cloud.snowflake_account.files.file_formats import CsvFormat
from local_cloud.snowflake_account.files.staged_rows import RowError

AS_DELIVERED = CsvFormat(
    field_optionally_enclosed_by='"', null_if=(), empty_field_as_null=False, escape_unenclosed_field=None
)


def split(content: bytes, options: CsvFormat, width: int | None = None) -> list[tuple[int, list[str | None]]] | None:
    """Return each row's line and fields; None where the file takes more than splitting."""
    if (plain := read_plain(content, options, width)) is None:
        return None
    columns = [column.to_pylist() for column in plain.columns]
    return list(zip(plain.lines.to_pylist(), map(list, zip(*columns, strict=True)), strict=True))


@settings(deadline=None)
@given(
    text=st.text(st.sampled_from('ab,;\n"é\\ '), max_size=30),
    crlf=st.booleans(),
    skip_header=st.integers(0, 3),
    skip_blank_lines=st.booleans(),
    delimiter=st.sampled_from([",", ";", ",,"]),
)
def test_splitting_gives_what_reading_gives(
    text: str, crlf: bool, skip_header: int, skip_blank_lines: bool, delimiter: str
) -> None:
    options = replace(
        AS_DELIVERED, skip_header=skip_header, skip_blank_lines=skip_blank_lines, field_delimiter=delimiter
    )
    text = text.replace("\n", "\r\n") if crlf else text
    rows = list(csv_rows(text, options))
    found = split(text.encode(), options)
    if '"' in text or any(isinstance(row, RowError) for row in rows):
        assert found is None
        return
    fields = [(row.line, row.fields) for row in rows if isinstance(row, CsvRow)]
    width = max((len(row) for _, row in fields), default=0)
    assert found == [(line, row + [None] * (width - len(row))) for line, row in fields]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"a,b\rc,d\n", AS_DELIVERED),
        (b"\xff,b\n", AS_DELIVERED),
        (b"a,b\n", replace(AS_DELIVERED, null_if=("a",))),
        (b"a,b\n", replace(AS_DELIVERED, empty_field_as_null=True)),
        (b"a,b\n", replace(AS_DELIVERED, trim_space=True)),
        (b"a,b\n", replace(AS_DELIVERED, encoding="UTF16")),
        (b"a,b\n", replace(AS_DELIVERED, record_delimiter="|")),
        (b"a,b\n", replace(AS_DELIVERED, field_delimiter=None)),
        (b"a\\,b\n", replace(AS_DELIVERED, escape_unenclosed_field="\\")),
    ],
    ids=["CR", "no UTF-8", "NULL_IF", "EMPTY_FIELD_AS_NULL", "TRIM_SPACE", "encoding", "records", "fields", "escape"],
)
def test_a_file_that_takes_more_is_not_split(content: bytes, options: CsvFormat) -> None:
    assert split(content, options) is None


def test_a_row_of_another_width_is_for_who_reads_row_by_row() -> None:
    assert split(b"a,b\nc\n", AS_DELIVERED, width=2) is None
    assert split(b"a,b\nc,d\n", AS_DELIVERED, width=2) == [(1, ["a", "b"]), (2, ["c", "d"])]


def test_the_byte_order_mark_is_no_part_of_the_first_field() -> None:
    assert split(b"\xef\xbb\xbfa,b\n", AS_DELIVERED) == [(1, ["a", "b"])]
