"""What a reader of MART sees while the program is edited: the rows of the table in docs/scale.md, step by step.

Which resources an edit replaces is tests/program/test_edits.py's; here its steps are carried out, and a role that has
READER and nothing else asks between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from local_cloud.resources import Registry
from local_cloud.snowflake_account.errors import SnowflakeError
from tests.pipeline.deployed import Pipeline, deployed, purchase

ASKED = "select customer_id, product_id, purchase_count from MART.CUSTOMER_PURCHASES order by customer_id, product_id"
ROWS = [("C1", "P1", 2), ("C2", "P1", 1)]
GONE = "does not exist or not authorized"


class Reader:
    """A deployed stack with rows, and somebody who has READER alone."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
        self._resources = {resource.name: resource for resource in pipeline.stack.resources}
        self.account = pipeline.accounts.snowflake
        for statement in (
            "create role ANALYST",
            "grant database role RETAIL_DEV.READER to role ANALYST",
            "grant role ANALYST to user LOCAL",
        ):
            self.account.execute(statement)

    def asks(self, sql: str = ASKED) -> list[tuple[Any, ...]] | str:
        """Return the rows, or the error's last words."""
        with closing(self.account.connect("RETAIL_DEV", role="ANALYST")) as session:
            session.execute("use secondary roles none")
            try:
                return session.execute(sql).rows
            except SnowflakeError as error:
                return GONE if GONE in error.message else error.message

    def drop(self, *names: str) -> None:
        """Delete resources, as the first half of a replacement."""
        for name in names:
            resource = self._resources[name]
            self._registry.delete(resource.type, resource.id, resource.outputs)

    def make(self, *names: str) -> None:
        """Create them anew, as its second half."""
        for name in names:
            resource = self._resources[name]
            self._registry.create(resource.type, resource.inputs)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with deployed(tmp_path_factory.mktemp("state")) as pipeline:
        pipeline.put("products/p.csv", "product_id,product_description,product_category\nP1,chair,house\n")
        pipeline.put("customers/c.csv", "customer_id,loyalty_score\nC1,5\nC2,7\n")
        pipeline.put("transactions/t.json", purchase("C1", "P1", "P1") + purchase("C2", "P1"))
        pipeline.load()
        pipeline.accounts.snowflake.refresh_dynamic_tables()
        yield Reader(pipeline)


@pytest.fixture
def reader(standing: Reader) -> Iterator[Reader]:
    assert standing.asks() == ROWS
    yield standing
    standing.account.refresh_dynamic_tables()
    assert standing.asks() == ROWS, "after an edit every row is there"


def test_a_view_is_gone_for_a_moment_and_readable_before_its_own_grant_is_made(reader: Reader) -> None:
    reader.drop("reader-mart-customer-purchases", "mart-customer-purchases")
    assert reader.asks() == GONE
    assert reader.asks("select count(*) from MART.WEEKLY_CUSTOMER_PURCHASES") == [(2,)]
    reader.make("mart-customer-purchases")
    assert reader.asks() == ROWS
    reader.make("reader-mart-customer-purchases")


def test_a_model_takes_the_views_on_it_along_until_its_first_refresh_and_no_others(reader: Reader) -> None:
    reader.drop("operator-core-purchase-counts", "core-purchase-counts")
    assert reader.asks() == GONE
    assert reader.asks("select count(*) from MART.WEEKLY_CUSTOMER_PURCHASES") == [(2,)]
    reader.make("core-purchase-counts")
    # Snowflake answers with an error until the first refresh; here the model is empty until then.
    assert [count for _, _, count in reader.asks()] == [0, 0]
    reader.make("operator-core-purchase-counts")
    reader.account.refresh_dynamic_tables()
    assert reader.asks() == ROWS


def test_a_model_that_others_read_takes_them_along(reader: Reader) -> None:
    chain = ("core-transactions", "core-purchases", "core-purchase-counts")
    reader.drop(*reversed(chain))
    assert [reader.asks(f"select 1 from MART.{view}") for view in ("CUSTOMER_PURCHASES", "DAILY_PURCHASES")] == [
        GONE
    ] * 2
    reader.make(*chain)
    reader.account.execute("alter dynamic table RETAIL_DEV.CORE.PURCHASE_COUNTS refresh")
    assert reader.asks() == ROWS


def test_a_column_at_the_end_of_a_feed_is_not_noticed(reader: Reader) -> None:
    reader.account.execute("alter table RETAIL_DEV.RAW.CUSTOMERS add column EMAIL varchar")
    assert reader.asks() == ROWS
    reader.account.refresh_dynamic_tables()
    assert reader.asks() == ROWS


@pytest.mark.parametrize("change", ["target_lag = '1 minute'", "warehouse = RETAIL_DEV", "comment = 'c'"])
def test_what_is_altered_in_its_place_is_not_noticed(reader: Reader, change: str) -> None:
    reader.account.execute(f"alter dynamic table RETAIL_DEV.CORE.PURCHASE_COUNTS set {change}")
    assert reader.asks() == ROWS


def test_a_replaced_pipe_is_not_noticed_and_what_it_loads_again_counts_once(reader: Reader) -> None:
    pipe = ("transactions-pipe", "operator-transactions-pipe")
    reader.drop(*reversed(pipe), "transactions-refresh")
    assert reader.asks() == ROWS
    reader.make(*pipe, "transactions-refresh")
    assert reader.asks() == ROWS


def test_a_feeds_rows_go_with_its_raw_table_which_is_what_a_renamed_feed_does_to_the_old_one(standing: Reader) -> None:
    standing.drop("core-product-versions", "products-pipe", "products-raw")
    assert standing.asks() == GONE
    standing.make("products-raw", "core-product-versions")
    standing.account.refresh_dynamic_tables()
    categories = "select distinct product_category from MART.CUSTOMER_PURCHASES"
    assert standing.asks(categories) == [(None,)]
    assert standing.asks() == ROWS
