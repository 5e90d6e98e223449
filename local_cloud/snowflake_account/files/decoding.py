"""From a file's bytes to its text: compression, encoding, byte-order mark."""

from __future__ import annotations

import bz2
import codecs
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from local_cloud.snowflake_account.files.file_formats import ENCODINGS, CsvFormat, FormatOptions, JsonFormat
from local_cloud.snowflake_account.files.staged_rows import DecodingError

_BY_EXTENSION = {
    ".gz": "GZIP",
    ".zst": "ZSTD",
    ".bz2": "BZ2",
    ".deflate": "DEFLATE",
    ".raw_deflate": "RAW_DEFLATE",
    ".br": "BROTLI",
}


_BY_CONTENT = ((b"\x1f\x8b\x08", "GZIP"), (b"\x28\xb5\x2f\xfd", "ZSTD"), (b"BZh", "BZ2"))
"""How compressed files begin. Three letters might begin a text: BZ2 has them, a digit and a sign of six bytes."""

_BZ2_BLOCK = b"1AY&SY"


def _detected(content: bytes, name: str) -> str:
    """Return a file's compression by its name's extension, or where that says nothing by how it begins."""
    if by_name := next((kind for end, kind in _BY_EXTENSION.items() if name.lower().endswith(end)), None):
        return by_name
    by_content = next((kind for sign, kind in _BY_CONTENT if content.startswith(sign)), "NONE")
    return "NONE" if by_content == "BZ2" and content[4:10] != _BZ2_BLOCK else by_content


def _all_members(content: bytes, decompressor: Callable[[], Any]) -> bytes:
    """Decompress one stream after another: zlib and bz2 would drop what follows the first, or cannot be read."""
    parts: list[bytes] = []
    while content:
        stream = decompressor()
        parts.append(stream.decompress(content))
        if not stream.eof:
            raise EOFError("it ends within its compressed data")
        content = stream.unused_data
    return b"".join(parts)


def _zstd(content: bytes) -> bytes:
    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        return stream.read()


_DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "NONE": lambda content: content,
    "GZIP": gzip.decompress,
    "ZSTD": _zstd,
    "BZ2": lambda content: _all_members(content, bz2.BZ2Decompressor),
    "DEFLATE": lambda content: _all_members(content, zlib.decompressobj),
    "RAW_DEFLATE": lambda content: _all_members(content, lambda: zlib.decompressobj(-zlib.MAX_WBITS)),
}


def decompress(content: bytes, compression: str, name: str) -> bytes:
    """Return a file's content without its compression; AUTO goes by the name's extension, then by the content.

    Raises:
        DecodingError: it is not compressed in this way, or in one that cannot be read.
    """
    if compression == "AUTO":
        compression = _detected(content, name)
    if compression not in _DECOMPRESS:
        raise DecodingError(f"The file is compressed as {compression}, which COMPRESSION = AUTO does not detect")
    try:
        return _DECOMPRESS[compression](content) if content else content
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DecodingError(f"Error decompressing the file as {compression}: {error}") from error


def without_mark(content: bytes, options: CsvFormat | JsonFormat) -> bytes:
    """Return a file's content without its byte-order mark, where the format skips one."""
    return content.removeprefix(codecs.BOM_UTF8) if options.skip_byte_order_mark else content


def decode(content: bytes, options: FormatOptions) -> str:
    """Return a file's text.

    Raises:
        DecodingError: it is not in its encoding and the format does not replace what is not.
    """
    encoding = options.encoding if isinstance(options, CsvFormat) else "UTF8"
    ignores = isinstance(options, JsonFormat) and options.ignore_utf8_errors
    replaces = ignores or (isinstance(options, CsvFormat | JsonFormat) and options.replace_invalid_characters)
    try:
        text = content.decode(ENCODINGS[encoding], "replace" if replaces else "strict")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DecodingError(f"Invalid {encoding} detected in string at byte {error.start + 1}", line) from error
    skips_mark = isinstance(options, CsvFormat | JsonFormat) and options.skip_byte_order_mark
    return text.removeprefix("\ufeff") if skips_mark else text
