from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_cloud.aws_account.account import AwsAccount
from local_cloud.errors import InputError
from local_cloud.landing.data_folder import land, read_data_folder


@dataclass(frozen=True)
class Feed:
    name: str
    extensions: tuple[str, ...]


FEEDS = (Feed("customers", (".csv",)), Feed("orders", (".json", ".json.gz")))


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    return folder


def test_files_land_feed_by_feed_in_path_order_under_their_keys(tmp_path: Path) -> None:
    write(tmp_path, "orders/d=2/b.json", "orders/d=1/a.json.gz", "customers-2.csv", "customers.csv", "notes.txt")
    deliveries = read_data_folder(tmp_path, FEEDS).deliveries
    landed: list[int] = []
    with AwsAccount() as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="landing", CreateBucketConfiguration={"LocationConstraint": aws.region})
        land(s3, "landing", deliveries, lambda: landed.append(1))
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="landing")["Contents"]]
        assert keys == sorted(delivery.key for delivery in deliveries)
        body = s3.get_object(Bucket="landing", Key=deliveries[0].key)["Body"].read()
    assert [delivery.key.partition("-")[0] for delivery in deliveries] == [
        "customers/customers",
        "customers/customers",
        "orders/d=1/a",
        "orders/d=2/b",
    ]
    assert len(landed) == 4
    assert body == b"content of customers-2.csv"


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=rf"the data folder .*{name} is (not there|no folder)"):
        read_data_folder(tmp_path / name, FEEDS)


def test_a_folder_without_known_files_says_what_was_looked_for_and_where(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt", "orders/readme.md")
    message = rf"{tmp_path} has no file that a feed takes; looked for customers\*.csv, orders\*.json, orders\*.json.gz"
    with pytest.raises(InputError, match=message):
        read_data_folder(tmp_path, FEEDS)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, "customers.csv")
    (tmp_path / "customers-2.csv").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=r"customers-2\.csv cannot be read: No such file or directory"):
        read_data_folder(tmp_path, FEEDS)


def test_a_named_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "customers.csv", "orders/a.json")
    pipe = tmp_path / "orders" / "pipe.json"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.open("wb").close(), daemon=True)  # so that a reader comes to an end
    writer.start()
    with pytest.raises(InputError, match=r"orders/pipe\.json cannot be read: it is no regular file$"):
        read_data_folder(tmp_path, FEEDS)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer.join()
    os.close(reader)


def test_a_folder_that_is_linked_into_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "orders/d=1/a.json")
    (tmp_path / "orders" / "d=1" / "again").symlink_to(tmp_path / "orders")
    with pytest.raises(InputError, match=r"d=1/again cannot be read: it is a link to a folder that it is in$"):
        read_data_folder(tmp_path, FEEDS)


def test_a_folder_that_is_linked_in_twice_lands_twice(tmp_path: Path) -> None:
    write(tmp_path, "orders/a.json", "elsewhere/b.json")
    for name in ("one", "two"):
        (tmp_path / "orders" / name).symlink_to(tmp_path / "elsewhere")
    logical_paths = [delivery.file.logical_path for delivery in read_data_folder(tmp_path, FEEDS).deliveries]
    assert logical_paths == ["orders/a.json", "orders/one/b.json", "orders/two/b.json"]


def test_a_name_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "customers.csv")
    (tmp_path / os.fsdecode(b"orders-\xff.json")).touch()
    with pytest.raises(InputError, match=r"orders-.*\.json' is no UTF-8, and S3's keys are: rename it$"):
        read_data_folder(tmp_path, FEEDS)


def test_a_path_that_is_too_long_for_a_key_is_refused_and_the_longest_lands(tmp_path: Path) -> None:
    folder = "/".join(["orders", *["d" * 200] * 4])
    fitting = f"{folder}/{'x' * (1_024 - len(folder) - len('/-0123456789ab.json'))}.json"
    write(tmp_path, fitting)
    assert len(read_data_folder(tmp_path, FEEDS).deliveries[0].key) == 1_024
    write(tmp_path, fitting.replace(".json", "ü.json"))
    with pytest.raises(InputError, match=r"would have a key of 1,026 bytes, and S3 takes at most 1,024: shorten"):
        read_data_folder(tmp_path, FEEDS)


def test_data_that_the_generator_has_not_finished_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "customers.csv", ".unfinished")
    with pytest.raises(InputError, match=r"is unfinished: the generator is at work there, or was broken off; run its"):
        read_data_folder(tmp_path, FEEDS)


def test_whatever_does_not_land_is_passed_over_but_the_manifest_and_what_is_hidden(tmp_path: Path) -> None:
    landing = ("customers.csv", "orders/a.json")
    others = ("CUSTOMERS.CSV", "Orders/a.json", "customers-2.csv/_SUCCESS", "customers-2.csv/part-0.csv")
    others += ("data/orders/a.json", "notes.txt", "orders/a.JSON", "orders/manifest.json.bak")
    write(tmp_path, *landing, *others, "orders/.hidden", ".git/customers.csv")
    (tmp_path / "manifest.json").write_text("{}")
    folder = read_data_folder(tmp_path, FEEDS)
    assert [delivery.file.path.relative_to(tmp_path).as_posix() for delivery in folder.deliveries] == [*landing]
    assert folder.passed_over == others


def test_a_file_that_may_be_meant_for_a_feed_has_its_name_anywhere_in_any_case(tmp_path: Path) -> None:
    write(tmp_path, "orders/a.json", "CUSTOMERS.CSV", "customers.csv/part-0.csv", "day/Customers/a.csv", "notes.txt")
    folder = read_data_folder(tmp_path, FEEDS)
    assert folder.passed_over_of("customers") == ["CUSTOMERS.CSV", "customers.csv/part-0.csv", "day/Customers/a.csv"]
