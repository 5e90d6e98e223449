"""What SQLAlchemy's dialect, dbt and Snowpark ask of an account, beside what the provider asks."""

from __future__ import annotations

import itertools

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError


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


@pytest.mark.parametrize("function", ["SEQ1", "seq2", "SEQ4", "SEQ8"])
def test_rows_are_numbered_in_the_order_in_which_they_are_generated(account: Account, function: str) -> None:
    sql = (
        f"select (row_number() over (order by {function}()) - 1) * (10) + (5) as ID, {function}() as N"
        " from (table(generator(rowcount => 4))) order by ID"
    )

    assert account.execute(sql).rows == [(5, 0), (15, 1), (25, 2), (35, 3)]


@pytest.mark.parametrize(
    "window", ["sum(seq4()) over ()", "row_number() over (order by seq4() desc)", "count(*) over (partition by seq4())"]
)
def test_what_else_a_window_asks_of_generated_numbers_is_refused_by_name(account: Account, window: str) -> None:
    with pytest.raises(SnowflakeError, match="Unsupported feature 'SEQ4 in a window"):
        account.execute(f"select {window} from table(generator(rowcount => 3))")


def test_generated_numbers_of_a_subquery_are_a_windows_like_any_other(account: Account) -> None:
    sql = "select sum(N) over () as S from (select seq4() as N from table(generator(rowcount => 3)))"

    assert account.execute(sql).rows == [(3,)] * 3


@pytest.mark.parametrize(
    ("words", "kind", "rest"),
    [
        *itertools.product(
            ["scoped temporary", "SCOPED TEMP", "temp", "local temporary", "global temp", "volatile"],
            ["table", "view"],
            ["as select 1 as A"],
        ),
        ("scoped temporary", "table", "(A number)"),
        ("scoped temporary", "file format", "type = csv"),
    ],
)
def test_objects_that_end_with_their_session_are_made_in_every_spelling(
    shop: Account, words: str, kind: str, rest: str
) -> None:
    session = shop.connect("SHOP", "MART")

    session.execute(f"create {words} {kind} SNOWPARK_TEMP {rest}")

    shown = f"show {kind}s like 'SNOWPARK_TEMP' in SHOP.MART"
    assert len(session.execute(shown).rows) == 1
    session.close()
    assert shop.execute(shown).rows == []
