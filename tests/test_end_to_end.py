"""The whole way, from files to the view's rows, through the commands that a person types."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from input_data_generator.cli import main as generate
from local_cloud.commands.cli import main as local_cloud

Rows = list[dict[str, Any]]
Query = Callable[[str], Rows]


def write(folder: Path, name: str, content: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def purchase(customer: str | None, *products: str | None, at: str = "2026-03-01 10:00:00", **more: Any) -> str:
    basket = [{"product_id": product, "price": 100} for product in products]
    return json.dumps({"customer_id": customer, "basket": basket, "date_of_purchase": at, **more}) + "\n"


@pytest.fixture(scope="module")
def oddities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A supplier's folder: generated files, and every oddity that files of this kind really have."""
    folder = tmp_path_factory.mktemp("supplier")
    arguments = ["--customers", "20", "--products", "12", "--start", "2026-01-01", "--end", "2026-01-10", "--quiet"]
    assert generate(["--out", str(folder), *arguments]) == 0
    write(folder, "customers-2026-02-01.csv", "customer_id,loyalty_score\r\nC1,9\r\nC900,4\r\n")
    write(folder, "customers/d=2026-02-02/late.csv", "customer_id,loyalty_score\nC2,8\n\nC901,7\n\n")
    write(folder, "customers/header-only.csv", "customer_id,loyalty_score\r\n")
    header = "product_id,product_description,product_category\r\n"
    write(
        folder,
        "products-2026-02-01.csv",
        header + 'P90,"men\'s 12"" trousers, dark green",clothes\r\nP91,Käse 奶酪,food\r\n',
    )
    day = "transactions/d=2026-03-01"
    write(folder, f"{day}/same-product-twice.json", purchase("C1", "P90", "P90", "P91"))
    write(folder, f"{day}/equal lines + 100% änd more.json", purchase("C2", "P90") * 3)
    write(folder, f"{day}/microseconds.json", purchase("C900", "P90", at="2026-03-01 11:09:00.123456"))
    write(folder, f"{day}/outside-its-day.json", purchase("C900", "P91", at="2026-03-02 00:00:30"))
    write(folder, f"{day}/year-zero.json", purchase("C902", "P90", at="0000-01-01 00:00:00"))
    write(folder, f"{day}/unknown.json", purchase("C999", "P01") + purchase("C1", "P999") + purchase(None, None))
    write(folder, f"{day}/crlf.json", purchase("C901", "P01").replace("\n", "\r\n") * 2)
    write(folder, f"{day}/no-newline-at-the-end.json", purchase("C3", "P02").rstrip())
    write(folder, f"{day}/empty.json", "")
    write(folder, f"{day}/compressed.json.gz", gzip.compress(purchase("C3", "P03", "P03").encode(), mtime=0))
    return folder


