"""What SQLAlchemy's dialect and dbt ask of an account, beside what the provider asks."""

from __future__ import annotations

import pytest

from local_cloud.snowflake_account import Account


@pytest.fixture
def shop(account: Account) -> Account:
    """An account with a transient table, a dynamic table and a view in SHOP.MART."""
    for sql in (
        "create warehouse W",
        "create database SHOP",
        "create schema SHOP.MART",
        "create transient table SHOP.MART.T (A number(38,0), B varchar, C timestamp_ntz)",
        "create dynamic table SHOP.MART.D target_lag = '1 minute' warehouse = W as select A from SHOP.MART.T",
        "create view SHOP.MART.V as select A from SHOP.MART.T",
    ):
        account.execute(sql)
    return account


def test_a_transient_table_is_a_table_among_the_objects(shop: Account) -> None:
    objects = {
        row["name"]: (row["kind"], row["is_dynamic"]) for row in shop.execute("show objects in SHOP.MART").dicts()
    }

    assert objects == {"T": ("TABLE", "N"), "D": ("TABLE", "Y"), "V": ("VIEW", "N")}
    assert shop.execute("show tables like 'T' in SHOP.MART").dicts()[0]["kind"] == "TRANSIENT"


def test_a_name_after_in_is_a_schema_for_what_schemas_hold_and_else_a_database(shop: Account) -> None:
    shop.execute("use database SHOP")

    assert [row["name"] for row in shop.execute("show views in MART").dicts()] == ["V"]
    assert {row["name"] for row in shop.execute("show schemas in SHOP").dicts()} >= {"MART", "PUBLIC"}


def test_a_columns_type_has_its_own_name_beside_the_standards(shop: Account) -> None:
    columns = shop.execute(
        "select COLUMN_NAME, DATA_TYPE, DATA_TYPE_ALIAS from SHOP.INFORMATION_SCHEMA.COLUMNS where TABLE_NAME = 'T'"
    )

    assert sorted(columns.rows) == [
        ("A", "NUMBER", "NUMBER"),
        ("B", "TEXT", "VARCHAR"),
        ("C", "TIMESTAMP_NTZ", "TIMESTAMP_NTZ"),
    ]
