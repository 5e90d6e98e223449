"""One data set in every format."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from input_data_generator.parquet import ROWS_IN_GROUP
from tests.input_data_generator.conftest import Generate

ONE_DAY = ["--end", "2026-01-01", "--transactions-per-day", "40000", "--max-basket", "4", "--snapshots", "1"]


def content(folder: Path, suffix: str) -> bytes:
    (path,) = folder.glob(f"transactions/*/transactions{suffix}")
    return path.read_bytes()


def test_gzip_holds_the_plain_lines_in_one_member(generate: Generate):
    import zlib

    plain, packed = (content(generate(*ONE_DAY, "--format", f"json{end}"), f".json{end}") for end in ("", ".gz"))
    member = zlib.decompressobj(wbits=31)
    assert member.decompress(packed) == plain
    assert member.unused_data == b""


def test_zstd_holds_the_plain_lines(generate: Generate):
    plain, packed = (content(generate(*ONE_DAY, "--format", f"json{end}"), f".json{end}") for end in ("", ".zst"))
    assert pa.CompressedInputStream(pa.BufferReader(packed), "zstd").read() == plain
    assert len(packed) < len(plain) / 4


def test_parquet_holds_the_same_transactions_typed(generate: Generate):
    lines = content(generate(*ONE_DAY), ".json").decode().splitlines()
    table = pq.read_table(pa.BufferReader(content(generate(*ONE_DAY, "--format", "parquet"), ".parquet")))
    assert table.schema.field("date_of_purchase").type == pa.timestamp("us")
    expected = [json.loads(line) for line in lines]
    for record in expected:
        record["date_of_purchase"] = datetime.fromisoformat(record["date_of_purchase"])
    assert table.to_pylist() == expected


def test_parquet_has_row_groups_of_a_useful_size(generate: Generate):
    folder = generate("--end", "2026-01-01", "--transactions-per-day", "300000", "--format", "parquet")
    metadata = pq.ParquetFile(next(folder.glob("transactions/*/*.parquet"))).metadata
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert all(ROWS_IN_GROUP <= size < 2 * ROWS_IN_GROUP for size in sizes[:-1])
    assert len(sizes) > 1


@pytest.mark.parametrize("format_name", ["json.gz", "json.zst", "parquet"])
def test_an_empty_day_is_a_valid_empty_file(generate: Generate, format_name: str):
    folder = generate("--transactions-per-day", "1", "--months", "1", "--format", format_name)
    smallest = min(folder.glob("transactions/*/*"), key=lambda path: path.stat().st_size).read_bytes()
    assert smallest
    if format_name == "json.gz":
        assert gzip.decompress(smallest) == b""
    elif format_name == "json.zst":
        assert pa.CompressedInputStream(pa.BufferReader(smallest), "zstd").read() == b""
    else:
        assert pq.read_table(pa.BufferReader(smallest)).num_rows == 0
