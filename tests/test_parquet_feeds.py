"""Parquet as a feed's format, from the generator and from other tools to the view: the same rows as of text."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from input_data_generator.cli import main as generate
from local_cloud.accounts import open_accounts
from local_cloud.commands.cli import main as local_cloud
from local_cloud.commands.query import run_query
from local_cloud.snowpipe.loader import Snowpipe

BUCKET = "retail-snowpipe-dev-123456789012"
SMALL = ["--customers", "12", "--products", "9", "--end", "2026-01-12", "--max-basket", "4", "--quiet"]
NOON = datetime(2026, 3, 1, 12, 0, 0)  # noqa: DTZ001 - of no time zone


def up(data: Path, state: Path) -> int:
    state.mkdir(exist_ok=True)
    return local_cloud(["up", "--data", str(data), "--state", str(state), "--export", str(state / "view.csv")])


def test_generated_parquet_gives_the_purchases_and_the_view_of_json_of_the_same_seed(tmp_path: Path) -> None:
    views, purchases = [], []
    asked = "select CUSTOMER_ID, PRODUCT_ID, PRICE, PURCHASED_AT from CORE.PURCHASES order by 1, 2, 3, 4"
    for form in ("json", "parquet"):
        data, state = tmp_path / form, tmp_path / f"{form}-state"
        assert generate(["--out", str(data), "--format", form, *SMALL]) == 0
        assert up(data, state) == 0  # the manifest's counts, too
        views.append((state / "view.csv").read_text())
        purchases.append(answer(asked, state))
    assert views[0] == views[1] != ""
    assert purchases[0] == purchases[1]
    assert len(purchases[0]) > 20
    assert all(row["PURCHASED_AT"] for row in purchases[0])


def answer(sql: str, state: Path) -> list[dict[str, Any]]:
    return run_query(state, sql).dicts()


BASKET = pa.list_(pa.struct([("product_id", pa.string()), ("price", pa.decimal128(10, 2))]))


def transactions(times: pa.Array, *products: str) -> pa.Table:
    """Return a purchase of these products at each of some times, by customer C1."""
    basket = [{"product_id": product, "price": Decimal("4.50")} for product in products]
    columns = {"customer_id": ["C1"] * len(times), "basket": [basket] * len(times), "date_of_purchase": times}
    return pa.table({name: pa.array(v, BASKET) if name == "basket" else v for name, v in columns.items()})


def put(folder: Path, name: str, table: pa.Table, **options: Any) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / name, **options)


@pytest.fixture(scope="module")
def of_other_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three feeds as pandas and Spark write them, and loaded."""
    folder, state = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("state")
    put(
        folder,
        "customers-2026-01-01.parquet",
        pa.table({"customer_id": ["C1", "C2", "C3", None], "loyalty_score": [7.0, None, 7.5, 1.0]}),
    )
    put(folder, "customers-2026-02-01.parquet", pa.table({"loyalty_score": [9], "customer_id": ["C1"]}))
    names = ["product_id", "product_description", "product_category"]
    put(
        folder,
        "products/part-0.parquet",
        pa.table(dict(zip(names, [["P1"], ["Käse"], pa.array(["food"]).dictionary_encode()], strict=True))),
    )
    put(folder, "products/no-category.parquet", pa.table({"product_id": ["P2"], "product_description": ["chair"]}))
    day = "transactions/d=2026-03-01"
    utc = pa.array([NOON.replace(tzinfo=UTC)], pa.timestamp("us", "UTC"))
    put(folder, f"{day}/pandas.parquet", transactions(pa.array([NOON], pa.timestamp("ns")), "P1", "P1"))
    put(folder, f"{day}/part-00000-1.snappy.parquet", transactions(utc, "P2"), compression="snappy")
    put(
        folder,
        f"{day}/part-00001-1.snappy.parquet",
        transactions(utc.cast(pa.timestamp("us")), "P3"),
        use_deprecated_int96_timestamps=True,
    )
    put(
        folder,
        f"{day}/texts.parquet",
        transactions(pa.array(["2026-03-01 12:00:00", "2026-03-01T12:00:00.250000", "soon"]), "P4"),
    )
    put(folder, f"{day}/none.parquet", transactions(pa.array([None], pa.timestamp("ms")), "P5"))
    put(folder, f"{day}/no-rows.parquet", transactions(pa.array([], pa.timestamp("ms"))))
    (folder / day / "_SUCCESS").touch()
    (folder / day / ".part-00000-1.snappy.parquet.crc").write_bytes(b"crc\0")
    assert up(folder, state) == 0
    return state


