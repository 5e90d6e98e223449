"""Names, order and types of what the models answer, and the copies' columns: the "data out" contract."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from infra.feeds import FEEDS, Feed
from infra.sql_catalog import load_catalog
from tests.sql.conftest import DATABASE, Account

TEXT, WHOLE, MONEY, TIME = "VARCHAR(16777216)", "NUMBER(38,0)", "NUMBER(38,4)", "TIMESTAMP_NTZ(9)"
PURCHASE_COUNTS = {
    "CUSTOMER_ID": TEXT,
    "LOYALTY_SCORE": WHOLE,
    "PRODUCT_ID": TEXT,
    "PRODUCT_CATEGORY": TEXT,
    "PURCHASE_COUNT": WHOLE,
}
VALIDITY = {"VALID_FROM": TIME, "VALID_TO": TIME, "IS_CURRENT": "BOOLEAN"}
COLUMNS = {
    "CORE.TRANSACTIONS": {
        "TRANSACTION_ID": TEXT,
        "CUSTOMER_ID": TEXT,
        "PURCHASED_AT": TIME,
        "BASKET": "VARIANT",
        "_FILE": TEXT,
        "_FILE_ROW": WHOLE,
    },
    "CORE.PURCHASES": {
        "TRANSACTION_ID": TEXT,
        "BASKET_POSITION": WHOLE,
        "CUSTOMER_ID": TEXT,
        "PRODUCT_ID": TEXT,
        "PRICE": MONEY,
        "PURCHASED_AT": TIME,
    },
    "CORE.CUSTOMER_VERSIONS": {"CUSTOMER_ID": TEXT, "LOYALTY_SCORE": WHOLE, **VALIDITY},
    "CORE.PRODUCT_VERSIONS": {"PRODUCT_ID": TEXT, "PRODUCT_DESCRIPTION": TEXT, "PRODUCT_CATEGORY": TEXT, **VALIDITY},
    "MART.CUSTOMER_PURCHASES": PURCHASE_COUNTS,
    "MART.WEEKLY_CUSTOMER_PURCHASES": {"WEEK_START": "DATE", **PURCHASE_COUNTS},
    "MART.DAILY_PURCHASES": {"PURCHASED_ON": "DATE", "PRODUCT_CATEGORY": TEXT, "PURCHASE_COUNT": WHOLE},
    "MART.DATA_QUALITY": {"ISSUE": TEXT, "FEED": TEXT, "_FILE": TEXT, "_FILE_ROW": WHOLE, "DETAIL": TEXT},
    "OPS.CHANGED_FILES": {
        "FEED": TEXT,
        "LOGICAL_PATH": TEXT,
        "CONTENTS": WHOLE,
        "FIRST_LOADED_AT": TIME,
        "LAST_LOADED_AT": TIME,
    },
    "OPS.LOAD_FAILURES": {
        "PIPE": TEXT,
        "_FILE": TEXT,
        "FIRST_ERROR": TEXT,
        "FIRST_ERROR_LINE": WHOLE,
        "FAILED_AT": TIME,
        "RESOLVED": "BOOLEAN",
    },
}


@pytest.mark.parametrize(("model", "columns"), COLUMNS.items(), ids=COLUMNS.keys())
def test_a_model_has_the_contracts_columns(account: Account, model: str, columns: dict[str, str]):
    described = {row["name"]: row["type"] for row in account.execute(f"describe view {model}")}
    assert list(described.items()) == list(columns.items())


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_copy_fills_every_column_of_its_raw_table_in_order(feed: Feed):
    copy = copy_statement(feed)
    columns = [column.name for column in copy.this.expressions]
    assert columns == [column.name for column in feed.columns]
    selected = copy.args["files"][0].this.expressions
    delivered = [f"${number}" for number in range(1, len(columns) - 3)]
    assert [expression.sql("snowflake") for expression in selected] == [
        *delivered,
        "METADATA$FILENAME",
        "METADATA$FILE_ROW_NUMBER",
        "METADATA$FILE_LAST_MODIFIED",
        # UTC, as the other times are; without it an account's own time zone would tell what is cast to NTZ
        "CAST(CONVERT_TIMEZONE('UTC', METADATA$START_SCAN_TIME) AS TIMESTAMPNTZ) AS _LOADED_AT",
    ]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_copy_skips_a_file_that_it_cannot_read(feed: Feed):
    """SKIP_FILE: half a file's rows would count as all of them. CREATE PIPE refuses ABORT_STATEMENT."""
    options = {param.this.name.upper(): param.expression for param in copy_statement(feed).args["params"]}
    assert options["ON_ERROR"].name.upper() == "SKIP_FILE"


def copy_statement(feed: Feed) -> exp.Expr:
    names = {name: f'"{DATABASE}"."RAW"."{name.upper()}"' for name in ("table", "stage", "file_format")}
    statement = load_catalog(FEEDS, DATABASE).copies[feed.name].statement(**names)
    return sqlglot.parse_one(statement, read="snowflake")
