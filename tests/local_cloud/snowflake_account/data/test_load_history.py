"""The load history: COPY_HISTORY's content, and a rejected file from its failure to its correction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import load_history
from infra.feeds import FEEDS
from infra.sql_files import SqlFile
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.feeds import create_pipe, create_pipes
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing, open_landing

LINE = '{"customer_id": "C1"}\n'
OPS = Path(__file__).resolve().parents[4] / "sql" / "ops"


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    """A landing with a pipe for CSV and one for JSON."""
    with open_landing(tmp_path / "snowflake") as opened:
        create_pipes(opened, "CUSTOMERS", "TRANSACTIONS")
        yield opened


def drain(landing: Landing) -> None:
    Snowpipe(landing.account, landing.aws).run_until_idle()


def history(landing: Landing, table: str = "TRANSACTIONS", what: str = "*", how: str = "") -> list[dict[str, Any]]:
    function = f"{DATABASE}.information_schema.copy_history"
    arguments = f"table_name => '{SCHEMA}.{table}', start_time => dateadd(hour, -1, current_timestamp()){how}"
    return landing.execute(f"select {what} from table({function}({arguments})) order by file_name")


def test_every_attempt_is_in_the_copy_history(landing: Landing) -> None:
    """https://docs.snowflake.com/en/sql-reference/functions/copy_history#output."""
    before = datetime.now(UTC)
    landing.put("transactions/d=1/bad.json", LINE + '{"a": \n')
    landing.put("transactions/good.json", LINE * 3)
    drain(landing)

    bad, good = history(landing)

    assert (good["FILE_NAME"], good["STAGE_LOCATION"]) == ("good.json", "s3://landing/transactions/")
    assert (good["STATUS"], good["ROW_COUNT"], good["ROW_PARSED"], good["ERROR_COUNT"]) == ("Loaded", 3, 3, 0)
    assert (good["FILE_SIZE"], good["ERROR_LIMIT"], good["FIRST_ERROR_MESSAGE"]) == (3 * len(LINE), 1, None)
    assert (bad["FILE_NAME"], bad["STATUS"], bad["ROW_COUNT"]) == ("d=1/bad.json", "Load failed", 0)
    assert (bad["FIRST_ERROR_LINE_NUMBER"], bad["FIRST_ERROR_CHARACTER_POS"], bad["ERROR_COUNT"]) == (3, 1, 1)
    assert bad["FIRST_ERROR_MESSAGE"].startswith("Error parsing JSON: ")
    for row in (bad, good):
        assert [row[f"TABLE_{part}_NAME"] for part in ("CATALOG", "SCHEMA")] == [DATABASE, "RAW"]
        assert [row[f"PIPE_{part}_NAME"] for part in ("CATALOG", "SCHEMA")] == [DATABASE, "RAW"]
        assert (row["TABLE_NAME"], row["PIPE_NAME"]) == ("TRANSACTIONS", "TRANSACTIONS")
        assert before <= row["PIPE_RECEIVED_TIME"] <= row["LAST_LOAD_TIME"] <= datetime.now(UTC)


def test_a_copy_of_its_own_has_no_pipe_and_may_load_in_part(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar, B number(38, 0))")
    landing.put("t/a.csv", "a,1\nb,x\nc,3\n")
    landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/t/ file_format = (type = csv) on_error = continue")

    (row,) = history(landing, "T")

    assert (row["STATUS"], row["ROW_COUNT"], row["ROW_PARSED"]) == ("Partially loaded", 2, 3)
    assert (row["FIRST_ERROR_LINE_NUMBER"], row["PIPE_NAME"], row["PIPE_RECEIVED_TIME"]) == (2, None, None)