def test_every_way_of_writing_a_time_is_the_same_time(of_other_tools: Path) -> None:
    rows = answer("select PRODUCT_ID, PURCHASED_AT from CORE.PURCHASES order by 1, 2 nulls last", of_other_tools)
    times = {
        product: [row["PURCHASED_AT"] for row in rows if row["PRODUCT_ID"] == product]
        for product in ("P1", "P2", "P3", "P4", "P5")
    }
    assert times == {
        "P1": [NOON, NOON],
        "P2": [NOON],
        "P3": [NOON],
        "P4": [NOON, NOON.replace(microsecond=250_000), None],
        "P5": [None],
    }
    assert {row["PRICE"] for row in answer("select PRICE from CORE.PURCHASES", of_other_tools)} == {Decimal("4.5000")}


def test_the_view_has_the_current_score_and_category_of_customers_and_products_in_parquet(of_other_tools: Path) -> None:
    view = csv.DictReader(io.StringIO((of_other_tools / "view.csv").read_text()))
    rows = {(row["CUSTOMER_ID"], row["PRODUCT_ID"]): row for row in view}
    first = rows["C1", "P1"]
    assert (first["LOYALTY_SCORE"], first["PRODUCT_CATEGORY"], first["PURCHASE_COUNT"]) == ("9", "food", "2")
    assert (rows["C2", ""]["LOYALTY_SCORE"], rows["C2", ""]["PURCHASE_COUNT"]) == ("", "0")


def test_a_null_is_an_empty_field_and_an_absent_column_is_a_wrong_number_of_fields(of_other_tools: Path) -> None:
    found = answer(
        "select ISSUE, FEED, DETAIL from MART.DATA_QUALITY where FEED <> 'transactions' order by 1, 3", of_other_tools
    )
    assert [(row["ISSUE"], row["FEED"], row["DETAIL"]) for row in found] == [
        ("bad_loyalty_score", "customers", '""'),
        ("bad_loyalty_score", "customers", '"7.5"'),
        ("column_count", "products", "absent: product_category"),
        ("missing_customer_id", "customers", '""'),
    ]


def test_counts_of_files_history_and_raw_agree_and_nothing_was_rejected(of_other_tools: Path) -> None:
    assert local_cloud(["verify", "--state", str(of_other_tools)]) == 0
    attempts = answer("select FEED, STATUS, ROWS_LOADED from OPS.LOAD_ATTEMPTS", of_other_tools)
    assert {row["STATUS"] for row in attempts} == {"loaded"}
    assert sum(int(row["ROWS_LOADED"]) for row in attempts if row["FEED"] == "transactions") == 7


def test_what_spark_puts_beside_its_files_is_neither_loaded_nor_missed(of_other_tools: Path, tmp_path: Path) -> None:
    state = shutil.copytree(of_other_tools, tmp_path / "state")
    (generation,) = state.glob("generation-*")
    with open_accounts(generation) as accounts:
        for name in ("_SUCCESS", "_committed_1"):
            accounts.aws.client("s3").put_object(Bucket=BUCKET, Key=f"transactions/d=2026-03-01/{name}", Body=b"{}")
        Snowpipe(accounts.snowflake, accounts.aws).run_until_idle()
    assert local_cloud(["verify", "--state", str(state)]) == 0


def test_a_file_that_is_no_parquet_is_rejected_by_name_and_the_others_load(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "data/transactions/good.parquet", transactions(pa.array([NOON]), "P1"))
    (tmp_path / "data/transactions/bad.parquet").write_bytes(b"PAR1 and no more")
    assert up(tmp_path / "data", tmp_path / "state") == 1
    assert "bad-" in capsys.readouterr().out
    (found,) = answer("select _FILE from OPS.LOAD_FAILURES where not RESOLVED", tmp_path / "state")
    assert found["_FILE"].startswith("transactions/bad-")
    assert answer("select count(*) as N from CORE.PURCHASES", tmp_path / "state") == [{"N": 1}]
