"""PIPE_USAGE_HISTORY and WAREHOUSE_METERING_HISTORY: what a pipe has loaded, and what that would be billed."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowpipe.loader import Snowpipe
from tests.local_cloud.snowflake_account.feeds import create_pipes
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing, open_landing

LINES = b'{"customer_id": "C1", "basket": []}\n' * 1_000
SINCE = "date_range_start => dateadd(day, -14, current_date()), date_range_end => current_timestamp()"


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    """A landing with the pipe of the transactions, and one for Parquet."""
    with open_landing(tmp_path / "snowflake") as opened:
        create_pipes(opened, "TRANSACTIONS")
        opened.execute(f"create table {SCHEMA}.COLUMNAR (RECORD variant)")
        opened.execute(
            f"create pipe {SCHEMA}.COLUMNAR auto_ingest = true as copy into {SCHEMA}.COLUMNAR"
            f" from @{SCHEMA}.LANDING/columnar/ file_format = (type = parquet)"
        )
        yield opened


def usage(landing: Landing, pipe: str, arguments: str = SINCE) -> list[dict[str, Any]]:
    function = f"{DATABASE}.information_schema.pipe_usage_history"
    return landing.execute(f"select * from table({function}({arguments}, pipe_name => '{SCHEMA}.{pipe}'))")


def load(landing: Landing, **files: bytes) -> None:
    for key, content in files.items():
        landing.put(key.replace("__", "/").replace("_", "."), content)
        landing.execute(f"alter pipe {SCHEMA}.{'COLUMNAR' if 'columnar' in key else 'TRANSACTIONS'} refresh")
    Snowpipe(landing.account, landing.aws).run_until_idle()


def test_text_is_billed_by_its_size_without_compression_and_parquet_by_the_size_of_its_file(landing: Landing) -> None:
    pq.write_table(pa.table({"customer_id": ["C1"] * 1_000}), buffer := io.BytesIO())
    compressed = gzip.compress(LINES)
    load(landing, transactions__a_json=LINES, transactions__b_json_gz=compressed, columnar__a_parquet=buffer.getvalue())

    (text,), (columnar,) = usage(landing, "TRANSACTIONS"), usage(landing, "COLUMNAR")

    assert (text["FILES_INSERTED"], text["BYTES_INSERTED"]) == (2, len(LINES) + len(compressed))
    assert text["BYTES_BILLED"] == 2 * len(LINES)
    assert columnar["BYTES_BILLED"] == columnar["BYTES_INSERTED"] == len(buffer.getvalue())
    assert Decimal(str(float(text["CREDITS_USED"]))) == Decimal("0.0037") * 2 * len(LINES) / 10**9
    assert text["PIPE_NAME"] == f"{SCHEMA}.TRANSACTIONS"


def test_a_rejected_file_counts_for_nothing_and_a_pipe_that_has_loaded_nothing_has_no_rows(landing: Landing) -> None:
    load(landing, transactions__a_json=b"{")
    assert usage(landing, "TRANSACTIONS") == usage(landing, "COLUMNAR") == []


@pytest.mark.parametrize(
    ("ago", "seconds"), [("minute, -30", 300), ("hour, -12", 3_600), ("day, -14", 86_400)], ids=["m", "h", "d"]
)
def test_a_short_range_is_told_by_5_minutes_a_longer_one_by_hours_and_days(
    landing: Landing, ago: str, seconds: int
) -> None:
    load(landing, transactions__a_json=LINES)
    arguments = f"date_range_start => dateadd({ago}, current_timestamp()), date_range_end => current_timestamp()"
    (row,) = usage(landing, "TRANSACTIONS", arguments)
    assert (row["END_TIME"] - row["START_TIME"]).total_seconds() == seconds
    assert row["START_TIME"].timestamp() % seconds == 0


def test_what_was_loaded_before_or_after_the_range_is_not_in_it(landing: Landing) -> None:
    load(landing, transactions__a_json=LINES)
    earlier = "dateadd(day, -3, current_timestamp())", "dateadd(day, -2, current_timestamp())"
    assert usage(landing, "TRANSACTIONS", "date_range_start => {}, date_range_end => {}".format(*earlier)) == []


def test_a_warehouse_is_no_machine_here_so_its_history_has_no_rows(landing: Landing) -> None:
    function = f"{DATABASE}.information_schema.warehouse_metering_history"
    answer = landing.execute(f"select sum(CREDITS_USED) as C, count(*) as N from table({function}(current_date()))")
    assert answer == [{"C": None, "N": 0}]
    with pytest.raises(SnowflakeError, match="WAREHOUSE_METERING_HISTORY needs the arguments DATE_RANGE_START"):
        landing.execute(f"select * from table({function}())")


def test_usage_is_told_to_roles_that_may_monitor_it_alone(landing: Landing) -> None:
    load(landing, transactions__a_json=LINES)
    function = f"{DATABASE}.information_schema.pipe_usage_history"
    asked = f"select * from table({function}({SINCE}, pipe_name => '{SCHEMA}.TRANSACTIONS'))"
    for statement in (
        "create role ASKER",
        "grant role ASKER to role ACCOUNTADMIN",
        f"grant usage on database {DATABASE} to role ASKER",
    ):
        landing.execute(statement)
    session = landing.account.connect()
    session.execute("use role ASKER")
    session.execute("use secondary roles none")
    assert session.execute(asked).rows == []
    landing.execute("grant monitor usage on account to role ASKER")
    assert len(session.execute(asked).rows) == 1
