"""Where loading here is known to differ from Snowflake: one list, which the README shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deviation:
    """One difference.

    Attributes:
        what: the feature.
        snowflake: what Snowflake does.
        here: what the embedded account does.
    """

    what: str
    snowflake: str
    here: str


DEVIATIONS = (
    Deviation("Load history", "14 days for a pipe, 64 days for a table", "kept for good"),
    Deviation(
        "Pipes",
        "load in the background, within about a minute",
        "load when `up` drains the queue, or once a second while `serve` runs",
    ),
    Deviation(
        "Files that come while a pipe's table is not there", "are not queued", "wait; their pipe says that it failed"
    ),
    Deviation(
        "A file that is gone, or may not be read, when its turn comes",
        "fails to load, and its name is not tried again",
        "is passed over and loads when it comes again; one that may not be read waits",
    ),
    Deviation(
        "Messages that are no S3 event",
        "dropped",
        "kept in a queue of their own, `sf-snowpipe-…-unreadable`, and counted",
    ),
    Deviation(
        "Messages of a dropped stage's pipe",
        "wait until the pipe is dropped",
        "dropped; the refresh after the pipe's replacement finds the files",
    ),
    Deviation(
        "Copy options",
        "all",
        "SIZE_LIMIT, VALIDATION_MODE, MATCH_BY_COLUMN_NAME, INCLUDE_METADATA, RETURN_FAILED_ONLY, "
        "LOAD_UNCERTAIN_FILES, LOAD_MODE, FILE_PROCESSOR and CLUSTER_AT_INGEST_TIME are "
        "refused by name",
    ),
    Deviation(
        "What converts to a column's type",
        "by Snowflake's rules; any text becomes a VARIANT",
        "by DuckDB's rules for numbers, dates and booleans; a text becomes a VARIANT if it is JSON",
    ),
    Deviation("NaN and infinities in Parquet", "doubles", 'the texts `"NaN"`, `"inf"` and `"-inf"`'),
    Deviation(
        "COPY INTO inside a transaction",
        "is rolled back with it",
        "is refused; a COPY of its own loads all of its files or none",
    ),
    Deviation(
        "FLATTEN",
        "PATH, OUTER, RECURSIVE and MODE",
        "only at their default; any other value is refused by name",
    ),
    Deviation("Length of VARCHAR(n)", "a longer text is an error", "checked by COPY only, not by INSERT and MERGE"),
    Deviation(
        "A VARIANT as text",
        "is its text without quotes, null is NULL",
        "so where a path is cast (`v:a::varchar`) and in a COPY's text columns; elsewhere, as in `v:a || 'x'` or "
        "`v::varchar`, it is its JSON, or an error",
    ),
    Deviation(
        "File formats",
        "CSV, JSON, Parquet, Avro, ORC, XML",
        "CSV, JSON, Parquet; DATE_FORMAT, TIME_FORMAT, TIMESTAMP_FORMAT, BINARY_FORMAT, PARSE_HEADER, VALIDATE_UTF8, "
        "ENABLE_OCTAL and all of Parquet's (BINARY_AS_TEXT, USE_LOGICAL_TYPE, USE_VECTORIZED_SCANNER, TRIM_SPACE, "
        "NULL_IF, REPLACE_INVALID_CHARACTERS) only at their default",
    ),
    Deviation(
        "RECORD_DELIMITER: a new line, the default",
        "LF and CRLF; a lone CR is not documented",
        "LF, CRLF and a lone CR; CRLF or CR as the delimiter itself is just that",
    ),
    Deviation(
        "ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE",
        "is documented for files whose records are all of one length",
        "loads records of any length",
    ),
    Deviation(
        "Parquet with USE_VECTORIZED_SCANNER = FALSE",
        "a map is a list under key_value, a NULL is left out",
        "as the vectorized scanner has them: a map is an object, a NULL is null; times are text",
    ),
    Deviation(
        "BINARY",
        "text converts by its hexadecimal digits",
        "so only in the fields of a COPY; elsewhere `::BINARY` takes the text's bytes, "
        "TO_BINARY without a format its bits",
    ),
    Deviation(
        "Casts to NUMBER(38, 0) and INT in a query or a COPY's SELECT",
        "hold 38 digits",
        "hold 64 bits: a larger number is an error, or NULL in TRY_CAST; columns and TRY_TO_NUMBER hold 38 digits",
    ),
    Deviation(
        "COMPRESSION",
        "also BROTLI, LZO; AUTO detects it, how is not documented",
        "GZIP, ZSTD, BZ2, DEFLATE, RAW_DEFLATE; AUTO goes by the name's extension, without a known one by the content",
    ),
    Deviation("ENCODING", "over 30", "UTF-8, UTF-16, UTF-32, ISO-8859-1, ISO-8859-15, Windows-1250 to 1252"),
    Deviation(
        "PATTERN of a COPY of its own",
        "is matched with the storage location's path",
        "is matched with the whole key, from the bucket on",
    ),
    Deviation(
        "PATTERN",
        "Snowflake's regular expressions",
        "Python's; a class such as `[[:digit:]]` is refused by name",
    ),
    Deviation(
        "METADATA$FILE_ROW_NUMBER",
        "number of the record; whether a header counts is not documented",
        "CSV: the line that the record begins on, header included (each record one where RECORD_DELIMITER is no line "
        "end); JSON, Parquet: number of the record",
    ),
    Deviation(
        "Errors of conversion",
        "Snowflake's wording, with the column",
        "DuckDB's wording, without the column; a file with 1,000 such rows is left out from there on",
    ),
    Deviation(
        "Error in a JSON file",
        "reading goes on after the record",
        "what follows the first error is not read; ON_ERROR = CONTINUE loads what came before it",
    ),
    Deviation(
        "STRIP_NULL_VALUES in an array",
        "`[1, null, 3]` becomes `[1,,3]`",
        "stays `[1,null,3]`; nulls at the end are removed",
    ),
    Deviation(
        "VARIANT",
        "its own binary form, at most 128 MB",
        "JSON in one canonical text: keys sorted, numbers exact to 38 digits and doubles beyond; at most 256 levels; "
        "a decimal of more than 17 digits is a double once it is taken out of its record",
    ),
    Deviation("SYSTEM$PIPE_STATUS", "some 20 fields", "state, channel, outstanding messages, last file and times"),
    Deviation(
        "VALIDATE, VALIDATE_PIPE_LOAD", "list every error of a load", "refused; COPY_HISTORY has the first error"
    ),
)


def markdown_table() -> str:
    """Return the deviations as a table of Markdown."""
    rows = [("What", "Snowflake", "Here"), ("---", "---", "---")]
    rows += [(deviation.what, deviation.snowflake, deviation.here) for deviation in DEVIATIONS]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)