@pytest.fixture(scope="module")
def state(oddities: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state") / "embedded"
    assert local_cloud(["up", "--data", str(oddities), "--state", str(folder)]) == 0
    return folder


@pytest.fixture
def query(state: Path, capsys: pytest.CaptureFixture[str]) -> Query:
    return lambda sql: ask(state, sql, capsys)


def ask(state: Path, sql: str, capsys: pytest.CaptureFixture[str]) -> Rows:
    capsys.readouterr()
    assert local_cloud(["query", sql, "--state", str(state), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def read_csv(folder: Path, feed: str) -> dict[str, dict[str, str]]:
    """Return each id's current row: a file without a date is as new as its upload, newer than all dated ones."""
    known: dict[str, dict[str, str]] = {}
    dated = sorted([*folder.glob(f"{feed}-2026*.csv"), *folder.glob(f"{feed}/d=2026*/*.csv")], key=str)
    for path in [*dated, folder / f"{feed}.csv"]:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                known[next(iter(row.values()))] = row
    return known


def count_purchases(folder: Path) -> Counter[tuple[str | None, str | None]]:
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for path in folder.glob("transactions/**/*.json*"):
        content = path.read_bytes()
        for line in (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines():
            record = json.loads(line)
            counts.update((record["customer_id"], item["product_id"]) for item in record["basket"])
    return counts


def expected_view(folder: Path) -> set[tuple[Any, ...]]:
    customers, products = read_csv(folder, "customers"), read_csv(folder, "products")
    counts = count_purchases(folder)
    rows = set()
    for (customer, product), count in counts.items():
        score = int(customers[customer]["loyalty_score"]) if customer in customers else None
        category = products[product]["product_category"] if product in products else None
        rows.add((customer, score, product, category, count))
    bought = {customer for customer, _ in counts}
    return rows | {(c, int(row["loyalty_score"]), None, None, 0) for c, row in customers.items() if c not in bought}


def test_the_view_counts_what_plain_python_counts_in_the_same_files(oddities: Path, query: Query) -> None:
    rows = query("select * from RETAIL_DEV.MART.CUSTOMER_PURCHASES")
    found = [
        (r["CUSTOMER_ID"], r["LOYALTY_SCORE"], r["PRODUCT_ID"], r["PRODUCT_CATEGORY"], r["PURCHASE_COUNT"])
        for r in rows
    ]
    assert len(found) == len(set(found))
    assert set(found) == expected_view(oddities)


@pytest.mark.parametrize(
    ("customer", "product", "count"),
    [("C1", "P90", 2), ("C2", "P90", 3), ("C900", "P91", 1), ("C999", "P01", 1), ("C901", "P01", 2), ("C1", "P999", 1)],
    ids=[
        "the same product twice",
        "equal lines",
        "a date outside its folder",
        "unknown customer",
        "CRLF",
        "unknown product",
    ],
)
def test_every_oddity_of_real_files_counts(query: Query, customer: str, product: str, count: int) -> None:
    condition = f"CUSTOMER_ID = '{customer}' and PRODUCT_ID = '{product}'"
    rows = query(f"select PURCHASE_COUNT from RETAIL_DEV.MART.CUSTOMER_PURCHASES where {condition}")
    assert rows == [{"PURCHASE_COUNT": count}]


def test_text_arrives_as_it_was_written(query: Query) -> None:
    rows = query(
        "select PRODUCT_DESCRIPTION from RETAIL_DEV.RAW.PRODUCTS where PRODUCT_ID in ('P90', 'P91') order by 1"
    )
    assert [row["PRODUCT_DESCRIPTION"] for row in rows] == ["Käse 奶酪", "men's 12\" trousers, dark green"]


def test_microseconds_of_a_timestamp_are_kept(query: Query) -> None:
    rows = query(
        "select to_varchar(PURCHASED_AT, 'YYYY-MM-DD HH24:MI:SS.FF6') as AT"
        " from RETAIL_DEV.CORE.TRANSACTIONS where _FILE like '%microseconds%'"
    )
    assert rows[0]["AT"].startswith("2026-03-01 11:09:00.123456")


def test_a_timestamp_of_year_0_is_unreadable_and_its_purchase_counts(query: Query) -> None:
    times = query("select PURCHASED_AT from RETAIL_DEV.CORE.TRANSACTIONS order by 1")
    assert [row["PURCHASED_AT"] for row in times].count(None) == 1
    issues = query("select ISSUE, DETAIL from RETAIL_DEV.MART.DATA_QUALITY where _FILE like '%year-zero%'")
    assert {row["ISSUE"]: row["DETAIL"] for row in issues}["unreadable_timestamp"] == '"0000-01-01 00:00:00"'
    bought = "CUSTOMER_ID = 'C902' and PRODUCT_ID = 'P90'"
    weeks = query(f"select WEEK_START from RETAIL_DEV.MART.WEEKLY_CUSTOMER_PURCHASES where {bought}")
    assert weeks == [{"WEEK_START": None}]


def test_each_file_is_loaded_under_a_key_with_its_content(query: Query) -> None:
    rows = query("select distinct _FILE from RETAIL_DEV.RAW.TRANSACTIONS where _FILE like '%equal lines%'")
    assert len(rows) == 1
    assert rows[0]["_FILE"].startswith("transactions/d=2026-03-01/equal lines + 100% änd more-")


def test_the_same_files_give_the_same_view_again(
    oddities: Path, query: Query, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again"
    assert local_cloud(["up", "--data", str(oddities), "--state", str(again)]) == 0
    view = "select * from RETAIL_DEV.MART.CUSTOMER_PURCHASES order by 1, 3"
    assert ask(again, view, capsys) == query(view)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("transactions/d=2026-03-01/broken.json", purchase("C1", "P01") + '{"customer_id": "C1", "bask\n', "2"),
        ("customers/unclosed.csv", 'customer_id,loyalty_score\nC1,5\nC2,"6\n', "3"),
    ],
    ids=["a broken JSON line", "a CSV with an unclosed quote"],
)
def test_a_rejected_file_is_named_with_its_error_and_the_others_load(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, line: str
) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    write(data, name, content)
    write(data, "transactions/good.json", purchase("C7", "P07"))
    assert local_cloud(["up", "--data", str(data), "--state", str(state)]) == 1
    report = capsys.readouterr().out
    assert Path(name).stem in report
    failures = ask(state, "select * from RETAIL_DEV.OPS.LOAD_FAILURES", capsys)
    assert [Path(name).stem in row["_FILE"] for row in failures] == [True]
    assert str(failures[0]["FIRST_ERROR_LINE"]) == line
    assert failures[0]["FIRST_ERROR"] in " ".join(report.split())
    assert ask(
        state, "select count(*) as N from RETAIL_DEV.MART.CUSTOMER_PURCHASES where PRODUCT_ID = 'P07'", capsys
    ) == [{"N": 1}]


def test_a_wrong_number_of_columns_loads_and_shows_in_data_quality(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    write(data, "customers.csv", "customer_id,loyalty_score\nC1,5,surplus\nC2\n")
    write(data, "transactions/t.json", purchase("C1", "P01") + purchase("C2", "P01"))
    assert local_cloud(["up", "--data", str(data), "--state", str(state)]) == 0
    rows = ask(state, "select _FILE_ROW from RETAIL_DEV.MART.DATA_QUALITY where ISSUE = 'column_count'", capsys)
    assert len(rows) == 2


def test_bad_data_folders_exit_2_and_leave_the_earlier_state(
    state: Path, query: Query, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path, "two-formats/transactions/t.parquet", b"PAR1")
    write(tmp_path, "two-formats/transactions/t.json", "{}")
    for folder in ("missing", "empty", "two-formats"):
        assert local_cloud(["up", "--data", str(tmp_path / folder), "--state", str(state)]) == 2
        complaint = capsys.readouterr().err
        assert len(complaint.splitlines()) == 1
        assert folder in complaint
    assert query("select count(*) as N from RETAIL_DEV.CORE.TRANSACTIONS")[0]["N"] > 0


def test_destroy_removes_everything(oddities: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state"
    assert local_cloud(["up", "--data", str(oddities), "--state", str(state)]) == 0
    assert local_cloud(["destroy", "--state", str(state)]) == 0
    assert not state.exists()
    assert local_cloud(["query", "select 1", "--state", str(state)]) == 2
    assert "local_cloud up" in capsys.readouterr().err
