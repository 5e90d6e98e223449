"""The feeds, and the promise that deployed raw tables only grow at their end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from infra.feeds import FEEDS, SURPLUS, VARCHAR, Column, Feed

RECORDED: Mapping[str, list[str]] = json.loads((Path(__file__).parent / "raw_columns.json").read_text())
"""The raw tables' columns as they may be deployed somewhere. Add what a feed appends; change nothing else."""


def columns_of(feeds: Sequence[Feed]) -> dict[str, list[str]]:
    return {feed.table: [f"{column.name} {column.type}" for column in feed.columns] for feed in feeds}


def not_appended(recorded: Mapping[str, list[str]], declared: Mapping[str, list[str]]) -> list[str]:
    """Return the raw tables whose declared columns do not begin with the recorded ones, in their order."""
    return [table for table, columns in recorded.items() if declared.get(table, [])[: len(columns)] != columns]


def test_no_raw_table_loses_renames_or_reorders_a_column_that_may_be_deployed():
    assert not_appended(RECORDED, columns_of(FEEDS)) == []


def test_every_raw_table_and_column_is_recorded():
    assert columns_of(FEEDS) == RECORDED


CUSTOMERS = FEEDS[0]
EMAIL = Column("EMAIL", VARCHAR, "Where to write to")
EDITS = {
    "appended": (replace(CUSTOMERS, appended=(EMAIL,)), []),
    "inserted": (replace(CUSTOMERS, delivered=(*CUSTOMERS.delivered, EMAIL)), ["CUSTOMERS"]),
    "removed": (replace(CUSTOMERS, delivered=CUSTOMERS.delivered[:-1]), ["CUSTOMERS"]),
    "reordered": (replace(CUSTOMERS, delivered=CUSTOMERS.delivered[::-1]), ["CUSTOMERS"]),
    "renamed": (replace(CUSTOMERS, delivered=(EMAIL, *CUSTOMERS.delivered[1:])), ["CUSTOMERS"]),
    "of another type": (
        replace(CUSTOMERS, delivered=(Column("CUSTOMER_ID", "VARIANT", "Id"), *CUSTOMERS.delivered[1:])),
        ["CUSTOMERS"],
    ),
}


@pytest.mark.parametrize(("feed", "refused"), EDITS.values(), ids=EDITS)
def test_only_an_appended_column_is_no_breach(feed: Feed, refused: list[str]):
    assert not_appended({"CUSTOMERS": RECORDED["CUSTOMERS"]}, columns_of([feed])) == refused


def test_an_appended_column_stands_behind_the_load_metadata():
    assert [column.name for column in EDITS["appended"][0].columns][-2:] == ["_LOADED_AT", "EMAIL"]


def test_a_csv_feeds_table_has_a_column_for_surplus_fields_and_another_feeds_has_none():
    assert [feed for feed in FEEDS if (SURPLUS in feed.columns) != feed.is_csv] == []
    assert {feed.name for feed in FEEDS if feed.is_csv} >= {"customers", "products"}


def test_the_content_of_a_row_is_all_that_does_not_say_where_it_came_from():
    columns = [column.name for column in EDITS["appended"][0].content_columns]
    assert columns == ["CUSTOMER_ID", "LOYALTY_SCORE", "_SURPLUS", "EMAIL"]


def test_dimensions_are_listed_before_facts():
    names = [feed.name for feed in FEEDS]
    assert max(names.index("customers"), names.index("products")) < names.index("transactions")


def test_prefixes_do_not_overlap_which_s3_would_refuse():
    prefixes = [feed.prefix for feed in FEEDS]
    assert not [(a, b) for a in prefixes for b in prefixes if a != b and a.startswith(b)]


def test_csv_and_json_files_are_known_by_their_extensions():
    feeds = {feed.name: feed for feed in FEEDS}
    assert feeds["customers"].extensions == (".csv",)
    assert feeds["transactions"].extensions == (".json", ".json.gz", ".json.zst")
