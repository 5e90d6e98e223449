"""What the transactions say."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.input_data_generator.conftest import Generate, transactions_in

SHOPS = ["starter", "large_shop"]


@pytest.fixture(params=SHOPS)
def shop(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def ids(folder: Path, name: str) -> dict[str, dict[str, str]]:
    with (folder / f"{name}s.csv").open(newline="", encoding="utf-8") as file:
        return {row[f"{name}_id"]: row for row in csv.DictReader(file)}


def moment_of(record: dict) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", record["date_of_purchase"])
    return datetime.fromisoformat(record["date_of_purchase"])


def test_a_day_is_a_folder_and_no_day_of_the_window_is_missing(starter: Path):
    folders = sorted(path.name for path in (starter / "transactions").iterdir())
    assert len(folders) == 181
    assert (folders[0], folders[-1]) == ("d=2026-01-01", "d=2026-06-30")
    assert all((starter / "transactions" / name / "transactions.json").exists() for name in folders)


def test_the_default_is_the_size_of_the_exercise_for_six_months(starter: Path):
    transactions = transactions_in(starter)
    assert 4_000 < len(transactions) < 5_000
    assert 1.9 < sum(len(record["basket"]) for _, record in transactions) / len(transactions) < 2.1


def test_lines_are_spelled_as_json_dumps_spells_them(shop: Path):
    for path in sorted(shop.glob("transactions/*/*.json")):
        text = path.read_text()
        assert text == "".join(json.dumps(json.loads(line)) + "\n" for line in text.splitlines())


def test_timestamps_lie_inside_their_day_and_ascend_through_its_files(shop: Path):
    last: dict[str, datetime] = {}
    for path, record in transactions_in(shop):
        moment = moment_of(record)
        day = path.parent.name.removeprefix("d=")
        assert moment.date() == date.fromisoformat(day)
        assert last.get(day, moment).replace(second=0) <= moment
        last[day] = moment


def test_a_large_file_is_in_the_order_of_time_from_morning_to_night(generate: Generate):
    folder = generate("--transactions-per-day", "60000", "--end", "2026-01-01")  # more than one shard
    moments = [moment_of(record) for _, record in transactions_in(folder)]
    assert moments == sorted(moments)
    assert (moments[0].hour, moments[-1].hour) == (6, 22)
    assert 0.08 < sum(moment.hour == 12 for moment in moments) / len(moments) < 0.1  # 11 of 125


def test_baskets_hold_known_products_of_one_category_bought_by_known_customers(shop: Path):
    customers, products = ids(shop, "customer"), ids(shop, "product")
    for _, record in transactions_in(shop):
        assert list(record) == ["customer_id", "basket", "date_of_purchase"]
        assert record["customer_id"] in customers
        assert record["basket"]
        assert len({products[item["product_id"]]["product_category"] for item in record["basket"]}) == 1


def test_a_product_has_one_list_price_and_two_discounts(large_shop: Path):
    prices: dict[str, Counter[int]] = {}
    for _, record in transactions_in(large_shop):
        for item in record["basket"]:
            prices.setdefault(item["product_id"], Counter())[item["price"]] += 1
    usual = Counter()
    for seen in prices.values():
        full = max(seen)
        assert set(seen) <= {full, full * 90 // 100, full * 75 // 100}
        assert 1 <= min(seen) <= full <= 2_000
        usual.update({"full": seen[full], "all": seen.total()})
    assert 0.79 < usual["full"] / usual["all"] < 0.83  # 13 of 16


def test_some_baskets_hold_the_same_product_twice(starter: Path):
    baskets = [[item["product_id"] for item in record["basket"]] for _, record in transactions_in(starter)]
    assert 0.12 < sum(len(set(basket)) < len(basket) for basket in baskets) / len(baskets) < 0.17


def test_categories_are_bought_by_the_weights_of_the_exercise(large_shop: Path):
    products = ids(large_shop, "product")
    transactions = transactions_in(large_shop)
    bought = Counter(products[record["basket"][0]["product_id"]]["product_category"] for _, record in transactions)
    for category, percent in {
        "house": 15, "clothes": 5, "fruit_veg": 25, "sweets": 20, "food": 25, "bws": 10,
    }.items():  # fmt: skip
        assert bought[category] / len(transactions) == pytest.approx(percent / 100, abs=0.015)


def test_few_customers_buy_much_and_some_never(large_shop: Path):
    bought = Counter(record["customer_id"] for _, record in transactions_in(large_shop))
    by_size = sorted(bought.values(), reverse=True)
    assert 0.33 < sum(by_size[:500]) / sum(by_size) < 0.41  # the first tenth
    assert 5_000 - len(bought) >= 100  # one in fifty never buys


def test_baskets_go_up_to_the_largest_asked_for(large_shop: Path, starter: Path):
    sizes = Counter(len(record["basket"]) for _, record in transactions_in(large_shop))
    assert set(sizes) == set(range(1, 9))
    assert sizes[1] > sizes[5] > sizes[8]
    assert {len(record["basket"]) for _, record in transactions_in(starter)} == {1, 2, 3}


def test_evenings_and_weekends_are_busier_and_nights_quiet(large_shop: Path):
    moments = [moment_of(record) for _, record in transactions_in(large_shop)]
    hours = Counter(moment.hour for moment in moments)
    weekdays = Counter(moment.weekday() for moment in moments)
    assert not hours.keys() & {0, 1, 2, 3, 4, 5, 23}
    assert hours[17] > hours[15] > hours[21]
    assert weekdays[5] > weekdays[3] > weekdays[0]


def test_december_sells_more_than_february(generate: Generate):
    def sold(month: int) -> int:
        window = ["--start", f"2026-{month:02d}-01", "--end", f"2026-{month:02d}-28"]
        return len(transactions_in(generate("--transactions-per-day", "200", *window)))

    assert 1.3 < sold(12) / sold(2) < 1.5


def test_no_line_stands_in_two_files(large_shop: Path):
    homes: dict[str, set[Path]] = {}
    for path in large_shop.glob("transactions/*/*.json"):
        for line in path.read_text().splitlines():
            homes.setdefault(line, set()).add(path)
    assert all(len(files) == 1 for files in homes.values())


def test_no_minute_and_second_is_shared_by_two_files_of_a_day(generate: Generate):
    # Two customers and one product: lines would be equal if the seconds were.
    folder = generate(
        "--customers", "2", "--products", "1", "--max-basket", "1", "--transactions-per-day", "40000",
        "--start", "2026-01-01", "--end", "2026-01-01", "--rows-per-file", "8",
    )  # fmt: skip
    homes: dict[str, Path] = {}
    for path, record in transactions_in(folder):
        assert homes.setdefault(record["date_of_purchase"], path) == path


def test_files_hold_at_most_the_rows_asked_for_and_about_as_many(large_shop: Path):
    rows = Counter(path for path, _ in transactions_in(large_shop))
    assert max(rows.values()) <= 100
    assert min(rows.values()) >= 90


def test_a_day_without_transactions_is_an_empty_file(generate: Generate):
    folder = generate("--transactions-per-day", "1", "--months", "1")
    sizes = {path.stat().st_size for path in folder.glob("transactions/*/transactions.json")}
    assert 0 in sizes
    assert len(sizes) > 1


def test_a_mean_of_one_is_kept_over_the_year(generate: Generate):
    folder = generate("--transactions-per-day", "1", "--months", "12")
    assert 340 < len(transactions_in(folder)) < 390


@pytest.mark.parametrize("customers", [1, 2, 49, 51, 999, 1_000, 1_001, 5_000_000])
def test_every_number_of_customers_gives_ids_that_exist(generate: Generate, customers: int):
    from input_data_generator.randomness import Purpose, Stream
    from input_data_generator.world import Customers

    drawn = Customers(customers, 12_345).draw(Stream(7, Purpose.SHARD), 50_000, customers)
    assert 1 <= drawn.min() <= drawn.max() <= customers
    buyers = customers - customers // 50
    assert len(set(drawn.tolist())) <= buyers
    if customers <= 1_001:
        assert len(set(drawn.tolist())) == buyers


def test_numbers_of_customers_are_spelled_right_around_the_thousands(generate: Generate):
    folder = generate("--customers", "2002", "--transactions-per-day", "20000", "--end", "2026-01-01")
    seen = {record["customer_id"] for _, record in transactions_in(folder)}
    known = ids(folder, "customer")
    assert seen <= known.keys()
    assert {"C7", "C999", "C1000", "C1001", "C2000"} & seen


def test_a_shop_with_one_product_sells_it(generate: Generate):
    folder = generate("--products", "1", "--months", "1")
    assert {item["product_id"] for _, record in transactions_in(folder) for item in record["basket"]} == {"P1"}


def test_nearly_all_of_many_products_are_sold(generate: Generate):
    folder = generate(
        "--products", "5000", "--transactions-per-day", "100000", "--max-basket", "8", "--end", "2026-01-01"
    )
    sold = {item["product_id"] for _, record in transactions_in(folder) for item in record["basket"]}
    assert len(sold) > 4_900
    assert sold <= ids(folder, "product").keys()
