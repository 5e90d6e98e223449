"""From a file's bytes to its text: compression, encoding, byte-order mark."""

from __future__ import annotations

import bz2
import codecs
import gzip
import zlib

import pyarrow as pa

from local_cloud.snowflake_account.file_formats import FileFormat, JsonFormat
from local_cloud.snowflake_account.staged_rows import DecodingError

_BY_EXTENSION = {".gz": "GZIP", ".zst": "ZSTD", ".bz2": "BZ2", ".deflate": "DEFLATE"}


def decompress(content: bytes, compression: str, name: str) -> bytes:
    """Return a file's content without its compression; AUTO goes by the name's extension.

    Raises:
        DecodingError: it is not compressed in this way.
    """
    if compression == "AUTO":
        compression = next((kind for end, kind in _BY_EXTENSION.items() if name.endswith(end)), "NONE")
    try:
        if compression == "GZIP":
            return gzip.decompress(content)
        if compression == "BZ2":
            return bz2.decompress(content)
        if compression == "DEFLATE":
            return zlib.decompress(content)
        if compression == "ZSTD":
            with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
                return stream.read()
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DecodingError(f"Error decompressing the file as {compression}: {error}") from error
    return content


def without_mark(content: bytes, options: FileFormat) -> bytes:
    """Return a file's content without its byte-order mark, where the format skips one."""
    return content.removeprefix(codecs.BOM_UTF8) if options.skip_byte_order_mark else content


def decode(content: bytes, options: FileFormat) -> str:
    """Return a file's text.

    Raises:
        DecodingError: it is not UTF-8 and the format does not replace what is not.
    """
    ignoring = isinstance(options, JsonFormat) and options.ignore_utf8_errors
    errors = "replace" if options.replace_invalid_characters or ignoring else "strict"
    try:
        return without_mark(content, options).decode("utf-8", errors)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DecodingError(f"Invalid UTF8 detected in string at byte {error.start + 1}, line {line}") from error
