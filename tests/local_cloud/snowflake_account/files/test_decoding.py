"""Compression, encoding and byte-order marks."""

from __future__ import annotations

import bz2
import codecs
import gzip
import zlib
from typing import Any

import pyarrow as pa
import pytest

from local_cloud.snowflake_account.files.decoding import decode, decompress
from local_cloud.snowflake_account.files.file_formats import COMPRESSIONS, CsvFormat, FormatOptions, JsonFormat
from local_cloud.snowflake_account.files.staged_rows import DecodingError


def zstd(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


def raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


COMPRESS: dict[str, tuple[str, Any]] = {
    "GZIP": (".gz", gzip.compress),
    "ZSTD": (".zst", zstd),
    "BZ2": (".bz2", bz2.compress),
    "DEFLATE": (".deflate", zlib.compress),
    "RAW_DEFLATE": (".raw_deflate", raw_deflate),
    "NONE": ("", bytes),
}


def test_every_compression_that_a_format_may_name_is_tested() -> None:
    assert set(COMPRESSIONS) == {*COMPRESS, "AUTO"}


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_compression_is_read_by_name_and_found_by_extension(kind: str) -> None:
    extension, compress = COMPRESS[kind]

    assert decompress(compress(b"text"), kind, "any") == b"text"
    assert decompress(compress(b"text"), "AUTO", f"FILE.json{extension}".upper()) == b"text"
    assert decompress(b"", "AUTO", f"empty{extension}") == b""


@pytest.mark.parametrize("kind", ["GZIP", "ZSTD", "BZ2", "DEFLATE", "RAW_DEFLATE"])
def test_several_compressed_parts_are_one_file_and_anything_else_after_one_is_an_error(kind: str) -> None:
    compress = COMPRESS[kind][1]

    assert decompress(compress(b"one ") + compress(b"two"), kind, "any") == b"one two"
    with pytest.raises(DecodingError, match=f"as {kind}"):
        decompress(compress(b"one") + b"\xffnone", kind, "any")


@pytest.mark.parametrize("kind", ["GZIP", "ZSTD", "BZ2", "DEFLATE", "RAW_DEFLATE"])
def test_what_is_not_compressed_so_is_an_error_of_the_file(kind: str) -> None:
    compress = COMPRESS[kind][1]

    with pytest.raises(DecodingError, match=f"as {kind}"):
        decompress(b"\xffplain text", kind, "any")
    with pytest.raises(DecodingError, match=f"as {kind}"):
        decompress(compress(b"text" * 100)[:-9], kind, "any")


@pytest.mark.parametrize("kind", ["GZIP", "ZSTD", "BZ2"])
def test_a_compression_is_found_by_content_where_the_name_says_nothing(kind: str) -> None:
    compress = COMPRESS[kind][1]

    assert decompress(compress(b"text"), "AUTO", "delivery-2026-01-01") == b"text"
    with pytest.raises(DecodingError, match="as GZIP"):
        decompress(b"text", "AUTO", "file.gz")
    assert decompress(b"BZhang,9", "AUTO", "names.csv") == b"BZhang,9"


def test_brotli_is_not_detected() -> None:
    """COMPRESSION: https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv."""
    with pytest.raises(DecodingError, match="BROTLI, which COMPRESSION = AUTO does not detect"):
        decompress(b"x", "AUTO", "file.csv.br")


DECODED: dict[str, tuple[FormatOptions, bytes, str]] = {
    "UTF-8": (CsvFormat(), "ü😀".encode(), "ü😀"),
    "SKIP_BYTE_ORDER_MARK: TRUE": (CsvFormat(), codecs.BOM_UTF8 + b"a", "a"),
    "SKIP_BYTE_ORDER_MARK: FALSE": (CsvFormat(skip_byte_order_mark=False), codecs.BOM_UTF8 + b"a", "\ufeffa"),
    "SKIP_BYTE_ORDER_MARK: JSON": (JsonFormat(), codecs.BOM_UTF8 + b"1", "1"),
    "ENCODING: ISO-8859-1": (CsvFormat(encoding="ISO88591"), b"\xfc", "ü"),
    "ENCODING: windows-1252": (CsvFormat(encoding="WINDOWS1252"), b"\x80", "€"),
    "ENCODING: UTF-16 with a mark": (CsvFormat(encoding="UTF16"), "ü".encode("utf-16"), "ü"),
    "ENCODING: UTF-16BE": (CsvFormat(encoding="UTF16BE"), "ü".encode("utf-16-be"), "ü"),
    "REPLACE_INVALID_CHARACTERS: TRUE": (CsvFormat(replace_invalid_characters=True), b"a\xffb", "a\ufffdb"),
    "IGNORE_UTF8_ERRORS: TRUE": (JsonFormat(ignore_utf8_errors=True), b'"a\xffb"', '"a\ufffdb"'),
}


@pytest.mark.parametrize(("options", "content", "text"), DECODED.values(), ids=DECODED.keys())
def test_a_file_is_decoded_as_its_format_says(options: FormatOptions, content: bytes, text: str) -> None:
    assert decode(content, options) == text


@pytest.mark.parametrize("options", [CsvFormat(), JsonFormat()], ids=["CSV", "JSON"])
def test_what_is_not_utf8_is_an_error_at_its_line(options: FormatOptions) -> None:
    with pytest.raises(DecodingError, match="byte 8") as error:
        decode(b"good\nba\xffd\n", options)
    assert error.value.line == 2