def test_the_history_is_of_one_table_and_time(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    landing.put("customers/customers.csv", "customer_id,loyalty_score\r\nC1,5\r\n")
    drain(landing)

    assert [row["FILE_NAME"] for row in history(landing)] == ["a.json"]
    assert history(landing, how=", end_time => dateadd(minute, -5, current_timestamp())") == []
    later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    function = f"{DATABASE}.information_schema.copy_history"
    assert landing.rows(f"select * from table({function}('{SCHEMA}.TRANSACTIONS', '{later}'::timestamp_ltz))") == []


@pytest.mark.parametrize(
    "name", ["RETAIL_TEST.RAW.TRANSACTIONS", "raw.transactions", '"RETAIL_TEST"."RAW"."TRANSACTIONS"']
)
def test_a_table_is_named_in_full_or_within_the_database_asked(landing: Landing, name: str) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    function = f"{DATABASE}.information_schema.copy_history"
    call = f"{function}(table_name => '{name}', start_time => dateadd(hour, -1, current_timestamp()))"

    assert landing.rows(f"select h.file_name from table({call}) as h where h.row_count = 1") == [("a.json",)]


WRONG_CALLS = {
    "without a start": ("table_name => 'RAW.T'", "needs the arguments TABLE_NAME and START_TIME"),
    "without a table": ("start_time => current_timestamp()", "needs the arguments TABLE_NAME and START_TIME"),
    "another argument": ("'RAW.T', current_timestamp(), limit => 5", "invalid argument 'LIMIT'"),
    "too many arguments": ("'RAW.T', current_timestamp(), current_timestamp(), 4", "no more than 3 arguments"),
    "without a schema": ("'T', current_timestamp()", "Table 'T' needs its full name"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_call_that_snowflake_refuses_is_refused(landing: Landing, arguments: str, message: str) -> None:
    with pytest.raises(SnowflakeError, match=message):
        landing.execute(f"select * from table({DATABASE}.information_schema.copy_history({arguments}))")


def test_the_history_goes_with_its_pipe_and_with_its_table(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    create_pipe(landing, "TRANSACTIONS")
    assert history(landing) == []

    landing.execute(f"alter pipe {SCHEMA}.TRANSACTIONS refresh")
    drain(landing)
    assert len(history(landing)) == 1
    landing.execute(f"create or replace table {SCHEMA}.TRANSACTIONS (RECORD variant)")
    assert history(landing) == []


def test_the_history_lasts(landing: Landing) -> None:
    landing.put("transactions/a.json", LINE)
    drain(landing)
    landing.restart()

    assert len(history(landing)) == 1


# --- quarantine -----------------------------------------------------------------------------------------------

BAD_FILES = {
    "a broken line": ("transactions", "{key}.json", LINE + '{"a": \n', LINE, 3, "Error parsing JSON"),
    "an unclosed quote": (
        "customers",
        "{key}.csv",
        'customer_id,loyalty_score\r\nC1,5\r\nC2,"6\r\n',
        "customer_id,loyalty_score\r\nC1,5\r\nC2,6\r\n",
        3,
        "never closed",
    ),
    "no UTF-8": ("transactions", "{key}.json", b'{"a": "\xff"}\n', LINE, 1, "Invalid UTF8"),
    "no gzip": ("transactions", "{key}.json.gz", b"plain", None, 1, "decompressing the file as GZIP"),
}


@pytest.fixture
def failures(landing: Landing) -> Landing:
    """A landing with OPS.LOAD_FAILURES and what it reads."""
    landing.execute(f"create schema {DATABASE}.OPS")
    landing.execute(f"use schema {DATABASE}.OPS")
    columns = ", ".join(f"{column.name} {column.type}" for column in load_history.COLUMNS)
    landing.execute(f"create table {DATABASE}.OPS.LOAD_HISTORY ({columns})")
    for view in ("new_load_attempts", "load_attempts", "load_failures"):
        feeds = [feed for feed in FEEDS if feed.name in ("customers", "transactions")]
        query = SqlFile.read(OPS / f"{view}.sql").render(feeds=feeds, database=DATABASE)
        landing.execute(f"create view {DATABASE}.OPS.{view} as {query}")
    return landing


@pytest.mark.parametrize(("feed", "key", "bad", "good", "line", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_rejected_file_is_listed_until_its_correction_has_loaded(
    failures: Landing, feed: str, key: str, bad: str | bytes, good: str | None, line: int, message: str
) -> None:
    first, second = (f"{feed}/d=1/" + key.format(key=f"file-{digest * 12}") for digest in "ab")
    failures.put(first, bad)
    failures.put(f"{feed}/good-0123456789ab.json", "")
    drain(failures)

    (row,) = failures.execute(f"select * from {DATABASE}.OPS.LOAD_FAILURES")
    assert (row["PIPE"], row["_FILE"], row["RESOLVED"]) == (f"{DATABASE}.RAW.{feed.upper()}", first, False)
    assert (row["FIRST_ERROR_LINE"], message in row["FIRST_ERROR"]) == (line, True)
    if good is not None:
        failures.put(second, good)
        drain(failures)
        assert failures.rows(f"select _FILE, RESOLVED from {DATABASE}.OPS.LOAD_FAILURES") == [(first, True)]
